#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/algorithm/epoch_monitor.hpp>
#include <ansatz/extension/channel_smoother.hpp>
#include <ansatz/extension/on_event.hpp>
#include <ansatz/extension/roc_auc.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/extension/shared_setter.hpp>
#include <ansatz/extension/wmape.hpp>
#include <ansatz/model/layers/composite_layer.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"
#include "../training/small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

template <class... Part>
Train job_of(int epochs, const Part&... parts) {
  return Train(Rows(), Ones(),
               SGD(learning_rate(.1), batch_size(5), SumCost(), EpochCounter(epochs),
                   monitoring_dataset({{"valid", Rows()}})),
               parts...);
}
template <class Thrown, class... Part>
std::string message(const Part&... parts) {
  try {
    SmallRun(job_of(2, parts...)).run();
  } catch (const Thrown& e) {
    return e.what();
  }
  return "";
}

double first_value(const NamedTensor& t) {
  double x = 0;
  std::memcpy(&x, t.bytes.data(), sizeof x);
  return x;
}

// A model whose two outputs are 1 - s(x) and s(x), s being a wave with ties.
struct Waves : Ones {
  constexpr SpaceInfo target_space() const override { return index_space(2); }
  constexpr Signal output(const Signal& x) const override {
    const AnyExpr wave = minimum(abs(x.value() - 4), 3);
    return Signal(vector_space(2), concatenate(1 - wave, wave));
  }
};

}  // namespace

TEST_CASE("save best: the best cost follows strict improvements", "[extension][save_best]") {
  std::vector<double> best;
  const auto watch = on_monitor([&](Session& s) {
    best.push_back(std::get<double>(s.tags().find("MonitorBasedSaveBest.best_cost")->second));
  });
  SmallRun run(job_of(3, Scripted("x", {5, 7, 6, 3}),
                      MonitorBasedSaveBest("x", store_best_model(true)), watch));
  run.run();
  CHECK(best == std::vector<double>{5, 5, 5, 3});
  best.clear();
  SmallRun higher(job_of(3, Scripted("x", {5, 7, 6, 9}),
                         MonitorBasedSaveBest("x", higher_is_better(true), store_best_model(true)),
                         watch));
  higher.run();
  CHECK(best == std::vector<double>{5, 7, 7, 9});
}

TEST_CASE("save best: records before start_epoch are ignored", "[extension][save_best]") {
  std::vector<double> best;
  SmallRun run(
      job_of(5, Scripted("x", {5, 1, 2, 1, 4, 3}),
             MonitorBasedSaveBest("x", start_epoch(4), tag_key("late"), store_best_model(true)),
             on_monitor([&](Session& s) {
               best.push_back(std::get<double>(s.tags().find("late.best_cost")->second));
             })));
  run.run();
  CHECK(std::isinf(best[3]));
  CHECK(best[4] == 4);
  CHECK(best[5] == 3);
}

TEST_CASE("save best: that nothing was the best is said", "[extension][save_best]") {
  struct Heard : RunObserver {
    std::string text;
    void on_warning(Session&, const std::string& what) override { text += what; }
  };
  const auto heard = [](const MonitorBasedSaveBest& best, std::initializer_list<double> values) {
    Heard told;
    RunOptions options;
    options.observer = &told;
    SmallRun run(job_of(3, Scripted("x", values), best), ElementType::float64, options);
    run.run();
    return told.text;
  };
  const double inf = std::numeric_limits<double>::infinity(), no_number = std::nan("");
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/best.pkl";
  CHECK(
      heard(MonitorBasedSaveBest("x", save_path(path.c_str())), {inf, no_number, inf, no_number}) ==
      "MonitorBasedSaveBest: x was never below inf: " + path + " was not saved");
  CHECK(heard(MonitorBasedSaveBest("x", higher_is_better(true), store_best_model(true)), {-inf}) ==
        "MonitorBasedSaveBest: x was never above -inf: no best model is kept");
  CHECK(heard(MonitorBasedSaveBest("x", start_epoch(9), store_best_model(true)), {1}) ==
        "MonitorBasedSaveBest: x was never recorded at start_epoch 9 or later: no best model is "
        "kept");
  CHECK(heard(MonitorBasedSaveBest("x", store_best_model(true)), {no_number, 1, no_number, 2})
            .empty());
}

