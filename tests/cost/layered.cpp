// Models made of layers that are no MLPs, layers around others: what asks for layers gets theirs.
#include "../model/tied_autoencoder.hpp"
#include "checks.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/cost/supervised/missing_target_cost.hpp>
#include <ansatz/linear/weights_between.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/model_of.hpp>
#include <ansatz/model/parameter_names.hpp>

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Vector = std::vector<double>;

TiedAutoencoder autoencoder() {
  return TiedAutoencoder(6, Tanh("h0", 5, irange(.5)), Tanh("h1", 3, irange(.5)));
}

// The value of a cost with parameters as they begin, and with these.
double value_of(const Model& model, const Cost& cost) {
  const Data data = data_of(model, cost);
  Probe probe(model, data, everything(model, cost, data));
  return probe(random_batch(data, 4, 5)).at("cost")[0];
}

// The layer inside, its output times two; all else is that layer's.
struct Doubled : LayerWrapper {
  Shared<Layer> raw;
  explicit Doubled(const Shared<Layer>& layer) : raw(layer) { layer_name = raw->layer_name; }
  const Layer& wrapped() const override { return *raw; }
  Signal fprop(const Place& at, const Signal& below) const override {
    const Signal y = raw->fprop(at, below);
    return Signal(y.space, 2 * y.value());
  }
  Signal output_inside(const Place&, const Signal& y) const override {
    return Signal(y.space, .5 * y.value());
  }
};

// Two inputs, one output, no layers.
struct Line : ModelOf<Line, VectorSpace<2>> {
  Expr<Matrix<2, 1>> W = parameter<Matrix<2, 1>>("W");
  constexpr auto forward(auto x) const { return matmul(x, W); }
  constexpr auto cost(auto x) const { return mean(sum(square(forward(x)), axis<0>)); }
};

// The same with weights that say they are some, one of them of another shape.
struct TwoSteps : ModelOf<TwoSteps, VectorSpace<2>> {
  WeightsBetween<VectorSpace<2>, VectorSpace<3>> V{"V", irange(.5)};
  WeightsBetween<VectorSpace<3>, VectorSpace<1>> W{"W", irange(.5)};
  constexpr auto forward(auto x) const { return W.lmul(V.lmul(x)); }
  constexpr auto cost(auto x) const { return mean(sum(square(forward(x)), axis<0>)); }
  constexpr void weights(ir::List<ModelWeights>& list) const {
    V.weights(list);
    W.weights(list);
  }
  void initialize(InitialValues& values) const {
    RandomState rng(3);
    V.initialize(values, rng);
    W.initialize(values, rng);
  }
};

}  // namespace

TEST_CASE("layered: an autoencoder goes up and down through its weights", "[cost][layered]") {
  const Shared<Model> model(autoencoder());
  const Shared<Cost> cost = model->default_cost();
  const Data data = data_of(*model, *cost);
  REQUIRE(data.sources().size() == 1);
  const Minibatch minibatch = random_batch(data, 4, 5);
  const auto first = Values(*model).of;
  const auto bent = [](Vector x) {
    for (double& each : x) each = std::tanh(each);
    return x;
  };
  const Vector &x = minibatch.numbers.at("features"), &W0 = first.at("h0_W"),
               &W1 = first.at("h1_W");
  const Vector up = bent(affine(x, W0, {}, 6)), top = bent(affine(up, W1, {}, 5));
  const Vector down = bent(affine(top, transposed(W1, 3), {}, 3));
  const Vector y = affine(down, transposed(W0, 5), {}, 5);
  Probe probe(*model, data, everything(*model, *cost, data));
  const Computed found = probe(minibatch);
  REQUIRE(difference(found.at("y"), y) < 1e-14);
  double distance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) distance += (y[i] - x[i]) * (y[i] - x[i]) / 4;
  REQUIRE(found.at("cost")[0] == Approx(distance));
  REQUIRE(gradient_error(*model, *cost, minibatch) < 1e-7);
}

