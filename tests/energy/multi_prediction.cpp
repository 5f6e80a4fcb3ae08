// MultiPrediction against plain loops, its masks by counting, the orders of mean field.
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/cost/energy/mean_field_activity.hpp>
#include <ansatz/cost/energy/multi_prediction.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/model/energy/dbm/binary_vector.hpp>
#include <ansatz/model/energy/dbm/binary_vector_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm_softmax.hpp>
#include <ansatz/model/energy/dbm/inference_procedure.hpp>
#include <ansatz/registry/job.hpp>

#include "../model/probe.hpp"
#include "deep_machine.hpp"
#include "enumerate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

constexpr std::size_t V = 5, H = 4, G = 3, K = 3, Examples = 6;

Data data_of(const DBM& dbm, bool labels, bool masks) {
  Data data;
  data.add("features", dbm.input_space());
  if (labels) data.add("targets", dbm.target_space());
  if (masks) data.add("mask", dbm.input_space());
  if (masks && labels) data.add("mask_y", scalar_space());
  return data;
}
Minibatch batch_of(bool labels) {
  Minibatch batch;
  batch.examples = Examples;
  batch.numbers["features"] = random_bits(Examples * V, 3);
  batch.numbers["mask"] = random_bits(Examples * V, 9);
  if (!labels) return batch;
  Vector& y = batch.numbers["targets"];
  y.assign(Examples * K, 0);
  for (std::size_t n = 0; n < Examples; ++n) y[n * K + n % K] = 1;
  batch.numbers["mask_y"] = {1, 0, 1, 1, 0, 1};
  return batch;
}
MaskedExample masked(const Data& data, bool labels) {
  MaskedExample given;
  given.v = data["features"].value();
  given.drop_mask = data["mask"].value();
  if (!labels) return given;
  given.y = data["targets"].value();
  given.drop_mask_y = data["mask_y"].value();
  return given;
}

// The same in plain loops.
struct PlainInference {
  Probe& probe;
  Vector v, mask, y, mask_y, h, g, c, z, found, c_input;

  static Vector sigmoids(Vector x) {
    for (double& each : x) each = 1 / (1 + std::exp(-each));
    return x;
  }
  static Vector softmaxes(Vector x) {
    for (std::size_t n = 0; n < Examples; ++n) {
      double sum = 0;
      for (std::size_t k = 0; k < K; ++k) sum += x[n * K + k] = std::exp(x[n * K + k]);
      for (std::size_t k = 0; k < K; ++k) x[n * K + k] /= sum;
    }
    return x;
  }
  static void add(Vector& to, const Vector& x) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += x[i];
  }
  // x W^T
  Vector down(const Vector& x, const char* name, std::size_t below, std::size_t above) const {
    const Vector W = probe.get(name);
    Vector out(Examples * below);
    for (std::size_t n = 0; n < Examples; ++n)
      for (std::size_t i = 0; i < below; ++i)
        for (std::size_t j = 0; j < above; ++j)
          out[n * below + i] += x[n * above + j] * W[i * above + j];
    return out;
  }
  Vector shown(const Vector& found_there, const Vector& there, const Vector& hidden,
               std::size_t width) const {
    Vector out(there.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double m = hidden[hidden.size() == out.size() ? i : i / width];
      out[i] = m * found_there[i] + (1 - m) * there[i];
    }
    return out;
  }
  void update_h(bool twice = false) {
    Vector in = found;
    for (double& x : in) x *= twice ? 2 : 1;
    Vector a = affine(in, probe.get("h_W"), probe.get("h_b"), V);
    if (!twice) add(a, down(g, "g_W", H, G));
    h = sigmoids(a);
  }
  void update_g(bool twice, bool from_above) {
    Vector in = h;
    for (double& x : in) x *= twice ? 2 : 1;
    Vector a = affine(in, probe.get("g_W"), probe.get("g_b"), H);
    if (from_above) add(a, down(c, "softmax_W", G, K));
    g = sigmoids(a);
  }
  void update_c() {
    c_input = affine(g, probe.get("softmax_W"), probe.get("softmax_b"), G);
    c = shown(softmaxes(c_input), y, mask_y, K);
  }
  void update_v() {
    z = down(h, "h_W", V, H);
    const Vector b = probe.get("visible_bias");
    for (std::size_t i = 0; i < z.size(); ++i) z[i] += b[i % V];
    found = shown(sigmoids(z), v, mask, V);
  }
};

}  // namespace

