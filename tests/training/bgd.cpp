#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "../../src/algorithm/line_search.hpp"
#include "regression_samples.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using RegressionWeights = std::array<double, Samples::inputs>;

// y = x w; w [inputs, 1], zero at first.
struct Regression : Model {
  constexpr SpaceInfo input_space() const override { return vector_space(Samples::inputs); }
  constexpr SpaceInfo target_space() const override { return vector_space(1); }
  constexpr AnyExpr w() const { return parameter_leaf("w", ir::make_shape(Samples::inputs, 1)); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"w", w()});
  }
  void initialize(InitialValues&) const override {}
  constexpr Signal output(const Signal& x) const override {
    return Signal(vector_space(1), matmul(x.value(), w()));
  }
};

struct HalfSquaredError : Cost {
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const AnyExpr error = model.output(data["features"]).value() - data["targets"].value();
    return mean(square(error)) / 2;
  }
};

double objective(const RegressionWeights& w) {
  double total = 0;
  for (int r = 0; r < Samples::rows; ++r) {
    double error = -Samples::y_at(r);
    for (int i = 0; i < Samples::inputs; ++i)
      error += Samples::x_at(r, i) * w[static_cast<std::size_t>(i)];
    total += error * error / 2;
  }
  return total / Samples::rows;
}
RegressionWeights gradient(const RegressionWeights& w) {
  RegressionWeights g{};
  for (int r = 0; r < Samples::rows; ++r) {
    double error = -Samples::y_at(r);
    for (int i = 0; i < Samples::inputs; ++i)
      error += Samples::x_at(r, i) * w[static_cast<std::size_t>(i)];
    for (int i = 0; i < Samples::inputs; ++i)
      g[static_cast<std::size_t>(i)] += error * Samples::x_at(r, i) / Samples::rows;
  }
  return g;
}
double dot(const RegressionWeights& a, const RegressionWeights& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
  return total;
}

// The lowest objective, from the normal equations.
double lowest_objective() {
  double a[Samples::inputs][Samples::inputs + 1];
  for (int i = 0; i < Samples::inputs; ++i) {
    RegressionWeights unit{};
    const RegressionWeights at_0 = gradient(unit);
    for (int k = 0; k < Samples::inputs; ++k) {
      unit = {};
      unit[static_cast<std::size_t>(k)] = 1;
      const auto at = static_cast<std::size_t>(i);
      a[i][k] = gradient(unit)[at] - at_0[at];
      a[i][Samples::inputs] = -at_0[at];
    }
  }
  for (int i = 0; i < Samples::inputs; ++i)
    for (int r = 0; r < Samples::inputs; ++r) {
      const double factor = r == i ? 0 : a[r][i] / a[i][i];
      for (int k = i; k <= Samples::inputs; ++k) a[r][k] -= factor * a[i][k];
    }
  RegressionWeights w;
  for (int i = 0; i < Samples::inputs; ++i)
    w[static_cast<std::size_t>(i)] = a[i][Samples::inputs] / a[i][i];
  return objective(w);
}

template <class... O>
Train regression_job(int epochs, const O&... options) {
  return Train(Samples(), Regression(),
               BGD(batch_size(Samples::rows), HalfSquaredError(), EpochCounter(epochs), options...,
                   monitoring_dataset(Samples())));
}
RegressionWeights weights(SmallRun& run) {
  RegressionWeights w;
  for (int i = 0; i < Samples::inputs; ++i) w[static_cast<std::size_t>(i)] = run.value("w", i);
  return w;
}
template <class... O>
double excess_after(int epochs, const O&... options) {
  SmallRun run(regression_job(epochs, options...));
  run.run();
  return objective(weights(run)) - lowest_objective();
}

struct NoisySquaredError : HalfSquaredError {
  constexpr bool is_stochastic() const override { return true; }
};
struct Intractable : HalfSquaredError {
  constexpr std::optional<AnyExpr> expr(const Model&, const Data&) const override { return {}; }
  constexpr GradientList gradients(const Model& model, const Data& data) const override {
    return HalfSquaredError().gradients(model, data);
  }
};

// (p - m)^2, m being the mean of the features when the batch was loaded.
struct NearFixedMean : Cost {
  static constexpr AnyExpr fixed() { return state_leaf("fixed_mean", ir::Shape()); }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    return sum(square(model.parameters()[0].value - fixed()));
  }
  constexpr bool supervised() const override { return false; }
  constexpr void states(const Model&, StateList& list) const override {
    list.add("fixed_mean", ir::Shape());
  }
  constexpr FixedVarDescr fixed_variables(const Model&, const Data& data) const override {
    FixedVarDescr f;
    f.on_load_batch.add("fixed_mean", fixed(), mean(data["features"].value()));
    return f;
  }
};

}  // namespace

TEST_CASE("BGD: finds the lowest point of a quadratic, each way it goes", "[training][bgd]") {
  CHECK(excess_after(0) > .1);
  CHECK(excess_after(30, line_search_mode("exhaustive")) < 1e-5);
  CHECK(excess_after(6, line_search_mode("exhaustive"), conjugate(true)) < 1e-5);
  CHECK(excess_after(60, reset_alpha(false)) < 1e-5);
  CHECK(excess_after(2, method("lbfgs")) < 1e-10);
  CHECK(excess_after(6, method("lbfgs"), history(2), reset_conjugate(false), updates_per_batch(4)) <
        1e-8);
}

