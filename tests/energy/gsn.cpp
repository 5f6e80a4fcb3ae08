// Generative stochastic networks against plain loops.
#include <ansatz/cost/autoencoder/gsn_cost.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/registry/job.hpp>

#include "deep_machine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// 5, 4 and 3 units.
GSN three_layers(bool tied) {
  GSN gsn;
  gsn.autoencoders.push_back(Shared<Model>(Autoencoder(
      nvis(5), nhid(4), act_enc("tanh"), act_dec("sigmoid"), tied_weights(tied), irange(.5))));
  gsn.autoencoders.push_back(
      Shared<Model>(Autoencoder(nvis(4), nhid(3), act_enc("softmax"), act_dec("tanh"),
                                tied_weights(tied), irange(.5), rng(3))));
  gsn.check();
  return gsn;
}
GSNCost cost_of(std::initializer_list<int> layers, const char* mode = "joint", int walkback = 0) {
  GSNCost cost;
  double coefficient = 1;
  for (int layer : layers) {
    LayerCost each;
    each.layer = layer;
    each.coefficient = coefficient++;
    each.cost = layer == 0 ? Shared<GSNFriendlyCost>(MeanBinaryCrossEntropy())
                           : Shared<GSNFriendlyCost>(MeanSquaredReconstructionError());
    cost.costs.push_back(each);
  }
  cost.mode = mode;
  cost.walkback = walkback;
  cost.check();
  return cost;
}
Data inputs_and_targets_of(const GSN& gsn) {
  Data data;
  data.add("features", gsn.input_space());
  data.add("targets", gsn.target_space());
  return data;
}
Minibatch batch_of_bits() {
  Minibatch batch;
  batch.examples = 6;
  batch.numbers["features"] = random_bits(30, 2);
  Rows& y = batch.numbers["targets"];
  y.assign(18, 0);
  for (std::size_t n = 0; n < 6; ++n) y[n * 3 + n % 3] = 1;
  return batch;
}

// Steps of the three layers, without noise.
struct PlainGSN {
  Probe& probe;
  bool tied;
  Rows x, h, y;

  Rows biased(Rows z, const char* name) const {
    const Rows b = probe.get(name);
    for (std::size_t i = 0; i < z.size(); ++i) z[i] += b[i % b.size()];
    return z;
  }
  Rows down(const Rows& z, int ae, std::size_t below, std::size_t above) const {
    const std::string name = "ae" + std::to_string(ae);
    const Rows out = tied ? downwards(z, probe.get(name + "_W"), below, above)
                          : affine(z, probe.get(name + "_Wprime"), {}, static_cast<int>(above));
    return biased(out, (name + "_vb").c_str());
  }
  void update_h() {
    h = added(affine(x, probe.get("ae0_W"), probe.get("ae0_hb"), 5), down(y, 1, 4, 3));
    for (double& each : h) each = std::tanh(each);
  }
  void step() {
    x = sigmoids(down(h, 0, 5, 4));
    y = softmaxes(affine(h, probe.get("ae1_W"), probe.get("ae1_hb"), 4), 3);
    update_h();
  }
};

}  // namespace

TEST_CASE("gsn: steps update the even layers, then the odd ones", "[energy][gsn]") {
  const bool tied = GENERATE(true, false), labels = GENERATE(true, false);
  CAPTURE(tied, labels);
  const GSN gsn = three_layers(tied);
  const Data data = inputs_and_targets_of(gsn);
  ir::List<LayerValue> given;
  given.push_back({0, data["features"].value()});
  if (labels) given.push_back({2, data["targets"].value()});
  const auto history = gsn.run(given, 3);
  Function f;
  for (int step = 0; step < 3; ++step)
    for (int layer = 0; layer < 3; ++layer)
      f.add(output((to_text(step) + "." + to_text(layer)).c_str(), history[step][layer]));
  Probe probe(gsn, data, f);
  probe.randomize(.8, 3);
  const Minibatch batch = batch_of_bits();
  Computed c = probe(batch);
  PlainGSN p{probe, tied, batch.numbers.at("features"), {}, Rows(18)};
  if (labels) p.y = batch.numbers.at("targets");
  p.update_h();
  for (int step = 0; step < 3; ++step) {
    p.step();
    const std::string name = std::to_string(step) + ".";
    CHECK(difference(c[name + "0"], p.x) < 1e-12);
    CHECK(difference(c[name + "1"], p.h) < 1e-12);
    CHECK(difference(c[name + "2"], p.y) < 1e-12);
  }
}

