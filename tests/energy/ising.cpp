// Layers of -1 and 1 of deep Boltzmann machines: sums over all states, and the machine of 0 and 1
// with the same parameters.
#include <ansatz/cost/energy/multi_prediction.hpp>
#include <ansatz/model/energy/dbm/dbm_composite_layer.hpp>
#include <ansatz/model/energy/dbm/ising_hidden.hpp>
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

template <class Layer>
Layer spins(const char* name, int count, double beta) {
  Layer layer;
  layer.layer_name = name;
  layer.dim = count;
  layer.beta = beta;
  layer.irange = .5;
  return layer;
}
template <class V>
V visible_spins(int count, double beta) {
  V v;
  v.nvis = count;
  v.beta = beta;
  return v;
}
template <class V, class... L>
DBM spin_machine(const V& v, const L&... layers) {
  DBM dbm;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  (dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(layers)), ...);
  dbm.niter = 3;
  dbm.check();
  return dbm;
}
DBM ising_machine() {
  return spin_machine(visible_spins<IsingVisible>(3, .8), spins<IsingHidden>("h", 3, 1.3),
                      spins<IsingHidden>("g", 2, .6));
}
DBM boltzmann_ising_machine() {
  return spin_machine(visible_spins<BoltzmannIsingVisible>(5, 1),
                      spins<BoltzmannIsingHidden>("h", 4, 1),
                      spins<BoltzmannIsingHidden>("g", 3, 1));
}

// 0 and 1 as -1 and 1.
Rows spins_of(Rows bits) {
  for (double& x : bits) x = 2 * x - 1;
  return bits;
}
Function of_spin_states(const DBM& dbm, const DBMState& s) {
  Function f;
  f.add(output("E", dbm.energy(s)));
  f.add(output("v", dbm.mean_of_v(s)));
  f.add(output("h", dbm.mf_update(s, 0).down));
  f.add(output("g", dbm.mf_update(s, 1).down));
  return f;
}

}  // namespace

TEST_CASE("Ising layers: means are those of energies, whatever each layer's beta",
          "[energy][dbm]") {
  const bool boltzmann = GENERATE(false, true);
  const DBM dbm = boltzmann ? spin_machine(visible_spins<BoltzmannIsingVisible>(3, 1.7),
                                           spins<BoltzmannIsingHidden>("h", 3, 1.3),
                                           spins<BoltzmannIsingHidden>("g", 2, 1.1))
                            : ising_machine();
  const Data data = states_of(dbm);
  Probe probe(dbm, data, of_spin_states(dbm, state_in(dbm, data)));
  probe.randomize(.8, 3);
  const Rows v{1, -1, 1}, h{-1, -1, 1}, g{1, -1};
  check_means_of(dbm, probe, 0, spins_of(all_states(3)), {v, h, g}, "h");
  check_means_of(dbm, probe, 1, spins_of(all_states(2)), {v, h, g}, "g");
  check_means_of(dbm, probe, -1, spins_of(all_states(3)), {v, h, g}, "v");
}

TEST_CASE("Ising layers: in Boltzmann space they are the machine of 0 and 1", "[energy][dbm]") {
  const DBM dbm = boltzmann_ising_machine(), binary = deep_machine(false);
  const Data data = states_of(dbm), bits = states_of(binary);
  Probe spin(dbm, data, of_spin_states(dbm, state_in(dbm, data)));
  Probe bit(binary, bits, of_spin_states(binary, state_in(binary, bits)));
  bit.randomize(.9, 3);
  for (const char* each : {"visible_bias", "h_W", "h_b", "g_W", "g_b"})
    spin.set(each, bit.get(each));
  const Rows v = random_bits(35, 1), h = random_bits(28, 2), g = random_bits(21, 3);
  Computed a = spin(states_batch(dbm, 7, {spins_of(v), spins_of(h), spins_of(g)}));
  Computed b = bit(states_batch(binary, 7, {v, h, g}));
  for (const char* name : {"v", "h", "g"}) CHECK(difference(a[name], spins_of(b[name])) < 1e-12);
  for (std::size_t n = 1; n < 7; ++n)
    CHECK(a["E"][n] - a["E"][0] == Approx(b["E"][n] - b["E"][0]).margin(1e-12));
}

