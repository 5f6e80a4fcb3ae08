// Autoencoders against plain loops: codes, reconstructions, penalties, gradients, first values.
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/autoencoder/reconstruction.hpp>
#include <ansatz/cost/method_cost.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/model/autoencoder/deep_autoencoder.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/model/layers/tanh.hpp>

#include "local_transform.hpp"
#include "probe.hpp"
#include "sha256.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

double sigmoid_of(double z) { return 1 / (1 + std::exp(-z)); }

Vector map(Vector z, double (*f)(double)) {
  for (double& v : z) v = f(v);
  return z;
}
Autoencoder small_autoencoder(bool tied) {
  return Autoencoder(nvis(6), nhid(4), act_enc("tanh"), act_dec("sigmoid"), tied_weights(tied),
                     irange(.5));
}

using Names = std::vector<std::string>;

// All parameters as outputs: a Probe sets those of its model.
void add_parameters(Function& f, const Model& model) {
  for (const ModelParameter& p : model.parameters())
    f.add(output(("own." + p.name).c_str(), p.value));
}

// What a function of a model gives, by name.
Function function_of(const Model& model, const Data& data, std::string_view name) {
  FunctionList list;
  model.functions(data, list);
  for (int i = 0; i < list.size(); ++i)
    if (list[i].name == name) return list[i].function;
  FAIL("no such function");
  return {};
}

}  // namespace

TEST_CASE("autoencoder: code and reconstruction are those of plain loops", "[model][autoencoder]") {
  const bool tied = GENERATE(true, false);
  const Autoencoder model = small_autoencoder(tied);
  CHECK(parameter_names(model) ==
        (tied ? Names{"vb", "hb", "W"} : Names{"vb", "hb", "W", "Wprime"}));
  CHECK(model.output_space(vector_space(6)) == vector_space(4));
  const Data data = inputs_of(model);
  Function f;
  f.add(output("code", model.upward_pass(data["features"]).value()));
  f.add(output("again", model.reconstruct(data["features"].value())));
  f.add(output("predicted", model.output(data["features"]).value()));
  f.add(output("error", *MeanSquaredReconstructionError().expr(model, data)));
  f.add(output("entropy", *MeanBinaryCrossEntropy().expr(model, data)));
  Probe probe(model, data, f);
  probe.randomize(.7, 4);
  Minibatch rows = random_batch(data, 5, 2);
  for (double& v : rows.numbers["features"]) v = std::abs(v);
  const Vector& x = rows.numbers["features"];
  Computed c = probe(rows);
  const Vector h = map(affine(x, probe.get("W"), probe.get("hb"), 6), std::tanh);
  const Vector back = tied ? transposed(probe.get("W"), 4) : probe.get("Wprime");
  const Vector r = map(affine(h, back, probe.get("vb"), 4), sigmoid_of);
  CHECK(difference(c["code"], h) < 1e-12);
  CHECK(difference(c["again"], r) < 1e-12);
  CHECK(difference(c["predicted"], r) < 1e-12);
  double squares = 0, entropy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    squares += (x[i] - r[i]) * (x[i] - r[i]) / 5;
    entropy -= (x[i] * std::log(r[i]) + (1 - x[i]) * std::log(1 - r[i])) / 5;
  }
  CHECK(c["error"][0] == Approx(squares).epsilon(1e-12));
  CHECK(c["entropy"][0] == Approx(entropy).epsilon(1e-12));

  Function encoding = function_of(model, data, "encode");
  add_parameters(encoding, model);
  Probe encode(model, data, encoding);
  encode.randomize(.7, 4);
  CHECK(difference(encode(rows)["h"], h) < 1e-12);
  Data codes;
  codes.add("h", vector_space(4));
  Function decoding = function_of(model, data, "decode");
  add_parameters(decoding, model);
  Probe decode(model, codes, decoding);
  decode.randomize(.7, 4);
  Minibatch of_codes;
  of_codes.examples = 5;
  of_codes.numbers["h"] = h;
  CHECK(difference(decode(of_codes)["x"], r) < 1e-12);
}

