// Masks on the inputs of layers: given ones, drawn ones, and averages over them.
#include "probe.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/model/layers/dropout_average.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <dsl/ops.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// A linear layer that is left out with minus infinity.
struct Guarded : Linear<> {
  using Linear<>::Linear;
  constexpr double dropout_input_mask_value() const override {
    return -std::numeric_limits<double>::infinity();
  }
  constexpr Signal fprop(const Place&, const Signal& below) const override { return below; }
};

std::vector<double> value_of(const Shared<Model>& model, const Signal& y, Minibatch minibatch,
                             const std::map<std::string, std::vector<double>>& parameters) {
  Function f;
  f.add(output("y", y.value()));
  Probe probe(*model, inputs_of(*model), f);
  for (const auto& [name, values] : parameters) probe.set(name, values);
  return probe(minibatch).at("y");
}

Minibatch one(std::vector<double> x) {
  Minibatch minibatch;
  minibatch.examples = 1;
  minibatch.numbers["features"] = std::move(x);
  return minibatch;
}

}  // namespace

TEST_CASE("masked_fprop: the sum over all masks of two identity layers", "[model][dropout]") {
  const Shared<Model> model = stack(2, {Linear("h0", 2, irange(0.)), Linear("h1", 2, irange(0.))});
  const Layered& mlp = *model->as_layered();
  REQUIRE(total_input_dimension(mlp, {"h0", "h1"}) == 4);
  const Signal x = inputs_of(*model)["features"];
  AnyExpr sum = masked_fprop(mlp, x, std::uint64_t{0}).value();
  for (std::uint64_t mask = 1; mask < 16; ++mask) sum = sum + masked_fprop(mlp, x, mask).value();
  const Signal total(vector_space(2), sum);
  const std::map<std::string, std::vector<double>> parameters = {
      {"h0_W", {1, 0, 0, 1}}, {"h1_W", {1, 0, 0, 1}}, {"h0_b", {1, 2}}, {"h1_b", {3, 4}}};
  REQUIRE(value_of(model, total, one({5, 3}), parameters) == std::vector<double>{144, 144});
  REQUIRE(value_of(model, total, one({2, 7}), parameters) == std::vector<double>{96, 208});
}

TEST_CASE("masked_fprop: masks and names that do not fit are refused", "[model][dropout]") {
  const Shared<Model> model = stack(2, {Linear("h0", 2, irange(0.)), Linear("h1", 2, irange(0.))});
  const Layered& mlp = *model->as_layered();
  const Signal x = inputs_of(*model)["features"];
  const auto message = [&](std::uint64_t mask, const MaskArguments& how) {
    return message_of([&] { masked_fprop(mlp, x, mask, how); });
  };
  REQUIRE_THAT(message(22, {}), Catch::Contains("mask 22 is too large: 4 inputs"));
  REQUIRE_THAT(message(16, {}), Catch::Contains("mask 16 is too large"));
  REQUIRE_THAT(message(2, {{"h3"}, 2, {}}),
               Catch::Contains("no layer \"h3\"") && Catch::Contains("h0, h1"));
  REQUIRE_THAT(message(2, {{}, 2, {{"h3", 4}}}), Catch::Contains("no layer \"h3\""));
  REQUIRE_THAT(message(2, {{"h0"}, 2, {{"h1", 4}}}), Catch::Contains("which is not masked"));
}

TEST_CASE("masked_fprop: a layer says what stands for inputs left out", "[model][dropout]") {
  const Shared<Model> model = stack(2, {Guarded("h0", 2, irange(0.))});
  const Signal y = masked_fprop(*model->as_layered(), inputs_of(*model)["features"],
                                std::uint64_t{1}, {{}, 1, {}});
  REQUIRE(value_of(model, y, one({4, 3}), {}) ==
          std::vector<double>{4, -std::numeric_limits<double>::infinity()});
}

TEST_CASE("masked_fprop: long masks, each input its own", "[model][dropout]") {
  const Shared<Model> model = stack(70, {Guarded("h0", 70, irange(0.))});
  InputMask mask;
  std::vector<double> x, want;
  for (int i = 0; i < 70; ++i) {
    mask.push_back(i % 3 == 1 || i > 64);
    x.push_back(i);
    want.push_back(mask.back() ? 2 * i : -std::numeric_limits<double>::infinity());
  }
  const Signal y = masked_fprop(*model->as_layered(), inputs_of(*model)["features"], mask);
  REQUIRE(value_of(model, y, one(x), {}) == want);
}

TEST_CASE("dropout averages: the geometric mean over all networks", "[model][dropout]") {
  const Shared<Model> model = stack(3, {Softmax("y", 2, irange(1.))});
  const Layered& mlp = *model->as_layered();
  const Signal x = inputs_of(*model)["features"];
  // a linear network's geometric mean is that of the mean input: half of it, times 2
  const std::vector<double> exact =
      value_of(model, exhaustive_dropout_average(mlp, x), one({1, 2, -3}), {});
  const std::vector<double> plain = value_of(model, mlp.output(x), one({1, 2, -3}), {});
  REQUIRE(difference(exact, plain) < 1e-12);

  RandomState rng({2013, 5, 17});
  DropoutArguments how;
  how.per_example = false;
  const std::vector<double> drawn =
      value_of(model, sampled_dropout_average(mlp, x, 5, how, rng), one({1, 2, -3}), {});
  REQUIRE(drawn[0] + drawn[1] == Approx(1));
  how.per_example = true;
  const std::vector<double> each =
      value_of(model, sampled_dropout_average(mlp, x, 400, how, rng), one({1, 2, -3}), {});
  REQUIRE(each[0] == Approx(plain[0]).margin(.15));
  REQUIRE_THAT(message_of([&] {
                 const Shared<Model> linear = stack(3, {Linear("y", 2, irange(1.))});
                 exhaustive_dropout_average(*linear->as_layered(), x);
               }),
               Catch::Contains("every output must be a softmax"));
}

TEST_CASE("generate_dropout_mask: NumPy's draws, layer by layer", "[model][dropout]") {
  const Shared<Model> model = stack(4, {Linear("h0", 3, irange(0.)), Linear("h1", 2, irange(0.))});
  RandomState rng({2013, 5, 17}), same({2013, 5, 17});
  DropoutArguments how;
  how.input_include_probs = {{"h1", .9}};
  const InputMask mask = generate_dropout_mask(*model->as_layered(), how, rng);
  REQUIRE(mask.size() == 7);
  for (std::size_t i = 0; i < 7; ++i)
    REQUIRE(mask[i] == (same.random_sample() < (i < 4 ? .5 : .9)));
}
