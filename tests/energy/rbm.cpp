// Restricted Boltzmann machines of binary units, against enumeration and plain loops.
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/linear/random_transforms.hpp>

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

RBM convolutional() {
  RBM rbm;
  rbm.vis_space = conv2d_space(3, 3, 2);
  rbm.hid_space = conv2d_space(2, 2, 2);
  Conv2D kernels;
  kernels.kernel_shape = RowsColumns(2);
  rbm.transformer = Shared<LinearTransform>(kernels);
  return rbm;
}
Shared<LinearTransform> tiled() {
  TiledConv2D kernels;
  kernels.kernel_shape = RowsColumns(2);
  return Shared<LinearTransform>(kernels);
}
RBM local() {
  RBM rbm = convolutional();
  rbm.transformer = tiled();
  return rbm;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// What a function of the model makes of rows.
Computed at(const RBM& rbm, const Function& f, const Vector& rows, unsigned seed = 3) {
  Probe probe(rbm, inputs_of(rbm), f);
  probe.randomize(.8, seed);
  Minibatch batch;
  batch.examples = static_cast<int>(rows.size()) / rbm.input_space().total_dimension();
  batch.numbers["features"] = rows;
  return probe(batch);
}

}  // namespace

TEST_CASE("rbm: the free energy is minus the logarithm of a sum over all hidden states",
          "[energy][rbm]") {
  for (const RBM& rbm : {small_rbm(), convolutional(), local()}) {
    const int nvis = rbm.input_space().total_dimension();
    const int nhid = rbm.hidden_space().total_dimension();
    const Data data = inputs_of(rbm);
    const AnyExpr v = data["features"].value();
    // The hidden states come as an input of their own.
    Data both = data;
    both.add("h", rbm.hidden_space());
    Function f;
    f.add(output("E", rbm.energy(v, both["h"].value())));
    f.add(output("F", rbm.free_energy(v)));
    f.add(output("mean_h", rbm.mean_h_given_v(v)));
    Probe probe(rbm, both, f);
    probe.randomize(.8, 3);
    const Vector one = random_bits(nvis, 7);
    const Vector states = all_states(nhid);
    Minibatch batch;
    batch.examples = 1 << nhid;
    for (int i = 0; i < batch.examples; ++i)
      batch.numbers["features"].insert(batch.numbers["features"].end(), one.begin(), one.end());
    batch.numbers["h"] = states;
    Computed c = probe(batch);
    CHECK(c["F"][0] == Approx(-log_sum_exp_of_minus(c["E"])).epsilon(1e-6));
    // P(h_j = 1 | v) by the same sum.
    for (int j = 0; j < nhid; ++j) {
      double on = 0, all = 0;
      for (std::size_t s = 0; s < c["E"].size(); ++s) {
        const double p = std::exp(-c["E"][s]);
        all += p;
        on += states[s * static_cast<std::size_t>(nhid) + static_cast<std::size_t>(j)] * p;
      }
      CHECK(c["mean_h"][static_cast<std::size_t>(j)] == Approx(on / all).epsilon(1e-10));
    }
  }
}

TEST_CASE("rbm: P(v = 1 | h) is that of energies; the score is the slope of the free energy",
          "[energy][rbm]") {
  for (const RBM& rbm : {small_rbm(), convolutional(), local()}) {
    const auto nvis = static_cast<std::size_t>(rbm.input_space().total_dimension());
    const int nhid = rbm.hidden_space().total_dimension();
    Data both = inputs_of(rbm);
    both.add("h", rbm.hidden_space());
    const AnyExpr v = both["features"].value(), h = both["h"].value();
    Function f;
    f.add(output("E", rbm.energy(v, h)));
    f.add(output("mean_v", rbm.mean_v_given_h(h)));
    f.add(output("F", rbm.free_energy(v)));
    f.add(output("score", rbm.score(v)));
    f.add(output("slope", rbm.score_slope(v, rbm.score(v))));
    Probe probe(rbm, both, f);
    probe.randomize(.8, 5);
    const Vector hidden = random_bits(nhid, 11), one = random_numbers(static_cast<int>(nvis), 4);
    const auto call = [&](const Vector& visible) {
      Minibatch batch;
      batch.examples = 1;
      batch.numbers["features"] = visible;
      batch.numbers["h"] = hidden;
      return probe(batch);
    };
    Computed c = call(one);
    for (std::size_t i = 0; i < nvis; ++i) {
      Vector on = one, off = one, up = one, down = one;
      on[i] = 1, off[i] = 0, up[i] += 1e-5, down[i] -= 1e-5;
      CHECK(c["mean_v"][i] == Approx(logistic(call(off)["E"][0] - call(on)["E"][0])));
      Computed above = call(up), below = call(down);
      CHECK(c["score"][i] ==
            Approx(-(above["F"][0] - below["F"][0]) / 2e-5).epsilon(1e-6).margin(1e-9));
      CHECK(c["slope"][i] ==
            Approx((above["score"][i] - below["score"][i]) / 2e-5).epsilon(1e-6).margin(1e-9));
    }
  }
}

