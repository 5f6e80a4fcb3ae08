// Deep Boltzmann machines: fact 27 of Pylearn2's tests, and the gradients of their costs.
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/cost/energy/toronto_sparsity.hpp>
#include <ansatz/model/energy/dbm/binary_vector.hpp>
#include <ansatz/model/energy/dbm/binary_vector_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm_softmax.hpp>

#include "../model/probe.hpp"
#include "../model/sha256.hpp"
#include "dbm_states.hpp"
#include "deep_machine.hpp"
#include "enumerate.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

BinaryVectorMaxPool hidden(const char* name, int detectors, int pool = 1, bool center = false) {
  BinaryVectorMaxPool layer;
  layer.layer_name = name;
  layer.detector_layer_dim = detectors;
  layer.pool_size = pool;
  layer.center = center;
  layer.irange = .5;
  layer.init_bias = -.3;
  return layer;
}
DBM of(int visible, std::initializer_list<Shared<DBMHiddenLayer>> layers, bool center = false) {
  DBM dbm;
  BinaryVector v;
  v.nvis = visible;
  v.center = center;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  for (const Shared<DBMHiddenLayer>& each : layers) dbm.hidden_layers.push_back(each);
  dbm.niter = layers.size() > 1 ? 5 : 1;
  dbm.check();
  return dbm;
}
}  // namespace

TEST_CASE("dbm: mean field and sampling have the probabilities that energies say",
          "[energy][dbm]") {
  const bool center = GENERATE(false, true);
  const int pool = center ? 1 : GENERATE(1, 2);
  CAPTURE(center, pool);
  const DBM dbm = of(3,
                     {Shared<DBMHiddenLayer>(hidden("h0", 4, pool, center)),
                      Shared<DBMHiddenLayer>(hidden("h1", 2, 1, center)), class_units(3)},
                     center);
  const Data data = states_of(dbm);
  const DBMState s = state_in(dbm, data);
  Function f;
  f.add(output("E", dbm.energy(s)));
  const DBMHiddenLayer &h0 = *dbm.hidden_layers[0], &h1 = *dbm.hidden_layers[1];
  const AnyExpr message = h1.message(dbm.below(1), h1.downward(dbm.below(1), s.hidden[1]));
  const AnyExpr u = dbm.seen_below(s, 0);
  f.add(output("h0", h0.mf_update(dbm.below(0), u, &message).down));
  f.add(output("p0", h0.mf_update(dbm.below(0), u, &message).up));
  f.add(output("drawn", h0.sample(dbm.below(0), u, &message).down));
  f.add(output("pooled", h0.sample(dbm.below(0), u, &message).up));
  f.add(output("top",
               dbm.hidden_layers[2]->mf_update(dbm.below(2), dbm.seen_below(s, 2), nullptr).up));
  f.add(output("v", dbm.visible_layer->mean_of(
                        h0.message(dbm.below(0), h0.downward(dbm.below(0), s.hidden[0])))));
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);

  Minibatch batch;
  const auto fill = [&](int rows, const Vector& v, const Vector& a, const Vector& b,
                        const Vector& c) {
    batch = {};
    batch.examples = rows;
    const auto put = [&](const char* name, const Vector& x) {
      Vector& to = batch.numbers[name];
      const std::size_t width = name == std::string("features") ? 3
                                : name == std::string("s0")     ? 4
                                : name == std::string("s1")     ? 2
                                                                : 3;
      if (x.size() == width)
        for (int i = 0; i < rows; ++i) to.insert(to.end(), x.begin(), x.end());
      else
        to = x;
    };
    put("features", v), put("s0", a), put("s1", b), put("s2", c);
  };
  const Vector v{1, 0, 1}, b{1, 0}, top{0, 1, 0}, one_state{0, 1, 0, 0};

  // All states of the detectors that pools allow.
  Vector allowed;
  for (int text = 0; text < 16; ++text) {
    Vector state;
    bool fits = true;
    for (int k = 0; k < 4; ++k) state.push_back(text >> k & 1);
    for (int k = 0; k + 1 < 4 && pool == 2; k += 2) fits = fits && state[k] + state[k + 1] < 2;
    if (fits) allowed.insert(allowed.end(), state.begin(), state.end());
  }
  const int count = static_cast<int>(allowed.size()) / 4;
  fill(count, v, allowed, b, top);
  Computed c = probe(batch);
  Vector mean(4);
  double z = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const double p = std::exp(-c["E"][i]);
    z += p;
    for (std::size_t k = 0; k < 4; ++k) mean[k] += p * allowed[i * 4 + k];
  }
  for (std::size_t k = 0; k < 4; ++k) CHECK(c["h0"][k] == Approx(mean[k] / z).epsilon(1e-9));
  if (pool == 2) CHECK(c["p0"][1] == Approx((mean[2] + mean[3]) / z).epsilon(1e-9));

  // The top and v, one at a time.
  Vector each_class{1, 0, 0, 0, 1, 0, 0, 0, 1};
  fill(3, v, one_state, b, each_class);
  c = probe(batch);
  z = 0;
  for (double e : c["E"]) z += std::exp(-e);
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(c["top"][k] == Approx(std::exp(-c["E"][k]) / z).epsilon(1e-9));
  fill(8, all_states(3), one_state, b, top);
  c = probe(batch);
  for (int k = 0; k < 3; ++k)
    CHECK(c["v"][static_cast<std::size_t>(k)] ==
          Approx(1 / (1 + std::exp(c["E"][std::size_t{4} >> k] - c["E"][0]))).epsilon(1e-9));

  // Draws: at most one of a pool, with these means.
  constexpr int draws = 20000;
  fill(draws, v, one_state, b, top);
  c = probe(batch);
  Vector seen(4);
  for (std::size_t i = 0; i < draws; ++i)
    for (std::size_t k = 0; k < 4; ++k) seen[k] += c["drawn"][i * 4 + k] / draws;
  for (std::size_t k = 0; k < 4; ++k) CHECK(seen[k] == Approx(c["h0"][k]).margin(.018));
}