TEST_CASE("save best: the file and the stored model are those of the best record",
          "[extension][save_best]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/best.ansatz";
  SmallRun run(job_of(3, Scripted("x", {5, 2, 2, 4}),
                      MonitorBasedSaveBest("x", save_path(path.c_str()), store_best_model(true))));
  run.run();
  // .1 less at each of two updates; equal is not better.
  CHECK(run.value("p0") == Approx(.4));
  CHECK(run.value("MonitorBasedSaveBest.best_model.p0") == Approx(.8));
  const ModelFile saved = read_model_file(path);
  CHECK(first_value(saved.parameters[0]) == Approx(.8));
  CHECK(saved.monitors.back().epochs_seen == 1);
  CHECK(std::get<std::string>(saved.tags.at("MonitorBasedSaveBest.channel_name")) == "x");
  CHECK(std::get<double>(saved.tags.at("MonitorBasedSaveBest.best_cost")) == 2);
  CHECK_THAT(message<NameError>(MonitorBasedSaveBest("valid_objectiv", store_best_model(true))),
             Contains("nearest: valid_objective"));
}

TEST_CASE("keep best: the parameters of the lowest cost stay", "[extension][keep_best]") {
  // (p - .7)^2 as it falls from 1 by .2 an epoch: lowest after the first or second epoch.
  struct Near : SumCost {
    constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
      return sum(square(model.parameters()[0].value - .75));
    }
  };
  SmallRun run(job_of(4, KeepBestParams(Shared<Cost>(Near()), Shared<Dataset>(Rows(7)), 3)));
  run.run();
  CHECK(run.value("best.p0") == Approx(.8));
  CHECK(std::get<double>(run.session.tags().at("KeepBestParams.best_cost")) == Approx(.0025));
  CHECK_THAT(message<ValueError>(KeepBestParams(Shared<Cost>(Near()), Shared<Dataset>(Rows()), 0)),
             Contains("batch_size"));
}

TEST_CASE("shared setter: settings and parameters change at their epochs",
          "[extension][shared_setter]") {
  std::vector<double> rates;
  SmallRun run(
      job_of(3, SharedSetter({{1, "learning_rate", .5}, {2, "p0", 7}, {2, "learning_rate", 0}}),
             on_monitor([&](Session& s) { rates.push_back(s.setting("learning_rate")); })));
  run.run();
  CHECK(rates == std::vector<double>{.1, .5, 0, 0});
  CHECK(run.value("p0") == 7);
  CHECK_THAT(message<NameError>(SharedSetter({{1, "learning_rat", .5}})),
             Contains("nearest: learning_rate"));
  CHECK_THAT(message<ValueError>(SharedSetter({{1, "learning_rate", -3}})),
             Contains("SharedSetter: at epoch 1, learning_rate must be at least 0, not -3"));
}

TEST_CASE("shared setter: a setting that no program reads changes, too",
          "[extension][shared_setter]") {
  std::vector<double> scales;
  SmallRun run(Train(Rows(), Ones(), BGD(batch_size(10), SquareCost(), EpochCounter(2)),
                     SharedSetter({{1, "scale_step", .25}}),
                     on_monitor([&](Session& s) { scales.push_back(s.setting("scale_step")); })));
  run.run();
  CHECK(scales == std::vector<double>{1, .25, .25});
}

TEST_CASE("channel smoother: the mean of the last k records", "[extension][smoother]") {
  SmallRun run(job_of(5, Scripted("x", {6, 3, 9, 12, 0, 3}), ChannelSmoother("x", "smooth", 3)));
  run.run();
  CHECK(run.record("smooth") == std::vector<double>{6, 4.5, 6, 8, 7, 5});
  CHECK_THAT(message<NameError>(ChannelSmoother("valid_objectve", "y")),
             Contains("nearest: valid_objective"));
  CHECK_THAT(message<ValueError>(ChannelSmoother("x", "y", 0)), Contains("k must be"));
  CHECK_THAT(message<NameError>(ChannelSmoother("valid_objective", "valid_objective")),
             Contains("valid_objective"));
}

