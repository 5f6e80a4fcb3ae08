// Layers made of layers: nested MLPs, layers side by side, flattened; models as layers.
#include "probe.hpp"

#include <ansatz/cost/cost_from.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/autoencoder/autoencoder.hpp>
#include <ansatz/model/layers/composite_layer.hpp>
#include <ansatz/model/layers/flattener_layer.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/softmax_regression.hpp>
#include <ansatz/model/layers/space_converter.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/serial/model_file.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Names = std::vector<std::string>;

Shared<Layer> nested(const char* name, std::initializer_list<Shared<Layer>> layers) {
  MLP<> mlp;
  mlp.layer_name = name;
  for (const Shared<Layer>& each : layers) mlp.layers.push_back(each);
  return NestedMLP(Shared<MLPBase>(mlp));
}

// A model whose input has several components.
Shared<Model> on_components(std::initializer_list<int> dims, const Shared<Layer>& layer) {
  MLP<> mlp;
  mlp.space.kind = SpaceKind::composite;
  for (int n : dims) mlp.space.components.push_back(vector_space(n));
  mlp.layers.push_back(layer);
  return mlp;
}

CompositeLayer side_by_side(std::initializer_list<Shared<Layer>> layers) {
  CompositeLayer composite;
  composite.layer_name = "both";
  for (const Shared<Layer>& each : layers) composite.layers.push_back(each);
  return composite;
}

// In a constant expression the names are the same.
constexpr auto last_of_two = [] {
  const Shared<Model> model(
      MLP(VectorSpace(4_c), Softmax("a", 3_c, irange(.1)), Softmax("b", 3_c, irange(.1))));
  return model->parameters()[3].name == "b_softmax_W";
};

}  // namespace

TEST_CASE("names: a lone Softmax keeps Pylearn2's, two have those of their layers",
          "[model][mlp]") {
  const auto softmax = [](const char* name) { return Softmax(name, 3, irange(.1)); };
  CHECK(parameter_names(*stack(4, {softmax("y")})) == Names{"softmax_b", "softmax_W"});
  CHECK(parameter_names(*stack(4, {softmax("gate"), softmax("y")})) ==
        Names{"gate_softmax_b", "gate_softmax_W", "y_softmax_b", "y_softmax_W"});
  CHECK(parameter_names(*stack(4, {Tanh("softmax", 3, irange(.1)), softmax("y")})) ==
        Names{"softmax_W", "softmax_b", "y_softmax_b", "y_softmax_W"});
  // One that has no parameters takes no name.
  CHECK(parameter_names(*stack(3, {Softmax("gate", 3, no_affine(true)), softmax("y")})) ==
        Names{"softmax_b", "softmax_W"});
  CHECK(parameter_names(*stack(4, {side_by_side({softmax("a"), softmax("b")}), softmax("y")})) ==
        Names{"both_b_softmax_b", "both_b_softmax_W", "both_a_softmax_b", "both_a_softmax_W",
              "softmax_b", "softmax_W"});
  // Of layers whose paths look alike the parts are set apart.
  const auto tanh = [](const char* name) { return Tanh(name, 3, irange(.1)); };
  CHECK(parameter_names(*stack(4, {nested("a", {tanh("b_c")}), nested("a_b", {tanh("c")})})) ==
        Names{"a/b_c_W", "a/b_c_b", "a_b/c_W", "a_b/c_b"});
  CHECK(parameter_names(*stack(4, {tanh("both_a"), side_by_side({tanh("a")}), softmax("y")})) ==
        Names{"both_a_W", "both_a_b", "both/a_W", "both/a_b", "softmax_b", "softmax_W"});
  CHECK(
      channel_names(*stack(4, {tanh("both_a"), side_by_side({tanh("a")}), softmax("y")})).size() ==
      18u + 18 + 11);
  STATIC_REQUIRE(last_of_two());
  for (const auto& layers :
       {stack(4, {softmax("gate"), softmax("y")}), stack(4, {tanh("softmax"), softmax("y")})}) {
    Data data = data_of(*layers, *layers->default_cost());
    CHECK(gradient_error(*layers, *layers->default_cost(), random_batch(data, 5, 2)) < 1e-8);
  }
}