TEST_CASE("Ising layers: gradients of MultiPrediction against central differences",
          "[energy][dbm]") {
  MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
  for (const DBM& dbm : {ising_machine(), boltzmann_ising_machine()}) {
    Minibatch batch;
    batch.examples = 5;
    batch.numbers["features"] = spins_of(random_bits(5 * dbm.input_space().total_dimension(), 3));
    CHECK(gradient_error(dbm, cost, batch) < 1e-6);
  }
  // The temperature is learned where it is said.
  IsingHidden layer = spins<IsingHidden>("h", 3, 1.3);
  layer.learn_beta = true;
  const DBM learning = spin_machine(visible_spins<IsingVisible>(4, .7), layer);
  for (const ModelParameter& each : learning.parameters())
    CHECK(each.frozen == (each.name == "visible_beta"));
  Minibatch batch;
  batch.examples = 5;
  batch.numbers["features"] = spins_of(random_bits(20, 3));
  CHECK(gradient_error(learning, cost, batch) < 1e-6);
}

TEST_CASE("Ising layers: the cost of a pixel is minus the logarithm of its probability",
          "[energy][dbm]") {
  const DBM dbm = ising_machine();
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  const DBMHiddenLayer& layer = *dbm.hidden_layers[0];
  Function f = of_spin_states(dbm, s);
  f.add(output("cost",
               dbm.visible_layer->recons_cost(s.v, layer.message(dbm.below(0), s.hidden[0].down))));
  f.add(output("draw", dbm.gibbs_step(s, false, true).v));
  Probe probe(dbm, data, f);
  probe.randomize(.8, 3);
  const Rows v{1, -1, 1}, h{-1, -1, 1}, g{1, -1};
  Computed c = probe(states_batch(dbm, 1, {v, h, g}));
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(c["cost"][i] == Approx(-std::log((1 + v[i] * c["v"][i]) / 2)));
  c = probe(states_batch(dbm, 50, {v, h, g}));
  for (double x : c["draw"]) CHECK((x == -1 || x == 1));
}

TEST_CASE("Boltzmann Ising layers: limits are those of the energy's weights and biases",
          "[energy][dbm]") {
  const bool side_by_side = GENERATE(false, true);
  CAPTURE(side_by_side);
  BoltzmannIsingVisible v = visible_spins<BoltzmannIsingVisible>(5, 1);
  v.min_ising_b = -.25, v.max_ising_b = .35;
  v.learn_beta = true;
  const auto limited = [](const char* name, int count) {
    BoltzmannIsingHidden layer = spins<BoltzmannIsingHidden>(name, count, 1);
    layer.min_ising_W = -.1, layer.max_ising_W = .15;
    layer.min_ising_b = -.2, layer.max_ising_b = .3;
    layer.learn_beta = true;
    return layer;
  };
  DBM dbm;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  if (side_by_side) {
    DBMCompositeLayer both;
    both.layer_name = "both";
    both.components.push_back(Shared<DBMHiddenLayer>(limited("h", 3)));
    both.components.push_back(Shared<DBMHiddenLayer>(limited("k", 1)));
    dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(both));
  } else {
    dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(limited("h", 4)));
  }
  BoltzmannIsingHidden top = spins<BoltzmannIsingHidden>("g", 3, 1);
  top.max_ising_W = .2;  // biases without limits are those of the energy as before
  dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(top));
  dbm.niter = 2;
  dbm.check();
  UpdateList updates;
  for (const ModelParameter& each : dbm.parameters())
    updates.add(each.name, each.value, each.value);
  dbm.modify_updates(updates);
  // What biases are in the energy: the field of a unit of which nothing is known.
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  Function f;
  for (const ModelParameter& each : dbm.parameters())
    f.add(output(each.name.c_str(), *updates.find(each.name.view())));
  f.add(output("E", dbm.energy(s)));
  ChannelList channels;
  dbm.channels(data, channels);
  for (int i = 0; i < channels.size(); ++i)
    if (channels[i].name.view().find("ising_b") != std::string_view::npos)
      f.add(output(channels[i].name.c_str(), channels[i].value));
  Probe probe(dbm, data, f);
  probe.randomize(1, 3);
  {
    const Computed first = probe(states_batch(dbm, 1, {Rows(5), Rows(4), Rows(3)}));
    for (const char* name : {"h_beta", "visible_beta"}) {
      CHECK(first.at(name)[0] == 1);
      probe.set(name, {1});
    }
    if (side_by_side) probe.set("k_beta", {1});
  }
  // E of states of -1 and 1, and of 0: what is linear in one unit alone is its bias.
  const Rows zeros_v(5), zeros_h(4), zeros_g(3);
  const auto biases = [&](int layer) {
    const double e0 = probe(states_batch(dbm, 1, {zeros_v, zeros_h, zeros_g})).at("E")[0];
    Rows found;
    for (std::size_t i = 0; i < std::size_t(layer == 0 ? 5 : layer == 1 ? 4 : 3); ++i) {
      std::vector<Rows> at{zeros_v, zeros_h, zeros_g};
      at[std::size_t(layer)][i] = 1;
      found.push_back(e0 - probe(states_batch(dbm, 1, at)).at("E")[0]);
    }
    return found;
  };
  const Rows before[] = {biases(0), biases(1), biases(2)};
  Computed c = probe(states_batch(dbm, 1, {zeros_v, zeros_h, zeros_g}));
  const auto least = [](const Rows& x) { return *std::min_element(x.begin(), x.end()); };
  CHECK(c["vis_ising_b_min"][0] == Approx(least(before[0])));
  CHECK(c["g_ising_b_min"][0] == Approx(least(before[2])));
  if (!side_by_side) CHECK(c["h_ising_b_min"][0] == Approx(least(before[1])));
  int limited_weights = 0;
  for (const ModelParameter& each : dbm.parameters()) {
    const std::string name = each.name.c_str();
    if (!name.ends_with("_W")) continue;
    const Rows now = c[name], was = probe.get(name);
    for (std::size_t i = 0; i < now.size(); ++i) {
      const double wanted =
          name == "g_W" ? std::min(was[i] / 4, .2) : std::clamp(was[i] / 4, -.1, .15);
      CHECK(now[i] / 4 == Approx(wanted));
      limited_weights += wanted != was[i] / 4;
    }
  }
  CHECK(limited_weights > 0);
  for (const ModelParameter& each : dbm.parameters())
    probe.set(each.name.c_str(), c[each.name.c_str()]);
  int limited_biases = 0;
  for (int layer = 0; layer < 3; ++layer) {
    const Rows now = biases(layer), &was = before[layer];
    for (std::size_t i = 0; i < now.size(); ++i) {
      const double wanted = layer == 0   ? std::clamp(was[i], -.25, .35)
                            : layer == 1 ? std::clamp(was[i], -.2, .3)
                                         : was[i];
      CHECK(now[i] == Approx(wanted));
      limited_biases += wanted != was[i];
    }
  }
  CHECK(limited_biases > 1);
}