TEST_CASE("gsn: of two layers and without noise it is the autoencoder", "[energy][gsn]") {
  const Autoencoder autoencoder(nvis(5), nhid(4), act_enc("tanh"), act_dec("sigmoid"), irange(.5));
  GSN gsn;
  gsn.autoencoders.push_back(Shared<Model>(autoencoder));
  gsn.check();
  Data data;
  data.add("features", gsn.input_space());
  const auto made = [&](const AbstractAutoencoder& model, const char* prefix) {
    Function f;
    f.add(output("x", model.reconstruct(data["features"].value())));
    Probe probe(model, data, f);
    for (const char* name : {"W", "Wprime", "hb", "vb"}) {
      const std::string own = std::string(prefix) + name;
      probe.set(own, random_numbers(static_cast<int>(probe.get(own).size()), 5));
    }
    Minibatch batch;
    batch.examples = 6;
    batch.numbers["features"] = random_bits(30, 2);
    return probe(batch)["x"];
  };
  CHECK(difference(made(gsn, "ae0_"), made(autoencoder, "")) < 1e-14);
}

TEST_CASE("GSNCost: the mean of costs over steps, which layers are given", "[energy][gsn]") {
  const std::string mode = GENERATE("joint", "supervised", "anti_supervised");
  CAPTURE(mode);
  const GSN gsn = three_layers(true);
  const GSNCost cost = cost_of({0, 2}, mode.c_str(), 1);
  const Data data = ansatz::testing::data_of(gsn, cost);
  Function f = everything(gsn, cost, data);
  ChannelList channels;
  cost.channels(gsn, data, channels);
  for (const Channel& each : {channels[0], channels[1]})
    f.add(output(each.name.c_str(), each.value));
  Probe probe(gsn, data, f);
  probe.randomize(.8, 3);
  const Minibatch batch = batch_of_bits();
  Computed c = probe(batch);
  const Rows &x = batch.numbers.at("features"), &y = batch.numbers.at("targets");
  PlainGSN p{probe, true, Rows(30), {}, Rows(18)};
  if (mode != "anti_supervised") p.x = x;
  if (mode != "supervised") p.y = y;
  p.update_h();
  double of_x = 0, of_y = 0;
  for (int step = 0; step < 3; ++step) {
    p.step();
    for (std::size_t i = 0; i < x.size(); ++i)
      of_x -= std::log(x[i] == 1 ? p.x[i] : 1 - p.x[i]) / 6 / 3;
    for (std::size_t i = 0; i < y.size(); ++i) of_y += (p.y[i] - y[i]) * (p.y[i] - y[i]) / 6 / 3;
  }
  CHECK(c["reconstruction_cost"][0] == Approx(of_x));
  CHECK(c["classification_cost"][0] == Approx(of_y));
  CHECK(c["cost"][0] == Approx((of_x + 2 * of_y) / 3));
}

TEST_CASE("GSNCost: gradients against central differences, with noise", "[energy][gsn]") {
  for (const bool tied : {true, false}) {
    GSN gsn = three_layers(tied);
    GaussianCorruptor before;
    before.stdev = .3;
    SaltPepperCorruptor after;
    after.corruption_level = .4;
    gsn.preact_cors.push_back(LayerNoise());
    gsn.preact_cors.push_back(before);
    gsn.preact_cors.push_back(LayerNoise());
    gsn.postact_cors.push_back(after);
    gsn.postact_cors.push_back(before);
    gsn.postact_cors.push_back(LayerNoise());
    gsn.check();
    CHECK(gradient_error(gsn, cost_of({0, 2}, "joint", 1), batch_of_bits()) < 1e-6);
    Minibatch alone = batch_of_bits();
    alone.numbers.erase("targets");
    CHECK(gradient_error(gsn, cost_of({0}), alone) < 1e-6);
    // What is predicted is without noise, what is trained is not.
    Data data;
    data.add("features", gsn.input_space());
    Function f;
    f.add(output("a", gsn.output(data["features"]).value()));
    f.add(output("b", gsn.reconstruct(data["features"].value())));
    Probe probe(gsn, data, f);
    probe.randomize(.8, 3);
    const Rows first = probe(alone)["a"], noisy = probe(alone)["b"];
    CHECK(first == probe(alone)["a"]);
    CHECK(noisy != probe(alone)["b"]);
  }
}

TEST_CASE("gsn: what is drawn of a layer is what its neighbours see", "[energy][gsn]") {
  GSN gsn = three_layers(true);
  gsn.layer_samplers.push_back(BinomialSampler());
  gsn.layer_samplers.push_back(LayerNoise());
  gsn.layer_samplers.push_back(MultinomialSampler());
  gsn.check();
  Data data;
  data.add("features", gsn.input_space());
  FunctionList list;
  gsn.functions(data, list);
  bool found = false;
  for (int i = 0; i < list.size(); ++i) found = found || list[i].name == "sample";
  CHECK(found);
  // The first step of layer 0 comes of h, which was computed of the clean x; the second is of
  // draws, so that equal examples differ.
  ir::List<LayerValue> given;
  given.push_back({0, data["features"].value()});
  const auto history = gsn.run(given, 2);
  Function f;
  f.add(output("first", history[0][0]));
  f.add(output("second", history[1][0]));
  Probe probe(gsn, data, f);
  probe.randomize(2, 3);
  Minibatch batch;
  batch.examples = 50;
  batch.numbers["features"].assign(250, 1);
  Computed c = probe(batch);
  int differ = 0;
  for (std::size_t n = 1; n < 50; ++n) {
    CHECK(c["first"][n * 5] == Approx(c["first"][0]));
    differ += std::abs(c["second"][n * 5] - c["second"][0]) > 1e-6;
  }
  CHECK(differ > 20);
}

