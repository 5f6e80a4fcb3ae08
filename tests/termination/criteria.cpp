#include <ansatz/algorithm/epoch_monitor.hpp>
#include <ansatz/termination/channels.hpp>
#include <ansatz/termination/combined.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <ansatz/termination/monitor_based.hpp>
#include <ansatz/termination/patience.hpp>
#include <ansatz/termination/time_budget.hpp>
#include <dsl/exceptions.hpp>

#include "../training/small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

template <class C>
Train job_of(const C& criterion, std::initializer_list<double> script = {1}) {
  return Train(
      Rows(), Ones(),
      SGD(learning_rate(.5), batch_size(5), SquareCost(), criterion, monitoring_dataset(Rows())),
      Scripted("scripted", script));
}
template <class C>
std::int64_t epochs_until(const C& criterion, std::initializer_list<double> script = {1}) {
  SmallRun run(job_of(criterion, script));
  return run.run().epochs();
}
template <class Thrown, class C>
std::string message(const C& criterion) {
  try {
    epochs_until(criterion);
  } catch (const Thrown& e) {
    return e.what();
  }
  return "";
}

// A criterion that counts how often it is asked, and stops at the given question.
int asked = 0;
struct StopsAt : TerminationCriterion {
  int question;
  explicit StopsAt(int n) : question(n) {}
  std::unique_ptr<CriterionRun> start(Session&) const override {
    struct Run : CriterionRun {
      int stop_at;
      explicit Run(int n) : stop_at(n) {}
      bool continue_learning(Session&) override { return ++asked < stop_at; }
    };
    asked = 0;
    return std::make_unique<Run>(question);
  }
};

// Goes on at every question.
struct Never : TerminationCriterion {
  std::unique_ptr<CriterionRun> start(Session&) const override {
    struct Run : CriterionRun {
      bool continue_learning(Session&) override { return true; }
    };
    return std::make_unique<Run>();
  }
};

}  // namespace

TEST_CASE("termination: EpochCounter trains so many epochs, none for 0", "[termination]") {
  CHECK(epochs_until(EpochCounter(5)) == 5);
  SmallRun none(job_of(EpochCounter(0)));
  none.run();
  CHECK(none.epochs() == 0);
  CHECK(none.value("p0") == 1);
  CHECK_THAT(message<ValueError>(EpochCounter(-1)), Contains("max_epochs") && Contains("-1"));
}

TEST_CASE("termination: EpochCounter counts new epochs, or all that the monitor has seen",
          "[termination]") {
  const auto epochs_after_five = [](bool only_new) {
    SmallRun run(job_of(EpochCounter(5, new_epochs(only_new))));
    run.session.monitor().records().epochs_seen = 5;  // of the monitor the model brought along
    return run.run().epochs();
  };
  CHECK(epochs_after_five(true) == 10);
  CHECK(epochs_after_five(false) == 5);
}

TEST_CASE("termination: MonitorBased waits N records for a fall by prop_decrease",
          "[termination]") {
  const MonitorBased three(channel_name("scripted"), prop_decrease(.1), N(3));
  // The record before the first epoch counts down, too: infinity falls to anything.
  CHECK(epochs_until(three, {10}) == 3);
  CHECK(epochs_until(three, {10, 9.5, 8.5, 9, 9, 9}) == 5);
  // Steady improvement goes on while it is the proportion in N records, and stops where it is not.
  CHECK(epochs_until(three, {10, 9.5, 9.2, 8.9, 8.6, 8.3, 8.1}) == 6);
  CHECK(epochs_until(three, {10, 9.9, 9.8, 9.7, 9.6}) == 3);
  // The countdown begins again at a fall that is large enough, not at equality.
  CHECK(epochs_until(three, {10, 11, 11, 8, 9, 9, 9}) == 6);
  CHECK(epochs_until(MonitorBased(channel_name("scripted"), prop_decrease(.5), N(2)), {8, 4, 4}) ==
        2);
  // The proportion is of the size, whatever the sign: from -10 to below -11, from 0 to anything.
  CHECK(epochs_until(three, {-10, -10, -10, -10, -10}) == 3);
  CHECK(epochs_until(three, {-10, -10.9, -10.9, -11.1, -11, -11, -11}) == 6);
  CHECK(epochs_until(three, {1, 0, -1e-9, 0, 0, 0, 0}) == 5);
  CHECK(epochs_until(three, {.5, .2, -.1, -.1, -.105, -.109, -.1}) == 5);
  CHECK_THAT(message<ValueError>(MonitorBased(N(0))), Contains("N must be at least 1"));
  CHECK_THAT(message<ValueError>(MonitorBased(prop_decrease(1.))), Contains("prop_decrease"));
}