TEST_CASE("MultiPrediction: what is hidden is found as plain loops find it", "[energy][dbm]") {
  const bool labels = GENERATE(false, true);
  CAPTURE(labels);
  const DBM dbm = deep_machine(labels);
  const Data data = data_of(dbm, labels, true);
  const ir::List<InpaintedState> history = dbm.do_inpainting(masked(data, labels));
  REQUIRE(history.size() == 3);
  const InpaintedState& last = history.back();
  Function f;
  f.add(output("v", last.means.v));
  f.add(output("h", last.means.hidden[0].up));
  f.add(output("g", last.means.hidden[1].up));
  f.add(output("cost", dbm.visible_layer->recons_cost(data["features"].value(), last.message)));
  if (labels) f.add(output("c", last.means.hidden[2].up));
  if (labels) f.add(output("c_input", last.class_input));
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  const Minibatch batch = batch_of(labels);
  Computed c = probe(batch);

  PlainInference p{
      probe, batch.numbers.at("features"), batch.numbers.at("mask"), {}, {}, {}, {}, {}, {}, {},
      {}};
  Vector begin(Examples * V);
  const Vector b = probe.get("visible_bias");
  for (std::size_t i = 0; i < begin.size(); ++i) begin[i] = 1 / (1 + std::exp(-b[i % V]));
  p.found = p.shown(begin, p.v, p.mask, V);
  p.update_h(true);
  if (labels) {
    p.y = batch.numbers.at("targets");
    p.mask_y = batch.numbers.at("mask_y");
    Vector at_first(Examples * K);
    const Vector bias = probe.get("softmax_b");
    for (std::size_t i = 0; i < at_first.size(); ++i) at_first[i] = bias[i % K];
    p.c = p.shown(PlainInference::softmaxes(at_first), p.y, p.mask_y, K);
  }
  p.update_g(false, labels);
  for (int round = 1; round < 3; ++round) {
    p.update_h();
    if (labels) p.update_c();
    p.update_v();
    p.update_g(false, labels);
  }
  CHECK(difference(c["v"], p.found) < 1e-12);
  CHECK(difference(c["h"], p.h) < 1e-12);
  CHECK(difference(c["g"], p.g) < 1e-12);
  if (labels) CHECK(difference(c["c"], p.c) < 1e-12);
  if (labels) CHECK(difference(c["c_input"], p.c_input) < 1e-12);
  Vector cost(Examples * V);
  for (std::size_t i = 0; i < cost.size(); ++i) {
    const double q = 1 / (1 + std::exp(-p.z[i]));
    cost[i] = -std::log(p.v[i] == 1 ? q : 1 - q);
  }
  CHECK(difference(c["cost"], cost) < 1e-12);
}

TEST_CASE("MultiPrediction: gradients are those of the cost's value", "[energy][dbm]") {
  const bool labels = GENERATE(false, true);
  MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
  cost.supervised_cost = labels;
  const DBM dbm = deep_machine(labels);
  Minibatch batch = batch_of(labels);
  batch.numbers.erase("mask"), batch.numbers.erase("mask_y");
  CHECK(gradient_error(dbm, cost, batch) < 1e-6);
  cost.both_directions = true;
  cost.use_sum = true;
  cost.niter = 2;
  cost.robustness = .1;
  for (int i = 0; i < 2 && !labels; ++i) {
    cost.l1_act_targets.push_back(.1);
    cost.l1_act_coeffs.push_back(.3);
    cost.l1_act_eps.push_back(.02);
  }
  CHECK(gradient_error(dbm, cost, batch) < 1e-6);
}

