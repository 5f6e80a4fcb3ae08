// Layers of deep Boltzmann machines: their conditional distributions against sums over all states.
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/cost/energy/multi_prediction.hpp>
#include <ansatz/model/energy/dbm/bvmp_gaussian.hpp>
#include <ansatz/model/energy/dbm/conv_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm_composite_layer.hpp>
#include <ansatz/model/energy/dbm/gaussian_vis_layer.hpp>
#include <ansatz/registry/job.hpp>

#include "../data/temporary_file.hpp"
#include "dbm_states.hpp"
#include "deep_machine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

GaussianVisLayer normal_units(int count) {
  GaussianVisLayer v;
  v.nvis = count;
  v.init_beta = 2;
  return v;
}
GaussianVisLayer normal_image(int size, int channels, bool tied) {
  GaussianVisLayer v;
  v.rows = v.cols = size;
  v.channels_ = channels;
  if (tied) v.tie_beta = v.tie_mu = "locations";
  return v;
}
Shared<DBMHiddenLayer> on_normal_units(const GaussianVisLayer& v, const char* name, int count,
                                       int pool = 1) {
  BVMP_Gaussian layer;
  layer.input_layer = Shared<DBMVisibleLayer>(v);
  layer.layer_name = name;
  layer.detector_layer_dim = count;
  layer.pool_size = pool;
  layer.irange = .5;
  return Shared<DBMHiddenLayer>(layer);
}
Shared<DBMHiddenLayer> pooled_units(const char* name, int count, int pool) {
  BinaryVectorMaxPool layer;
  layer.layer_name = name;
  layer.detector_layer_dim = count;
  layer.pool_size = pool;
  layer.irange = .5;
  return Shared<DBMHiddenLayer>(layer);
}
ConvMaxPool conv_units(const char* name, int channels, int size, int pool) {
  ConvMaxPool layer;
  layer.layer_name = name;
  layer.output_channels = channels;
  layer.kernel_rows = layer.kernel_cols = size;
  layer.pool_rows = layer.pool_cols = pool;
  layer.irange = .5;
  return layer;
}
template <class V>
DBM machine(const V& v, std::initializer_list<Shared<DBMHiddenLayer>> layers) {
  DBM dbm;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  for (const auto& each : layers) dbm.hidden_layers.push_back(each);
  dbm.niter = 3;
  dbm.check();
  return dbm;
}

}  // namespace

TEST_CASE("GaussianVisLayer: v given h is normal about mu + W h with variance 1 / beta",
          "[energy][dbm]") {
  const bool explaining = GENERATE(false, true);
  const GaussianVisLayer units_below = normal_units(3);
  const DBM dbm = machine(units_below,
                          {explaining ? on_normal_units(units_below, "h", 3) : binary_units("h", 3),
                           binary_units("g", 2)});
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  const DBMHiddenLayer& h = *dbm.hidden_layers[0];
  Function f;
  f.add(output("E", dbm.energy(s)));
  f.add(output("mean", dbm.mean_of_v(s)));
  f.add(output("draw", dbm.visible_layer->sample(
                           h.message(dbm.below(0), h.downward(dbm.below(0), s.hidden[0])))));
  f.add(output("h", dbm.mf_update(s, 0).down));
  f.add(output("cost", dbm.visible_layer->recons_cost(
                           s.v, h.message(dbm.below(0), h.downward(dbm.below(0), s.hidden[0])))));
  Probe probe(dbm, data, f);
  probe.randomize(.8, 3);
  const Rows beta{.7, 1.3, 2};
  probe.set("beta", beta);
  Rows at{.4, -.2, 1};
  const Rows here{1, 0, 1}, above{0, 1};
  Computed c = probe(states_batch(dbm, 1, {at, here, above}));
  const Rows mean = c["mean"];
  // The energy is that of a normal distribution about the mean: no more than a constant and the
  // quadratic term.
  c = probe(states_batch(dbm, 1, {mean, here, above}));
  const double least = c["E"][0];
  for (std::size_t i = 0; i < 3; ++i) {
    Rows off = mean;
    off[i] += .7;
    c = probe(states_batch(dbm, 1, {off, here, above}));
    CHECK(c["E"][0] - least == Approx(beta[i] * .49 / 2));
    // -log p(v_i | h), of which the constant is that of the normal distribution.
    CHECK(c["cost"][i] == Approx(beta[i] * .49 / 2 - std::log(beta[i] / 6.283185307179586) / 2));
  }
  constexpr int draws = 20000;
  c = probe(states_batch(dbm, draws, {at, here, above}));
  for (std::size_t i = 0; i < 3; ++i) {
    double first = 0, second = 0;
    for (std::size_t n = 0; n < draws; ++n) {
      const double off = c["draw"][n * 3 + i] - mean[i];
      first += off / draws, second += off * off / draws;
    }
    CHECK(first == Approx(0).margin(.03));
    CHECK(second == Approx(1 / beta[i]).epsilon(.04));
  }
  check_means_of(dbm, probe, 0, all_states(3), {at, here, above}, "h");

  // What a unit that is on costs is how far its weights alone are from v.
  if (!explaining) return;
  const Rows W = probe.get("h_W"), b = probe.get("h_b"), mu = probe.get("mu"),
             gW = probe.get("g_W");
  const auto energy = [&](const Rows& state) {
    return probe(states_batch(dbm, 1, {at, state, {0, 0}}))["E"][0];
  };
  for (std::size_t j = 0; j < 3; ++j) {
    Rows on(3);
    on[j] = 1;
    double expected = -b[j];
    for (std::size_t i = 0; i < 3; ++i) {
      const double with = at[i] - mu[i] - W[i * 3 + j], without = at[i] - mu[i];
      expected += beta[i] / 2 * (with * with - without * without);
    }
    CHECK(energy(on) - energy({0, 0, 0}) == Approx(expected));
  }
}

