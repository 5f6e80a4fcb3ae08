#include <ansatz/algorithm/epoch_monitor.hpp>
#include <ansatz/algorithm/rules/polyak_averaging.hpp>
#include <ansatz/algorithm/schedules/cosine_decay.hpp>
#include <ansatz/algorithm/schedules/decay.hpp>
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/extension/on_event.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

constexpr double base = .1;

// Two updates an epoch.
template <class... Part>
Train ones_job(const Part&... parts) {
  return Train(Rows(), Ones(), parts...);
}
template <class... O>
SGD sgd(int epochs, const O&... options) {
  return SGD(learning_rate(base), batch_size(5), SumCost(), EpochCounter(epochs),
             monitoring_dataset(Rows()), options...);
}

// The recorded learning rate equals `expected(record)` at every record.
template <class Expected>
void learning_rate_is(const Train& job, int epochs, Expected expected, int first_epoch = 0) {
  SmallRun run(job);
  run.session.monitor().records().epochs_seen = first_epoch;
  const std::vector<double> found = run.run().record("learning_rate");
  REQUIRE(std::ssize(found) == epochs + 1);
  for (int i = 0; i <= epochs; ++i) {
    INFO("record " << i);
    CHECK(found[static_cast<std::size_t>(i)] == Approx(expected(i)).epsilon(1e-12).margin(1e-15));
  }
}

// The formula of fact 3.
double falling(int count, int start, int saturate, double factor) {
  if (count < start) return base;
  if (count >= saturate) return base * factor;
  const double step = (base - base * factor) / (saturate - start + 1);
  return base - step * (count - start + 1);
}

}  // namespace

TEST_CASE("schedules: ExponentialDecay divides at every update, down to min_lr",
          "[training][schedules]") {
  learning_rate_is(ones_job(sgd(8, ExponentialDecay(1.5, .01))), 8,
                   [](int epoch) { return std::max(.01, base / std::pow(1.5, 2 * epoch)); });
  // The power overflows; the learning rate does not.
  learning_rate_is(ones_job(sgd(3, ExponentialDecay(1e200, .03))), 3,
                   [](int epoch) { return epoch ? .03 : base; });
}

TEST_CASE("schedules: LinearDecay counts updates", "[training][schedules]") {
  learning_rate_is(ones_job(sgd(8, LinearDecay(5, 10, .1))), 8,
                   [](int epoch) { return falling(2 * epoch, 5, 10, .1); });
}

TEST_CASE("schedules: AnnealedLearningRate falls as one over the updates",
          "[training][schedules]") {
  learning_rate_is(ones_job(sgd(8, AnnealedLearningRate(6))), 8,
                   [](int epoch) { return epoch ? base * std::min(1., 6. / (2 * epoch)) : base; });
}

TEST_CASE("schedules: LinearDecayOverEpoch counts monitoring steps", "[training][schedules]") {
  // The record of an epoch is made before the schedule moves on.
  learning_rate_is(ones_job(sgd(12, Momentum(.5)), LinearDecayOverEpoch(3, 9, .2)), 12,
                   [](int epoch) { return falling(epoch, 3, 9, .2); });
}

TEST_CASE("schedules: after push_monitor they go on where they stopped", "[training][schedules]") {
  learning_rate_is(
      ones_job(sgd(5), LinearDecayOverEpoch(3, 9, .2)), 5,
      [](int epoch) { return falling(epoch + 4, 3, 9, .2); }, 4);
}

TEST_CASE("schedules: OneOverEpoch falls to half in half_life epochs", "[training][schedules]") {
  const auto rate = [](int count, int start, int half) {
    return count < start ? base : base * half / (count - start + half);
  };
  learning_rate_is(ones_job(sgd(9), OneOverEpoch(3, half_life(2))), 9,
                   [&](int epoch) { return rate(epoch, 3, 2); });
  learning_rate_is(ones_job(sgd(9), OneOverEpoch(3, min_lr(.06))), 9,
                   [&](int epoch) { return std::max(.06, rate(epoch, 3, 4)); });
}