TEST_CASE("autoencoder: activations by their names", "[model][autoencoder]") {
  const std::pair<const char*, double (*)(double)> all[] = {
      {"linear", [](double z) { return z; }},
      {"sigmoid", sigmoid_of},
      {"tanh", [](double z) { return std::tanh(z); }},
      {"softplus", [](double z) { return std::log1p(std::exp(z)); }},
      {"relu", [](double z) { return std::max(z, 0.); }},
      {"rectifier", [](double z) { return std::max(z, 0.); }},
      {"hard_sigmoid", [](double z) { return std::min(std::max(.2 * z + .5, 0.), 1.); }},
      {"elu", [](double z) { return z > 0 ? z : std::expm1(z); }},
      {"exp", [](double z) { return std::exp(z); }},
      {"abs_", [](double z) { return std::abs(z); }},
      {"sqr", [](double z) { return z * z; }},
  };
  Data data;
  data.add("z", vector_space(5));
  const Autoencoder nothing = small_autoencoder(true);
  for (const auto& [name, expected] : all) {
    CAPTURE(name);
    const Activation activation(name);
    CHECK(activation.elementwise());
    Function f;
    f.add(output("y", activation(data["z"].value())));
    add_parameters(f, nothing);
    Probe probe(nothing, data, f);
    Minibatch z = random_batch(data, 4, 6);
    for (double& v : z.numbers["z"]) v *= 4;
    CHECK(difference(probe(z)["y"], map(z.numbers["z"], expected)) < 1e-12);
  }
  CHECK_FALSE(Activation("softmax").elementwise());
  CHECK(Activation().known());
  CHECK_THAT(message_of([&] { (void)Activation("tahn")(data["z"].value()); }),
             Contains("no activation is called \"tahn\"") && Contains("sigmoid tanh"));
}

TEST_CASE("autoencoder: gradients of its costs", "[model][autoencoder]") {
  for (const bool tied : {false, true}) {
    const Autoencoder model = small_autoencoder(tied);
    Minibatch rows = random_batch(inputs_of(model), 5, 7);
    for (double& v : rows.numbers["features"]) v = std::abs(v);
    CHECK(gradient_error(model, MeanSquaredReconstructionError(), rows) < 1e-7);
    CHECK(gradient_error(model, MeanBinaryCrossEntropy(), rows) < 1e-7);
    CHECK(gradient_error(model, SampledMeanBinaryCrossEntropy(.1, .4), rows) < 1e-6);
    CHECK(gradient_error(model, SampledMeanSquaredReconstructionError(.1, .4), rows) < 1e-6);
  }
  const DenoisingAutoencoder noisy(corruptor(BinomialCorruptor(.3)), nvis(6), nhid(4),
                                   act_enc("sigmoid"), irange(.5));
  CHECK(gradient_error(noisy, MeanSquaredReconstructionError(),
                       random_batch(inputs_of(noisy), 5, 7)) < 1e-7);
}

TEST_CASE("autoencoder: a denoising one sees spoiled inputs where it is trained alone",
          "[model][autoencoder]") {
  const DenoisingAutoencoder model(corruptor(BinomialCorruptor(1)), nvis(6), nhid(4),
                                   act_enc("tanh"), irange(.5));
  const Data data = inputs_of(model);
  Function f;
  f.add(output("again", model.reconstruct(data["features"].value())));
  f.add(output("predicted", model.output(data["features"]).value()));
  f.add(output("code", model.upward_pass(data["features"]).value()));
  Probe probe(model, data, f);
  probe.randomize(.7, 4);
  const Minibatch rows = random_batch(data, 5, 2);
  Computed c = probe(rows);
  // All of it is zero: each example is made again of the biases.
  const Vector h = map(probe.get("hb"), std::tanh);
  const Vector r = affine(h, probe.get("Wprime"), probe.get("vb"), 4);
  for (std::size_t i = 0; i < 30; ++i) CHECK(c["again"][i] == Approx(r[i % 6]).epsilon(1e-12));
  const Vector& x = rows.numbers.at("features");
  const Vector code = map(affine(x, probe.get("W"), probe.get("hb"), 6), std::tanh);
  CHECK(difference(c["code"], code) < 1e-12);
  CHECK(difference(c["predicted"], affine(code, probe.get("Wprime"), probe.get("vb"), 4)) < 1e-12);
}