TEST_CASE("ConvMaxPool: means of detectors and pools are those of energies", "[energy][dbm]") {
  const bool tied = GENERATE(false, true), center = GENERATE(false, true);
  CAPTURE(tied, center);
  ConvMaxPool layer = conv_units("h", 2, 3, 2);
  layer.center = center;
  layer.init_bias = -.4;
  const DBM dbm =
      machine(normal_image(4, 2, tied), {Shared<DBMHiddenLayer>(layer), binary_units("g", 2)});
  CHECK(dbm.state_space(0) == conv2d_space(2, 2, 2));
  CHECK(dbm.below(1) == conv2d_space(1, 1, 2));
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  Function f;
  f.add(output("E", dbm.energy(s)));
  f.add(output("h", dbm.mf_update(s, 0).down));
  f.add(output("p", dbm.mf_update(s, 0).up));
  f.add(output("g", dbm.mf_update(s, 1).up));
  f.add(output("pools", s.hidden[0].up));
  f.add(output("alone", dbm.hidden_layers[0]->mf_alone(dbm.below(0), 0 * s.hidden[0].down).down));
  f.add(output("drawn", dbm.gibbs_step(s, true).hidden[0].down));
  Probe probe(dbm, data, f);
  const Rows first = center ? probe.get("h_h_offset") : Rows();
  const Rows first_pools = center ? probe.get("h_p_offset") : Rows();
  const Rows v = random_numbers(32, 4), g{1, 0};
  Computed c = probe(states_batch(dbm, 1, {v, Rows(8), g}));
  if (center) {
    CHECK(first[0] == Approx(c["alone"][0]));
    CHECK(first_pools[0] == Approx(4 * c["alone"][0]));
  }
  probe.randomize(.5, 3);
  probe.set("beta", Rows(probe.get("beta").size(), 1.5));
  // At most one detector of each channel is on: a state for each of 5 x 5.
  Rows allowed;
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = 0; b < 5; ++b) {
      Rows state(8);
      if (a < 4) state[2 * a] = 1;
      if (b < 4) state[2 * b + 1] = 1;
      allowed.insert(allowed.end(), state.begin(), state.end());
    }
  check_means_of(dbm, probe, 0, allowed, {v, Rows(8), g}, "h");
  c = probe(states_batch(dbm, 1, {v, Rows(8), g}));
  CHECK(c["p"][1] == Approx(c["h"][1] + c["h"][3] + c["h"][5] + c["h"][7]));
  check_means_of(dbm, probe, 1, all_states(2), {v, {0, 1, 0, 0, 0, 0, 0, 0}, g}, "g");
  c = probe(states_batch(dbm, 1, {v, {0, 1, 0, 0, 0, 0, 0, 0}, g}));
  CHECK(c["pools"] == Rows{0, 1});
  // Draws have these means.
  constexpr int draws = 20000;
  c = probe(states_batch(dbm, draws, {v, Rows(8), g}));
  for (std::size_t k = 0; k < 8; ++k) {
    double seen = 0;
    for (std::size_t n = 0; n < draws; ++n) seen += c["drawn"][n * 8 + k] / draws;
    CHECK(seen == Approx(c["h"][k]).margin(.02));
  }
}