TEST_CASE("names: an object that stands in two places has its parameters once", "[model][mlp]") {
  const Shared<Layer> same(Tanh("same", 3, irange(.1), max_col_norm(.5)));
  const auto beside = [&](const char* name) {
    CompositeLayer composite = side_by_side({same, Sigmoid("own", 2, irange(.1))});
    composite.layer_name = name;
    return composite;
  };
  const Shared<Model> model =
      stack(4, {FlattenerLayer(side_by_side({beside("left"), beside("right")})),
                Softmax("y", 3, irange(.1))});
  CHECK(parameter_names(*model) == Names{"both_right_own_W", "both_right_own_b", "both_left_same_W",
                                         "both_left_same_b", "both_left_own_W", "both_left_own_b",
                                         "softmax_b", "softmax_W"});
  const Data data = data_of(*model, *model->default_cost());
  CHECK(gradient_error(*model, *model->default_cost(), random_batch(data, 5, 2)) < 1e-8);

  // The same model inside two layers; what stands there twice is equal, bit for bit.
  const Shared<Model> inner = stack(4, {Tanh("h", 3, irange(.1)), Sigmoid("z", 2, irange(.5))});
  const auto pretrained = [&](const char* name) {
    PretrainedLayer layer;
    layer.layer_name = name;
    layer.layer_content = inner;
    return layer;
  };
  const Shared<Model> twice = stack(4, {side_by_side({pretrained("left"), pretrained("right")})});
  CHECK(parameter_names(*twice) ==
        Names{"both_left_h_W", "both_left_h_b", "both_left_z_W", "both_left_z_b"});
  const Shared<Model> other = stack(4, {Tanh("h", 3, irange(.1)), Sigmoid("z", 2, irange(.5))});
  PretrainedLayer copy = pretrained("right");
  copy.layer_content = other;
  CHECK(parameter_names(*stack(4, {side_by_side({pretrained("left"), copy})})).size() == 8);
  // Shared weights need inputs of one size.
  CHECK_THAT(message_of([&] {
               stack(4, {side_by_side({same, nested("deep", {Tanh("h", 2, irange(.1)), same})})})
                   ->parameters();
             }),
             Catch::Contains("is shared by layers whose inputs have different sizes"));
}

TEST_CASE("names: a shared part whose names are those of the path to it", "[model][mlp]") {
  // "a_b" in "c" and "b" in "c_a" would both be "c_a_b".
  const auto beside = [](const char* name, std::initializer_list<Shared<Layer>> parts) {
    CompositeLayer composite = side_by_side(parts);
    composite.layer_name = name;
    return composite;
  };
  const Shared<Layer> c(beside("c", {Tanh("a_b", 3, irange(.1)), Tanh("z", 2, irange(.1))}));
  const Shared<Model> model = stack(
      4,
      {FlattenerLayer(side_by_side(
           {beside("left", {c, beside("c_a", {Tanh("b", 2, irange(.1))})}), beside("right", {c})})),
       Softmax("y", 3, irange(.1))});
  Names names = parameter_names(*model);
  std::sort(names.begin(), names.end());
  CHECK(names == Names{"both/left/c/a_b_W", "both/left/c/a_b_b", "both/left/c_a/b_W",
                       "both/left/c_a/b_b", "both_left_c_z_W", "both_left_c_z_b", "softmax_W",
                       "softmax_b"});
  const Data data = data_of(*model, *model->default_cost());
  CHECK(gradient_error(*model, *model->default_cost(), random_batch(data, 5, 2)) < 1e-8);

  // A model without layers that stands in two layers.
  const Shared<Model> inner(Autoencoder(nvis(4), nhid(3), act_enc("tanh"), irange(.1)));
  const auto pretrained = [&](const char* name) {
    PretrainedLayer layer;
    layer.layer_name = name;
    layer.layer_content = inner;
    return layer;
  };
  const Names once = parameter_names(*stack(4, {pretrained("left")}));
  const Names twice =
      parameter_names(*stack(4, {side_by_side({pretrained("left"), pretrained("right")})}));
  CHECK(twice.size() == once.size());
  for (const std::string& each : twice) CHECK(each.starts_with("both_left_"));

  // Where not even the path tells two layers apart.
  CHECK_THAT(
      message_of([&] {
        stack(4,
              {Tanh("a_b", 3, irange(.1)), FlattenerLayer(beside("a", {Tanh("b", 2, irange(.1))})),
               Tanh("a/b", 2, irange(.1))})
            ->parameters();
      }),
      Catch::Contains("two layers would have parameters of one name, which begins with a/b"));
}

