#include <ansatz/algorithm/rules/adadelta.hpp>
#include <ansatz/algorithm/rules/adagrad.hpp>
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/rules/rmsprop.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/termination/epoch_counter.hpp>

#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

constexpr double scales[] = {.01, .02, .05, 1, 5};

// Facts 1 and 2 of Pylearn2's tests: five parameters of different ranks and scales.
Ones model_of_five() {
  return {{ir::make_shape(1), .01},
          {ir::make_shape(9), .02},
          {ir::make_shape(8, 7), .05},
          {ir::make_shape(6, 5, 4), 1},
          {ir::make_shape(3, 2, 2, 2), 5}};
}

// Calls check(step, parameter, value before, value after) for every parameter at three steps.
template <class T, class Rule, class TheCost, class Check>
void three_steps(const Rule& rule, const TheCost& cost, double rate, Check check) {
  const SGD sgd(learning_rate(rate), batch_size(1), rule);
  auto step = build<T>(sgd.step(model_of_five(), cost, {}));
  Store store = step.store();
  double before[5];
  for (int i = 0; i < 5; ++i) {
    before[i] = 1;
    store.fill(("p" + to_text(i)).view(), 1);
  }
  for (int n = 1; n <= 3; ++n) {
    step();
    for (int i = 0; i < 5; ++i) {
      const String name = "p" + to_text(i);
      const T* p = store.data<T>(name.view());
      const std::int64_t last = store.shape(name.view()).count() - 1;
      REQUIRE(p[0] == p[last]);
      check(n, i, before[i], static_cast<double>(p[0]));
      before[i] = static_cast<double>(p[0]);
    }
  }
}

// The steps that `expected(i, gradient)` returns, in both precisions, for gradients 1 and p. A new
// one is made for each run: it may remember.
template <class Rule, class MakeExpected>
void follows(const Rule& rule, double rate, MakeExpected make) {
  const auto run = [&]<class T>(T, auto cost, bool square, double margin) {
    auto expected = make();
    three_steps<T>(rule, cost, rate, [&](int, int i, double before, double after) {
      const double change = expected(i, square ? before : 1.);
      CHECK(after - before == Approx(change).epsilon(margin).margin(margin));
    });
  };
  run(double(), SumCost(), false, 1e-13);
  run(double(), SquareCost(), true, 1e-13);
  run(float(), SumCost(), false, 4e-6);
  run(float(), SquareCost(), true, 4e-6);
}

struct Memory {
  double a[5] = {}, b[5] = {};
  int t[5] = {};
};

}  // namespace

TEST_CASE("learning rules: the first two steps of Momentum are those of the formula",
          "[training][rules]") {
  three_steps<double>(Momentum(.5), SumCost(), .001, [](int n, int i, double before, double after) {
    const double first = -.001 * scales[i];
    if (n == 1) CHECK(after - before == Approx(first).margin(1e-14));
    if (n == 2) CHECK(after - before == Approx(first + .5 * first).margin(1e-14));
  });
  follows(Momentum(.5), .001, [] {
    return [m = Memory()](int i, double g) mutable {
      return m.a[i] = .5 * m.a[i] - .001 * scales[i] * g;
    };
  });
}

TEST_CASE("learning rules: Nesterov's momentum looks ahead", "[training][rules]") {
  follows(Momentum(.5, nesterov_momentum(true)), .001, [] {
    return [m = Memory()](int i, double g) mutable {
      m.a[i] = .5 * m.a[i] - .001 * scales[i] * g;
      return .5 * m.a[i] - .001 * scales[i] * g;
    };
  });
}

TEST_CASE("learning rules: without a rule the step is the gradient", "[training][rules]") {
  const auto run = [](const SGD& sgd) {
    auto step = build<double>(sgd.step(model_of_five(), SumCost(), {}));
    Store store = step.store();
    step();
    for (int i = 0; i < 5; ++i)
      CHECK(store.data<double>(("p" + to_text(i)).view())[0] ==
            Approx(-.001 * scales[i]).epsilon(1e-12));
  };
  run(SGD(learning_rate(.001), batch_size(1)));
}

TEST_CASE("learning rules: AdaGrad divides by the root of the sum of squares",
          "[training][rules]") {
  follows(AdaGrad(), .01, [] {
    return [m = Memory()](int i, double g) mutable {
      m.a[i] += g * g;
      return -.01 * scales[i] * g / std::max(1e-5, std::sqrt(m.a[i]));
    };
  });
  // Where the limit acts: 1 / max_scaling is above the root.
  follows(AdaGrad(max_scaling(.1)), .01,
          [] { return [](int i, double g) { return -.01 * scales[i] * g / 10; }; });
}

TEST_CASE("learning rules: AdaDelta takes the learning rate as its epsilon", "[training][rules]") {
  follows(AdaDelta(decay(.95)), .001, [] {
    return [m = Memory()](int i, double g) mutable {
      const double e = .001 * scales[i];
      m.a[i] = .95 * m.a[i] + .05 * g * g;
      const double d = -std::sqrt(m.b[i] + e) / std::sqrt(m.a[i] + e) * g;
      m.b[i] = .95 * m.b[i] + .05 * d * d;
      return d;
    };
  });
}

