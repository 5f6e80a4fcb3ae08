// RBMs with Gaussian visible units: fact 26 of Pylearn2's tests, and what the energy says of sigma.
#include <ansatz/base/random_state.hpp>
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

GaussianBinaryRBM convolutional_gaussian_rbm() {
  GaussianBinaryRBM rbm = small_gaussian_rbm(.8);
  rbm.nvis = rbm.nhid = 0;
  rbm.vis_space = conv2d_space(3, 3, 2);
  rbm.hid_space = conv2d_space(2, 2, 2);
  rbm.transformer = Shared<LinearTransform>(RandomConv2D(.4, RowsColumns(2)));
  return rbm;
}

Data with_hidden(const RBM& rbm) {
  Data data;
  data.add(rbm.input_source(), rbm.input_space());
  data.add("h", rbm.hidden_space());
  return data;
}

}  // namespace

TEST_CASE("GRBM: free energy, E(h | v), score and its slopes, from energies alone",
          "[energy][grbm]") {
  for (const GaussianBinaryRBM& rbm : {small_gaussian_rbm(.8), convolutional_gaussian_rbm()}) {
    rbm.check();
    const int nvis = rbm.input_space().total_dimension();
    const int nhid = rbm.hidden_space().total_dimension();
    const Data data = with_hidden(rbm);
    const AnyExpr v = data["features"].value(), h = data["h"].value();
    Function f;
    f.add(output("E", rbm.energy(v, h)));
    f.add(output("F", rbm.free_energy(v)));
    f.add(output("mean_h", rbm.mean_h_given_v(v)));
    f.add(output("mean_v", rbm.mean_v_given_h(h)));
    f.add(output("score", rbm.score(v)));
    f.add(output("slope", rbm.score_slope(v, rbm.score(v))));
    Probe probe(rbm, data, f);
    probe.randomize(.6, 3);
    probe.set("sigma_driver", {.7});
    const Vector states = all_states(nhid), one = random_numbers(nvis, 7);
    const auto call = [&](const Vector& visible) {
      Minibatch batch;
      batch.examples = 1 << nhid;
      for (int i = 0; i < batch.examples; ++i)
        batch.numbers["features"].insert(batch.numbers["features"].end(), visible.begin(),
                                         visible.end());
      batch.numbers["h"] = states;
      return probe(batch);
    };
    Computed c = call(one);
    CHECK(c["F"][0] == Approx(-log_sum_exp_of_minus(c["E"])).epsilon(1e-6));
    for (std::size_t j = 0; j < static_cast<std::size_t>(nhid); ++j) {
      // log P(h_j = 1 | v) / P(h_j = 0 | v) = E(v, h_j = 0) - E(v, h_j = 1), whatever the others.
      const std::size_t bit = std::size_t{1} << (static_cast<std::size_t>(nhid) - 1 - j);
      CHECK(c["mean_h"][j] == Approx(1 / (1 + std::exp(c["E"][bit] - c["E"][0]))));
    }
    // p(v | h) is normal: -E is a parabola in each v_i, whose peak is the mean, whose bend is
    // -1 / sigma^2.
    const std::size_t last = c["E"].size() - 1;
    for (std::size_t i = 0; i < one.size(); ++i) {
      Vector up = one, down = one;
      up[i] += 1e-4, down[i] -= 1e-4;
      Computed above = call(up), below = call(down);
      const double slope = -(above["E"][last] - below["E"][last]) / 2e-4;
      CHECK(slope == Approx((c["mean_v"][last * one.size() + i] - one[i]) / .49).epsilon(1e-6));
      CHECK(c["score"][i] ==
            Approx(-(above["F"][0] - below["F"][0]) / 2e-4).epsilon(1e-5).margin(1e-7));
      CHECK(c["slope"][i] ==
            Approx((above["score"][i] - below["score"][i]) / 2e-4).epsilon(1e-5).margin(1e-7));
    }
  }
}

TEST_CASE("GRBM: a Gibbs step draws about E(v | h) with sigma; mean_vis draws nothing",
          "[energy][grbm]") {
  GaussianBinaryRBM rbm = small_gaussian_rbm(.8);
  const auto spread = [&] {
    Data data;
    data.add("features", rbm.input_space());
    const AnyExpr v = data["features"].value();
    Function f;
    f.add(output("v", rbm.sample_visibles(v)));
    Probe probe(rbm, data, f);
    probe.set("sigma_driver", {.7});
    Minibatch batch;
    batch.examples = 40000;
    batch.numbers["features"] = Vector(200000, 1.5);
    const Vector x = probe(batch)["v"];
    double mean = 0, square = 0;
    for (double each : x) mean += each / 200000, square += (each - 1.5) * (each - 1.5) / 200000;
    CHECK(mean == Approx(1.5).margin(.01));
    return std::sqrt(square);
  };
  CHECK(spread() == Approx(.7).epsilon(.01));
  rbm.mean_vis = true;
  CHECK(spread() == 0);
}

TEST_CASE("GRBM: sigma is learned slowly, within its limits", "[energy][grbm]") {
  GaussianBinaryRBM rbm = small_gaussian_rbm(.8);
  rbm.init_sigma = .4;
  rbm.sigma_lr_scale = 1e-3;
  const Values first(rbm);
  CHECK(first.of.at("sigma_driver") == Vector{.4 / 1e-3});
  std::vector<std::string> names;
  for (const ModelParameter& p : rbm.parameters()) names.push_back(p.name.c_str());
  CHECK(names == std::vector<std::string>{"W", "bias_vis", "bias_hid", "sigma_driver"});
  CHECK_FALSE(rbm.parameters()[3].frozen);
  rbm.learn_sigma = false;
  CHECK(rbm.parameters()[3].frozen);

  const auto limited = [&](double to) {
    UpdateList updates;
    updates.add("sigma_driver", rbm.sigma_driver(), rbm.sigma_driver() * 0 + to);
    rbm.modify_updates(updates);
    Function f;
    f.add(output("next", *updates.find("sigma_driver")));
    Data data;
    Probe probe(rbm, data, f);
    return probe({})["next"][0];
  };
  CHECK(limited(50) == Approx(100));
  CHECK(limited(3000) == 3000);
  CHECK(limited(3e4) == Approx(10000));
  rbm.min_sigma = 11;
  CHECK_THAT(message_of([&] { rbm.check(); }), Contains("above max_sigma"));
}

TEST_CASE("GRBM: a transformer that begins itself keeps its draws", "[energy][grbm]") {
  const Values first(convolutional_gaussian_rbm());
  RandomState rng(std::vector<std::int64_t>{2012, 11, 6, 9});
  // [out, in, rows, columns], stored [rows, columns, in, out].
  Vector drawn(16), stored(16);
  rng.uniform(-.4, .4, drawn);
  for (std::size_t o = 0; o < 2; ++o)
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t p = 0; p < 4; ++p) stored[(p * 2 + i) * 2 + o] = drawn[(o * 2 + i) * 4 + p];
  CHECK(difference(first.of.at("W"), stored) == 0);
}