TEST_CASE("MultiPrediction: use_sum and the mean differ by the number of units", "[energy][dbm]") {
  const DBM dbm = deep_machine(true);
  const auto value = [&](bool use_sum) {
    MultiPrediction cost{Shared<MaskGen>(MaskGen(1))};  // all is hidden
    cost.supervised_cost = true;
    cost.use_sum = use_sum;
    Probe probe(dbm, ansatz::testing::data_of(dbm, cost), everything(dbm, cost));
    probe.randomize(.5, 3);
    Minibatch batch = batch_of(true);
    return probe(batch)["cost"][0];
  };
  CHECK(value(true) == Approx(V * value(false)));
}

TEST_CASE("MultiPrediction: gradients do not see blocked rounds", "[energy][dbm]") {
  const DBM dbm = deep_machine(false);
  const auto of = [&](int block_grad, int rounds) {
    MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
    cost.niter = rounds;
    if (block_grad) cost.block_grad = block_grad;
    Probe probe(dbm, ansatz::testing::data_of(dbm, cost), everything(dbm, cost));
    probe.randomize(.9, 3);
    Minibatch batch = batch_of(false);
    return probe(batch);
  };
  Computed blocked = of(3, 3), free = of(0, 3), late = of(2, 3);
  CHECK(blocked["cost"][0] == Approx(free["cost"][0]));
  CHECK(late["cost"][0] == Approx(free["cost"][0]));
  // After the last round there is nothing left that a gradient could see but the last bias.
  CHECK(difference(blocked["grad.h_W"], Vector(V * H)) == 0);
  CHECK(difference(late["grad.h_W"], free["grad.h_W"]) > 1e-4);
  CHECK(difference(late["grad.h_W"], Vector(V * H)) > 1e-4);
}

TEST_CASE("MaskGen: shares of what is hidden", "[energy][dbm]") {
  const DBM dbm = deep_machine(false);
  const auto shares = [&](const MaskGen& gen) {
    const Data data = data_of(dbm, false, false);
    const MaskGen::Masks masks = gen.draw(data["features"].value());
    Function f;
    f.add(output("v", masks.of_v));
    f.add(output("y", masks.of_y));
    f.add(output("x", data["features"].value()));
    Probe probe(dbm, data, f);
    Minibatch batch;
    batch.examples = 4000;
    batch.numbers["features"].assign(4000 * V, 1);
    return probe(batch);
  };
  const auto mean = [](const Vector& x) {
    double sum = 0;
    for (double each : x) sum += each;
    return sum / static_cast<double>(x.size());
  };
  MaskGen gen(.2);
  gen.drop_prob_y = .7;
  Computed c = shares(gen);
  REQUIRE(c["v"].size() == 4000 * V);
  REQUIRE(c["y"].size() == 4000);
  CHECK(mean(c["v"]) == Approx(.2).margin(.01));
  CHECK(mean(c["y"]) == Approx(.7).margin(.03));
  for (double x : c["v"]) CHECK((x == 0 || x == 1));
  // Half of the examples hide a fifth, half four fifths: half in all, far from half in each.
  gen.balance = true;
  c = shares(gen);
  CHECK(mean(c["v"]) == Approx(.5).margin(.02));
  CHECK(mean(c["y"]) == Approx(.5).margin(.03));
  double squares = 0;
  for (std::size_t n = 0; n < 4000; ++n) {
    double sum = 0;
    for (std::size_t i = 0; i < V; ++i) sum += c["v"][n * V + i] / V;
    squares += (sum - .5) * (sum - .5) / 4000;
  }
  CHECK(squares == Approx(.3 * .3 + .2 * .8 / V).epsilon(.05));
}

