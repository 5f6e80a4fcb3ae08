// Spike-and-slab RBMs: integrals over slabs from energies, sums over spikes, samples.
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/cost/energy/score_matching.hpp>
#include <ansatz/model/energy/spike_and_slab_rbm.hpp>
#include <ansatz/registry/job.hpp>

#include "../model/probe.hpp"
#include "enumerate.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

mu_pooled_ssRBM small_slabs(int visible, int hidden_units, int slabs_each) {
  mu_pooled_ssRBM rbm;
  rbm.nvis = visible;
  rbm.nhid = hidden_units;
  rbm.n_s_per_h = slabs_each;
  rbm.first_alpha = 3, rbm.first_B = 4, rbm.first_mu = 1, rbm.first_Lambda = .1;
  rbm.check();
  return rbm;
}
// All parameters away from where they begin, precisions above 0.
void scatter_slabs(Probe& probe) {
  unsigned seed = 3;
  for (const char* name : {"mu", "B", "Lambda", "W", "b", "log_alpha"}) {
    Vector x = random_numbers(static_cast<int>(probe.get(name).size()), seed++);
    const bool precision = name == std::string("B") || name == std::string("Lambda");
    for (double& each : x) each = precision ? 1.5 + each : .8 * each;
    probe.set(name, x);
  }
}

}  // namespace

TEST_CASE("mu_pooled_ssRBM: conditionals and the free energy are those of the energy",
          "[energy][ssrbm]") {
  const int pool = GENERATE(1, 2);
  CAPTURE(pool);
  const mu_pooled_ssRBM rbm = small_slabs(3, 2, pool);
  const auto S = static_cast<std::size_t>(rbm.slabs());
  Data data;
  data.add("features", rbm.input_space());
  data.add("s", vector_space(rbm.slabs()));
  data.add("h", rbm.hidden_space());
  const AnyExpr v = data["features"].value(), s = data["s"].value(), h = data["h"].value();
  Function f;
  f.add(output("E", rbm.energy(v, s, h)));
  f.add(output("F", rbm.free_energy(v)));
  f.add(output("h", rbm.mean_h_given_v(v)));
  f.add(output("s", rbm.mean_s_given_v(v)));
  f.add(output("mean", rbm.mean_v_given(h, s)));
  f.add(output("variance", rbm.variance_of_v(h)));
  Probe probe(rbm, data, f);
  scatter_slabs(probe);
  const auto at = [&](const Vector& x, const Vector& slabs, const Vector& spikes) {
    Minibatch batch;
    batch.examples = 1;
    batch.numbers = {{"features", x}, {"s", slabs}, {"h", spikes}};
    return probe(batch);
  };
  const Vector alpha = [&] {
    Vector a = probe.get("log_alpha");
    for (double& each : a) each = std::exp(each);
    return a;
  }();
  // The integral over slabs is e^-E where they are most probable, times what does not depend on v.
  const auto integrated = [&](const Vector& x, Vector* odds) {
    const Vector best = at(x, Vector(S), {0, 0})["s"];
    Vector energies;
    for (std::size_t text = 0; text < 4; ++text) {
      const Vector spikes{double(text & 1), double(text >> 1)};
      Vector slabs(S);
      for (std::size_t k = 0; k < S; ++k)
        slabs[k] = spikes[k / static_cast<std::size_t>(pool)] * best[k];
      const double least = at(x, slabs, spikes)["E"][0];
      energies.push_back(least);
      for (std::size_t k = 0; k < S; ++k) {
        Vector off = slabs;
        off[k] += .6;
        CHECK(at(x, off, spikes)["E"][0] - least == Approx(alpha[k] * .18));
      }
    }
    if (odds) {
      double total = 0;
      for (std::size_t text = 0; text < 4; ++text) {
        total += std::exp(-energies[text]);
        (*odds)[0] += (text & 1 ? 1 : 0) * std::exp(-energies[text]);
        (*odds)[1] += (text >> 1 ? 1 : 0) * std::exp(-energies[text]);
      }
      for (double& each : *odds) each /= total;
    }
    return -log_sum_exp_of_minus(energies);
  };
  const Vector one{.5, -1, .3}, two{-1.2, .4, .9};
  Vector odds(2);
  const double first = integrated(one, &odds), second = integrated(two, nullptr);
  const Vector none(S);
  CHECK(at(one, none, {0, 0})["F"][0] - at(two, none, {0, 0})["F"][0] == Approx(first - second));
  CHECK(difference(at(one, none, {0, 0})["h"], odds) < 1e-12);
  // v given the rest.
  Vector slabs = random_numbers(static_cast<int>(S), 9);
  Computed c = at(one, slabs, {1, 0});
  const Vector mean = c["mean"], variance = c["variance"];
  const double least = at(mean, slabs, {1, 0})["E"][0];
  for (std::size_t i = 0; i < 3; ++i) {
    Vector off = mean;
    off[i] -= .7;
    CHECK(at(off, slabs, {1, 0})["E"][0] - least == Approx(.49 / 2 / variance[i]));
  }
}

