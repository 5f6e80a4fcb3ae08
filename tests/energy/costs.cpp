// Costs of models with a free energy: contrastive divergence, its chains, score matching, noise
// contrast; against plain loops with the same draws and against central differences.
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/cost/energy/noise_contrastive.hpp>
#include <ansatz/cost/energy/score_matching.hpp>
#include <ansatz/model/energy/normalized_ebm.hpp>
#include <ansatz/model/layers/tanh.hpp>

#include "../model/probe.hpp"
#include "enumerate.hpp"
#include "small_rbm.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;
constexpr std::size_t inputs = 5, hidden_units = 3;

// Parameters, a batch and samples of `probe`: dF/dW = -v' h and so on, in plain loops.
struct Differences {
  Vector W = Vector(inputs * hidden_units), b = Vector(inputs), c = Vector(hidden_units);

  void add(const Probe& probe, const Vector& rows, double weight) {
    const Vector w = probe.get("W"), bias = probe.get("bias_hid");
    for (std::size_t at = 0; at < rows.size(); at += inputs) {
      for (std::size_t j = 0; j < hidden_units; ++j) {
        double z = bias[j];
        for (std::size_t i = 0; i < inputs; ++i) z += rows[at + i] * w[i * hidden_units + j];
        const double h = 1 / (1 + std::exp(-z));
        c[j] -= weight * h;
        for (std::size_t i = 0; i < inputs; ++i)
          W[i * hidden_units + j] -= weight * rows[at + i] * h;
      }
      for (std::size_t i = 0; i < inputs; ++i) b[i] -= weight * rows[at + i];
    }
  }
};

void check_gradients(const Computed& found, const Differences& expected) {
  CHECK(difference(found.at("grad.W"), expected.W) < 1e-12);
  CHECK(difference(found.at("grad.bias_vis"), expected.b) < 1e-12);
  CHECK(difference(found.at("grad.bias_hid"), expected.c) < 1e-12);
}

}  // namespace

TEST_CASE("CDk: gradients are those of plain loops with the same draws", "[energy][cost]") {
  const RBM rbm = small_rbm();
  const Data data = inputs_of(rbm);
  for (const int steps : {1, 4}) {
    const CDk cost(steps);
    CHECK_FALSE(cost.expr(rbm, data));
    CHECK(cost.is_stochastic());
    Probe gradients(rbm, data, everything(rbm, cost, data));
    gradients.randomize(.8, 3);
    Minibatch batch;
    batch.examples = 7;
    batch.numbers["features"] = random_bits(7 * inputs, 2);
    gradients.program().seed(4);
    const Computed found = gradients(batch);
    CHECK(found.count("cost") == 0);

    // The same sites at the same step of the same seed: the same samples.
    Function f;
    f.add(
        output("v", after_gibbs_steps(rbm, data["features"].value(), steps, String("CDk.nsteps"))));
    Probe sampler(rbm, data, f);
    sampler.randomize(.8, 3);
    sampler.program().seed(4);
    const Vector sample = sampler(batch)["v"];
    CHECK(sample != batch.numbers["features"]);
    for (double v : sample) CHECK((v == 0 || v == 1));
    Differences expected;
    expected.add(gradients, batch.numbers["features"], 1. / 7);
    expected.add(gradients, sample, -1. / 7);
    check_gradients(found, expected);
  }
}

TEST_CASE("SML: chains are state, go on from call to call, and give the second free energy",
          "[energy][cost]") {
  const RBM rbm = small_rbm();
  const Data data = inputs_of(rbm);
  for (const int steps : {1, 3}) {
    const SML cost(6, steps);
    StateList states;
    cost.states(rbm, states);
    REQUIRE(states.size() == 1);
    CHECK(states[0].name == "chains");
    CHECK(states[0].rows == 6);

    const GradientList g = cost.gradients(rbm, data);
    CHECK_FALSE(g.value);
    Function f;
    for (int i = 0; i < 3; ++i)
      f.add(output(("grad." + rbm.parameters()[i].name).c_str(), g.of[i]));
    g.updates.give_to(f);
    Probe probe(rbm, data, f);
    probe.randomize(.8, 3);
    Store store = probe.program().store();
    store.resize("chains", 6);
    store.fill("chains", .5);
    Minibatch batch;
    batch.examples = 7;
    batch.numbers["features"] = random_bits(7 * inputs, 2);
    Vector last(6 * inputs, .5);
    for (int call = 0; call < 3; ++call) {
      const Computed found = probe(batch);
      const double* x = store.data<double>("chains");
      const Vector chains(x, x + 6 * inputs);
      CHECK(chains != last);
      last = chains;
      Differences expected;
      expected.add(probe, batch.numbers["features"], 1. / 7);
      expected.add(probe, chains, -1. / 6);
      check_gradients(found, expected);
    }
  }
}

TEST_CASE("SM, NCE: gradients against central differences", "[energy][cost]") {
  const GaussianBinaryRBM rbm = small_gaussian_rbm();
  const Data data = inputs_of(rbm);
  const Minibatch batch = random_batch(data, 6, 3);
  CHECK(gradient_error(rbm, SM(), batch) < 1e-6);
  CHECK(gradient_error(rbm, SM(.3), batch) < 1e-6);
  CHECK(gradient_error(small_rbm(), SM(.3), batch) < 1e-6);
  const NormalizedEBM normalized(Shared<EnergyModel>{rbm});
  const NCE cost(Shared<Distribution>(IsotropicGaussian(.1, .8)), 3);
  CHECK(gradient_error(normalized, cost, batch) < 1e-6);
}