TEST_CASE("inference procedures: all end where every mean is what its neighbours make it",
          "[energy][dbm]") {
  DBM dbm = deep_machine(true);
  dbm.niter = 80;
  const Shared<InferenceProcedure> all[] = {
      Shared<InferenceProcedure>(WeightDoubling()), Shared<InferenceProcedure>(MoreConsistent()),
      Shared<InferenceProcedure>(MoreConsistent2()), Shared<InferenceProcedure>(BiasInit()),
      Shared<InferenceProcedure>(UpDown())};
  std::vector<Computed> found;
  for (const Shared<InferenceProcedure>& each : all) {
    dbm.inference_procedure = each;
    const Data data = data_of(dbm, true, true);
    const AnyExpr v = data["features"].value(), y = data["targets"].value();
    const ir::List<DBMState> free = dbm.mean_field(v), held = dbm.mean_field(v, &y);
    CHECK(free.size() == 80);
    const InpaintedState inpainted = dbm.do_inpainting(masked(data, true)).back();
    Function f;
    f.add(output("h", free.back().hidden[0].up));
    f.add(output("c", free.back().hidden[2].up));
    f.add(output("g given y", held.back().hidden[1].up));
    f.add(output("y", held.back().hidden[2].up));
    f.add(output("v", inpainted.means.v));
    Probe probe(dbm, data, f);
    probe.randomize(.6, 3);
    found.push_back(probe(batch_of(true)));
    CHECK(difference(found.back()["y"], batch_of(true).numbers["targets"]) == 0);
    for (const char* name : {"h", "c", "g given y", "v"})
      CHECK(difference(found.front()[name], found.back()[name]) < 1e-9);
  }
}

TEST_CASE("inference procedures: what they begin with", "[energy][dbm]") {
  // From the biases; a round of BiasInit updates h, then g. The second round of UpDown goes down.
  const bool up_down = GENERATE(false, true);
  const int rounds = GENERATE(1, 2);
  CAPTURE(up_down, rounds);
  DBM dbm = deep_machine(false);
  dbm.inference_procedure =
      up_down ? Shared<InferenceProcedure>(UpDown()) : Shared<InferenceProcedure>(BiasInit());
  dbm.niter = rounds;
  const Data data = data_of(dbm, false, false);
  const DBMState s = dbm.mean_field(data["features"].value()).back();
  Function f;
  f.add(output("h", s.hidden[0].up));
  f.add(output("g", s.hidden[1].up));
  f.add(output("E", dbm.energy(s)));  // of all parameters
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  const Minibatch batch = batch_of(false);
  Computed c = probe(batch);
  PlainInference p{probe, batch.numbers.at("features"), {}, {}, {}, {}, {}, {}, {}, {}, {}};
  p.found = p.v;
  p.g.resize(Examples * G);
  const Vector b = probe.get("g_b");
  for (std::size_t i = 0; i < p.g.size(); ++i) p.g[i] = 1 / (1 + std::exp(-b[i % G]));
  p.update_h(), p.update_g(false, false);
  if (rounds == 2 && up_down) p.update_g(false, false), p.update_h();
  if (rounds == 2 && !up_down) p.update_h(), p.update_g(false, false);
  CHECK(difference(c["h"], p.h) < 1e-12);
  CHECK(difference(c["g"], p.g) < 1e-12);
}