TEST_CASE("nested MLPs: parameters and channels are named after all MLPs around them",
          "[model][mlp]") {
  const Shared<Model> model = stack(
      4,
      {nested("mlp1", {nested("mlp3", {Tanh("h0", 3, irange(.5))}),
                       nested("mlp2", {Tanh("h0", 3, irange(.5)), Softmax("y", 2, irange(.5))})})});
  REQUIRE(parameter_names(*model) == Names{"mlp1_mlp3_h0_W", "mlp1_mlp3_h0_b", "mlp1_mlp2_h0_W",
                                           "mlp1_mlp2_h0_b", "mlp1_mlp2_softmax_b",
                                           "mlp1_mlp2_softmax_W"});
  const Names channels = channel_names(*model);
  REQUIRE(std::count(channels.begin(), channels.end(), "mlp1_mlp2_y_misclass") == 1);
  REQUIRE(std::count(channels.begin(), channels.end(), "mlp1_mlp3_h0_max_x_mean_u") == 1);
  REQUIRE(gradient_error(*model, Default(), random_batch(data_of(*model, Default()), 5, 1)) < 1e-8);
}

TEST_CASE("nested MLPs: the same numbers as the flat one", "[model][mlp]") {
  const Shared<Model> flat =
      stack(4, {Tanh("a", 3, irange(.5)), Tanh("b", 3, irange(.5)), Softmax("y", 2, irange(.5))});
  const Shared<Model> deep =
      stack(4, {nested("n", {Tanh("a", 3, irange(.5)), Tanh("b", 3, irange(.5))}),
                Softmax("y", 2, irange(.5))});
  const Data data = data_of(*flat, Default());
  const Minibatch minibatch = random_batch(data, 5, 1);
  Probe one(*flat, data, everything(*flat, Default(), data));
  Probe other(*deep, data, everything(*deep, Default(), data));
  REQUIRE(one(minibatch).at("y") == other(minibatch).at("y"));
  REQUIRE(one(minibatch).at("grad.a_W") == other(minibatch).at("grad.n_a_W"));
}

TEST_CASE("layer names: two of the same are refused, in MLPs and side by side", "[model][mlp]") {
  REQUIRE_THAT(message_of([] {
                 stack(3, {Tanh("h", 3, irange(.1)), Tanh("h", 3, irange(.1))});
               }),
               Catch::Contains("two layers have the name h"));
  REQUIRE_THAT(message_of([] {
                 stack(3, {side_by_side({Tanh("h", 3, irange(.1)), Tanh("h", 3, irange(.1))})});
               }),
               Catch::Contains("layer both: two of its layers have the name h"));
}

TEST_CASE("composite layer: every layer sees the input, the costs add up", "[model][composite]") {
  const Shared<Model> model =
      stack(4, {side_by_side({Softmax("a", 3, irange(.5)), Sigmoid("b", 2, irange(.5))})});
  REQUIRE(to_text(model->target_space()) == "CompositeSpace(IndexSpace(3), VectorSpace(2))");
  // in Pylearn2's order: the parameters of later layers come first
  REQUIRE(parameter_names(*model) ==
          Names{"both_b_W", "both_b_b", "both_softmax_b", "both_softmax_W"});
  const Data data = data_of(*model, Default());
  const Minibatch minibatch = random_batch(data, 5, 1);
  Probe probe(*model, data, everything(*model, Default(), data));
  const Computed got = probe(minibatch);
  double cost = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const auto label = static_cast<std::size_t>(minibatch.labels.at("targets.0")[i]);
    cost -= std::log(got.at("y.0")[3 * i + label]) / 5;
    for (std::size_t j = 2 * i; j < 2 * i + 2; ++j) {
      const double t = minibatch.numbers.at("targets.1")[j], p = got.at("y.1")[j];
      cost -= (t * std::log(p) + (1 - t) * std::log(1 - p)) / 10;
    }
  }
  REQUIRE(got.at("cost")[0] == Approx(cost));
  REQUIRE(gradient_error(*model, Default(), minibatch) < 1e-8);
  const Names channels = channel_names(*model);
  REQUIRE(std::count(channels.begin(), channels.end(), "both_a_misclass") == 1);
  REQUIRE(std::count(channels.begin(), channels.end(), "both_b_kl") == 1);
}