TEST_CASE("rbm: the slopes of a score, one derivative a unit, are those of the short way",
          "[energy][rbm]") {
  const RBM rbm = small_rbm();
  const AnyExpr v = inputs_of(rbm)["features"].value(), psi = rbm.score(v);
  Function f;
  f.add(output("short", rbm.score_slope(v, psi)));
  f.add(output("long", rbm.EnergyModel::score_slope(v, psi)));
  f.add(output("F", rbm.free_energy(v)));
  Computed c = at(rbm, f, random_numbers(15, 2));
  CHECK(difference(c["short"], c["long"]) < 1e-12);
}

TEST_CASE("rbm: a Gibbs step has the frequencies of the distribution", "[energy][rbm]") {
  // The chains begin at exact draws; a step must leave their distribution as it is.
  RBM rbm;
  rbm.nvis = 3;
  rbm.nhid = 2;
  const AnyExpr v = inputs_of(rbm)["features"].value();
  Function f;
  f.add(output("F", rbm.free_energy(v)));
  f.add(output("v", rbm.gibbs_step(v)));
  Probe probe(rbm, inputs_of(rbm), f);
  probe.randomize(1.5, 9);
  Minibatch states;
  states.examples = 8;
  states.numbers["features"] = all_states(3);
  Vector p = probe(states)["F"];
  double z = 0;
  for (double& x : p) z += x = std::exp(-x);
  for (double& x : p) x /= z;

  constexpr std::size_t draws = 200000;
  RandomState rng(5);
  Minibatch batch;
  batch.examples = draws;
  const Vector all = all_states(3);
  for (std::size_t i = 0; i < draws; ++i) {
    double u = rng.random_sample();
    std::size_t s = 0;
    while (s < 7 && u >= p[s]) u -= p[s++];
    for (std::size_t k = 0; k < 3; ++k) batch.numbers["features"].push_back(all[s * 3 + k]);
  }
  const Vector next = probe(batch)["v"];
  Vector seen(8), kept(8);
  for (std::size_t i = 0; i < draws; ++i) {
    std::size_t s = 0;
    for (std::size_t k = 0; k < 3; ++k) s = 2 * s + static_cast<std::size_t>(next[i * 3 + k]);
    seen[s] += 1. / draws;
  }
  // Five standard deviations of a frequency: 5 sqrt(.25 / 200000).
  for (std::size_t s = 0; s < 8; ++s) CHECK(seen[s] == Approx(p[s]).margin(.0056));
}

TEST_CASE("rbm: first values are Pylearn2's draws", "[energy][rbm]") {
  RBM rbm = small_rbm();
  rbm.init_bias_hid = -2;
  rbm.init_bias_vis = Numbers(ir::List<double>{});
  for (double b : {.1, .2, .3, .4, .5}) rbm.init_bias_vis.list.push_back(b);
  rbm.check();
  const Values first(rbm);
  RandomState rng(1001);
  Vector W(15);
  rng.uniform(-.5, .5, W);
  CHECK(difference(first.of.at("W"), W) == 0);
  CHECK(first.of.at("bias_hid") == Vector(3, -2));
  CHECK(first.of.at("bias_vis") == Vector{.1, .2, .3, .4, .5});
  std::vector<std::string> names;
  for (const ModelParameter& p : rbm.parameters()) names.push_back(p.name.c_str());
  CHECK(names == std::vector<std::string>{"W", "bias_vis", "bias_hid"});
  CHECK(channel_names(rbm, false) ==
        std::vector<std::string>{"bias_hid_max", "bias_hid_mean", "bias_hid_min", "bias_vis_max",
                                 "bias_vis_mean", "bias_vis_min", "h_max", "h_mean", "h_min",
                                 "pseudo_likelihood", "reconstruction_error"});
}

TEST_CASE("rbm: what does not fit is refused", "[energy][rbm]") {
  const auto refused = [](auto change) {
    RBM rbm = convolutional();
    change(rbm);
    return message_of([&] { rbm.check(); });
  };
  CHECK(refused([](RBM&) {}).empty());
  CHECK_THAT(refused([](RBM& r) { r.nvis = 4; }), Contains("vis_space says it already"));
  CHECK_THAT(refused([](RBM& r) { r.hid_space = {}; }), Contains("beside vis_space"));
  CHECK_THAT(refused([](RBM& r) { r.transformer = nullptr; }), Contains("needed between"));
  CHECK_THAT(refused([](RBM& r) { r.hid_space = conv2d_space(3, 3, 2); }), Contains("multiple"));
  CHECK_THAT(refused([](RBM& r) { r.vis_space = index_space(4); }), Contains("Conv2DSpace"));
  RBM none;
  CHECK_THAT(message_of([&] { none.check(); }), Contains("is needed, or vis_space"));
  RBM biases = small_rbm();
  biases.init_bias_hid.list.push_back(2);
  CHECK_THAT(message_of([&] { biases.check(); }), Contains("2 numbers; give one, or 3"));
}