TEST_CASE("MF_L1_ActCost and MF_L2_ActCost: values by hand, gradients", "[energy][dbm]") {
  const DBM dbm = deep_machine(false);
  MF_L1_ActCost l1;
  MF_L2_ActCost l2;
  for (double target : {.2, .4}) {
    l1.targets.push_back(target), l2.targets.push_back(target);
    l1.coeffs.push_back(.5), l2.coeffs.push_back(.5);
    l1.eps.push_back(.03);
  }
  const Data data = data_of(dbm, false, false);
  const DBMState s = dbm.mean_field(data["features"].value()).back();
  Function f;
  f.add(output("l1", *l1.expr(dbm, data)));
  f.add(output("l2", *l2.expr(dbm, data)));
  f.add(output("h", s.hidden[0].up));
  f.add(output("g", s.hidden[1].up));
  f.add(output("E", dbm.energy(s)));  // of all parameters
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  Minibatch batch = batch_of(false);
  Computed c = probe(batch);
  double by_hand_1 = 0, by_hand_2 = 0;
  const auto layer = [&](const Vector& x, std::size_t width, double target) {
    for (std::size_t j = 0; j < width; ++j) {
      double m = 0;
      for (std::size_t n = 0; n < Examples; ++n) m += x[n * width + j] / Examples;
      by_hand_1 += .5 * std::max(std::abs(m - target) - .03, 0.) / static_cast<double>(width);
      by_hand_2 += .5 * (m - target) * (m - target) / static_cast<double>(width);
    }
  };
  layer(c["h"], H, .2), layer(c["g"], G, .4);
  CHECK(c["l1"][0] == Approx(by_hand_1));
  CHECK(c["l2"][0] == Approx(by_hand_2));
  // Beside a cost that reads all parameters.
  const MultiPrediction inpainting{Shared<MaskGen>(MaskGen(.5))};
  CHECK(gradient_error(dbm, SumOfCosts(inpainting, l1), batch) < 1e-6);
  CHECK(gradient_error(dbm, SumOfCosts(inpainting, l2), batch) < 1e-6);
  l1.eps = {};
  CHECK_THAT(message_of([&] { (void)l1.expr(dbm, data); }), Contains("a number for each"));
}

TEST_CASE("VariationalCD: with data that the model itself makes, its gradient is nothing",
          "[energy][dbm]") {
  // Units without weights: a chain from anywhere is at the model's own distribution at once.
  DBM dbm = deep_machine(false);
  const VariationalCD cost(1, 1);
  const Data data = data_of(dbm, false, false);
  const GradientList g = cost.gradients(dbm, data);
  Function f;
  const ir::List<ModelParameter> parameters = dbm.parameters();
  for (int i = 0; i < parameters.size(); ++i)
    f.add(output(("grad." + parameters[i].name).c_str(), g.of[i]));
  Probe probe(dbm, data, f);
  for (const char* name : {"h_W", "g_W"}) probe.set(name, Vector(probe.get(name).size()));
  probe.set("h_b", {.3, -.2, .4, 0});
  probe.set("g_b", {.5, -.5, 0});
  probe.set("visible_bias", {0, 0, 0, 0, 0});
  Minibatch batch;
  batch.examples = 20000;
  batch.numbers["features"] = random_bits(20000 * V, 5);
  Computed c = probe(batch);
  for (const char* name : {"grad.h_b", "grad.g_b", "grad.visible_bias", "grad.h_W", "grad.g_W"})
    CHECK(difference(c[name], Vector(c[name].size())) < .02);
  // Data that are always on are not what the model makes: v is off half the time behind a step.
  batch.numbers["features"].assign(20000 * V, 1);
  c = probe(batch);
  for (double x : c["grad.visible_bias"]) CHECK(x == Approx(-.5).margin(.02));
}