TEST_CASE("termination: MonitorBased finds the objective, and names the channels otherwise",
          "[termination]") {
  CHECK(epochs_until(MonitorBased(prop_decrease(0.), N(1))) > 50);  // it falls until it is 0
  const auto several = [](const MonitorBased& criterion, MonitoringDatasets sets) {
    SmallRun run(Train(Rows(), Ones(),
                       SGD(learning_rate(1.), batch_size(5), SquareCost(), criterion,
                           Given<"monitoring_dataset", MonitoringDatasets>{sets})));
    return run.run().epochs();
  };
  CHECK(several(MonitorBased(), {{"valid", Rows()}}) == 6);  // 0 from the first epoch on
  CHECK_THROWS_WITH(several(MonitorBased(), {{"train", Rows()}, {"valid", Rows()}}),
                    Contains("train_objective, valid_objective"));
  CHECK_THROWS_WITH(several(MonitorBased(), {}), Contains("monitoring_dataset"));
  CHECK_THROWS_WITH(several(MonitorBased(channel_name("valid_objectve")), {{"valid", Rows()}}),
                    Contains("nearest: valid_objective"));
}

TEST_CASE("termination: ChannelTarget goes on above its target", "[termination]") {
  CHECK(epochs_until(ChannelTarget("scripted", 2), {4, 3, 2, 1}) == 2);
  CHECK(epochs_until(ChannelTarget("scripted", 2), {1}) == 0);
}

TEST_CASE("termination: ChannelInf stops at an infinite value only", "[termination]") {
  CHECK(epochs_until(ChannelInf("scripted"), {4, 3, 2, inf}) == 3);
  CHECK(epochs_until(ChannelInf("scripted"), {4, -inf}) == 1);
}

TEST_CASE("termination: MatchChannel goes on above the other monitor's last value",
          "[termination]") {
  const Train job = job_of(MatchChannel("scripted", "objective", "first"), {9, 8, 4, 3});
  const auto epochs_with = [&](const char* name) {
    SmallRun run(job);
    MonitorRecords old;
    old.name = name;
    old.record(0, {old.add_channel("objective")}, {4.});
    run.session.old_monitors().push_back(old);
    return run.run().epochs();
  };
  CHECK(epochs_with("first") == 2);
  CHECK_THROWS_WITH(epochs_with("furst"), Contains("no earlier monitor \"first\""));
}

TEST_CASE("termination: And and Or ask no further than they must", "[termination]") {
  CHECK(epochs_until(And(EpochCounter(3), StopsAt(10))) == 3);
  CHECK(asked == 3);  // not at the question that the first criterion decided
  CHECK(epochs_until(Or(EpochCounter(3), StopsAt(2))) == 4);
  CHECK(asked == 2);  // from the end of the EpochCounter on
  CHECK_THAT(message<ValueError>(And()), Contains("And: needs at least one criterion"));
}

TEST_CASE("termination: All and Any ask every criterion each time", "[termination]") {
  CHECK(epochs_until(All(EpochCounter(3), StopsAt(2))) == 3);
  CHECK(asked == 4);
  CHECK(epochs_until(All(StopsAt(5), EpochCounter(1))) == 4);
  CHECK(epochs_until(Any(EpochCounter(3), Never(), StopsAt(10))) == 3);
  CHECK(asked == 4);
}

TEST_CASE("termination: records within an epoch ask nobody", "[termination]") {
  // Two updates an epoch, a record after each; asked before the first epoch and after each.
  SmallRun run(Train(Rows(), Ones(),
                     SGD(learning_rate(.5), batch_size(5), SquareCost(), StopsAt(4),
                         EpochMonitor(0, 1), monitoring_dataset(Rows()))));
  CHECK(run.run().epochs() == 3);
  CHECK(asked == 4);
  CHECK(run.record("objective").size() == 1 + 3 * 3);
}

TEST_CASE("termination: TimeBudget stops at once when nothing is left", "[termination]") {
  CHECK(epochs_until(TimeBudget(0)) == 0);
  CHECK(epochs_until(Any(TimeBudget(1e6), EpochCounter(2))) == 2);
  CHECK_THAT(message<ValueError>(TimeBudget(-1)), Contains("seconds"));
}

