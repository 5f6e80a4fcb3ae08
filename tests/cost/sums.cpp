// Sums of costs, weight decays and penalties: values, gradients, names, errors.
#include "checks.hpp"

#include <ansatz/cost/cost_from.hpp>
#include <ansatz/cost/gradient_clipping.hpp>
#include <ansatz/cost/method_cost.hpp>
#include <ansatz/cost/penalty/lp_penalty.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/composite_layer.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/space_converter.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/registry/job.hpp>

#include <catch2/catch.hpp>

#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

Shared<Model> two_layers() {
  return stack(4, {Tanh("h", 3, irange(.5)), Softmax("y", 2, irange(.5))});
}

double squared(double x) { return x * x; }
double absolute(double x) { return std::abs(x); }

// The cost of a model with random parameters, on a random batch.
struct At {
  Data data;
  Probe probe;
  Minibatch minibatch;
  Computed got;
  At(const Shared<Model>& model, const Cost& cost)
      : data(data_of(*model, cost)), probe(*model, data, everything(*model, cost, data)) {
    probe.randomize(.7, 3);
    minibatch = random_batch(data, 5, 2);
    got = probe(minibatch);
  }
  double value() const { return got.at("cost")[0]; }
  double squares(const char* parameter) const { return sum_of(probe.get(parameter), squared); }
  double absolutes(const char* parameter) const { return sum_of(probe.get(parameter), absolute); }
};

double error_of(const Shared<Model>& model, const Cost& cost) {
  return gradient_error(*model, cost, random_batch(data_of(*model, cost), 5, 2));
}

std::vector<std::string> channels_of(const Shared<Model>& model, const Cost& cost) {
  ChannelList list;
  cost.channels(*model, data_of(*model, cost), list);
  return names_of(list);
}

// A cost with gradients of its own and no value.
class OnlyGradients : public Cost {
 public:
  constexpr GradientList gradients(const Model& model, const Data&) const override {
    GradientList g;
    for (const ModelParameter& p : model.parameters()) g.of.push_back(3.0 * p.value);
    const AnyExpr steps = state_leaf("steps", ir::make_shape(1));
    g.updates.add("steps", steps, steps + 1);
    return g;
  }
};

// Noise on the weights, drawn once for a batch.
class WithNoise : public Cost {
 public:
  constexpr explicit WithNoise(const char* name) : name_(name) {}
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    const AnyExpr w = model.parameters()[0].value;
    return AnyExpr(sum(square(w + state_leaf(name_, w.shape()))));
  }
  constexpr FixedVarDescr fixed_variables(const Model& model, const Data&) const override {
    const AnyExpr w = model.parameters()[0].value, noise = state_leaf(name_, w.shape());
    FixedVarDescr fixed;
    fixed.on_load_batch.add(name_, noise, AnyExpr(uniform_like(w).value()));
    return fixed;
  }

 private:
  String name_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("weight decay: one number, a list, and numbers by name", "[cost][weight_decay]") {
  const Shared<Model> model = two_layers();
  const At one(model, WeightDecay(.1));
  REQUIRE(one.value() == Approx(.1 * (one.squares("h_W") + one.squares("softmax_W"))));
  const At list(model, WeightDecay(coeffs({.1, .4})));
  REQUIRE(list.value() == Approx(.1 * list.squares("h_W") + .4 * list.squares("softmax_W")));
  const At named(model, WeightDecay(coeffs({{"y", .4}})));
  REQUIRE(named.value() == Approx(.4 * named.squares("softmax_W")));
  const At l1(model, L1WeightDecay(coeffs({.1, .4})));
  REQUIRE(l1.value() == Approx(.1 * l1.absolutes("h_W") + .4 * l1.absolutes("softmax_W")));
  REQUIRE(error_of(model, WeightDecay(coeffs({.1, .4}))) < 1e-8);
  REQUIRE(error_of(model, L1WeightDecay(coeffs({.1, .4}))) < 1e-8);
}

TEST_CASE("weight decay: coefficients are scalars of the program", "[cost][weight_decay]") {
  At at(two_layers(), WeightDecay(.1));
  at.probe.program().set("weight_decay.h", 0);
  REQUIRE(at.probe(at.minibatch).at("cost")[0] == Approx(.1 * at.squares("softmax_W")));
}