TEST_CASE("channel smoother: records within an epoch are averaged, too", "[extension][smoother]") {
  // Two updates an epoch: a record after each, and one after the epoch.
  std::vector<double> seen;
  const auto watch = on_monitor([&](Session& s) { seen.push_back(s.monitor().last("smooth")); });
  SmallRun run(Train(Rows(), Ones(),
                     SGD(learning_rate(.1), batch_size(5), SumCost(), EpochCounter(1),
                         monitoring_dataset(Rows()), EpochMonitor(0, 1)),
                     watch, Scripted("x", {6, 3, 9, 12}), ChannelSmoother("x", "smooth", 2)));
  run.run();
  CHECK(run.record("smooth") == std::vector<double>{6, 4.5, 6, 10.5});
  CHECK(seen == std::vector<double>{6, 10.5});  // by an extension before it
}

TEST_CASE("ROC AUC: equal to the count of pairs, ties counting half", "[extension][roc_auc]") {
  std::uint32_t state = 1;
  const auto draw = [&](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % below;
  };
  for (const std::uint32_t distinct : {2U, 5U, 1000U}) {
    std::vector<double> scores;
    std::vector<unsigned char> positive;
    for (int i = 0; i < 60; ++i) {
      scores.push_back(draw(distinct));
      positive.push_back(draw(3) == 0);
    }
    double wins = 0, pairs = 0;
    for (std::size_t p = 0; p < scores.size(); ++p)
      for (std::size_t n = 0; n < scores.size(); ++n) {
        if (!positive[p] || positive[n]) continue;
        wins += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? .5 : 0;
        ++pairs;
      }
    CHECK(roc_auc(scores, positive) == Approx(wins / pairs).epsilon(1e-14));
  }
  // The example of scikit-learn's roc_auc_score.
  const std::vector<double> scores{.1, .4, .35, .8};
  CHECK(roc_auc(scores, std::vector<unsigned char>{0, 0, 1, 1}) == .75);
  CHECK_THROWS_WITH(roc_auc(scores, std::vector<unsigned char>{1, 1, 1, 1}),
                    Contains("0 negative"));
}

TEST_CASE("ROC AUC: a channel for each data set", "[extension][roc_auc]") {
  const auto job = [](const RocAucChannel& channel) {
    return Train(Rows(), Waves(),
                 SGD(learning_rate(.1), batch_size(4), SumCost(), EpochCounter(1),
                     monitoring_dataset({{"train", Rows(10)}, {"valid", Rows(9)}})),
                 channel);
  };
  const auto expected = [](int n) {
    std::vector<double> scores;
    std::vector<unsigned char> odd;
    for (int i = 0; i < n; ++i) {
      scores.push_back(std::min(std::abs(i - 4), 3));
      odd.push_back(i % 2 == 1);
    }
    return roc_auc(scores, odd);
  };
  SmallRun run(job(RocAucChannel()));
  run.run();
  CHECK(run.record("train_roc_auc") == std::vector<double>(2, expected(10)));
  CHECK(run.record("valid_roc_auc") == std::vector<double>(2, expected(9)));
  // In batches whose size nothing says.
  SmallRun sizeless(Train(Rows(), Waves(),
                          SGD(learning_rate(.1), batches_per_iter(2), SumCost(), EpochCounter(0),
                              monitoring_dataset({{"train", Rows(10)}})),
                          RocAucChannel()));
  CHECK(sizeless.run().record("train_roc_auc") == std::vector<double>{expected(10)});
  SmallRun other(job(RocAucChannel(positive_class_index(0), negative_class_index(1),
                                   channel_name_suffix("zero"))));
  CHECK(other.run().record("train_zero")[0] == Approx(expected(10)));
  CHECK_THROWS_WITH(SmallRun(job(RocAucChannel(positive_class_index(5)))).run(),
                    Contains("none for class 5"));
  CHECK_THROWS_WITH(
      SmallRun(Train(Rows(), Waves(),
                     SGD(learning_rate(.1), batch_size(4), SumCost(), monitoring_dataset(Rows(1))),
                     RocAucChannel()))
          .run(),
      Contains("no positive example"));
}