TEST_CASE("mu_pooled_ssRBM: Gibbs steps sample its density", "[energy][ssrbm]") {
  const mu_pooled_ssRBM rbm = small_slabs(1, 1, 1);
  Data data;
  data.add("features", rbm.input_space());
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("next", rbm.gibbs_step(v)));
  f.add(output("F", rbm.free_energy(v)));
  Probe probe(rbm, data, f);
  for (const auto& [name, value] :
       {std::pair("mu", .8), {"B", 1.}, {"Lambda", .7}, {"W", 1.3}, {"b", -.2}, {"log_alpha", .6}})
    probe.set(name, {value});
  Minibatch grid;
  grid.examples = 4001;
  for (int i = 0; i < 4001; ++i) grid.numbers["features"].push_back(-10 + i * .005);
  const Vector F = probe(grid)["F"];
  double total = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < F.size(); ++i) {
    const double x = grid.numbers["features"][i], p = std::exp(-F[i]);
    total += p, first += p * x, second += p * x * x;
  }
  first /= total, second /= total;
  Minibatch chains;
  chains.examples = 20000;
  chains.numbers["features"].assign(20000, 0);
  for (int step = 0; step < 30; ++step) chains.numbers["features"] = probe(chains)["next"];
  double seen = 0, squares = 0;
  for (double x : chains.numbers["features"]) seen += x / 20000, squares += x * x / 20000;
  CHECK(seen == Approx(first).margin(.04));
  CHECK(squares == Approx(second).epsilon(.05));
  CHECK(std::abs(first) > .2);
}

TEST_CASE("mu_pooled_ssRBM: gradients, constraints, first values", "[energy][ssrbm][yaml]") {
  const std::string text =
      "!obj:pylearn2.models.rbm.mu_pooled_ssRBM { nvis: 3, nhid: 2, n_s_per_h: 2, batch_size: 4, "
      "alpha0: 5., alpha_irange: 1., b0: -1., B0: 10., Lambda0: .00001, Lambda_irange: .5, mu0: "
      "1., "
      "W_irange: .3, min_B: .5, rng: 7 }";
  const Shared<Object> made = load_object("rbm.yaml", text);
  const auto& rbm = dynamic_cast<const mu_pooled_ssRBM&>(*made);
  CHECK(rbm.batch_size() == 4);
  const SM cost;
  const Minibatch batch = random_batch(data_of(rbm, cost), 4, 3);
  CHECK(gradient_error(rbm, cost, batch, .4) < 1e-6);
  CHECK(CDk(2).gradients(rbm, data_of(rbm, cost)).of.size() == 6);

  const Values first(rbm);
  RandomState random(7);
  Vector alpha(4), W(12), Lambda(6);
  random.uniform(0, 1, alpha), random.uniform(0, 1, W), random.uniform(0, 1, Lambda);
  for (double& x : alpha) x = std::log(5 + (2 * x - 1));
  for (double& x : W) x = (.5 - x) * 2 * .3;
  for (double& x : Lambda) x = x * .5 + .00001;
  CHECK(difference(first.of.at("log_alpha"), alpha) < 1e-15);
  CHECK(difference(first.of.at("W"), W) < 1e-15);
  CHECK(difference(first.of.at("Lambda"), Lambda) < 1e-15);
  CHECK(first.of.at("B") == Vector(3, 10));
  CHECK(first.of.at("mu") == Vector(4, 1));
  CHECK(first.of.at("b") == Vector(2, -1));

  UpdateList updates;
  for (const ModelParameter& each : rbm.parameters())
    updates.add(each.name, each.value, each.value);
  rbm.modify_updates(updates);
  Function f;
  f.add(output("B", *updates.find("B")));
  f.add(output("Lambda", *updates.find("Lambda")));
  Probe probe(rbm, Data(), f);
  probe.set("B", {-1, 2, .1});
  probe.set("Lambda", {-1, 2, .1, 0, -3, 4});
  Computed c = probe(Minibatch());
  CHECK(c["B"] == Vector{.5, 2, .5});
  CHECK(c["Lambda"] == Vector{0, 2, .1, 0, 0, 4});

  const auto refused = [&](const std::string& old, const std::string& now) {
    std::string wrong = text;
    wrong.replace(wrong.find(old), old.size(), now);
    return message_of([&] { (void)load_object("rbm.yaml", wrong); });
  };
  CHECK_THAT(refused("alpha_irange: 1.", "alpha_irange: 5."), Contains("less than alpha0"));
  CHECK_THAT(refused("B0: 10.", "B0: .1"), Contains("below min_B"));
  CHECK_THAT(refused("n_s_per_h: 2", "n_s_per_h: 0"), Contains("n_s_per_h"));
  CHECK_THAT(refused("n_s_per_h: 2", "n_s_per_h: 2147483647"), Contains("weights"));
  CHECK_THAT(refused("Lambda0: .00001", "Lambda0: -1"), Contains("Lambda0"));
}