TEST_CASE("dbm: mean field converges to where every mean is what its neighbours make it",
          "[energy][dbm]") {
  DBM dbm =
      of(5, {Shared<DBMHiddenLayer>(hidden("h0", 4)), Shared<DBMHiddenLayer>(hidden("h1", 3))});
  dbm.niter = 60;
  Data data;
  data.add("features", dbm.input_space());
  const AnyExpr v = data["features"].value();
  const ir::List<DBMState> history = dbm.mean_field(v);
  CHECK(history.size() == 60);
  const DBMState& q = history.back();
  const DBMHiddenLayer &h0 = *dbm.hidden_layers[0], &h1 = *dbm.hidden_layers[1];
  const AnyExpr message = h1.message(dbm.below(1), h1.downward(dbm.below(1), q.hidden[1]));
  Function f;
  f.add(output("q0", q.hidden[0].down));
  f.add(output("q1", q.hidden[1].down));
  f.add(output("again0", h0.mf_update(dbm.below(0), v, &message).down));
  f.add(output("again1",
               h1.mf_update(dbm.below(1), h0.upward(dbm.below(0), q.hidden[0]), nullptr).down));
  f.add(output("first", history[0].hidden[0].down));
  f.add(output("E", dbm.energy(q)));
  Probe probe(dbm, data, f);
  probe.randomize(1, 3);
  Minibatch batch;
  batch.examples = 6;
  batch.numbers["features"] = random_bits(30, 3);
  Computed c = probe(batch);
  CHECK(difference(c["q0"], c["again0"]) < 1e-9);
  CHECK(difference(c["q1"], c["again1"]) < 1e-9);
  // It begins from below with twice the input.
  const Vector W = probe.get("h0_W"), bias = probe.get("h0_b");
  Vector twice = batch.numbers["features"];
  for (double& x : twice) x *= 2;
  Vector first = affine(twice, W, bias, 5);
  for (double& x : first) x = 1 / (1 + std::exp(-x));
  CHECK(difference(c["first"], first) < 1e-12);
}