TEST_CASE("autoencoder: the sampled costs look at all ones and some zeros",
          "[model][autoencoder]") {
  const Autoencoder model(nvis(50), nhid(3), act_enc("tanh"), act_dec("sigmoid"), irange(.2));
  const Data data = inputs_of(model);
  for (const double ratio : {0., .3, 1.}) {
    CAPTURE(ratio);
    Function f;
    f.add(output("entropy", *SampledMeanBinaryCrossEntropy(.25, ratio).expr(model, data)));
    f.add(output("error", *SampledMeanSquaredReconstructionError(.25, ratio).expr(model, data)));
    f.add(output("code", model.encode(data["features"].value())));
    f.add(output("again", model.reconstruct(data["features"].value())));
    Probe probe(model, data, f);
    probe.randomize(.2, 4);
    Minibatch rows;
    rows.examples = 200;
    for (int i = 0; i < 200 * 50; ++i) rows.numbers["features"].push_back(i % 7 == 0);
    Computed c = probe(rows);
    double entropy = 0, error = 0, ink = 0;
    for (std::size_t i = 0; i < rows.numbers["features"].size(); ++i) {
      const double x = rows.numbers["features"][i], r = c["again"][i];
      const double seen = x > 0 ? 1 : ratio;
      entropy -= seen * (x * std::log(r) + (1 - x) * std::log(1 - r)) / 200;
      error += seen * (x - r) * (x - r) / 200;
    }
    for (const double h : c["code"]) ink += std::abs(h) / 200;
    const bool exact = ratio == 0 || ratio == 1;
    CHECK(c["entropy"][0] == Approx(entropy + .25 * ink).epsilon(exact ? 1e-10 : .02));
    CHECK(c["error"][0] == Approx(error + .25 * ink).epsilon(exact ? 1e-10 : .02));
  }
  CHECK(SampledMeanBinaryCrossEntropy(0, .5).is_stochastic());
}

TEST_CASE("autoencoder: the sparse activation penalty is a divergence", "[model][autoencoder]") {
  const Autoencoder model(nvis(6), nhid(4), act_enc("sigmoid"), act_dec("sigmoid"), irange(.5));
  const Data data = inputs_of(model);
  const SparseActivation cost(.7, .1);
  CHECK(cost.name() == "sparse_activation_penalty");
  Function f;
  f.add(output("penalty", *cost.expr(model, data)));
  f.add(output("code", model.encode(data["features"].value())));
  add_parameters(f, model);
  Probe probe(model, data, f);
  probe.randomize(.7, 4);
  const Minibatch rows = random_batch(data, 5, 2);
  Computed c = probe(rows);
  double expected = 0;
  for (std::size_t j = 0; j < 4; ++j) {
    double found = 0;
    for (std::size_t i = 0; i < 5; ++i) found += c["code"][4 * i + j] / 5;
    expected += .1 * std::log(.1 / found) + .9 * std::log(.9 / (1 - found));
  }
  CHECK(c["penalty"][0] == Approx(.7 * expected).epsilon(1e-12));
  CHECK(gradient_error(model, cost, rows) < 1e-7);
  // The codes are all p where the weights are 0 and the biases its inverse sigmoid.
  for (const char* name : {"W", "hb"}) {
    Vector w = probe.get(name);
    for (double& v : w) v = name[0] == 'W' ? 0 : std::log(.1 / .9);
    probe.set(name, w);
  }
  CHECK(std::abs(probe(rows)["penalty"][0]) < 1e-15);
}