TEST_CASE("weight decay: lists in lists for layers that are made of layers",
          "[cost][weight_decay]") {
  MLP<> inner;
  inner.layer_name = "inner";
  inner.layers.push_back(Tanh("a", 3, irange(.5)));
  inner.layers.push_back(Tanh("b", 3, irange(.5)));
  const Shared<Model> model =
      stack(4, {NestedMLP(Shared<MLPBase>(inner)), Softmax("y", 2, irange(.5))});
  const At nested(model, WeightDecay(each_layer(each_layer(.1, .2), .3)));
  const double want = .1 * nested.squares("inner_a_W") + .2 * nested.squares("inner_b_W") +
                      .3 * nested.squares("softmax_W");
  REQUIRE(nested.value() == Approx(want));
  const At by_name(model, WeightDecay(Coefficients().set("y", .3).set("inner", {.1, .2})));
  REQUIRE(by_name.value() == Approx(want));
  const At whole(model, L1WeightDecay(coeffs({.1, 0})));
  REQUIRE(whole.value() ==
          Approx(.1 * (whole.absolutes("inner_a_W") + whole.absolutes("inner_b_W"))));
  REQUIRE_THAT(message_at(*model, WeightDecay(each_layer(each_layer(.1, .2, .3), .3))),
               Catch::Contains("weight_decay: 3 coefficients, but layer inner has 2 layers"));
  REQUIRE_THAT(message_at(*model, WeightDecay(each_layer(.1, each_layer(.2)))),
               Catch::Contains("layer y is not made of layers"));
}

TEST_CASE("weight decay: numbers, names and layers that do not fit are refused",
          "[cost][weight_decay]") {
  const Shared<Model> model = two_layers();
  REQUIRE_THAT(message_at(*model, WeightDecay(coeffs({.1, .2, .3}))),
               Catch::Contains("weight_decay: 3 coefficients, but the MLP has 2 layers"));
  REQUIRE_THAT(
      message_at(*model, L1WeightDecay(coeffs({{"z", .1}}))),
      Catch::Contains("l1_weight_decay: the MLP has no layer \"z\"") && Catch::Contains("h, y"));
  REQUIRE_THAT(message_at(*model, WeightDecay(-1.)),
               Catch::Contains("the coefficient of layer h must be a finite number, at least 0"));
  const Shared<Model> converter =
      stack(4, {SpaceConverter("v", VectorSpace(4)), Softmax("y", 2, irange(.5))});
  REQUIRE_THAT(message_at(*converter, WeightDecay(.1)),
               Catch::Contains("layer v: this kind of layer has no weights"));
  REQUIRE(message_at(*converter, WeightDecay(coeffs({0, .1}))).empty());
}

TEST_CASE("sum of costs: values and gradients add up, with their coefficients",
          "[cost][sum_of_costs]") {
  const Shared<Model> model = two_layers();
  const SumOfCosts sum(Default(), scaled(.5, WeightDecay(.1)), L1WeightDecay(coeffs({.2, 0})));
  At at(model, sum);
  const double plain = At(model, Default()).value();
  const double decay = .1 * (at.squares("h_W") + at.squares("softmax_W"));
  REQUIRE(at.value() == Approx(plain + .5 * decay + .2 * at.absolutes("h_W")));
  REQUIRE(error_of(model, sum) < 1e-8);
  at.probe.program().set("term_1.coefficient", 2);
  REQUIRE(at.probe(at.minibatch).at("cost")[0] ==
          Approx(plain + 2 * decay + .2 * at.absolutes("h_W")));
}

TEST_CASE("sum of costs: channels are the terms, named after their costs", "[cost][sum_of_costs]") {
  const Shared<Model> model = two_layers();
  REQUIRE(channels_of(model, SumOfCosts(Default(), WeightDecay(.1), L1WeightDecay(.2))) ==
          Names{"term_0", "term_1_weight_decay", "term_2_l1_penalty"});
  REQUIRE(channels_of(model, SumOfCosts(Default(), L1WeightDecay(coeffs({0, 0})))) ==
          Names{"term_0", "term_1_0_l1_penalty"});
  REQUIRE(channels_of(model, SumOfCosts(Default(), WeightDecay(0.))) ==
          Names{"term_0", "term_1_0_weight_decay"});
}