TEST_CASE("dbm: VariationalPCD's gradients are differences of products of means", "[energy][dbm]") {
  const bool two_layers = GENERATE(false, true);
  DBM dbm = of(5, {Shared<DBMHiddenLayer>(hidden("h", 4))});
  if (two_layers)
    dbm = of(5, {Shared<DBMHiddenLayer>(hidden("h", 4)), Shared<DBMHiddenLayer>(hidden("g", 3))});
  const VariationalPCD cost(6, 3);
  Data data;
  data.add("features", dbm.input_space());
  CHECK_FALSE(cost.expr(dbm, data));
  StateList states;
  cost.states(dbm, states);
  REQUIRE(states.size() == dbm.depth() + 1);
  CHECK(states[0].name == "chains.visible");
  CHECK(states[1].name == "chains.h");
  const GradientList g = cost.gradients(dbm, data);
  const DBMState q = dbm.mean_field(data["features"].value()).back();
  Function f;
  const ir::List<ModelParameter> parameters = dbm.parameters();
  for (int i = 0; i < parameters.size(); ++i)
    f.add(output(("grad." + parameters[i].name).c_str(), g.of[i]));
  for (int i = 0; i < dbm.depth(); ++i) f.add(output(("q" + to_text(i)).c_str(), q.hidden[i].down));
  g.updates.give_to(f);
  Probe probe(dbm, data, f);
  probe.randomize(.8, 3);
  Store store = probe.program().store();
  for (const StateVariable& each : states) store.resize(each.name.view(), 6);
  Minibatch batch;
  batch.examples = 7;
  batch.numbers["features"] = random_bits(35, 2);
  for (int call = 0; call < 2; ++call) {
    Computed c = probe(batch);
    const auto chain = [&](const char* name) {
      const double* x = store.data<double>(name);
      return Vector(x, x + store.shape(name).count());
    };
    const auto product = [](const Vector& a, std::size_t n, const Vector& b, std::size_t m) {
      Vector w(n * m);
      const std::size_t rows = a.size() / n;
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t j = 0; j < m; ++j)
            w[i * m + j] += a[r * n + i] * b[r * m + j] / static_cast<double>(rows);
      return w;
    };
    const auto check = [&](const char* name, const Vector& of_data, const Vector& of_chains) {
      Vector expected(of_data.size());
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = of_chains[i] - of_data[i];
      CHECK(difference(c[name], expected) < 1e-12);
    };
    const Vector &v = batch.numbers["features"], vs = chain("chains.visible"),
                 hs = chain("chains.h");
    for (double x : hs) CHECK((x == 0 || x == 1));
    check("grad.h_W", product(v, 5, c["q0"], 4), product(vs, 5, hs, 4));
    check("grad.h_b", product(Vector(7, 1), 1, c["q0"], 4), product(Vector(6, 1), 1, hs, 4));
    check("grad.visible_bias", product(Vector(7, 1), 1, v, 5), product(Vector(6, 1), 1, vs, 5));
    if (two_layers)
      check("grad.g_W", product(c["q0"], 4, c["q1"], 3), product(hs, 4, chain("chains.g"), 3));
  }
}

TEST_CASE("dbm: sampling the positive phase, and labels, give gradients, too", "[energy][dbm]") {
  const DBM dbm = of(5, {Shared<DBMHiddenLayer>(hidden("h", 4, 2)), class_units(3)});
  CHECK(dbm.target_space() == vector_space(3));
  VariationalPCD supervised(6, 2);
  supervised.supervised_cost = true;
  PCD sampling(6, 2);
  sampling.supervised_cost = true;
  VariationalCD from_data(6, 2);
  from_data.supervised_cost = true;
  for (const Cost* cost :
       {static_cast<const Cost*>(&supervised), static_cast<const Cost*>(&sampling),
        static_cast<const Cost*>(&from_data)}) {
    Data data;
    cost->data_specs(dbm, data);
    CHECK(data.find("targets"));
    CHECK(cost->gradients(dbm, data).of.size() == dbm.parameters().size());
    ChannelList channels;
    cost->channels(dbm, data, channels);
    REQUIRE(channels.size() == 2);
    CHECK(channels[0].name == "misclass");
    CHECK(channels[1].name == "recons_misclass");
  }
}