TEST_CASE("autoencoder: the contraction penalty is the Jacobian's", "[model][autoencoder]") {
  for (const char* activation : {"sigmoid", "tanh", "softplus", "linear"}) {
    CAPTURE(activation);
    const ContractiveAutoencoder model(nvis(6), nhid(4), act_enc(activation), act_dec("sigmoid"),
                                       irange(.5));
    const Data data = inputs_of(model);
    Function f;
    f.add(output("penalty", model.contraction_penalty(data["features"].value())));
    f.add(output("jacobian", model.jacobian_h_x(data["features"].value())));
    f.add(output("code", model.encode(data["features"].value())));
    add_parameters(f, model);
    Probe probe(model, data, f);
    probe.randomize(.9, 4);
    Minibatch rows = random_batch(data, 5, 2);
    Computed c = probe(rows);
    // dh_j / dx_i of each example by central differences
    double expected = 0, error = 0;
    Vector& x = rows.numbers["features"];
    for (std::size_t i = 0; i < 6; ++i) {
      const double d = 1e-5;
      Vector moved[2];
      for (const int side : {0, 1}) {
        const Vector here = x;
        for (std::size_t e = 0; e < 5; ++e) x[6 * e + i] += side ? d : -d;
        moved[side] = probe(rows)["code"];
        x = here;
      }
      for (std::size_t k = 0; k < 20; ++k) {
        const double slope = (moved[1][k] - moved[0][k]) / (2 * d);
        expected += slope * slope / 5;
        error = std::max(error, std::abs(c["jacobian"][(k / 4 * 6 + i) * 4 + k % 4] - slope));
      }
    }
    CHECK(error < 1e-9);
    CHECK(c["penalty"][0] == Approx(expected).epsilon(1e-8));
    const SumOfCosts cost(MeanSquaredReconstructionError(),
                          scaled(.3, MethodCost("contraction_penalty")));
    CHECK(gradient_error(model, cost, rows) < 1e-7);
  }
}

TEST_CASE("autoencoder: the higher-order penalty is of differences of Jacobians",
          "[model][autoencoder]") {
  const auto model_of = [](const auto& spoiler) {
    return HigherOrderContractiveAutoencoder(corruptor(spoiler), num_corruptions(3), nvis(6),
                                             nhid(4), act_enc("sigmoid"), act_dec("sigmoid"),
                                             irange(.5));
  };
  // Where the spoiled inputs are known, all zeros, by plain loops.
  const auto model = model_of(BinomialCorruptor(1));
  const Data data = inputs_of(model);
  Function f;
  f.add(output("penalty", model.higher_order_penalty(data["features"].value())));
  add_parameters(f, model);
  Probe probe(model, data, f);
  probe.randomize(1.2, 4);
  const Minibatch rows = random_batch(data, 5, 2);
  const Vector z = affine(rows.numbers.at("features"), probe.get("W"), probe.get("hb"), 6);
  const Vector w = probe.get("W"), hb = probe.get("hb");
  double expected = 0;
  for (std::size_t e = 0; e < 5; ++e)
    for (std::size_t i = 0; i < 6; ++i)
      for (std::size_t j = 0; j < 4; ++j) {
        const double h = sigmoid_of(z[4 * e + j]), still = sigmoid_of(hb[j]);
        const double change = w[4 * i + j] * (h * (1 - h) - still * (1 - still));
        expected += change * change / (5 * 6 * 4);
      }
  CHECK(probe(rows)["penalty"][0] == Approx(expected).epsilon(1e-12));

  const SumOfCosts cost(MeanBinaryCrossEntropy(), scaled(.5, MethodCost("contraction_penalty")),
                        scaled(40., MethodCost("higher_order_penalty")));
  Minibatch bits = random_batch(data, 5, 2);
  for (double& v : bits.numbers["features"]) v = v > 0;
  CHECK(gradient_error(model_of(GaussianCorruptor(.8)), cost, bits) < 1e-7);
  CHECK(gradient_error(model_of(BinomialCorruptor(.5)), cost, bits) < 1e-7);
  CHECK_THAT(message_of([&] { (void)MethodCost("contraction").expr(model, data); }),
             Contains("allowed: contraction_penalty"));
}

TEST_CASE("autoencoder: penalties that need another encoder are refused", "[model][autoencoder]") {
  const ContractiveAutoencoder all(nvis(6), nhid(4), act_enc("softmax"), irange(.5));
  CHECK_THAT(message_of([&] { all.check(); }), Contains("each hidden unit alone"));
  const Data data = inputs_of(all);
  CHECK_THAT(message_of([&] { (void)all.contraction_penalty(data["features"].value()); }),
             Contains("each hidden unit alone"));
  ContractiveAutoencoder local(nvis(6), nhid(5), act_enc("tanh"), irange(.5));
  local.transform = Shared<LinearTransform>(LocalTransform(2, 1));
  CHECK_THAT(message_of([&] { local.check(); }), Contains("must be a matrix"));
  CHECK_THAT(message_of([&] { Autoencoder(nhid(3)).check(); }), Contains("nvis"));
  CHECK_THAT(message_of([&] {
               (void)MeanSquaredReconstructionError().expr(*stack(6, {Tanh("h", 3, irange(.1))}),
                                                           inputs_of(all));
             }),
             Contains("such as an autoencoder"));
}

