// Autoencoders made of others, models inside models, and autoencoders from YAML.
#include <ansatz/cost/autoencoder/reconstruction.hpp>
#include <ansatz/model/autoencoder/deep_autoencoder.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/registry/job.hpp>

#include "probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;
using Names = std::vector<std::string>;

Vector tanh_of(Vector z) {
  for (double& v : z) v = std::tanh(v);
  return z;
}

Autoencoder lower() {
  return Autoencoder(nvis(6), nhid(4), act_enc("tanh"), tied_weights(true), irange(.5));
}
Autoencoder upper() {
  return Autoencoder(nvis(4), nhid(3), act_enc("tanh"), act_dec("tanh"), irange(.5), rng(3));
}

}  // namespace

TEST_CASE("deep autoencoder: up through the encoders, down through the decoders",
          "[model][autoencoder]") {
  const DeepComposedAutoencoder model(lower(), upper());
  model.check();
  CHECK(parameter_names(model) ==
        Names{"ae0_vb", "ae0_hb", "ae0_W", "ae1_vb", "ae1_hb", "ae1_W", "ae1_Wprime"});
  const Data data = inputs_of(model);
  Function f;
  f.add(output("code", model.upward_pass(data["features"]).value()));
  f.add(output("again", model.reconstruct(data["features"].value())));
  Probe probe(model, data, f);
  // The autoencoders' own first values.
  const Values first(lower()), second(upper());
  CHECK(probe.get("ae0_W") == first.of.at("W"));
  CHECK(probe.get("ae1_W") == second.of.at("W"));
  CHECK(probe.get("ae1_Wprime") == second.of.at("Wprime"));
  probe.randomize(.7, 4);
  const Minibatch rows = random_batch(data, 5, 2);
  Computed c = probe(rows);
  const Vector w = probe.get("ae0_W");
  Vector back(24);
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 4; ++j) back[j * 6 + i] = w[i * 4 + j];
  const Vector h = tanh_of(affine(rows.numbers.at("features"), w, probe.get("ae0_hb"), 6));
  const Vector code = tanh_of(affine(h, probe.get("ae1_W"), probe.get("ae1_hb"), 4));
  const Vector down = tanh_of(affine(code, probe.get("ae1_Wprime"), probe.get("ae1_vb"), 3));
  CHECK(difference(c["code"], code) < 1e-12);
  CHECK(difference(c["again"], affine(down, back, probe.get("ae0_vb"), 4)) < 1e-12);
  CHECK(gradient_error(model, MeanSquaredReconstructionError(), rows) < 1e-7);
  ir::List<ModelWeights> weights;
  model.weights(weights);
  REQUIRE(weights.size() == 3);
  CHECK(weights[2].path == "ae1.Wprime");
  CHECK(weights[2].parameter == "ae1_Wprime");

  // One inside another.
  const DeepComposedAutoencoder deeper(model,
                                       Autoencoder(nvis(3), nhid(2), act_enc("tanh"), irange(.5)));
  CHECK(parameter_names(deeper).front() == "ae0_ae0_vb");
  CHECK(gradient_error(deeper, MeanSquaredReconstructionError(), rows) < 1e-7);

  const StackedDenoisingAutoencoder noisy(GaussianCorruptor(.3), lower(), upper());
  CHECK(parameter_names(noisy) == parameter_names(model));
  CHECK(gradient_error(noisy, MeanSquaredReconstructionError(), rows) < 1e-7);
  Function of_noise;
  const StackedDenoisingAutoencoder blind(BinomialCorruptor(1), lower(), upper());
  of_noise.add(output("again", blind.reconstruct(data["features"].value())));
  Probe sees_nothing(blind, data, of_noise);
  sees_nothing.randomize(.7, 4);
  const Vector same = sees_nothing(rows)["again"];
  for (std::size_t i = 6; i < 30; ++i) CHECK(same[i] == same[i % 6]);

  CHECK_THAT(message_of([&] { DeepComposedAutoencoder(lower(), lower()).check(); }),
             Contains("its inputs are VectorSpace(6), but the code of the one below is "
                      "VectorSpace(4)"));
  CHECK_THAT(message_of([&] { DeepComposedAutoencoder().check(); }), Contains("at least one"));
}

TEST_CASE("untied autoencoder: begins as the tied one, then goes its own way",
          "[model][autoencoder]") {
  const UntiedAutoencoder model(lower());
  model.check();
  CHECK(parameter_names(model) == Names{"vb", "hb", "W", "Wprime"});
  const Values first(model), tied(lower());
  CHECK(first.of.at("W") == tied.of.at("W"));
  CHECK(first.of.at("hb").size() == 4);
  const Data data = inputs_of(model);
  Function untied_f, tied_f;
  untied_f.add(output("again", model.reconstruct(data["features"].value())));
  tied_f.add(output("again", lower().reconstruct(data["features"].value())));
  Probe untied(model, data, untied_f), before(lower(), data, tied_f);
  const Minibatch rows = random_batch(data, 5, 2);
  CHECK(difference(untied(rows)["again"], before(rows)["again"]) < 1e-15);
  Vector w = untied.get("Wprime");
  w[0] += 1;
  untied.set("Wprime", w);
  CHECK(difference(untied(rows)["again"], before(rows)["again"]) > 1e-3);
  CHECK(gradient_error(model, MeanSquaredReconstructionError(), rows) < 1e-7);
  CHECK_THAT(message_of([&] { UntiedAutoencoder(upper()).check(); }), Contains("tied_weights"));
}