TEST_CASE("ROC AUC: of one of several targets", "[extension][roc_auc]") {
  // Two labels of an example i, i % 2 and (i / 2) % 2, and an output for each.
  struct Pairs : Dataset {
    std::shared_ptr<const Table> load() const override {
      std::vector<double> x;
      std::vector<std::int32_t> odd, high;
      for (int i = 0; i < 9; ++i) x.push_back(i), odd.push_back(i % 2), high.push_back(i / 2 % 2);
      return std::make_shared<const Table>(
          Table({number_column("features", x, {1}), label_column("odd", odd, 2),
                 label_column("high", high, 2)}));
    }
  };
  MLP<> model;
  model.nvis = 1;
  model.layers.push_back(Shared<Layer>(
      CompositeLayer("both", Softmax("a", 2, irange(.5)), Softmax("b", 2, irange(.5)))));
  model.targets = Sources(Sources("odd"), Sources("high"));
  (void)model.places(model.root());
  const auto job = [&](const RocAucChannel& channel) {
    return Train(
        Pairs(), model,
        SGD(learning_rate(.1), batch_size(3), EpochCounter(1), monitoring_dataset(Pairs())),
        channel);
  };
  for (const char* target : {"odd", "high"}) {
    CAPTURE(target);
    SmallRun run(job(RocAucChannel(target_source(target))));
    run.run();
    // The probability of class 1 rises with x, or falls.
    std::vector<double> scores;
    std::vector<unsigned char> ones;
    const std::string W = target == std::string("odd") ? "both_a_softmax_W" : "both_b_softmax_W";
    const double slope = run.value(W, 1) - run.value(W, 0);
    for (int i = 0; i < 9; ++i) {
      scores.push_back(slope * i);
      ones.push_back(target == std::string("odd") ? i % 2 : i / 2 % 2);
    }
    CHECK(run.record("roc_auc").back() == roc_auc(scores, ones));
  }
  CHECK_THROWS_WITH(SmallRun(job(RocAucChannel())).run(),
                    Contains("several targets") && Contains("target_source names one"));
  CHECK_THROWS_WITH(SmallRun(job(RocAucChannel(target_source("hihg")))).run(),
                    Contains("no target \"hihg\"") && Contains("high"));
}

TEST_CASE("functions: called at every event, and may end the run", "[extension][on_event]") {
  int monitored = 0, batches = 0;
  SmallRun run(job_of(100, on_batch([&](Session&) { ++batches; }), on_monitor([&](Session& s) {
                        if (++monitored == 4) s.stop();
                      })));
  CHECK(run.run().epochs() == 3);
  CHECK(batches == 6);
}

TEST_CASE("WMAPE: sums of absolute errors and targets, as NumPy has them", "[extension][wmape]") {
  // The output is the number of the row, 0 to 9; the target its square less 20.
  struct Squares : Rows {
    constexpr SpaceInfo source_space(std::string_view source) const override {
      return source == "features" || source == "targets" ? vector_space(1) : SpaceInfo{};
    }
    std::shared_ptr<const Table> load() const override {
      std::vector<double> x, y;
      for (int i = 0; i < 10; ++i) x.push_back(i), y.push_back(i * i - 20);
      Dims one;
      one.push_back(1);
      return std::make_shared<const Table>(
          std::vector<Column>{number_column("features", x, one), number_column("targets", y, one)});
    }
  };
  struct Identity : Ones {
    constexpr SpaceInfo target_space() const override { return vector_space(1); }
  };
  for (const int size : {1, 4, 5, 10}) {  // however the set is divided
    SmallRun run(Train(Squares(), Identity(),
                       SGD(learning_rate(.1), batch_size(size), SumCost(), EpochCounter(0),
                           monitoring_dataset({{"valid", Squares()}})),
                       WMapeNumeratorChannel(), WMapeDenominatorChannel("total")));
    run.run();
    // np.abs(y - x).sum() and np.abs(y).sum(), y = x**2 - 20
    CHECK(run.record("valid_wmape_num") == std::vector<double>{200.});
    CHECK(run.record("valid_total") == std::vector<double>{225.});
  }
}