TEST_CASE("TorontoSparsity: its gradient is as if means were linear", "[energy][dbm]") {
  const DBM dbm = of(5, {Shared<DBMHiddenLayer>(hidden("h", 4))});
  TorontoSparsity cost;
  cost.targets.push_back(.2);
  cost.coeffs.push_back(.3);
  Data data;
  data.add("features", dbm.input_space());
  Function f;
  f.add(output("cost", *cost.expr(dbm, data)));
  const GradientList g = cost.gradients(dbm, data);
  for (int i = 0; i < 3; ++i) f.add(output(("grad." + dbm.parameters()[i].name).c_str(), g.of[i]));
  Probe probe(dbm, data, f);
  probe.set("h_b", {.1, -.2, .3, 0});
  Minibatch batch;
  batch.examples = 7;
  batch.numbers["features"] = random_bits(35, 2);
  const Vector& v = batch.numbers["features"];
  Computed c = probe(batch);
  Vector h = affine(v, probe.get("h_W"), probe.get("h_b"), 5);
  for (double& x : h) x = 1 / (1 + std::exp(-x));
  double value = 0;
  Vector W(20), b(4);
  for (std::size_t j = 0; j < 4; ++j) {
    double mean = 0;
    for (std::size_t n = 0; n < 7; ++n) mean += h[n * 4 + j] / 7;
    value += .3 * (mean - .2) * (mean - .2) / 4;
    const double slope = .3 * 2 * (mean - .2) / 4 / 7;  // by each h of unit j
    for (std::size_t n = 0; n < 7; ++n) {
      b[j] += slope;
      for (std::size_t i = 0; i < 5; ++i) W[i * 4 + j] += slope * v[n * 5 + i];
    }
  }
  CHECK(c["cost"][0] == Approx(value));
  CHECK(difference(c["grad.h_W"], W) < 1e-14);
  CHECK(difference(c["grad.h_b"], b) < 1e-14);
  for (double x : c["grad.visible_bias"]) CHECK(x == 0);
  cost.targets.push_back(.1);
  CHECK_THAT(message_of([&] { (void)cost.expr(dbm, data); }), Contains("2 targets"));
}

TEST_CASE("dbm: first values are bit-equal to those of Pylearn2's RBM tutorial", "[energy][dbm]") {
  BinaryVectorMaxPool h = hidden("h", 500);
  h.irange = .05;
  h.init_bias = -2;
  const Values first(of(784, {Shared<DBMHiddenLayer>(h)}));
  std::vector<float> W(first.of.at("h_W").begin(), first.of.at("h_W").end());
  CHECK(W[0] == -.0395643637f);
  CHECK(sha256_first16(W.data(), W.size() * sizeof(float)) == "0c943bd41027af33");
  std::vector<float> b(first.of.at("h_b").begin(), first.of.at("h_b").end());
  CHECK(sha256_first16(b.data(), b.size() * sizeof(float)) == "9fc036e93b7c1280");
}

TEST_CASE("dbm: channels have Pylearn2's names", "[energy][dbm]") {
  const DBM one = of(5, {Shared<DBMHiddenLayer>(hidden("h", 4))});
  const std::vector<std::string> names = channel_names(one, false);
  CHECK(names.size() == 18);
  for (const char* each :
       {"h_col_norms_max", "h_row_norms_min", "mf_h_max_x.mean_u", "mf_h_range_x.min_u"})
    CHECK(std::count(names.begin(), names.end(), each) == 1);
  const DBM two =
      of(5, {Shared<DBMHiddenLayer>(hidden("h", 4, 2)), Shared<DBMHiddenLayer>(hidden("g", 3))});
  const std::vector<std::string> more = channel_names(two, false);
  for (const char* each : {"mf_h_p_max_x.mean_u", "mf_h_h_max_x.mean_u", "max_var_param_diff",
                           "mean_g_var_param_diff"})
    CHECK(std::count(more.begin(), more.end(), each) == 1);
}

TEST_CASE("dbm: what does not fit is refused", "[energy][dbm]") {
  const auto refused = [](const DBM& dbm) { return message_of([&] { dbm.check(); }); };
  DBM dbm = of(5, {Shared<DBMHiddenLayer>(hidden("h", 4)), Shared<DBMHiddenLayer>(hidden("g", 3))});
  dbm.niter = 1;
  CHECK_THAT(refused(dbm), Contains("at least 2 rounds"));
  dbm.niter = 3;
  dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(hidden("h", 2)));
  CHECK_THAT(refused(dbm), Contains("two layers are called 'h'"));
  dbm.hidden_layers = {};
  CHECK_THAT(refused(dbm), Contains("at least one hidden layer"));
  dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(hidden("h", 5, 2)));
  CHECK_THAT(refused(dbm), Contains("pools of 2"));
}