TEST_CASE("models inside: two of one kind, limits and state under names of their own",
          "[model][autoencoder]") {
  // A model with state and a limit, which knows nothing of where it stands.
  struct Counted : Autoencoder {
    static AnyExpr seen() { return state_leaf("seen", ir::Shape()); }
    Counted() {
      nvis = 6;
      nhid = 4;
      act_enc = Activation("tanh");
    }
    void states(StateList& list) const override {
      list.add("seen", ir::Shape(), AnyExpr(ir::Value(2.)));
    }
    AnyExpr encode(const AnyExpr& x) const override { return Autoencoder::encode(x) * seen(); }
    void modify_updates(UpdateList& updates) const override {
      if (AnyExpr* const w = updates.find("W")) *w = *w * seen() + hidden_bias() * 0;
    }
  };
  const Counted model;
  const ModelInside a(model, "a_"), b(model, "b_");
  StateList states;
  a.states(states);
  b.states(states);
  REQUIRE(states.size() == 2);
  CHECK(states[1].name == "b_seen");
  ir::List<ModelParameter> list;
  b.parameters(list);
  REQUIRE(list.size() == 4);
  CHECK(list[2].name == "b_W");
  const Data data = inputs_of(model);
  const AnyExpr x = data["features"].value();
  // b on what a decodes: a's leaves stay a's.
  const AnyExpr of_a = a.here(model.decode(a.here(model.encode(x), x)), x);
  const AnyExpr of_b = b.here(model.encode(of_a), of_a);
  UpdateList updates;
  updates.add("b_W", list[2].value, list[2].value + 1);
  b.modify_updates(updates);
  Function f;
  f.add(output("code", of_b));
  f.add(output("limited", *updates.find("b_W")));
  auto program = build<double>(f);
  Store store = program.store();
  Names stored;
  for (int i = 0; i < store.size(); ++i) stored.emplace_back(store.name(i));
  std::sort(stored.begin(), stored.end());
  CHECK(stored == Names{"a_W", "a_Wprime", "a_hb", "a_seen", "a_vb", "b_W", "b_hb", "b_seen"});
  const double two = 2, three = 3;
  store.set("a_seen", &two, Dims());
  store.set("b_seen", &three, Dims());
  Vector wa(24, .1), wb(24, .2);
  store.set("a_W", wa.data(), Dims{6, 4});
  store.set("b_W", wb.data(), Dims{6, 4});
  store.set("a_Wprime", wa.data(), Dims{4, 6});
  const Vector ones(6, 1.);
  const auto result = program({{"features", view(ones.data(), Dims{1, 6})}});
  const double h = 2 * std::tanh(.6), r = 4 * .1 * h;
  CHECK(result["code"].data()[0] == Approx(3 * std::tanh(6 * .2 * r)).epsilon(1e-12));
  CHECK(result["limited"].data()[0] == Approx(3 * 1.2).epsilon(1e-12));
}

TEST_CASE("pretrained layers: two autoencoders give their codes under two names",
          "[model][autoencoder]") {
  MLP<> mlp;
  mlp.nvis = 6;
  mlp.layers.push_back(Shared<Layer>(PretrainedLayer("h1", lower())));
  mlp.layers.push_back(Shared<Layer>(PretrainedLayer("h2", upper(), freeze_params(true))));
  mlp.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.5))));
  CHECK(parameter_names(mlp) == Names{"h1_vb", "h1_hb", "h1_W", "h2_vb", "h2_hb", "h2_W",
                                      "h2_Wprime", "softmax_b", "softmax_W"});
  for (const ModelParameter& p : mlp.parameters())
    CHECK(p.frozen == p.name.view().starts_with("h2_"));
  const Data data = inputs_of(mlp);
  Function f;
  ir::List<Data::Entry> outputs;
  mlp.named_outputs(data["features"], outputs);
  for (const Data::Entry& each : outputs)
    if (each.source == "h2") f.add(output("h2", each.signal.value()));
  for (const ModelParameter& p : mlp.parameters())
    f.add(output(("own." + p.name).c_str(), p.value));
  Probe probe(mlp, data, f);
  CHECK(probe.get("h1_W") == Values(lower()).of.at("W"));
  CHECK(probe.get("h2_Wprime") == Values(upper()).of.at("Wprime"));
  probe.randomize(.7, 4);
  const Minibatch rows = random_batch(data, 5, 2);
  const Vector h =
      tanh_of(affine(rows.numbers.at("features"), probe.get("h1_W"), probe.get("h1_hb"), 6));
  CHECK(difference(probe(rows)["h2"],
                   tanh_of(affine(h, probe.get("h2_W"), probe.get("h2_hb"), 4))) < 1e-12);
}