TEST_CASE("dbm.CompositeLayer: its components are as they are alone", "[energy][dbm]") {
  DBMCompositeLayer both;
  both.layer_name = "both";
  both.components.push_back(binary_units("a", 2));
  both.components.push_back(pooled_units("p", 4, 2));
  const DBM dbm = machine(normal_units(3), {Shared<DBMHiddenLayer>(both), binary_units("g", 2)});
  CHECK(dbm.state_space(0) == vector_space(6));
  CHECK(dbm.below(1) == vector_space(4));
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  Function f;
  f.add(output("E", dbm.energy(s)));
  f.add(output("h", dbm.mf_update(s, 0).down));
  f.add(output("up", dbm.mf_update(s, 0).up));
  f.add(output("g", dbm.mf_update(s, 1).up));
  f.add(output("v", dbm.mean_of_v(s)));
  Probe probe(dbm, data, f);
  probe.randomize(.8, 3);
  const Rows v{.3, -.5, 1}, g{1, 0};
  Rows allowed;
  for (std::size_t text = 0; text < 64; ++text) {
    Rows state;
    for (std::size_t k = 0; k < 6; ++k) state.push_back(text >> k & 1);
    if (state[2] + state[3] < 2 && state[4] + state[5] < 2)
      allowed.insert(allowed.end(), state.begin(), state.end());
  }
  check_means_of(dbm, probe, 0, allowed, {v, Rows(6), g}, "h");
  const Rows on{1, 0, 0, 1, 0, 0};
  check_means_of(dbm, probe, 1, all_states(2), {v, on, g}, "g");
  Computed c = probe(states_batch(dbm, 1, {v, on, g}));
  CHECK(c["up"][2] == Approx(c["h"][2] + c["h"][3]));
  // Messages of both meet below.
  const Rows aW = probe.get("a_W"), pW = probe.get("p_W"), mu = probe.get("mu");
  for (std::size_t i = 0; i < 3; ++i) CHECK(c["v"][i] == Approx(mu[i] + aW[i * 2] + pW[i * 4 + 1]));
  const std::vector<std::string> names = channel_names(dbm, false);
  for (const char* each : {"mf_both_a_max_x.mean_u", "mf_both_p_p_max_x.mean_u",
                           "both_a_col_norms_max", "vis_beta_mean"})
    CHECK(std::count(names.begin(), names.end(), each) == 1);
}

TEST_CASE("layers of DBMs: gradients of MultiPrediction against central differences",
          "[energy][dbm]") {
  MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
  BinaryVector v(4);
  v.learn_init_inpainting_state = true;
  const auto error_of = [&](const DBM& dbm) {
    const Minibatch batch = random_batch(ansatz::testing::data_of(dbm, cost), 5, 3);
    return gradient_error(dbm, cost, batch, .4);
  };
  CHECK(error_of(machine(v, {pooled_units("h", 4, 2), binary_units("g", 2)})) < 1e-6);
  DBMCompositeLayer both;
  both.layer_name = "both";
  both.components.push_back(binary_units("a", 2));
  both.components.push_back(pooled_units("p", 4, 2));
  CHECK(error_of(machine(v, {Shared<DBMHiddenLayer>(both), binary_units("g", 2)})) < 1e-6);
}