TEST_CASE("BoltzmannIsingVisible: noise on biases where units are drawn", "[energy][dbm]") {
  BoltzmannIsingVisible v = visible_spins<BoltzmannIsingVisible>(2, 1);
  v.sampling_b_stdev = 2;
  const DBM dbm = spin_machine(v, spins<BoltzmannIsingHidden>("h", 2, 1));
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  Function f;
  f.add(output("v", dbm.gibbs_step(s, false, true).v));
  f.add(output("clean", dbm.mean_of_v(s)));
  f.add(output("E", dbm.energy(s)));
  Probe probe(dbm, data, f);
  probe.randomize(.5, 3);
  probe.set("visible_bias", {2.5, -2.5});
  constexpr int draws = 20000;
  Computed c = probe(states_batch(dbm, draws, {{1, -1}, {-1, 1}}));
  for (std::size_t i = 0; i < 2; ++i) {
    double seen = 0, mean = 0, total = 0;
    for (std::size_t n = i; n < c["v"].size(); n += 2) seen += c["v"][n] / draws;
    for (double x = -8; x < 8; x += .01) {
      const double p = std::exp(-x * x / 2);
      mean += p * std::tanh(std::atanh(c["clean"][i]) + 2 * x), total += p;
    }
    CHECK(seen == Approx(mean / total).margin(.03));
    CHECK(std::abs(mean / total - c["clean"][i]) > .05);
  }
}