TEST_CASE("BGD: conjugate directions are Polak and Ribiere's of the directions before",
          "[training][bgd]") {
  // As Pylearn2's BatchGradientDescent, step by step.
  const auto reference = [](int updates, bool conjugate_directions) {
    RegressionWeights w{}, d{};
    double norm = 0;
    std::vector<double> steps{.5, 1};
    for (int n = 0; n < updates; ++n) {
      RegressionWeights old = d, g = gradient(w);
      for (double& each : old) each *= norm;
      const double beta = std::max(0., (dot(g, g) - dot(g, old)) / (1e-7 + dot(old, old)));
      for (std::size_t i = 0; i < g.size(); ++i) d[i] = g[i] + conjugate_directions * beta * old[i];
      norm = std::sqrt(dot(d, d));
      for (double& each : d) each /= norm;
      const auto moved = [&](double alpha) {
        RegressionWeights to = w;
        for (std::size_t i = 0; i < to.size(); ++i) to[i] -= alpha * d[i];
        return to;
      };
      const LineStep step = search_exhaustive([&](double alpha) { return objective(moved(alpha)); },
                                              objective(w), steps, .001);
      w = moved(step.size);
    }
    return w;
  };
  for (const bool conjugated : {true, false}) {
    SmallRun run(regression_job(1, line_search_mode("exhaustive"), conjugate(conjugated),
                                updates_per_batch(4)));
    run.run();
    const RegressionWeights expected = reference(4, conjugated);
    for (int i = 0; i < Samples::inputs; ++i)
      CHECK(run.value("w", i) == Approx(expected[static_cast<std::size_t>(i)]).epsilon(1e-9));
  }
}

TEST_CASE("BGD: its channels begin with a value and become running means", "[training][bgd]") {
  SmallRun run(regression_job(2, line_search_mode("exhaustive"), updates_per_batch(1)));
  run.run();
  const auto size = run.record("ave_step_size"), norm = run.record("ave_grad_size");
  const auto mult = run.record("ave_grad_mult");
  const RegressionWeights g = gradient({});
  CHECK(size[0] == 0);
  CHECK(norm[1] == Approx(std::sqrt(dot(g, g))));
  CHECK(mult[1] == Approx(size[1] / norm[1]));
  // .99 of the first value and .01 of the second, which is smaller here.
  CHECK(norm[2] < norm[1]);
  CHECK(norm[2] > .99 * norm[1]);
}

TEST_CASE("BGD: scale_step goes a part of the way", "[training][bgd]") {
  const auto after = [](double part) {
    SmallRun run(
        regression_job(1, line_search_mode("exhaustive"), updates_per_batch(1), scale_step(part)));
    run.run();
    return weights(run);
  };
  const RegressionWeights whole = after(1), quarter = after(.25);
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK(quarter[i] == Approx(.25 * whole[i]).epsilon(1e-12));
}

TEST_CASE("BGD: steps and directions begin anew with each batch, unless told otherwise",
          "[training][bgd]") {
  const auto after = [](bool anew_steps, bool anew_directions) {
    SmallRun run(regression_job(3, line_search_mode("exhaustive"), conjugate(true),
                                updates_per_batch(2), reset_alpha(anew_steps),
                                reset_conjugate(anew_directions)));
    run.run();
    return weights(run);
  };
  const RegressionWeights both = after(true, true);
  CHECK(both != after(false, true));
  CHECK(both != after(true, false));
}

TEST_CASE("BGD: fixed variables are drawn once a batch", "[training][bgd]") {
  SmallRun run(Train(Rows(), Ones(),
                     BGD(batch_size(10), NearFixedMean(), EpochCounter(1),
                         line_search_mode("exhaustive"), updates_per_batch(20))));
  run.run();
  CHECK(run.value("p0") == Approx(4.5).epsilon(1e-3));
}

TEST_CASE("BGD: costs that no line search can compare are refused", "[training][bgd]") {
  const auto with = [](const auto& cost) {
    return error_of(
        Train(Samples(), Regression(), BGD(batch_size(Samples::rows), cost, EpochCounter(1))));
  };
  CHECK_THAT(with(NoisySquaredError()), Contains("BGD") && Contains("random"));
  CHECK_THAT(with(Intractable()), Contains("BGD") && Contains("no value"));
  CHECK_THAT(error_of(Train(Samples(), Regression(), BGD(batch_size(Samples::rows)))),
             Contains("no cost"));
}

TEST_CASE("BGD: settings out of range are refused, by name", "[training][bgd]") {
  CHECK_THAT(error_of(regression_job(1, line_search_mode("exaustive"))),
             Contains("nearest: exhaustive"));
  CHECK_THAT(error_of(regression_job(1, method("newton"))), Contains("gradient, lbfgs"));
  CHECK_THAT(error_of(regression_job(1, init_alpha({1., .5}))), Contains("init_alpha must rise"));
  CHECK_THAT(error_of(regression_job(1, updates_per_batch(0))), Contains("updates_per_batch"));
  CHECK_THAT(error_of(regression_job(1, scale_step(0.))), Contains("scale_step"));
  CHECK_THAT(error_of(regression_job(1, history(0))), Contains("history"));
}

TEST_CASE("BGD: a model at its lowest point stays there", "[training][bgd]") {
  // SquareCost of zeros: the gradient is 0, which no division makes a NaN.
  for (const char* how : {"gradient", "lbfgs"}) {
    SmallRun run(Train(Rows(), Ones(),
                       BGD(batch_size(10), SquareCost(), EpochCounter(4), method(how),
                           line_search_mode("exhaustive"), init_alpha({.5, 1.}))));
    run.run();
    CHECK(run.value("p0") == Approx(0).margin(1e-12));
  }
}
