#include <ansatz/algorithm/default.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "small_job.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// Halves its parameter with each batch, until it has done so 7 times.
struct Halving : Ones {
  constexpr bool trains_itself() const override { return true; }
  std::unique_ptr<ModelRun> start(Session& session) const override {
    struct Run : ModelRun {
      Session& session;
      int batches = 0;
      explicit Run(Session& s) : session(s) {}
      void train_all(const Table&) override {}
      bool continue_learning() override { return true; }
      bool train_batch(const Table& data, int batch_size) override {
        REQUIRE(data.examples() == 10);
        REQUIRE(batch_size == 5);
        session.store().data<double>("p0")[0] /= 2;
        return ++batches < 7;
      }
    };
    return std::make_unique<Run>(session);
  }
};

// A model that every batch must have the size of.
struct Fixed : Ones {
  int size;
  constexpr explicit Fixed(int n) : size(n) {}
  constexpr int batch_size() const override { return size; }
};

// p0 times the mean of the features, which is the gradient.
struct TimesMean : SumCost {
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    return *SumCost::expr(model, data) * mean(data["features"].value());
  }
};

template <class... O>
Train fixed_job(int size, int examples, const O&... options) {
  return Train(Rows(examples), Fixed(size),
               SGD(learning_rate(.1), SumCost(), EpochCounter(1), options...));
}

}  // namespace

TEST_CASE("DefaultTrainingAlgorithm: the model's own batches, so many an epoch",
          "[training][default]") {
  SmallRun run(
      Train(Rows(), Halving(),
            DefaultTrainingAlgorithm(batch_size(5), batches_per_iter(3), EpochCounter(2))));
  run.run();
  CHECK(run.value("p0") == 1. / 64);
  CHECK(run.session.records().batches_seen == 6);
  CHECK(run.session.records().examples_seen == 30);
}

TEST_CASE("DefaultTrainingAlgorithm: ends when the model has learned enough",
          "[training][default]") {
  SmallRun run(
      Train(Rows(), Halving(), DefaultTrainingAlgorithm(batch_size(5), batches_per_iter(3))));
  CHECK(run.run().epochs() == 3);
  CHECK(run.value("p0") == 1. / 128);
}

TEST_CASE("DefaultTrainingAlgorithm: refuses models and sizes it cannot use",
          "[training][default]") {
  const auto job = [](const auto& model, const DefaultTrainingAlgorithm& how) {
    return error_of(Train(Rows(), model, how));
  };
  CHECK_THAT(job(Halving(), DefaultTrainingAlgorithm(batches_per_iter(3))),
             Contains("name a batch_size"));
  CHECK_THAT(job(Halving(), DefaultTrainingAlgorithm(batch_size(5), batches_per_iter(0))),
             Contains("batches_per_iter"));
  CHECK_THAT(job(Ones(), DefaultTrainingAlgorithm(batch_size(5))), Contains("train itself"));
}

TEST_CASE("SGD: the last batch may be smaller, and counts for its own examples",
          "[training][sgd]") {
  // One update of each batch: 4, 4 and 2 of the rows 0 to 9, in order.
  SmallRun run(Train(Rows(10), Ones(),
                     SGD(learning_rate(.1), batch_size(4), TimesMean(), EpochCounter(1),
                         train_iteration_mode("sequential"))));
  run.run();
  CHECK(run.value("p0") == Approx(1 - .1 * (1.5 + 5.5 + 8.5)).epsilon(1e-12));
  CHECK(run.session.records().batches_seen == 3);
  CHECK(run.session.records().examples_seen == 10);
}

TEST_CASE("SGD: a model that forces its batch size refuses uneven batches", "[training][sgd]") {
  CHECK(error_of(fixed_job(5, 10)) == "");
  CHECK_THAT(error_of(fixed_job(4, 10)), Contains("even_shuffled_sequential"));
  CHECK(error_of(fixed_job(4, 10, train_iteration_mode("even_shuffled_sequential"))) == "");
  CHECK_THAT(error_of(fixed_job(5, 10, batch_size(2))), Contains("wants 5"));
}

TEST_CASE("SGD: an epoch without a batch is refused, in training and in monitoring",
          "[training][sgd]") {
  CHECK_THAT(error_of(Train(Rows(10), Ones(),
                            SGD(learning_rate(.1), batch_size(20), SumCost(), EpochCounter(1),
                                train_iteration_mode("even_sequential")))),
             Contains("10 examples give no batch of 20") && Contains("even_sequential"));
  CHECK_THAT(error_of(Train(Rows(10), Ones(),
                            SGD(learning_rate(.1), batch_size(5), TimesMean(), EpochCounter(1),
                                monitoring_dataset({{"valid", Rows(4)}}),
                                monitor_iteration_mode("even_sequential")))),
             Contains("\"valid\": 4 examples give no batch of 5"));
  CHECK_THAT(error_of(Train(Rows(0), Ones(),
                            SGD(learning_rate(.1), batch_size(5), SumCost(), EpochCounter(1)))),
             Contains("0 examples"));
}

TEST_CASE("SGD: equal seeds give equal runs, others another order", "[training][sgd]") {
  const auto after = [](const auto&... options) {
    SmallRun run(Train(Rows(10), Ones(),
                       SGD(learning_rate(.01), batch_size(3), Momentum(.9), TimesMean(),
                           EpochCounter(3), options...)));
    return run.run().value("p0");
  };
  CHECK(after() == after(seed({2012, 10, 5})));
  CHECK(after() != after(seed({2012, 10, 6})));
}

TEST_CASE("SGD: a parameter that is no number is named", "[training][sgd]") {
  CHECK_THAT(
      error_of(Train(Rows(10), Ones(),
                     SGD(learning_rate(1e200), batch_size(1), SquareCost(), EpochCounter(9)))),
      Contains("NaN in p0: batch 2 of epoch 1 has the loss ") && Contains("it is 1e+200") &&
          Contains("--check-numbers"));
  CHECK_THAT(error_of(Train(Rows(10), Ones(), SGD(learning_rate(0.), batch_size(1), SumCost()))),
             Contains("learning_rate"));
}

TEST_CASE("SGD: the whole set is monitored, however many batches an epoch has", "[training][sgd]") {
  const auto objective = [](const auto&... options) {
    SmallRun run(Train(Rows(10), Ones(),
                       SGD(learning_rate(.01), batch_size(2), batches_per_iter(2), TimesMean(),
                           EpochCounter(0), monitoring_dataset(Rows(10)), options...)));
    return run.run().record("objective")[0];
  };
  CHECK(objective() == 4.5);
  CHECK(objective(monitoring_batches(3)) == 2.5);
  CHECK(objective(monitoring_batch_size(5)) == 4.5);
}