TEST_CASE("schedules: MomentumAdjustor moves the momentum in a line", "[training][schedules]") {
  const auto momentum_of = [](int start, int saturate, int first_epoch = 0) {
    SmallRun run(ones_job(sgd(7, Momentum(.5)), MomentumAdjustor(.9, start, saturate)));
    run.session.monitor().records().epochs_seen = first_epoch;
    return run.run().record("momentum");
  };
  const auto line = [](int count) {
    const double alpha = std::clamp((count - 2) / 3., 0., 1.);
    return .5 * (1 - alpha) + alpha * .9;
  };
  const std::vector<double> found = momentum_of(2, 5), later = momentum_of(2, 5, 3);
  const std::vector<double> jump = momentum_of(4, 4);
  for (int i = 0; i <= 7; ++i) {
    const auto at = static_cast<std::size_t>(i);
    CHECK(found[at] == Approx(line(i)).epsilon(1e-12));
    CHECK(later[at] == Approx(line(i + 3)).epsilon(1e-12));
    CHECK(jump[at] == (i < 4 ? .5 : .9));
  }
  CHECK_THROWS_WITH(SmallRun(ones_job(sgd(1), MomentumAdjustor(.9, 1, 2))).run(),
                    Contains("no momentum"));
}

TEST_CASE("schedules: MonitorBasedLRAdjuster follows its channel", "[training][schedules]") {
  const std::vector<double> v{4, 3, 3.5, 3.48, 3.48, 1, 2, 4, 8, -4, -3, -3.5, -3.51, -3.6, 0, -1};
  const double high = 1, low = .99, shrink = .5, grow = 1.5, least = .03, most = .12;
  SmallRun run(ones_job(
      sgd(15),
      Scripted("watched", {4, 3, 3.5, 3.48, 3.48, 1, 2, 4, 8, -4, -3, -3.5, -3.51, -3.6, 0, -1}),
      MonitorBasedLRAdjuster(channel_name("watched"), high_trigger(high), low_trigger(low),
                             shrink_amt(shrink), grow_amt(grow), min_lr(least), max_lr(most))));
  const std::vector<double> found = run.run().record("learning_rate");
  double rate = base;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i] == Approx(rate).epsilon(1e-12));
    // As a proportion of the size: a fall of less than 1 % below zero is one, too.
    const auto above = [&](double ratio) {
      return v[i] > v[i - 1] + (ratio - 1) * std::abs(v[i - 1]);
    };
    if (i > 0 && above(high))
      rate *= shrink;
    else if (i > 0 && above(low))
      rate *= grow;
    rate = std::min(most, std::max(least, rate));
  }
  const auto with = [](const MonitorBasedLRAdjuster& adjuster) {
    SGD two = sgd(2);
    two.monitoring_datasets = MonitoringDatasets{{"train", Rows()}, {"valid", Rows()}};
    SmallRun(ones_job(two, adjuster)).run();
  };
  CHECK_THROWS_WITH(with(MonitorBasedLRAdjuster()), Contains("train_objective, valid_objective"));
  CHECK_NOTHROW(with(MonitorBasedLRAdjuster(dataset_name("valid"))));
  CHECK_THROWS_WITH(with(MonitorBasedLRAdjuster(dataset_name("vlid"))),
                    Contains("nearest: valid_objective"));
}

TEST_CASE("schedules: CosineDecay rises, falls and starts again", "[training][schedules]") {
  const double pi = std::numbers::pi;
  const auto wave = [&](double part) { return .02 + (base - .02) * (1 + std::cos(pi * part)) / 2; };
  learning_rate_is(ones_job(sgd(8), CosineDecay(6, warm_up(2.), min_lr(.02))), 8, [&](int e) {
    if (e < 2) return base * e / 2;
    return e < 6 ? wave((e - 2) / 4.) : .02;
  });
  learning_rate_is(ones_job(sgd(8), CosineDecay(2, min_lr(.02), restart_factor(2.))), 8,
                   [&](int e) {
                     return e < 2 ? wave(e / 2.) : e < 6 ? wave((e - 2) / 4.) : wave((e - 6) / 8.);
                   });
  // Within an epoch, too: after one of its two batches, half of it is done.
  std::vector<double> rates;
  SmallRun run(ones_job(sgd(2), CosineDecay(2), on_batch([&](Session& s) {
                          rates.push_back(s.setting("learning_rate") / base);
                        })));
  run.run();
  REQUIRE(rates.size() == 4);
  CHECK(rates[0] == Approx((1 + std::cos(pi / 4)) / 2));
  CHECK(rates[2] == Approx((1 + std::cos(pi * 3 / 4)) / 2));
  CHECK(rates[3] == 0);
}