TEST_CASE("layered: weight decay by number, list and name", "[cost][layered]") {
  const Shared<Model> model(autoencoder());
  const auto first = Values(*model).of;
  const auto squares = [&](const char* name) {
    return sum_of(first.at(name), [](double w) { return w * w; });
  };
  const auto absolutes = [&](const char* name) {
    return sum_of(first.at(name), [](double w) { return std::abs(w); });
  };
  REQUIRE(value_of(*model, WeightDecay(.1)) == Approx(.1 * (squares("h0_W") + squares("h1_W"))));
  REQUIRE(value_of(*model, L1WeightDecay(coeffs({.1, .2}))) ==
          Approx(.1 * absolutes("h0_W") + .2 * absolutes("h1_W")));
  REQUIRE(value_of(*model, WeightDecay(coeffs({{"h1", .3}}))) == Approx(.3 * squares("h1_W")));
  const SumOfCosts sum(Default(), scaled(.5, WeightDecay(coeffs({.1, .2}))));
  REQUIRE(gradient_error(*model, sum, random_batch(data_of(*model, sum), 4, 5)) < 1e-7);
  REQUIRE_THAT(message_at(*model, WeightDecay(coeffs({.1, .2, .3}))),
               Catch::Contains("weight_decay: 3 coefficients, but the model has 2 layers"));
  REQUIRE_THAT(
      message_at(*model, WeightDecay(coeffs({{"h2", .3}}))),
      Catch::Contains("weight_decay: the model has no layer \"h2\"") && Catch::Contains("h0, h1"));
}

TEST_CASE("layered: dropout leaves out inputs of an autoencoder's layers", "[cost][layered]") {
  const Shared<Model> model(autoencoder());
  Dropout half(input_include_probs({{"h0", 1.}, {"h1", .5}}));
  REQUIRE(value_of(*model, half) != value_of(*model, Default()));
  half.input_include_probs = LayerNumbers{{"h0", 1.}, {"h1", 1.}};
  REQUIRE(value_of(*model, half) == value_of(*model, Default()));
  half.input_include_probs = LayerNumbers{{"h3", 1.}};
  REQUIRE_THAT(message_at(*model, half),
               Catch::Contains("input_include_probs: the model has no layer \"h3\""));
}

TEST_CASE("layered: channels and outputs of the layers have their names", "[cost][layered]") {
  const Shared<Model> model(autoencoder());
  REQUIRE(channel_names(*model, false).size() == 2 * (6 + 12));
  Data data;
  data.add("features", model->input_space());
  ir::List<Data::Entry> outputs;
  model->named_outputs(data["features"], outputs);
  REQUIRE(outputs.size() == 3);
  REQUIRE(outputs[0].source == "h0");
  REQUIRE(outputs[1].source == "h1");
  REQUIRE(outputs[1].signal.space == vector_space(3));
  REQUIRE(outputs[2].source == "");
  REQUIRE(outputs[2].signal.space == vector_space(6));
}

TEST_CASE("layered: an autoencoder inside of a layer has parameters named after it",
          "[cost][layered]") {
  const Shared<Model> model =
      stack(6, {PretrainedLayer("p", autoencoder()), Softmax("y", 2, irange(.5))});
  std::vector<std::string> names;
  for (const ModelParameter& p : model->parameters()) names.emplace_back(p.name.view());
  REQUIRE(names == std::vector<std::string>{"p_h0_W", "p_h0_b", "p_h1_W", "p_h1_b", "softmax_b",
                                            "softmax_W"});
  const auto inner = Values(*Shared<Model>(autoencoder())).of;
  REQUIRE(Values(*model).of.at("p_h1_W") == inner.at("h1_W"));
  REQUIRE(paths_of_parameters(*model).at("softmax_W") == "y_softmax_W");
  Data data;
  data.add("features", model->input_space());
  ir::List<Data::Entry> outputs;
  model->named_outputs(data["features"], outputs);
  std::vector<std::string> paths;
  for (const Data::Entry& each : outputs) paths.emplace_back(each.source.view());
  REQUIRE(paths == std::vector<std::string>{"p", "y", "", "p.h0", "p.h1"});
}

