#include <ansatz/algorithm/hessian_free.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops/activation/tanh.hpp>

#include "regression_samples.hpp"
#include "resumed.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// y = tanh(x V) w
struct Network : Model {
  static constexpr int inputs = Samples::inputs, hidden = 3;
  constexpr SpaceInfo input_space() const override { return vector_space(inputs); }
  constexpr SpaceInfo target_space() const override { return vector_space(1); }
  constexpr AnyExpr V() const { return parameter_leaf("V", ir::make_shape(inputs, hidden)); }
  constexpr AnyExpr w() const { return parameter_leaf("w", ir::make_shape(hidden, 1)); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"V", V()});
    list.push_back({"w", w()});
  }
  void initialize(InitialValues& values) const override {
    std::vector<double> all;
    for (int k = 0; k < inputs * hidden + hidden; ++k) all.push_back(.5 * std::cos(1. + 2. * k));
    values.set("V", all.data(), inputs * hidden);
    values.set("w", all.data() + inputs * hidden, hidden);
  }
  constexpr Signal output(const Signal& x) const override {
    return Signal(vector_space(1), matmul(tanh(matmul(x.value(), V())), w()));
  }
};

struct SquaredError : Cost {
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    return mean(square(data["targets"].value() - model.output(data["features"]).value()));
  }
};
struct NoisySquares : SquaredError {
  constexpr bool is_stochastic() const override { return true; }
};

template <class... O>
Train network_job(int epochs, const O&... options) {
  return Train(Samples(), Network(),
               HessianFree(batch_size(Samples::rows), EpochCounter(epochs), options...,
                           monitoring_dataset(Samples())));
}

}  // namespace

TEST_CASE("HessianFree: its steps are those of dense matrices", "[training][hessian_free]") {
  struct Step {
    double objective, damping, iterations, ratio, size;
  };
  // By tests/reference/hessian_free.py. Among them a step that is shortened, points taken before
  // the last one, and a damping that rises and falls.
  const Step steps[] = {
      {11.5897058757, 1.5, 11, -0.0849113099857, 0.8},
      {1.65083277329, 1, 12, 1.23403032976, 1},
      {0.722773345595, 0.666666666667, 13, 1.21414592911, 1},
      {0.59815831974, 0.444444444444, 13, 1.4925954103, 1},
      {0.580536736952, 0.444444444444, 13, 0.319603709462, 1},
      {0.563084707195, 0.666666666667, 14, -5.3673741494, 0.32768},
  };
  SmallRun run(network_job(6, SquaredError(), preconditioner_draws(0)));
  run.run();
  for (std::size_t k = 0; k < 6; ++k) {
    INFO("step " << k + 1);
    const auto close = [&](const char* channel, double wanted) {
      INFO(channel);
      CHECK(run.record(channel)[k + 1] == Approx(wanted).epsilon(1e-6));
    };
    close("objective", steps[k].objective);
    close("damping", steps[k].damping);
    close("cg_iterations", steps[k].iterations);
    close("reduction_ratio", steps[k].ratio);
    close("step_size", steps[k].size);
  }
}

// q is the cost where that is a square; with next to no damping its lowest point is found at once.
TEST_CASE("HessianFree: one step to the lowest point of a quadratic", "[training][hessian_free]") {
  for (const int draws : {0, 3}) {
    SmallRun run(Train(Rows(), Ones{{ir::make_shape(3)}, {ir::make_shape(2, 2)}},
                       HessianFree(batch_size(10), SquareCost(), EpochCounter(1), tol(1e-12),
                                   init_damping(1e-9), preconditioner_draws(draws))));
    run.run();
    for (int i = 0; i < 3; ++i) CHECK(std::abs(run.value("p0", i)) < 1e-8);
    for (int i = 0; i < 4; ++i) CHECK(std::abs(run.value("p1", i)) < 1e-8);
    CHECK(run.session.setting("reduction_ratio") == Approx(1).epsilon(1e-6));
    CHECK(run.session.setting("damping") == Approx(2e-9 / 3));
    CHECK(run.session.setting("gradient_norm") == Approx(std::sqrt(7)));
  }
}

// The squared gradient of one example, whatever its sign.
TEST_CASE("HessianFree: random signs of examples", "[training][hessian_free]") {
  SmallRun run(Train(Samples(), Network(),
                     HessianFree(batch_size(1), batches_per_iter(1), SquaredError(),
                                 EpochCounter(1), curvature_batch_size(1))));
  run.run();
  // The gradient at the point the step was made from, and what the last draw left: the direction's
  // product overwrites it, so that it is drawn again at the end.
  Session& session = run.session;
  std::vector<double> x;
  for (int i = 0; i < Network::inputs; ++i) x.push_back(Samples::x_at(0, i));
  const double y = Samples::y_at(0);
  const Argument arguments[] = {{"features", view(x.data(), {1, Network::inputs})},
                                {"targets", view(&y, {1, 1})}};
  session.program("gradient").call(arguments, 2);
  bool both[2] = {};
  for (int draw = 0; draw < 20; ++draw) {
    session.program("signs").call(arguments, 2);
    const double *g = session.store().data<double>("V.gradient"),
                 *drawn = session.store().data<double>("V.product");
    const double sign = drawn[0] / g[0];
    CHECK(std::abs(sign) == Approx(1));
    both[sign > 0] = true;
    for (int i = 0; i < Network::inputs * Network::hidden; ++i)
      CHECK(drawn[i] == Approx(sign * g[i]));
  }
  CHECK((both[0] && both[1]));
}

TEST_CASE("HessianFree: the preconditioner and a part of the batch leave the way down",
          "[training][hessian_free]") {
  SmallRun run(network_job(25, SquaredError(), curvature_batch_size(8)));
  run.run();
  const std::vector<double> objective = run.record("objective");
  for (std::size_t k = 1; k < objective.size(); ++k) CHECK(objective[k] <= objective[k - 1]);
  CHECK(objective.back() < .5);
}

TEST_CASE("HessianFree: goes on as if it had not been interrupted", "[training][hessian_free]") {
  resumes_to_the_same_bits(
      [](const auto& extension) {
        return Train(Samples(), Network(),
                     HessianFree(batch_size(4), SquaredError(), EpochCounter(4)), extension);
      },
      {1, 3, 8});
}

TEST_CASE("HessianFree: refuses costs whose values cannot be compared",
          "[training][hessian_free]") {
  CHECK_THAT(error_of(network_job(1, NoisySquares())),
             Contains("HessianFree: the cost draws random numbers"));
  CHECK_THAT(error_of(network_job(1)), Contains("HessianFree: the model has no cost of its own"));
}
