#include <catch2/catch.hpp>

#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "small_job.hpp"

#include <filesystem>

using namespace ansatz;

namespace {

RunOptions quiet(RunObserver& observer) {
  RunOptions options;
  options.observer = &observer;
  return options;
}

}  // namespace

TEST_CASE("session: first values meet the constraints before the first record", "[session]") {
  const RandomDenseDesignMatrix data(20, 6, 3);
  const Train job(
      data,
      MLP(VectorSpace(6), RectifiedLinear("h0", 5, irange(1.), max_col_norm(.25)),
          Softmax("y", 3, irange(0.))),
      SGD(learning_rate(.1), batch_size(10), EpochCounter(0), monitoring_dataset(data)));
  RunObserver observer;
  Session session(job, build_programs(job, ElementType::float64), quiet(observer));
  session.run();
  CHECK(session.records().at("h0_col_norms_max").val_record.at(0) == Approx(.25));
}

namespace {

// Counts its passes over the data.
class Counter : public SelfTrainingModel {
 public:
  std::unique_ptr<ModelRun> start(Session&) const override {
    struct Run : ModelRun {
      std::int64_t passes = 0, examples = 0;
      void train_all(const Table& data) override { examples += data.examples(), ++passes; }
      bool continue_learning() override { return passes < 3; }
      void state(Archive& archive) override {
        archive("passes", passes);
        archive("examples", examples);
      }
    };
    return std::make_unique<Run>();
  }
};

std::int64_t counted(Session& session, const char* what) {
  return std::get<std::int64_t>(session.model_file().values.at(what));
}

}  // namespace

TEST_CASE("session: so do those of a model of one's own", "[session]") {
  struct Short : testing::Ones {  // nothing above a quarter
    constexpr void modify_updates(UpdateList& updates) const override {
      if (AnyExpr* const p = updates.find("p0")) *p = minimum(*p, .25);
    }
  };
  testing::SmallRun run(Train(testing::Rows(), Short(),
                              SGD(learning_rate(.1), batch_size(5), testing::SumCost(),
                                  EpochCounter(0), monitoring_dataset(testing::Rows()))));
  run.run();
  CHECK(run.value("p0") == .25);
  CHECK(run.record("objective") == std::vector<double>{.25});
}

TEST_CASE("session: a model that trains itself is trained, saved and restored", "[session]") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "ansatz-self-training.ansatz").string();
  const RandomDenseDesignMatrix data(20, 6, 3);
  RunObserver observer;

  const auto counts = [&](const Train& job, bool resume) {
    RunOptions options = quiet(observer);
    options.resume = resume;
    Session session(job, {}, options);
    session.run();
    CHECK(counted(session, "model.passes") == 3);
    CHECK(counted(session, "model.examples") == 60);
  };
  const Train job(data, Counter(), save_path(path.c_str()), save_freq(1));
  counts(job, false);
  counts(job, true);
  // A description, which no run has changed.
  counts(job, false);
  // As `!pkl:` gives it: what it learned is there before it is asked whether to go on.
  const auto file = std::make_shared<const ModelFile>(read_model_file(path));
  counts(Train(data, LoadedModel(Shared<Model>(Counter()), file)), false);
  std::filesystem::remove(path);
}