TEST_CASE("autoencoder: weights of another transform, tied and untied", "[model][autoencoder]") {
  for (const bool tied : {true, false}) {
    Autoencoder model(nvis(7), nhid(3), act_enc("tanh"), act_dec("sigmoid"), tied_weights(tied),
                      irange(.5));
    model.transform = Shared<LinearTransform>(LocalTransform(3, 2));
    model.check();
    const Data data = inputs_of(model);
    Function f;
    f.add(output("code", model.upward_pass(data["features"]).value()));
    f.add(output("again", model.reconstruct(data["features"].value())));
    Probe probe(model, data, f);
    probe.randomize(.7, 4);
    const Minibatch rows = random_batch(data, 2, 2);
    Computed c = probe(rows);
    const Vector& x = rows.numbers.at("features");
    const Vector w = probe.get("W"), v = tied ? w : probe.get("Wprime");
    CHECK(w.size() == 9);
    for (std::size_t e = 0; e < 2; ++e) {
      Vector h(3), z = probe.get("vb");
      for (std::size_t j = 0; j < 3; ++j) {
        double sum = probe.get("hb")[j];
        for (std::size_t k = 0; k < 3; ++k) sum += x[7 * e + 2 * j + k] * w[3 * k + j];
        h[j] = std::tanh(sum);
        CHECK(c["code"][3 * e + j] == Approx(h[j]).epsilon(1e-12));
        for (std::size_t k = 0; k < 3; ++k) z[2 * j + k] += h[j] * v[3 * k + j];
      }
      for (std::size_t i = 0; i < 7; ++i)
        CHECK(c["again"][7 * e + i] == Approx(sigmoid_of(z[i])).epsilon(1e-12));
    }
    CHECK(gradient_error(model, MeanSquaredReconstructionError(), rows) < 1e-7);
  }
}

TEST_CASE("autoencoder: begins as in Pylearn2", "[model][autoencoder][initialize]") {
  // The first layer of the tutorial on stacked autoencoders.
  const DenoisingAutoencoder model(corruptor(BinomialCorruptor(.2)), nvis(784), nhid(500),
                                   act_enc("tanh"), irange(.05));
  const Values first(model);
  const auto digest = [&](const char* name) {
    std::vector<float> x;
    for (const double v : first.of.at(name)) x.push_back(static_cast<float>(v));
    return sha256_first16(x.data(), x.size() * sizeof(float));
  };
  CHECK(digest("vb") == "b00cd820a573181c");
  CHECK(digest("hb") == "2da42fb1d7bd8524");
  CHECK(digest("W") == "5c23ea94bef46487");
  CHECK(digest("Wprime") == "c0d9a3a87c549bfe");
  CHECK(static_cast<float>(first.of.at("Wprime")[0]) == .015394303f);

  // By hand, with another seed; with normal weights; with the default range.
  RandomState random(5);
  Vector w(6), back(6);
  random.uniform(-.3, .3, w);
  random.randint(1 << 30);
  random.random_sample(back);
  for (double& v : back) v = (.5 - v) * .3;
  const Values uniform(Autoencoder(nvis(3), nhid(2), irange(.3), rng(5)));
  CHECK(difference(uniform.of.at("W"), w) == 0);
  CHECK(difference(uniform.of.at("Wprime"), back) == 0);
  random = RandomState(5);
  random.randn(w);
  random.randint(1 << 30);
  random.randn(back);
  const Values normal(Autoencoder(nvis(3), nhid(2), istdev(.5), rng(5)));
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(normal.of.at("W")[i] == w[i] * .5);
    CHECK(normal.of.at("Wprime")[i] == back[i] * .5);
  }
  const Values by_default(Autoencoder(nvis(3), nhid(2)));
  for (const double v : by_default.of.at("W")) CHECK(std::abs(v) < 1e-3);
}