TEST_CASE("composite layer: inputs go where they are sent", "[model][composite]") {
  CompositeLayer layer = side_by_side(
      {Linear("l", 2, irange(.5)), Linear("r", 2, irange(.5)), Linear("all", 2, irange(.5))});
  layer.inputs_to_layers = Routes{{0, {1, 2}}, {2, {}}, {3, {0, 2}}};
  const Shared<Model> model = on_components({3, 4, 5, 6}, layer);
  const auto inputs_of = [&](const std::string& parameter) {
    for (const ModelParameter& p : model->parameters())
      if (p.name == parameter) return p.shape()[0];
    return 0;
  };
  REQUIRE(inputs_of("both_l_W") == 4 + 6);  // input 1 goes to all, input 3 to l
  REQUIRE(inputs_of("both_r_W") == 3 + 4);
  REQUIRE(inputs_of("both_all_W") == 3 + 4 + 6);
  const Data data = data_of(*model, Default());
  Probe probe(*model, data, everything(*model, Default(), data));
  const Minibatch minibatch = random_batch(data, 1, 3);
  std::vector<double> x = minibatch.numbers.at("features.1");
  for (double v : minibatch.numbers.at("features.3")) x.push_back(v);
  REQUIRE(difference(probe(minibatch).at("y.0"), affine(x, probe.get("both_l_W"), {}, 10)) < 1e-12);
}

TEST_CASE("composite layer: routes that lead nowhere are refused", "[model][composite]") {
  const auto message = [](std::initializer_list<Route> routes, bool several) {
    CompositeLayer layer = side_by_side({Linear("l", 2, irange(.5)), Linear("r", 2, irange(.5))});
    layer.inputs_to_layers = Routes(routes);
    return message_of([&] {
      several ? on_components({3, 4}, layer)->target_space() : stack(7, {layer})->target_space();
    });
  };
  REQUIRE_THAT(message({{0, {1}}}, false), Catch::Contains("needs an input of a CompositeSpace"));
  REQUIRE_THAT(message({{2, {1}}}, true), Catch::Contains("names an input that is not there"));
  REQUIRE_THAT(message({{0, {2}}}, true), Catch::Contains("names a layer that is not there"));
  REQUIRE_THAT(message({{0, {1}}, {1, {1}}}, true),
               Catch::Contains("leaves a layer without input"));
}

TEST_CASE("flattener: several outputs and targets as one vector, each with its own cost",
          "[model][flattener]") {
  const auto both = side_by_side({Softmax("a", 3, irange(.5)), Sigmoid("b", 2, irange(.5))});
  const Shared<Model> model = stack(4, {FlattenerLayer(both)});
  REQUIRE(to_text(model->target_space()) == "VectorSpace(5)");
  const Data data = data_of(*model, Default());
  Probe probe(*model, data, everything(*model, Default(), data));
  Minibatch minibatch = random_batch(data, 2, 1);
  minibatch.numbers["targets"] = {0, 1, 0, 1, 0, 1, 0, 0, 1, 1};
  const Computed got = probe(minibatch);
  const std::vector<double>& y = got.at("y");
  REQUIRE(y.size() == 10);
  const double cost = -(std::log(y[1]) + std::log(y[5])) / 2 -
                      (std::log(y[3]) + std::log(1 - y[4]) + std::log(y[8]) + std::log(y[9])) / 4;
  REQUIRE(got.at("cost")[0] == Approx(cost));
  REQUIRE(gradient_error(*model, Default(), minibatch) < 1e-8);
  // from the softmax's operand, where its probabilities are 0 or 1
  probe.set("both_softmax_b", {2000, 0, 0});
  REQUIRE(std::isfinite(probe(minibatch).at("cost")[0]));
  const Names channels = channel_names(*model);
  REQUIRE(std::count(channels.begin(), channels.end(), "both_a_misclass") == 1);
}