TEST_CASE("MultiPrediction from YAML: noise, channels of each step, masks of pixels",
          "[energy][dbm][yaml]") {
  const auto cost_of = [](const std::string& more) {
    return load_object("cost.yaml",
                       "!obj:pylearn2.costs.dbm.MultiPrediction { supervised: 1, mask_gen: "
                       "!obj:pylearn2.costs.dbm.MaskGen { drop_prob: 1., balance: 0, "
                       "sync_channels: 1, seed: 7 }" +
                           more + " }");
  };
  const DBM dbm = deep_machine(true);
  // Where all is hidden, inference finds the same of every example, unless it begins with noise.
  for (const bool noise : {false, true}) {
    const Shared<Object> object = cost_of(noise ? ", noise: 1, niter: 2" : ", niter: 2");
    const auto& cost = dynamic_cast<const MultiPrediction&>(*object);
    CHECK(cost.supervised());
    const Data data = data_of(dbm, true, true);
    MaskedExample given = masked(data, true);
    given.noise = cost.hidden_as_noise;
    given.niter = *cost.niter;
    Function f;
    f.add(output("v", dbm.do_inpainting(given).back().means.v));
    Probe probe(dbm, data, f);
    probe.randomize(.9, 3);
    Minibatch batch = batch_of(true);
    batch.numbers["mask"].assign(Examples * V, 1);
    batch.numbers["mask_y"].assign(Examples, 1);
    const Vector v = probe(batch)["v"];
    CHECK((std::abs(v[0] - v[V]) < 1e-12) == !noise);
  }
  const auto names = [&](const std::string& more) {
    const Shared<Object> object = cost_of(more);
    ChannelList list;
    dynamic_cast<const Cost&>(*object).channels(dbm, data_of(dbm, true, false), list);
    std::vector<std::string> all_names;
    for (int i = 0; i < list.size(); ++i) all_names.emplace_back(list[i].name.view());
    return all_names;
  };
  const std::vector<std::string> plain = names(""), each = names(", monitor_each_step: 1");
  CHECK(each.size() == plain.size() + 5);
  for (const char* name : {"err", "inpaint_err", "total_inpaint_cost_term_0_inpaint_cost",
                           "all_inpaint_costs_after_2"})
    CHECK(std::count(each.begin(), each.end(), name) == 1);

  // Channels of a pixel are hidden together.
  for (const bool together : {true, false}) {
    MaskGen gen(.5);
    gen.sync_channels = together;
    Data data;
    data.add("features", conv2d_space(5, 5, 2));
    const AnyExpr x = data["features"].value();
    Function f;
    f.add(output("mask", gen.draw(x).of_v));
    f.add(output("x", x));
    Probe probe(dbm, data, f);
    Minibatch batch;
    batch.examples = 20;
    batch.numbers["features"].assign(20 * 50, 1);
    const Vector mask = probe(batch)["mask"];
    int same = 0;
    for (std::size_t i = 0; i < mask.size(); i += 2) same += mask[i] == mask[i + 1];
    if (together)
      CHECK(same == 500);
    else
      CHECK(std::abs(same - 250) < 60);
  }

  // The only order of sampling there is can be named.
  const Shared<Object> made = load_object(
      "dbm.yaml",
      "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 2, sampling_procedure: "
      "!obj:pylearn2.models.dbm.sampling_procedure.GibbsEvenOdd {}, inference_procedure: "
      "!obj:pylearn2.models.dbm.SuperWeightDoubling {}, visible_layer: "
      "!obj:pylearn2.models.dbm.BinaryVector { nvis: 3 }, hidden_layers: [ "
      "!obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: h, detector_layer_dim: 2, "
      "pool_size: 1, irange: .1 } ] }");
  CHECK(dynamic_cast<const DBM&>(*made).inference_procedure);
}

TEST_CASE("Softmax.learn_init_inpainting_state: whether gradients see where hidden labels begin",
          "[energy][dbm]") {
  for (const bool learn : {false, true}) {
    DBM dbm = deep_machine(true);
    DBMSoftmax top;
    top.layer_name = "c";
    top.n_classes = K;
    top.irange = .5;
    top.learn_init_inpainting_state = learn;
    const AnyExpr rows = dbm.rows_of(data_of(dbm, true, false)["features"].value(), 2);
    const AnyExpr slope = grad(sum(square(top.class_input_alone(rows))), top.b());
    Function f;
    f.add(output("slope", slope + 0 * top.b()));
    const Data data = data_of(dbm, true, false);
    f.add(output("E", dbm.energy(dbm.mean_field(data["features"].value()).back())));
    Probe probe(dbm, data, f);
    probe.set("softmax_b", {1, 2, 3});
    Minibatch batch = batch_of(true);
    CHECK((std::abs(probe(batch)["slope"][0]) > 1) == learn);
  }
}