TEST_CASE("sum of costs: of channels of one name the last stays", "[cost][sum_of_costs]") {
  const Shared<Model> model = two_layers();
  const SumOfCosts inner(WeightDecay(.1), Default());
  const SumOfCosts outer(inner, scaled(2., L1WeightDecay(.2)));
  REQUIRE(channels_of(model, outer) ==
          Names{"term_0_weight_decay", "term_1", "term_0", "term_1_l1_penalty"});
  const SumOfCosts twice(Default(), inner);
  ChannelList list;
  const Data data = data_of(*model, twice);
  twice.channels(*model, data, list);
  REQUIRE(names_of(list) == Names{"term_0", "term_0_weight_decay", "term_1"});
  Function f;
  f.add(output("last", list[2].value));
  f.add(output("value", *inner.expr(*model, data)));
  Probe probe(*model, data, f);
  const Computed got = probe(random_batch(data, 4, 1));
  REQUIRE(got.at("last") == got.at("value"));
}

TEST_CASE("sum of costs: the value of a term is without its coefficient", "[cost][sum_of_costs]") {
  const Shared<Model> model = two_layers();
  const SumOfCosts sum(scaled(.25, WeightDecay(.1)));
  const Data data = data_of(*model, sum);
  ChannelList list;
  sum.channels(*model, data, list);
  Function f;
  f.add(output("term", list[0].value));
  f.add(output("whole", *sum.expr(*model, data)));
  Probe probe(*model, data, f);
  const Computed got = probe(random_batch(data, 2, 1));
  REQUIRE(.25 * got.at("term")[0] == Approx(got.at("whole")[0]));
}

TEST_CASE("sum of costs: without a value where a term has none, gradients summed all the same",
          "[cost][sum_of_costs]") {
  const Shared<Model> model = two_layers();
  const SumOfCosts sum(WeightDecay(.5), scaled(2., OnlyGradients()));
  REQUIRE_FALSE(sum.expr(*model, data_of(*model, sum)));
  REQUIRE(channels_of(model, sum) == Names{"term_0_weight_decay"});
  At at(model, sum);
  REQUIRE(at.got.count("cost") == 0);
  const std::vector<double> w = at.probe.get("h_W"), b = at.probe.get("h_b");
  REQUIRE(at.got.at("grad.h_W")[0] == Approx(7 * w[0]));
  REQUIRE(at.got.at("grad.h_b")[0] == Approx(6 * b[0]));
  const GradientList g = sum.gradients(*model, at.data);
  REQUIRE(g.updates.entries().size() == 1);
  REQUIRE_THAT(
      message_of([&] { SumOfCosts(OnlyGradients(), OnlyGradients()).gradients(*model, at.data); }),
      Catch::Contains("two of its costs update \"steps\""));
}

TEST_CASE("sum of costs: none is refused; it is supervised when a term is",
          "[cost][sum_of_costs]") {
  REQUIRE_THAT(message_at(*two_layers(), SumOfCosts()), Catch::Contains("at least one cost"));
  REQUIRE_FALSE(SumOfCosts(WeightDecay(.1)).supervised());
  REQUIRE(SumOfCosts(WeightDecay(.1), Default()).supervised());
}

TEST_CASE("fixed variables: drawn when a batch is loaded, then the same for every value",
          "[cost][sum_of_costs]") {
  const Shared<Model> model = two_layers();
  const SumOfCosts sum(WithNoise("first"), WithNoise("second"));
  const Data data = data_of(*model, sum);
  const FixedVarDescr fixed = sum.fixed_variables(*model, data);
  REQUIRE(fixed.on_load_batch.entries().size() == 2);
  Function load;
  fixed.on_load_batch.give_to(load);
  Probe loaded(*model, data, load), value(*model, data, everything(*model, sum, data));
  value.program().bind(loaded.program().store());
  const Minibatch minibatch = random_batch(data, 2, 1);
  loaded(minibatch);
  const double once = value(minibatch).at("cost")[0];
  REQUIRE(value(minibatch).at("cost")[0] == once);
  loaded(minibatch);
  REQUIRE(value(minibatch).at("cost")[0] != once);
  REQUIRE_THAT(
      message_of([&] { SumOfCosts(WithNoise("n"), WithNoise("n")).fixed_variables(*model, data); }),
      Catch::Contains("two of its costs update \"n\""));
}