TEST_CASE("space converter: images to vectors, and sizes that do not agree", "[model]") {
  MLP<> mlp;
  mlp.space = conv2d_space(2, 3, 1, Axes::bc01);
  mlp.layers.push_back(SpaceConverter("v", VectorSpace(6)));
  const Shared<Model> model(mlp);
  const auto cost = cost_from([](auto y) { return sum(y); });
  const Data data = data_of(*model, cost);
  Probe probe(*model, data, everything(*model, cost, data));
  const Minibatch minibatch = random_batch(data, 2, 3);
  REQUIRE(probe(minibatch).at("y") == minibatch.numbers.at("features"));
  REQUIRE_THAT(message_of([] { stack(4, {SpaceConverter("v", Conv2DSpace(2, 3, 1))}); }),
               Catch::Contains("layer v: VectorSpace(4) cannot be formatted as"));
}

TEST_CASE("pretrained layer: a model with its parameters, trained on or not",
          "[model][pretrained]") {
  const Shared<Model> inside = stack(4, {Tanh("h", 3, irange(.5)), Tanh("g", 2, irange(.5))});
  const std::string path =
      (std::filesystem::temp_directory_path() / "ansatz_test_pretrained.ansatz").string();
  ModelFile file;
  for (const ModelParameter& p : inside->parameters()) {
    std::vector<std::int64_t> shape;
    std::int64_t count = 1;
    for (int k = 0; k < p.shape().rank; ++k) shape.push_back(p.shape()[k]), count *= p.shape()[k];
    const std::vector<double> x = random_numbers(static_cast<int>(count), 5);
    file.parameters.emplace_back(std::string(p.name.view()), shape, x.data());
  }
  write_model_file(path, file);

  PretrainedLayer layer;
  layer.layer_name = "p";
  layer.layer_content = inside;
  layer.init_from = path.c_str();
  for (bool freeze : {false, true}) {
    layer.freeze_params = freeze;
    const Shared<Model> model = stack(4, {layer, Softmax("y", 2, irange(.5))});
    REQUIRE(parameter_names(*model) ==
            Names{"p_h_W", "p_h_b", "p_g_W", "p_g_b", "softmax_b", "softmax_W"});
    REQUIRE(model->parameters()[0].frozen == freeze);
    REQUIRE_FALSE(model->parameters()[4].frozen);
    REQUIRE(Values(*model).of.at("p_g_W") == random_numbers(6, 5));
    REQUIRE(gradient_error(*model, Default(), random_batch(data_of(*model, Default()), 3, 1)) <
            1e-8);
  }
  REQUIRE_THAT(message_of([&] {
                 stack(5, {layer, Softmax("y", 2, irange(.5))});
               }),
               Catch::Contains("layer p: the model inside was made for VectorSpace(4)"));
  file.parameters.pop_back();
  write_model_file(path, file);
  REQUIRE_THAT(message_of([&] {
                 Values v(*stack(4, {layer, Softmax("y", 2, irange(.5))}));
               }),
               Catch::Contains("has no parameter \"g_b\""));
  std::filesystem::remove(path);

  layer.init_from = String();
  const Shared<Model> fresh = stack(4, {layer, Softmax("y", 2, irange(.5))});
  REQUIRE(Values(*fresh).of.at("p_h_W") == Values(*inside).of.at("h_W"));
}

TEST_CASE("softmax regression: an MLP of one softmax named y", "[model][softmax]") {
  SoftmaxRegression<> model;
  model.n_classes = 3;
  model.nvis = 4;
  model.irange = .5;
  const Shared<Model> shared(model);
  const Shared<Model> mlp = stack(4, {Softmax("y", 3, irange(.5))});
  REQUIRE(channel_names(*shared) == channel_names(*mlp));
  REQUIRE(Values(*shared).of == Values(*mlp).of);
  REQUIRE(parameter_names(*shared) == Names{"softmax_b", "softmax_W"});
  REQUIRE(SoftmaxRegression(VectorSpace(4), 3, irange(.5)).layers.size() == 1);
}