TEST_CASE("autoencoders: from YAML", "[model][autoencoder]") {
  const auto made = [](const std::string& text) {
    return load_object("ae.yaml", "!obj:pylearn2.models.autoencoder." + text);
  };
  const auto model = [&](const std::string& text) {
    const Shared<Object> object = made(text);
    return parameter_names(dynamic_cast<const Model&>(*object));
  };
  CHECK(model("Autoencoder { nvis: 3, nhid: 2, act_enc: tanh, act_dec: null, irange: .1 }") ==
        Names{"vb", "hb", "W", "Wprime"});
  const std::string tied =
      "Autoencoder { nvis: 3, nhid: 2, tied_weights: true, istdev: .1, rng: "
      "7, act_enc: !import:theano.tensor.nnet.sigmoid, act_dec: linear }";
  CHECK(model(tied) == Names{"vb", "hb", "W"});
  const std::string corruptor =
      "corruptor: !obj:pylearn2.corruption.BinomialCorruptor { corruption_level: .5 }";
  CHECK(model("DenoisingAutoencoder { nvis: 3, nhid: 2, act_enc: tanh, act_dec: null, " +
              corruptor + " }") == Names{"vb", "hb", "W", "Wprime"});
  CHECK(model("ContractiveAutoencoder { nvis: 3, nhid: 2, act_enc: sigmoid, act_dec: sigmoid }") ==
        Names{"vb", "hb", "W", "Wprime"});
  CHECK(model("HigherOrderContractiveAutoencoder { nvis: 3, nhid: 2, act_enc: sigmoid, "
              "num_corruptions: 2, " +
              corruptor + " }") == Names{"vb", "hb", "W", "Wprime"});
  const std::string inner = "!obj:pylearn2.models.autoencoder." + tied;
  CHECK(model("UntiedAutoencoder { base: " + inner + " }") == Names{"vb", "hb", "W", "Wprime"});
  const std::string two = "autoencoders: [ " + inner +
                          ", !obj:pylearn2.models.autoencoder.Autoencoder { nvis: 2, nhid: 4, "
                          "tied_weights: true } ]";
  const Names of_two{"ae0_vb", "ae0_hb", "ae0_W", "ae1_vb", "ae1_hb", "ae1_W"};
  CHECK(model("DeepComposedAutoencoder { " + two + " }") == of_two);
  CHECK(model("StackedDenoisingAutoencoder { " + two + ", " + corruptor + " }") == of_two);

  const auto error_of = [&](const std::string& bad) {
    return message_of([&] { (void)made(bad); });
  };
  CHECK_THAT(error_of("Autoencoder { nvis: 3, nhid: 2, act_enc: tahn }"),
             Contains("act_enc") && Contains("'tahn'") && Contains("softplus"));
  CHECK_THAT(error_of("Autoencoder { nhid: 2 }"), Contains("needs nvis"));
  CHECK_THAT(error_of("Autoencoder { nvis: 3, nhid: 2, irange: .1, istdev: .1 }"),
             Contains("irange") && Contains("istdev"));
  CHECK_THAT(error_of("Autoencoder { nvis: 3, nhid: 2, input_space: !obj:pylearn2.space."
                      "Conv2DSpace { shape: [2, 2], num_channels: 1 } }"),
             Contains("input_space"));
  CHECK_THAT(error_of("DenoisingAutoencoder { nvis: 3, nhid: 2 }"), Contains("corruptor"));
  CHECK_THAT(error_of("ContractiveAutoencoder { nvis: 3, nhid: 2, act_enc: softmax }"),
             Contains("act_enc") && Contains("each hidden unit alone"));
  CHECK_THAT(error_of("UntiedAutoencoder { base: !obj:pylearn2.models.autoencoder.Autoencoder { "
                      "nvis: 3, nhid: 2 } }"),
             Contains("base") && Contains("tied_weights"));
  CHECK_THAT(error_of("DeepComposedAutoencoder { autoencoders: [ " + inner + ", " + inner + " ] }"),
             Contains("autoencoders[1]") && Contains("VectorSpace(2)"));
  const auto cost = [](const std::string& text) {
    return message_of(
        [&] { (void)load_object("c.yaml", "!obj:pylearn2.costs.autoencoder." + text); });
  };
  CHECK(cost("MeanSquaredReconstructionError {}").empty());
  CHECK(cost("MeanBinaryCrossEntropy {}").empty());
  CHECK(cost("SampledMeanBinaryCrossEntropy { L1: .1, ratio: .1 }").empty());
  CHECK(cost("SampledMeanSquaredReconstructionError { L1: .1, ratio: .1 }").empty());
  CHECK(cost("SparseActivation { coeff: .5, p: .05 }").empty());
  CHECK_THAT(cost("SparseActivation { coeff: .5, p: 1. }"), Contains("p") && Contains("below 1"));
  CHECK_THAT(cost("SampledMeanBinaryCrossEntropy { L1: .1, ratio: 2. }"), Contains("ratio"));
}
