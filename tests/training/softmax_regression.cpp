// The softmax regression tutorial, against a run of the original.
#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/termination/monitor_based.hpp>

#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// Records 0 to 12 of float32 on one thread.
[[maybe_unused]] constexpr double train_objective[] = {
    2.30258512, 0.313982069, 0.289351225, 0.278899908, 0.271523863, 0.266462088, 0.263860613,
    0.26168558, 0.257218063, 0.25557825,  0.254113138, 0.251280546, 0.250372589};
[[maybe_unused]] constexpr double valid_objective[] = {
    2.30258512,  0.295200467, 0.276723385, 0.273142278, 0.267332196, 0.262994617, 0.264430553,
    0.264904946, 0.261211425, 0.260897487, 0.262315273, 0.259989619, 0.261215329};

}  // namespace

#ifdef NDEBUG  // minutes otherwise
TEST_CASE("softmax regression: BGD with exhaustive searches follows the original on MNIST",
          "[training][bgd][mnist]") {
  if (!find_data("mnist/train-images-idx3-ubyte")) {
    WARN("MNIST is not in " << data_path() << ": skipped");
    return;
  }
  const Shared<Dataset> train(MNIST("train", 0, 50000));
  BGD bgd(batch_size(10000), line_search_mode("exhaustive"), conjugate(true),
          MonitorBased(channel_name("valid_y_misclass")));
  bgd.monitoring_datasets.list.push_back({"train", train});
  bgd.monitoring_datasets.list.push_back({"valid", Shared<Dataset>(MNIST("train", 50000, 60000))});
  bgd.monitoring_datasets.list.push_back({"test", Shared<Dataset>(MNIST("test"))});
  Train job;
  job.algorithm = Shared<TrainingAlgorithm>(bgd);
  job.dataset = train;
  job.model = Shared<Model>(MLP(VectorSpace(784), Softmax("y", 10, irange(0.))));
  SmallRun run(job, ElementType::float32);
  run.run();

  const std::vector<double> found = run.record("train_objective");
  const std::vector<double> valid = run.record("valid_objective");
  REQUIRE(found.size() >= 13);
  CHECK(found[0] == Approx(2.302585093).epsilon(1e-6));
  for (std::size_t i = 0; i < 13; ++i) {
    INFO("record " << i);
    CHECK(found[i] == Approx(train_objective[i]).margin(.003));
    CHECK(valid[i] == Approx(valid_objective[i]).margin(.003));
  }
  CHECK((run.epochs() == 13 || run.epochs() == 14));
  CHECK(run.record("ave_step_size")[1] == Approx(1.827).margin(.02));
  CHECK(run.record("ave_grad_size")[1] == Approx(.696).margin(.01));
  CHECK(run.record("ave_grad_mult")[1] == Approx(2.55).margin(.05));
  // The model that MonitorBasedSaveBest would have kept.
  const std::vector<double> error = run.record("valid_y_misclass");
  const auto best = std::min_element(error.begin(), error.end()) - error.begin();
  const double test_error = run.record("test_y_misclass")[static_cast<std::size_t>(best)];
  CHECK(test_error >= .074);
  CHECK(test_error <= .078);
}
#endif