TEST_CASE("learning rules: RMSProp divides by the root of the mean of squares",
          "[training][rules]") {
  follows(RMSProp(decay(.9)), .01, [] {
    return [m = Memory()](int i, double g) mutable {
      m.a[i] = .9 * m.a[i] + .1 * g * g;
      return -.01 * scales[i] * g / std::max(1e-5, std::sqrt(m.a[i]));
    };
  });
}

TEST_CASE("learning rules: Adam follows algorithm 1 of its paper", "[training][rules]") {
  const auto adam = [](double b1, double b2, double e, double decay_of_weights) {
    return [=] {
      return [=, m = Memory(), p = Memory()](int i, double g) mutable {
        if (m.t[i]++ == 0) p.a[i] = 1;
        m.a[i] = b1 * m.a[i] + (1 - b1) * g;
        m.b[i] = b2 * m.b[i] + (1 - b2) * g * g;
        const double first = m.a[i] / (1 - std::pow(b1, m.t[i]));
        const double second = m.b[i] / (1 - std::pow(b2, m.t[i]));
        const double step = first / (std::sqrt(second) + e) + decay_of_weights * p.a[i];
        const double change = -.001 * scales[i] * step;
        p.a[i] += change;
        return change;
      };
    };
  };
  follows(Adam(), .001, adam(.9, .999, 1e-8, 0));
  follows(Adam(beta1(.5), beta2(.9), epsilon(.1)), .001, adam(.5, .9, .1, 0));
  follows(AdamW(weight_decay(.3)), .001, adam(.9, .999, 1e-8, .3));
}

TEST_CASE("learning rules: numbers out of range are refused, by name", "[training][rules]") {
  CHECK_THROWS_WITH(Momentum(1.), Contains("init_momentum"));
  CHECK_THROWS_WITH(AdaDelta(decay(1.)), Contains("AdaDelta: decay"));
  CHECK_THROWS_WITH(RMSProp(decay(-.1)), Contains("RMSProp: decay"));
  CHECK_THROWS_WITH(AdaGrad(max_scaling(0.)), Contains("max_scaling"));
  CHECK_THROWS_WITH(Adam(beta2(1.)), Contains("beta2"));
  CHECK_THROWS_WITH(AdamW(epsilon(0.)), Contains("epsilon"));
}

TEST_CASE("learning rules: RMSProp's averages are channels", "[training][rules]") {
  SmallRun run(Train(
      Rows(), Ones(),
      SGD(learning_rate(.1), batch_size(10), SumCost(), RMSProp(decay(.75)), EpochCounter(2))));
  run.run();
  for (const char* name :
       {"mean_square_grad_p0_min", "mean_square_grad_p0_max", "mean_square_grad_p0_mean"})
    CHECK(run.record(name) == std::vector<double>{0, .25, .4375});
}

TEST_CASE("learning rules: long gradients are shortened together", "[training][sgd]") {
  // Two parameters with gradients 1 make the length sqrt(2), above 1.
  const Ones two{{ir::make_shape(1)}, {ir::make_shape(1)}};
  const auto change = [&](double limit) {
    SmallRun run(Train(
        Rows(), two,
        SGD(learning_rate(1.), batch_size(10), SumCost(), clip_norm(limit), EpochCounter(1))));
    return 1 - run.run().value("p1");
  };
  CHECK(change(1) == Approx(1 / std::sqrt(2)).epsilon(1e-12));
  CHECK(change(2) == Approx(1));  // shorter than the limit
}

TEST_CASE("learning rules: a frozen parameter's gradient shortens no other's", "[training][sgd]") {
  struct HalfFrozen : Ones {
    constexpr HalfFrozen() : Ones{{ir::make_shape(1)}, {ir::make_shape(8)}} {}
    constexpr void parameters(ir::List<ModelParameter>& list) const override {
      Ones::parameters(list);
      list[1].frozen = true;
    }
    using Model::parameters;
  };
  // The gradients are nine ones, but p1 stays: the length of what moves is 1, not 3.
  SmallRun run(
      Train(Rows(), HalfFrozen(),
            SGD(learning_rate(.5), batch_size(10), SumCost(), clip_norm(1.), EpochCounter(1))));
  run.run();
  CHECK(run.value("p0") == Approx(.5).epsilon(1e-12));
  CHECK(run.value("p1") == 1);
}

TEST_CASE("learning rules: gradient clipping of 20 and 20 at 20 gives 20 over sqrt(2)",
          "[training][sgd]") {
  Ones two{{ir::make_shape(1)}, {ir::make_shape(1)}};
  const SGD sgd(learning_rate(1.), batch_size(1), clip_norm(20.));
  auto step = build<double>(sgd.step(two, SquareCost(), {}));
  Store store = step.store();
  store.fill("p0", 20);
  store.fill("p1", 20);
  step();
  CHECK(store.data<double>("p0")[0] == Approx(20 - 20 / std::sqrt(2)).epsilon(1e-12));
}

TEST_CASE("learning rules: further costs are watched under their names", "[training][sgd]") {
  SGD sgd(learning_rate(.5), batch_size(5), SquareCost(), EpochCounter(1),
          monitoring_dataset({{"valid", Rows()}}));
  sgd.monitoring_costs.push_back({"sum", Shared<Cost>(SumCost())});
  SmallRun run(Train(Rows(), Ones(), sgd));
  run.run();
  CHECK(run.record("valid_objective") == std::vector<double>{.5, .5 / 16});
  CHECK(run.record("valid_sum") == std::vector<double>{1, .25});
}