TEST_CASE("termination: criteria are described in constant expressions", "[termination]") {
  constexpr auto count = [] {
    const Shared<CombinedCriterion> both(
        And(EpochCounter(3, new_epochs(false)), MonitorBased(channel_name("y"), N(4))));
    return both->criteria.size();
  };
  STATIC_REQUIRE(count() == 2);
}

TEST_CASE("termination: PatienceBasedTermCrit waits as long again as it took", "[termination]") {
  // The third record is below .9 of the first: patience for 6; the seventh, at 0: for 21.
  const std::initializer_list<double> falls = {10, 10, 8.9, 8.8, 8.8, 8.8, 0};
  CHECK(epochs_until(PatienceBasedTermCrit(.1, 4, channel_name("scripted")), falls) == 5);
  CHECK(epochs_until(PatienceBasedTermCrit(.2, 4, channel_name("scripted")), falls) == 3);
  CHECK(epochs_until(PatienceBasedTermCrit(.1, 4, patience_increase(3), channel_name("scripted")),
                     falls) == 20);
  // The proportion is of the size, whatever the sign: from -10 to below -11.
  const PatienceBasedTermCrit tenth(.1, 4, channel_name("scripted"));
  CHECK(epochs_until(tenth, {-10, -10, -11.1, -11, -11, -11, -11, -11}) == 5);
  CHECK(epochs_until(tenth, {-10, -10, -10.9, -10.9, -10.9}) == 3);
  CHECK_THAT(message<ValueError>(PatienceBasedTermCrit(1, 4)), Contains("prop_decrease"));
  CHECK_THAT(message<ValueError>(PatienceBasedTermCrit(.1, 0)), Contains("initial_patience"));
  CHECK_THAT(message<NameError>(PatienceBasedTermCrit(.1, 4, channel_name("scripte"))),
             Contains("nearest: scripted"));
}

TEST_CASE("termination: why it ended, and how many epochs may still come", "[termination]") {
  const auto why = [](const auto& criterion, std::initializer_list<double> values = {1}) {
    SmallRun run(job_of(criterion, values));
    run.run();
    return run.session.why_ended();
  };
  CHECK(why(EpochCounter(1)) == "1 epoch");
  CHECK(why(EpochCounter(3)) == "3 epochs");
  CHECK(why(TimeBudget(0)) == "0 seconds");
  CHECK(why(MonitorBased(channel_name("scripted"), prop_decrease(.1), N(2)), {8, 8, 8}) ==
        "scripted did not fall by 10 % within 2 records");
  CHECK(why(ChannelTarget("scripted", 5), {9, 7, 4}) == "scripted is at most 5");
  CHECK(why(And(EpochCounter(9), ChannelTarget("scripted", 5)), {9, 4}) == "scripted is at most 5");
  CHECK(why(Or(EpochCounter(1), EpochCounter(2))) == "1 epoch, 2 epochs");
  // NaN is not above anything, and nothing is above it; nobody says that it came down.
  CHECK(why(ChannelTarget("scripted", 5), {9, -no_number}) == "scripted is nan");
  const auto matched = [](std::initializer_list<double> values, double wanted) {
    SmallRun run(job_of(MatchChannel("scripted", "objective", "first"), values));
    MonitorRecords old;
    old.name = "first";
    old.record(0, {old.add_channel("objective")}, {wanted});
    run.session.old_monitors().push_back(old);
    run.run();
    return run.session.why_ended();
  };
  CHECK(matched({9, 4}, 5) == "scripted came down to objective of first");
  CHECK(matched({9, no_number}, 5) == "scripted is nan");
  CHECK(matched({9, 4}, no_number) == "objective of first is nan");

  const auto left = [](const auto& criterion) {
    SmallRun run(job_of(criterion, {9, 8, 7, 6, 5}));
    run.run();  // of which the last record, and none, are known
    run.session.monitor().records().epochs_seen = 1;
    return run.session.epochs_left();
  };
  CHECK(left(EpochCounter(5)) == 4);
  CHECK(left(And(EpochCounter(5), EpochCounter(3))) == 2);
  // The second counts from where it was asked first, after five.
  CHECK(left(Or(EpochCounter(5), EpochCounter(3))) == 7);
  CHECK(left(And(EpochCounter(5), ChannelTarget("scripted", 5.5))) == 4);
  CHECK(left(Or(EpochCounter(5), ChannelTarget("scripted", 5.5))) == -1);
}