TEST_CASE("SM: the value is that of the definition", "[energy][cost]") {
  const GaussianBinaryRBM rbm = small_gaussian_rbm();
  const Data data = inputs_of(rbm);
  const Minibatch batch = random_batch(data, 4, 3);
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("cost", *SM(.3).expr(rbm, data)));
  f.add(output("F", rbm.free_energy(v)));
  Probe probe(rbm, data, f);
  probe.randomize(.7, 3);
  const Computed c = probe(batch);
  // First and second derivatives of F by differences of free energies.
  const double h = 1e-4;
  double total = 0;
  for (std::size_t i = 0; i < inputs; ++i) {
    const auto moved = [&](double by) {
      Minibatch m = batch;
      for (std::size_t row = 0; row < 4; ++row) m.numbers["features"][row * inputs + i] += by;
      return probe(m)["F"];
    };
    const Vector up = moved(h), down = moved(-h), &here = c.at("F");
    for (std::size_t row = 0; row < 4; ++row) {
      const double psi = -(up[row] - down[row]) / (2 * h);
      const double slope = -(up[row] - 2 * here[row] + down[row]) / (h * h);
      total += .5 * psi * psi + slope + .3 * slope * slope;
    }
  }
  CHECK(c.at("cost")[0] == Approx(total / (4 * inputs)).epsilon(1e-5));
}

TEST_CASE("NCE: the value is that of the definition, and least at the truth", "[energy][cost]") {
  // Two Gaussians: the model without hidden influence is N(b, sigma^2), its log Z is known.
  GaussianBinaryRBM rbm = small_gaussian_rbm();
  rbm.init_sigma = .7;
  const NormalizedEBM model(Shared<EnergyModel>{rbm});
  const Data data = inputs_of(model);
  const IsotropicGaussian noise(0, 1);
  const NCE cost(Shared<Distribution>(noise), 4);
  GradientList g = cost.gradients(model, data);
  Probe probe(model, data, everything(model, cost, data));
  const auto zero = [&](const char* name) { probe.set(name, Vector(probe.get(name).size(), 0)); };
  zero("W"), zero("bias_hid");
  probe.set("bias_vis", Vector(inputs, .3));
  // F(v) = (v v / 2 - b v) / s^2 - 3 log 2
  const double variance = .49;
  const double log_z = inputs * (.5 * std::log(2 * M_PI * variance) + .09 / 2 / variance) +
                       hidden_units * std::log(2.);
  probe.set("logZ_driver", {log_z});
  Minibatch batch;
  batch.examples = 40000;
  std::mt19937_64 bits(8);
  std::normal_distribution<double> normal(.3, .7);
  for (int i = 0; i < batch.examples * static_cast<int>(inputs); ++i)
    batch.numbers["features"].push_back(normal(bits));
  const double least = probe(batch)["cost"][0];
  CHECK(std::abs(probe(batch)["grad.logZ_driver"][0]) < .01);
  for (const double wrong : {-1., 1.}) {
    probe.set("logZ_driver", {log_z + wrong});
    CHECK(probe(batch)["cost"][0] > least + .02);
  }
}

TEST_CASE("costs of energies refuse other models, and models what they lack", "[energy][cost]") {
  const Shared<Model> mlp = stack(4, {Tanh("h", 3, irange(.1))});
  const Data data = inputs_of(*mlp);
  const auto refused = [&](const Cost& cost) {
    return message_of([&] { (void)cost.gradients(*mlp, data); });
  };
  CHECK_THAT(refused(CDk(1)), Contains("CDk needs a model with a free energy"));
  CHECK_THAT(refused(SML(3, 1)), Contains("SML needs a model with a free energy"));
  CHECK_THAT(refused(SM()), Contains("SM needs a model with a free energy"));
  const RBM rbm = small_rbm();
  const NCE nce(Shared<Distribution>(IsotropicGaussian(0, 1)), 1);
  CHECK_THAT(message_of([&] { (void)nce.expr(rbm, inputs_of(rbm)); }), Contains("NormalizedEBM"));
}

TEST_CASE("costs of energies read images as the vectors that a model is of", "[energy]") {
  RBM rbm;
  rbm.nvis = 12;
  rbm.nhid = 3;
  const CDk cost(2);
  const auto gradient = [&](const SpaceInfo& space) {
    Data data;
    data.add("features", space);
    const GradientList g = cost.gradients(rbm, data);
    Probe probe(rbm, data, function(output("W", g.of[0])));
    probe.randomize(.5, 3);
    Minibatch batch;
    batch.examples = 4;
    batch.numbers["features"] = random_numbers(48, 2);
    return probe(batch)["W"];
  };
  const std::vector<double> of_vectors = gradient(vector_space(12));
  CHECK(difference(of_vectors, std::vector<double>(36)) > .01);
  CHECK(difference(of_vectors, gradient(conv2d_space(2, 2, 3))) == 0);
}