TEST_CASE("BoltzmannIsingHidden: noise on parameters where units are drawn", "[energy][dbm]") {
  const bool of_weights = GENERATE(false, true);
  BoltzmannIsingHidden layer = spins<BoltzmannIsingHidden>("h", 2, 1);
  (of_weights ? layer.sampling_W_stdev : layer.sampling_b_stdev) = 2;
  const DBM dbm = spin_machine(visible_spins<BoltzmannIsingVisible>(3, 1), layer);
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  const DBMState next = dbm.gibbs_step(s);
  Function f;
  f.add(output("h", next.hidden[0].down));
  f.add(output("clean", dbm.mf_update(s, 0).down));
  f.add(output("E", dbm.energy(s)));
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  probe.set("h_b", {1.5, -1.5});
  // Of the weights noise is that of the draw, of the biases each example has its own: the mean over
  // many draws of either is that of tanh over a normal number about what it is without.
  constexpr int calls = 3000;
  Rows seen(2), clean;
  for (int call = 0; call < calls; ++call) {
    Computed c = probe(states_batch(dbm, 4, {{1, -1, 1}, {-1, 1}}));
    clean = c["clean"];
    for (std::size_t k = 0; k < 8; ++k) seen[k % 2] += c["h"][k] / (4. * calls);
  }
  for (std::size_t j = 0; j < 2; ++j) {
    const double z = std::atanh(clean[j]), stdev = of_weights ? 2 * std::sqrt(3.) : 2;
    double mean = 0, total = 0;
    for (double x = -8; x < 8; x += .01) {
      const double p = std::exp(-x * x / 2);
      mean += p * std::tanh(z + stdev * x), total += p;
    }
    CHECK(seen[j] == Approx(mean / total).margin(.03));
    CHECK(std::abs(mean / total - clean[j]) > .05);
  }
}

TEST_CASE("Ising layers from YAML: keys, first values, what is refused", "[energy][dbm][yaml]") {
  const TemporaryFolder folder;
  const std::string means = folder.write("means.csv", "1,-1,1\n1,1,-1\n-1,1,1\n1,1,1\n");
  const std::string text =
      "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 2, visible_layer: &v "
      "!obj:pylearn2.models.dbm.ising.BoltzmannIsingVisible { nvis: 3, beta: 2., learn_beta: 1, "
      "min_ising_b: -4., max_ising_b: 4., sampling_b_stdev: .1, bias_from_marginals: "
      "!obj:CSVDataset { path: '" +
      means +
      "', expect_labels: false, expect_headers: false } }, hidden_layers: [ "
      "!obj:pylearn2.models.dbm.ising.BoltzmannIsingHidden { layer_name: h, dim: "
      "4, beta: 2., learn_beta: 1, beta_lr_scale: .5, layer_below: *v, irange: .1, init_bias: -1., "
      "b_lr_scale: .25, min_ising_b: -3., max_ising_b: 3., min_ising_W: -2., max_ising_W: 2., "
      "sampling_W_stdev: .1, sampling_b_stdev: .1 } ] }";
  const Shared<Object> made = load_object("dbm.yaml", text);
  const auto& dbm = dynamic_cast<const DBM&>(*made);
  const Values first(dbm);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(std::tanh(2 * first.of.at("visible_bias")[i] / 2) == Approx(.5));
  CHECK(first.of.at("h_b") == Rows{-1, -1, -1, -1});
  for (const ModelParameter& each : dbm.parameters()) {
    if (each.name == "h_beta") CHECK(each.lr_scale == .5);
    if (each.name == "h_b") CHECK(each.lr_scale == .25);
  }
  const auto refused = [&](const std::string& old, const std::string& now) {
    std::string wrong = text;
    wrong.replace(wrong.find(old), old.size(), now);
    return message_of([&] { (void)load_object("dbm.yaml", wrong); });
  };
  CHECK_THAT(refused("min_ising_b: -3.", "min_ising_b: 4."), Contains("max_ising_b"));
  CHECK_THAT(refused("min_ising_b: -4.", "min_ising_b: 5."), Contains("max_ising_b"));
  CHECK_THAT(refused("sampling_b_stdev: .1", "sampling_b_stdev: -1"), Contains("sampling_b_stdev"));
  CHECK_THAT(refused("beta: 2., learn_beta: 1, beta_lr_scale", "beta: -2., beta_lr_scale"),
             Contains("beta"));
  CHECK_THAT(refused("init_bias: -1.", "init_bias: [1, 2]"), Contains("has 2 numbers"));
  CHECK_THAT(refused("*v", "!obj:pylearn2.models.dbm.BinaryVector { nvis: 3 }"),
             Contains("must be a BoltzmannIsingVisible"));

  const Shared<Object> plain = load_object(
      "dbm.yaml",
      "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 1, visible_layer: "
      "!obj:pylearn2.models.dbm.ising.IsingVisible { nvis: 3, beta: 2., learn_beta: 0 }, "
      "hidden_layers: [ !obj:pylearn2.models.dbm.ising.IsingHidden { layer_name: h, dim: 4, beta: "
      "2., learn_beta: 0, irange: .1, init_bias: [1, 2, 3, 4], b_lr_scale: .5, max_col_norm: 1. } "
      "] "
      "}");
  CHECK(Values(dynamic_cast<const DBM&>(*plain)).of.at("h_b") == Rows{1, 2, 3, 4});
}