namespace {

// Falls, grows, stays, jumps, changes its sign, and is sometimes no number.
std::vector<double> random_history(std::mt19937& random) {
  const auto draw = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
  const std::vector<double> odd{0,     -0.,    inf,    -inf, no_number, -no_number,
                                1e308, -1e308, 5e-324, 1,    -1};
  std::vector<double> v{std::pow(10, 6 * draw() - 3) * (draw() < .5 ? -1 : 1)};
  const double trend = .1 * draw() - .07, noise = draw() < .5 ? 0 : .1 * draw();
  while (v.size() < 24) {
    const double last = std::isfinite(v.back()) ? v.back() : draw() - .5;
    const double what = draw();
    v.push_back(what < .06   ? odd[random() % odd.size()]
                : what < .1  ? v[random() % v.size()]
                : what < .15 ? -last
                             : last + (trend + noise * (draw() - .5)) * (std::abs(last) + 1e-3));
  }
  return v;
}

// What is a proportion of the size below a value, whatever its sign.
double below(double value, double proportion) {
  return value < 0 ? value * (1 + proportion) : value * (1 - proportion);
}
bool near(double a, double b) { return std::abs(a - b) <= 1e-14 * std::abs(b); }

}  // namespace

TEST_CASE("termination: random histories end where the rules say", "[termination]") {
  std::mt19937 random(7);
  int ended = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<double> v = random_history(random);
    const auto last = static_cast<std::int64_t>(v.size()) - 1;
    const double proportion = round % 3 ? .01 * static_cast<double>(random() % 30) : 0;
    const int n = 1 + static_cast<int>(random() % 6);
    const double target = v[random() % v.size()];
    const double patience = 1 + static_cast<double>(random() % 7);

    // The record at which each says so first, the one before the first epoch being 0.
    std::int64_t fell = last, reached = last, infinite = last, patient = last;
    double lowest = inf, best = inf, left = patience;
    int waited = 0;
    bool edge = false;  // equal but for rounding: either answer will do
    for (std::int64_t i = last; i >= 0; --i) {
      const double x = v[static_cast<std::size_t>(i)];
      if (!(x > target)) reached = i;
      if (std::isinf(x)) infinite = i;
    }
    for (std::int64_t i = 0; i <= last && fell == last; ++i) {
      const double x = v[static_cast<std::size_t>(i)];
      if (proportion > 0 && std::isfinite(lowest))
        edge = edge || near(x, below(lowest, proportion));
      const bool lower = x < below(lowest, proportion);
      waited = lower ? 0 : waited + 1;
      if (lower) lowest = x;
      if (waited == n) fell = i;
    }
    for (std::int64_t i = 0; i <= last && patient == last; ++i) {
      const double x = v[static_cast<std::size_t>(i)];
      if (proportion > 0 && std::isfinite(best)) edge = edge || near(x, below(best, proportion));
      const auto records = static_cast<double>(i + 1);
      if (x < below(best, proportion)) best = x, left = std::max(left, 2 * records);
      if (records >= left) patient = i;
    }
    if (edge) continue;

    const auto epochs = [&](const auto& criterion) {
      Scripted script("scripted", {});
      for (const double each : v) script.values.push_back(each);
      SmallRun run(Train(
          Rows(), Ones(),
          SGD(learning_rate(.1), batch_size(5), SquareCost(),
              And(criterion, EpochCounter(static_cast<int>(last))), monitoring_dataset(Rows())),
          script));
      const std::int64_t seen = run.run().epochs();
      for (const double each : run.record("scripted"))
        if (std::isnan(each)) CHECK_FALSE(std::signbit(each));  // which would be shown
      return seen;
    };
    INFO("history " << round << ", proportion " << proportion << ", N " << n);
    CHECK(epochs(MonitorBased(channel_name("scripted"), prop_decrease(proportion), N(n))) == fell);
    CHECK(epochs(PatienceBasedTermCrit(proportion, patience, channel_name("scripted"))) == patient);
    CHECK(epochs(ChannelTarget("scripted", target)) == reached);
    CHECK(epochs(ChannelInf("scripted")) == infinite);
    ended += (fell < last) + (patient < last) + (reached < last) + (infinite < last);
  }
  CHECK(ended > 300);
}