TEST_CASE("GaussianVisLayer: gradients of MultiPrediction against central differences",
          "[energy][dbm]") {
  const bool image = GENERATE(false, true), noise = GENERATE(false, true);
  CAPTURE(image, noise);
  MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
  cost.hidden_as_noise = noise;
  cost.both_directions = noise;
  const GaussianVisLayer v = image ? normal_image(3, 2, true) : normal_units(4);
  const DBM dbm =
      image ? machine(v, {Shared<DBMHiddenLayer>(conv_units("h", 2, 2, 2)), binary_units("g", 2)})
            : machine(v, {on_normal_units(v, "h", 4, 2), binary_units("g", 2)});
  const Data data = ansatz::testing::data_of(dbm, cost);
  Probe probe(dbm, data, everything(dbm, cost, data));
  probe.randomize(.4, 3);
  std::vector<double> beta = probe.get("beta");
  for (double& each : beta) each += 1;  // precisions are above 0
  probe.set("beta", beta);
  const Minibatch batch = random_batch(data, 5, 3);
  const auto at = [&](const std::string& of) {
    probe.program().step_count(0);
    return probe(batch).at(of);
  };
  for (const ModelParameter& p : dbm.parameters()) {
    const std::string name = p.name.c_str();
    CAPTURE(name);
    const std::vector<double> x = probe.get(name), slopes = at("grad." + name);
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<double> moved = x;
      moved[i] += 1e-5;
      probe.set(name, moved);
      const double above = at("cost")[0];
      moved[i] -= 2e-5;
      probe.set(name, moved);
      CHECK((above - at("cost")[0]) / 2e-5 == Approx(slopes[i]).epsilon(1e-6).margin(1e-8));
    }
    probe.set(name, x);
  }
}

TEST_CASE(
    "GaussianVisLayer: gradients of VariationalPCD are differences of derivatives of the "
    "energy",
    "[energy][dbm]") {
  const GaussianVisLayer v = normal_units(3);
  const DBM dbm = machine(v, {on_normal_units(v, "h", 2), binary_units("g", 2)});
  const VariationalPCD cost(6, 2);
  Data data;
  data.add("features", dbm.input_space());
  const GradientList g = cost.gradients(dbm, data);
  const DBMState q = dbm.mean_field(data["features"].value()).back();
  Function f;
  const ir::List<ModelParameter> parameters = dbm.parameters();
  for (int i = 0; i < parameters.size(); ++i)
    f.add(output(("grad." + parameters[i].name).c_str(), g.of[i]));
  f.add(output("q", q.hidden[0].down));
  g.updates.give_to(f);
  Probe probe(dbm, data, f);
  probe.randomize(.6, 3);
  const Rows beta{.7, 1.3, 2};
  probe.set("beta", beta);
  Store store = probe.program().store();
  for (const char* each : {"chains.visible", "chains.h", "chains.g"}) store.resize(each, 6);
  Minibatch batch;
  batch.examples = 7;
  batch.numbers["features"] = random_numbers(21, 3);
  Computed c = probe(batch);
  const Rows W = probe.get("h_W"), mu = probe.get("mu");
  const auto chain = [&](const char* name) {
    const double* x = store.data<double>(name);
    return Rows(x, x + store.shape(name).count());
  };
  Rows of_mu(3), of_beta(3), of_W(6);
  const auto add = [&](const Rows& seen, const Rows& h, double factor) {
    const std::size_t rows = h.size() / 2;
    for (std::size_t n = 0; n < rows; ++n)
      for (std::size_t i = 0; i < 3; ++i) {
        const double off = seen[n * 3 + i] - mu[i], part = factor / static_cast<double>(rows);
        double made = 0, squares = 0;
        for (std::size_t j = 0; j < 2; ++j) {
          const double w = W[i * 2 + j], on = h[n * 2 + j];
          made += w * on, squares += w * w * on;
          of_W[i * 2 + j] += part * (-beta[i] * off * on + beta[i] * w * on);
        }
        of_mu[i] += part * (-beta[i] * off + beta[i] * made);
        of_beta[i] += part * (off * off / 2 - off * made + squares / 2);
      }
  };
  add(batch.numbers["features"], c["q"], 1);
  add(chain("chains.visible"), chain("chains.h"), -1);
  CHECK(difference(c["grad.mu"], of_mu) < 1e-12);
  CHECK(difference(c["grad.beta"], of_beta) < 1e-12);
  CHECK(difference(c["grad.h_W"], of_W) < 1e-12);
  VariationalPCD_VarianceReduction averaging(6, 2);
  CHECK_THAT(message_of([&] { (void)averaging.gradients(dbm, data); }), Contains("linear"));
}