TEST_CASE("schedules: Warmup rises to the base and stays", "[training][schedules]") {
  learning_rate_is(ones_job(sgd(5), Warmup(3)), 5,
                   [](int epoch) { return base * std::min(1., epoch / 3.); });
}

TEST_CASE("schedules: numbers out of range are refused, by name", "[training][schedules]") {
  const auto refused = [](const auto&... part) {
    try {
      SmallRun(ones_job(part...)).run();
    } catch (const ValueError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK_THAT(refused(sgd(1, ExponentialDecay(0, 0))), Contains("decay_factor"));
  CHECK_THAT(refused(sgd(1, LinearDecay(0, 3, .5))), Contains("0 < start < saturate"));
  CHECK_THAT(refused(sgd(1, AnnealedLearningRate(0))), Contains("anneal_start"));
  CHECK_THAT(refused(sgd(1), LinearDecayOverEpoch(3, 3, .5)), Contains("start is 3"));
  CHECK_THAT(refused(sgd(1), OneOverEpoch(1, min_lr(1.))), Contains("below min_lr"));
  CHECK_THAT(refused(sgd(1), OneOverEpoch(1, half_life(-1))), Contains("half_life must not be"));
  CHECK_THAT(refused(sgd(1), MonitorBasedLRAdjuster(shrink_amt(-.5))), Contains("shrink_amt must"));
  CHECK_THAT(refused(sgd(1), CosineDecay(2, warm_up(2.))), Contains("warm_up"));
  CHECK_THAT(refused(sgd(1, Momentum(.5)), MomentumAdjustor(1, 1, 2)), Contains("final_momentum"));
  CHECK_THAT(refused(sgd(1), PolyakAveraging(-1)), Contains("start"));
}

TEST_CASE("schedules: PolyakAveraging keeps the mean over the updates", "[training][schedules]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/mean.ansatz";
  // p falls by .1 at each of two updates an epoch; averaged from the second monitoring step on.
  SmallRun run(ones_job(sgd(3), PolyakAveraging(1, save_path(path.c_str()), save_freq(2))));
  run.run();
  CHECK(run.value("p0") == Approx(.4));
  CHECK(run.value("polyak.p0") == Approx((.7 + .6 + .5 + .4) / 4));
  const ModelFile saved = read_model_file(path);
  REQUIRE(saved.parameters.size() == 1);
  double mean = 0;
  std::memcpy(&mean, saved.parameters[0].bytes.data(), sizeof mean);
  CHECK(mean == Approx((.7 + .6) / 2));  // at step 2, the only even one after the first
}

TEST_CASE("schedules: EpochMonitor records within an epoch", "[training][schedules]") {
  // Six updates of .1 from 1 on; a record after each third, and one at each of the three epochs.
  SmallRun run(ones_job(sgd(3, EpochMonitor(0, 3))));
  const std::vector<double> found = run.run().record("objective");
  const std::vector<double> expected{1, .8, .7, .6, .4, .4};
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]));
  CHECK(run.session.records().epoch_record == std::vector<std::int64_t>{0, 1, 1, 2, 2, 3});
  // The batch just learned from is among those seen.
  CHECK(run.session.records().batch_record == std::vector<std::int64_t>{0, 2, 3, 4, 6, 6});
}

TEST_CASE("schedules: CosineDecay does not count short periods one by one",
          "[training][schedules]") {
  for (const double factor : {1., 1.0000001, 1.5}) {
    SmallRun run(ones_job(sgd(3), CosineDecay(1e-8, restart_factor(factor))));
    for (const double rate : run.run().record("learning_rate")) {
      CHECK(rate >= 0);
      CHECK(rate <= base);
    }
  }
  CHECK_THROWS_WITH(SmallRun(ones_job(sgd(1), CosineDecay(1e-20, restart_factor(1.)))).run(),
                    Contains("total_epochs"));
}