TEST_CASE("weights: of every layer by its path, with their norms", "[cost][layered]") {
  MLP<> inner;
  inner.layer_name = "in";
  inner.layers.push_back(Shared<Layer>(Tanh("a", 4, irange(.5))));
  inner.layers.push_back(Shared<Layer>(Tanh("b", 2, irange(.5))));
  const Shared<Model> model =
      stack(6, {PretrainedLayer("p", autoencoder()), Linear("h", 3, irange(.5), max_col_norm(9.)),
                mlp::as_layer(inner), Softmax("y", 2, irange(.5))});
  ir::List<ModelWeights> list;
  model->weights(list);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"p.h0", "p_h0_W"}, {"p.h1", "p_h1_W"}, {"h", "h_W"},
      {"in.a", "in_a_W"}, {"in.b", "in_b_W"}, {"y", "softmax_W"}};
  std::vector<std::pair<std::string, std::string>> found;
  Function f;
  for (const ModelWeights& each : list) {
    const std::string name(each.parameter.view());
    found.emplace_back(each.path.view(), name);
    f.add(output((name + ".rows").c_str(), each.row_norms));
    f.add(output((name + ".columns").c_str(), each.column_norms));
    f.add(output(name.c_str(), each.value));
  }
  REQUIRE(found == expected);
  Probe probe(*model, {}, f);
  const Computed values = probe(Minibatch());
  for (const auto& [path, name] : expected) {
    CAPTURE(name);
    const Vector &W = values.at(name), &rows = values.at(name + ".rows"),
                 &columns = values.at(name + ".columns");
    REQUIRE(W.size() == rows.size() * columns.size());
    Vector r(rows.size()), c(columns.size());
    for (std::size_t i = 0; i < W.size(); ++i)
      r[i / c.size()] += W[i] * W[i], c[i % c.size()] += W[i] * W[i];
    for (Vector* each : {&r, &c})
      for (double& x : *each) x = std::sqrt(x);
    REQUIRE(difference(r, rows) < 1e-14);
    REQUIRE(difference(c, columns) < 1e-14);
  }
  // Those of the model inside are decayed, too.
  const auto first = Values(*model).of;
  const auto squares = [&](const char* name) {
    return sum_of(first.at(name), [](double w) { return w * w; });
  };
  REQUIRE(value_of(*model, WeightDecay(coeffs({{"p", .5}, {"in", .25}}))) ==
          Approx(.5 * (squares("p_h0_W") + squares("p_h1_W")) +
                 .25 * (squares("in_a_W") + squares("in_b_W"))));
}

TEST_CASE("weights: a model without layers names those that are decayed", "[cost][layered]") {
  const Shared<Model> model(TwoSteps::erased_model{TwoSteps()});
  const auto first = Values(*model).of;
  const auto squares = [&](const char* name) {
    return sum_of(first.at(name), [](double w) { return w * w; });
  };
  REQUIRE(squares("V") > 0);
  REQUIRE(value_of(*model, WeightDecay(.1)) == Approx(.1 * (squares("V") + squares("W"))));
  REQUIRE(value_of(*model, WeightDecay(coeffs({{"W", .3}}))) == Approx(.3 * squares("W")));
  REQUIRE(value_of(*model, L1WeightDecay(coeffs({.2, 0.}))) ==
          Approx(.2 * sum_of(first.at("V"), [](double w) { return std::abs(w); })));
  const SumOfCosts sum(Default(), scaled(.5, WeightDecay(coeffs({.1, .2}))));
  REQUIRE(gradient_error(*model, sum, random_batch(data_of(*model, sum), 4, 5)) < 1e-7);
  REQUIRE_THAT(
      message_at(*model, WeightDecay(coeffs({{"U", .3}}))),
      Catch::Contains("weight_decay: the model has no weights \"U\"") && Catch::Contains("V, W"));
  REQUIRE_THAT(message_at(*model, WeightDecay(coeffs({.1}))),
               Catch::Contains("weight_decay: 1 coefficients, but the model has 2 weights"));
}

TEST_CASE("layered: costs that need layers say so", "[cost][layered]") {
  const Shared<Model> line(Line::erased_model{Line()});
  REQUIRE(line->as_layered() == nullptr);
  REQUIRE_THAT(message_at(*line, WeightDecay(.1)),
               Catch::Contains("weight_decay needs a model made of layers, such as an MLP"));
  REQUIRE_THAT(message_at(*line, Dropout()),
               Catch::Contains("Dropout needs a model made of layers"));
}

TEST_CASE("layers around others: what they do not say, the layer inside does", "[cost][layered]") {
  const auto model = [](const Shared<Layer>& hidden, const Shared<Layer>& last) {
    return stack(4, {hidden, last});
  };
  const Shared<Layer> h(Tanh("h", 3, irange(.5), max_col_norm(.4))), y(Linear("y", 2, istdev(.5)));
  const Shared<Model> plain = model(h, y), wrapped = model(Doubled(h), Doubled(y));
  REQUIRE(channel_names(*wrapped) == channel_names(*plain));
  REQUIRE(Values(*wrapped).of == Values(*plain).of);
  for (const auto& cost : {WeightDecay(coeffs({.1, .2})), WeightDecay(coeffs({{"h", .3}}))})
    REQUIRE(value_of(*wrapped, cost) == value_of(*plain, cost));
  // The last layer's cost is of its own output, which is not doubled.
  const Shared<Model> around = model(h, Doubled(y));
  REQUIRE(value_of(*around, Default()) == Approx(value_of(*plain, Default())));
  REQUIRE(value_of(*wrapped, Default()) != Approx(value_of(*plain, Default())));
  REQUIRE(value_of(*around, MissingTargetCost()) == Approx(value_of(*plain, MissingTargetCost())));
  const Default cost;
  REQUIRE(gradient_error(*wrapped, cost, random_batch(data_of(*wrapped, cost), 4, 5)) < 1e-7);
}