TEST_CASE("gsn from YAML: by autoencoders and by sizes, what is refused", "[energy][gsn][yaml]") {
  const std::string text =
      "!obj:pylearn2.models.gsn.GSN.new { layer_sizes: [5, 4, 3], activation_funcs: [sigmoid, "
      "tanh, "
      "softmax], pre_corruptors: [null, !obj:pylearn2.corruption.GaussianCorruptor { stdev: .1 }, "
      "null], post_corruptors: [!obj:pylearn2.corruption.SaltPepperCorruptor { corruption_level: "
      ".4 "
      "}, null, null], layer_samplers: [!obj:pylearn2.corruption.BinomialSampler {}, null, null], "
      "tied: false }";
  const Shared<Object> made = load_object("gsn.yaml", text);
  const auto& gsn = dynamic_cast<const GSN&>(*made);
  std::vector<std::string> names;
  for (const ModelParameter& each : gsn.parameters()) names.emplace_back(each.name.view());
  CHECK(names == std::vector<std::string>{"ae0_vb", "ae0_hb", "ae0_W", "ae0_Wprime", "ae1_vb",
                                          "ae1_hb", "ae1_W", "ae1_Wprime"});
  CHECK(Values(gsn).of.at("ae0_W").size() == 20);
  const auto refused = [](std::string wrong, const std::string& old, const std::string& now) {
    wrong.replace(wrong.find(old), old.size(), now);
    return message_of([&] { (void)load_object("gsn.yaml", wrong); });
  };
  CHECK_THAT(refused(text, "[sigmoid, tanh, softmax]", "[sigmoid, tanh]"),
             Contains("one for each of the 3 layers"));
  CHECK_THAT(refused(text, "[5, 4, 3]", "[5]"), Contains("at least two layers"));
  CHECK_THAT(refused(text, "[5, 4, 3]", "[5, 0, 3]"), Contains("layer_sizes"));

  const std::string joint =
      "!obj:pylearn2.models.gsn.JointGSN { autoencoders: [ "
      "!obj:pylearn2.models.autoencoder.Autoencoder { nvis: 5, nhid: 4, act_enc: tanh, act_dec: "
      "sigmoid, tied_weights: true }, !obj:pylearn2.models.autoencoder.Autoencoder { nvis: 4, "
      "nhid: "
      "3, act_enc: softmax, act_dec: tanh, tied_weights: true } ], preact_cors: [null, null, "
      "null], "
      "postact_cors: [null, null, null], layer_samplers: [null, null, null] }";
  const Shared<Object> pairs = load_object("gsn.yaml", joint);
  const auto& model = dynamic_cast<const JointGSN&>(*pairs);
  Data data;
  data.add("features", model.input_space());
  CHECK(model.output(data["features"]).space == vector_space(3));
  CHECK_THAT(refused(joint, "nvis: 4", "nvis: 6"), Contains("the code of the one below"));
  CHECK_THAT(refused(joint, "preact_cors: [null, null, null]", "preact_cors: [null]"),
             Contains("has 1 entries"));

  const std::string costs =
      "!obj:pylearn2.costs.gsn.GSNCost { costs: [ [0, 1., "
      "!obj:pylearn2.costs.autoencoder.MeanBinaryCrossEntropy {}], [2, 2., "
      "!obj:pylearn2.costs.autoencoder.MeanSquaredReconstructionError {}] ], walkback: 1, mode: "
      "joint }";
  const Shared<Object> cost = load_object("cost.yaml", costs);
  CHECK(gradient_error(model, dynamic_cast<const GSNCost&>(*cost), batch_of_bits()) < 1e-6);
  CHECK_THAT(refused(costs, "[2, 2.", "[0, 2."), Contains("two costs of layer 0"));
  CHECK_THAT(refused(costs, "[2, 2.", "[2, -2."), Contains("coefficient -2"));
  CHECK_THAT(refused(costs, "[2, 2.", "[-2, 2."), Contains("count from 0"));
  CHECK_THAT(refused(costs, "mode: joint", "mode: jiont"), Contains("anti_supervised"));
  CHECK_THAT(refused(costs, "walkback: 1", "walkback: -1"), Contains("walkback"));
  CHECK_THAT(refused(costs, "[0, 1.,", "[0,"), Contains("a coefficient and a cost"));
  CHECK_THAT(message_of([&] { (void)cost_of({7}).expr(model, data); }), Contains("layers 0 to 2"));
  GSN two;
  two.autoencoders.push_back(model.autoencoders[0]);
  CHECK_THAT(message_of([&] {
               (void)cost_of({0, 1}).expr(two, inputs_and_targets_of(model));
             }),
             Contains("overwrite"));
}