TEST_CASE("layers of DBMs: chains of images and of layers side by side", "[energy][dbm]") {
  DBMCompositeLayer both;
  both.layer_name = "both";
  both.components.push_back(binary_units("a", 2));
  both.components.push_back(pooled_units("p", 4, 2));
  const DBM dbm =
      machine(normal_image(4, 1, true),
              {Shared<DBMHiddenLayer>(conv_units("h", 2, 3, 2)), Shared<DBMHiddenLayer>(both)});
  const VariationalPCD cost(6, 2);
  Data data;
  data.add("features", dbm.input_space());
  StateList states;
  cost.states(dbm, states);
  REQUIRE(states.size() == 3);
  const GradientList g = cost.gradients(dbm, data);
  Function f;
  const ir::List<ModelParameter> parameters = dbm.parameters();
  for (int i = 0; i < parameters.size(); ++i)
    f.add(output(("grad." + parameters[i].name).c_str(), g.of[i]));
  g.updates.give_to(f);
  Probe probe(dbm, data, f);
  probe.randomize(.8, 3);
  probe.set("beta", {1.5});
  Store store = probe.program().store();
  for (const StateVariable& each : states) store.resize(each.name.view(), 6);
  Minibatch batch;
  batch.examples = 7;
  batch.numbers["features"] = random_numbers(112, 3);
  probe(batch);
  Computed c = probe(batch);
  const auto chain = [&](const char* name) {
    const double* x = store.data<double>(name);
    return Rows(x, x + store.shape(name).count());
  };
  const Rows h = chain("chains.h"), side = chain("chains.both");
  CHECK(h.size() == 6 * 8);
  CHECK(side.size() == 6 * 6);
  for (double x : h) CHECK((x == 0 || x == 1));
  for (std::size_t n = 0; n < 6; ++n) {
    double of_pool = 0;
    for (std::size_t k = 0; k < 8; k += 2) of_pool += h[n * 8 + k];
    CHECK(of_pool <= 1);
    CHECK(side[n * 6 + 2] + side[n * 6 + 3] <= 1);
  }
  // The biases of what stands side by side: means of samples minus means of the data.
  Rows mean(2);
  for (std::size_t n = 0; n < 6; ++n)
    for (std::size_t k = 0; k < 2; ++k) mean[k] += side[n * 6 + k] / 6;
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(c["grad.a_b"][k] < mean[k]);
    CHECK(c["grad.a_b"][k] > mean[k] - 1);
  }
}

TEST_CASE("GaussianVisLayer.bias_from_marginals: the first means", "[energy][dbm][yaml]") {
  const TemporaryFolder folder;
  const std::string means = folder.write("means.csv", "1,-2,.5\n3,0,.5\n");
  const std::string text =
      "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 1, visible_layer: "
      "!obj:pylearn2.models.dbm.GaussianVisLayer { nvis: 3, bias_from_marginals: !obj:CSVDataset { "
      "path: '" +
      means +
      "', expect_labels: false, expect_headers: false } }, hidden_layers: [ "
      "!obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: h, detector_layer_dim: 2, "
      "pool_size: 1, irange: .1 } ] }";
  const Shared<Object> made = load_object("dbm.yaml", text);
  CHECK(Values(dynamic_cast<const DBM&>(*made)).of.at("mu") == Rows{2, -1, .5});
}