TEST_CASE("lp penalty: sums of powers for several p", "[cost][lp_penalty]") {
  const Shared<Model> model = two_layers();
  for (double p : {1., 2., 3., 1.5}) {
    const LpPenalty cost(p, variables({"h_W", "softmax_W"}));
    const At at(model, cost);
    double want = 0;
    for (const char* name : {"h_W", "softmax_W"})
      for (double v : at.probe.get(name)) want += std::pow(std::abs(v), p);
    REQUIRE(at.value() == Approx(want));
    REQUIRE(error_of(model, cost) < 1e-7);
  }
  REQUIRE_THAT(message_at(*model, LpPenalty(2, variables({"h_V"}))),
               Catch::Contains("no parameter \"h_V\"") && Catch::Contains("nearest: h_W"));
  REQUIRE_THAT(message_at(*model, LpPenalty(.5, variables({"h_W"}))),
               Catch::Contains("p must be at least 1"));
}

TEST_CASE("method cost: the model's method, by its name", "[cost][method_cost]") {
  const Shared<Model> model = two_layers();
  REQUIRE(At(model, MethodCost("cost_from_X")).value() == At(model, Default()).value());
  REQUIRE_THAT(message_at(*model, MethodCost("cost_from_x")),
               Catch::Contains("no method \"cost_from_x\"") && Catch::Contains("cost_from_X"));
}

TEST_CASE("cost_from: a formula of outputs and targets, of outputs, of model and data",
          "[cost][cost_from]") {
  const Shared<Model> model = stack(4, {Linear("y", 2, irange(.5))});
  const auto of_both = cost_from([](auto y, auto t) { return mean(sum(square(t - y), units)); });
  REQUIRE(At(model, of_both).value() == Approx(At(model, Default()).value()));
  const auto of_output = cost_from([](auto y) { return mean(square(y)); });
  REQUIRE_FALSE(of_output.supervised());
  const At plain(model, of_output);
  REQUIRE(plain.value() == Approx(sum_of(plain.got.at("y"), squared) / 10));
  const auto of_model =
      cost_from([](const Model& m, const Data&) { return sum(square(m.parameters()[0].value)); });
  const At decay(model, of_model);
  REQUIRE(decay.value() == Approx(decay.squares("y_W")));
  REQUIRE(error_of(model, of_both) < 1e-8);
}

TEST_CASE("GradientClipping: gradients are shortened together, but for those left out",
          "[cost][clipping]") {
  const Shared<Model> model = two_layers();
  const Default plain;
  const At full(model, plain);
  const auto length = [](const Computed& got, const std::vector<const char*>& of) {
    double squares = 0;
    for (const char* name : of) squares += sum_of(got.at(std::string("grad.") + name), squared);
    return std::sqrt(squares);
  };
  const std::vector<const char*> all = {"h_W", "h_b", "softmax_W", "softmax_b"};
  const double whole = length(full.got, all);
  const At half(model, GradientClipping(whole / 2, plain));
  CHECK(half.value() == Approx(full.value()));
  CHECK(length(half.got, all) == Approx(whole / 2));
  CHECK(half.got.at("grad.h_W")[1] == Approx(full.got.at("grad.h_W")[1] / 2));
  CHECK(At(model, GradientClipping(whole * 1.01, plain)).got == full.got);

  GradientClipping without(.1, plain);
  without.exclude_params.push_back("h_W");
  const At some(model, without);
  CHECK(some.got.at("grad.h_W") == full.got.at("grad.h_W"));
  CHECK(length(some.got, {"h_b", "softmax_W", "softmax_b"}) == Approx(.1));
  const Shared<Object> read = load_object(
      "cost.yaml",
      "!obj:pylearn2.sandbox.rnn.costs.gradient_clipping.GradientClipping { clipping_value: .1, "
      "exclude_params: [h_W], cost: !obj:pylearn2.costs.mlp.Default {} }");
  CHECK(At(model, dynamic_cast<const Cost&>(*read)).got == some.got);
  without.exclude_params.push_back("h_V");
  CHECK_THROWS_WITH(At(model, without), Catch::Contains("h_V") && Catch::Contains("nearest: h_W"));
}
