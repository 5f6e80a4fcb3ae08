// A convolutional net learns photographs by heart: the job of benchmarks/long_runs, with fewer of
// them.
#include <ansatz/data/path.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>

#include <catch2/catch.hpp>

#include <filesystem>

using namespace ansatz;

TEST_CASE("convolutional network: photographs by heart", "[training][image]") {
  const std::string photographs = data_path() + "/cifar10-subset/data_batch_1_first4000.bin.gz";
  if (!std::filesystem::exists(photographs)) {
    WARN(photographs << " is not there: skipped");
    return;
  }
  LoadOptions options;
  options.defines = {"file=" + photographs, "images=100", "max_epochs=60"};
  options.overrides = {"model.layers.h0.output_channels=12", "model.layers.h1.output_channels=16",
                       "model.batch_size=20", "save_path=null", "save_freq=0"};
  const Job job = load_job(
      std::string(ANSATZ_TESTS_FOLDER) + "/../benchmarks/long_runs/cifar10_overfit.yaml", options);
  const Train& train = *job.phases.at(0).train;
  Session session(train, build_programs(train, ElementType::float32), {});
  session.run();
  const std::vector<double>& error = session.records().at("train_y_misclass").val_record;
  CHECK(error.front() > .8);
  CHECK(error.back() == 0);
  CHECK(error.size() < 60);
}