TEST_CASE("layers of DBMs from YAML: keys, first values, what is refused", "[energy][dbm][yaml]") {
  const std::string text =
      "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 2, visible_layer: &v "
      "!obj:pylearn2.models.dbm.GaussianVisLayer { rows: 5, cols: 5, channels: 2, init_beta: 3., "
      "min_beta: .5, init_mu: .25, tie_beta: locations, tie_mu: locations, beta_lr_scale: "
      "by_sharing, axes: ['b', 0, 1, 'c'], learn_init_inpainting_state: 0 }, hidden_layers: [ "
      "!obj:pylearn2.models.dbm.ConvMaxPool { layer_name: h, output_channels: 3, kernel_rows: 2, "
      "kernel_cols: 2, pool_rows: 2, pool_cols: 2, irange: .1, init_bias: -1., border_mode: valid, "
      "scale_by_sharing: 1, center: 1, output_axes: ['b', 'c', 0, 1] }, "
      "!obj:pylearn2.models.dbm.CompositeLayer { layer_name: both, components: [ "
      "!obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: a, detector_layer_dim: 4, "
      "pool_size: 1, irange: .1 }, !obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: b, "
      "detector_layer_dim: 4, pool_size: 2, irange: .1 } ] } ] }";
  const Shared<Object> made = load_object("dbm.yaml", text);
  const auto& dbm = dynamic_cast<const DBM&>(*made);
  CHECK(dbm.below(1) == conv2d_space(2, 2, 3));
  const Values first(dbm);
  CHECK(first.of.at("beta") == Rows{3, 3});
  CHECK(first.of.at("mu") == Rows{.25, .25});
  for (const ModelParameter& each : dbm.parameters()) {
    if (each.name == "beta" || each.name == "mu") CHECK(each.lr_scale == Approx(1. / 25));
    if (each.name == "h_W" || each.name == "h_b") CHECK(each.lr_scale == Approx(1. / 16));
  }
  const auto refused = [&](const std::string& old, const std::string& now) {
    std::string wrong = text;
    wrong.replace(wrong.find(old), old.size(), now);
    return message_of([&] { (void)load_object("dbm.yaml", wrong); });
  };
  CHECK_THAT(refused("rows: 5, cols: 5, channels: 2", "rows: 5"),
             Contains("nvis is needed, or rows, cols and channels"));
  CHECK_THAT(refused("rows: 5, cols: 5, channels: 2", "nvis: 50"), Contains("no locations to tie"));
  CHECK_THAT(refused("tie_mu: locations", "tie_mu: places"), Contains("allowed: locations, null"));
  CHECK_THAT(refused("init_mu: .25", "init_mu: [1, 2, 3]"),
             Contains("has 3 numbers; give one, or 2"));
  CHECK_THAT(refused("beta_lr_scale: by_sharing", "beta_lr_scale: -1"), Contains("beta_lr_scale"));
  CHECK_THAT(refused("beta_lr_scale: by_sharing", "beta_lr_scale: sharing"),
             Contains("beta_lr_scale"));
  CHECK_THAT(refused("border_mode: valid", "border_mode: same"), Contains("allowed: valid, full"));
  CHECK_THAT(refused("kernel_rows: 2", "kernel_rows: 3"), Contains("cannot be divided"));
  CHECK_THAT(refused("kernel_rows: 2", "kernel_rows: 7"), Contains("kernel"));
  CHECK_THAT(refused("layer_name: b,", "layer_name: a,"), Contains("two layers are called 'a'"));
  CHECK_THAT(refused("init_beta: 3.", "init_beta: 0"), Contains("init_beta"));

  const std::string on_vectors =
      "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 2, visible_layer: &v "
      "!obj:pylearn2.models.dbm.GaussianVisLayer { nvis: 6, beta_lr_scale: .1 }, hidden_layers: [ "
      "!obj:pylearn2.models.dbm.BVMP_Gaussian { input_layer: *v, layer_name: h, "
      "detector_layer_dim: 4, pool_size: 2, irange: .1 } ] }";
  const Shared<Object> vectors = load_object("dbm.yaml", on_vectors);
  CHECK(dynamic_cast<const DBM&>(*vectors).parameters()[0].lr_scale == .1);
  std::string wrong = on_vectors;
  wrong.replace(wrong.find("*v"), 2, "!obj:pylearn2.models.dbm.BinaryVector { nvis: 6 }");
  CHECK_THAT(message_of([&] { (void)load_object("dbm.yaml", wrong); }),
             Contains("must be a GaussianVisLayer"));
}
