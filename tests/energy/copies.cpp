// Units that stand for several of the same weights, against the machine in which these are there;
// penalties of the activities of pools and of layers side by side.
#include <ansatz/cost/energy/mean_field_activity.hpp>
#include <ansatz/cost/energy/multi_prediction.hpp>
#include <ansatz/cost/energy/toronto_sparsity.hpp>
#include <ansatz/model/energy/dbm/conv_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm_composite_layer.hpp>
#include <ansatz/registry/job.hpp>

#include "dbm_states.hpp"
#include "deep_machine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

Shared<DBMHiddenLayer> copied_units(const char* name, int count, int pool, int copies,
                                    bool center) {
  BinaryVectorMaxPool layer;
  layer.layer_name = name;
  layer.detector_layer_dim = count;
  layer.pool_size = pool;
  layer.copies = copies;
  layer.center = center;
  layer.irange = .5;
  return Shared<DBMHiddenLayer>(layer);
}
// v of 2 units twice, h of 4 detectors in two pools twice, g of 2 units three times; or each of
// these units for itself.
DBM copied_machine(bool apart, bool center) {
  DBM dbm;
  BinaryVector v;
  v.nvis = apart ? 4 : 2;
  v.copies = apart ? 1 : 2;
  v.center = center;
  v.learn_init_inpainting_state = true;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  dbm.hidden_layers.push_back(copied_units("h", apart ? 8 : 4, 2, apart ? 1 : 2, false));
  dbm.hidden_layers.push_back(copied_units("g", apart ? 6 : 2, 1, apart ? 1 : 3, center));
  dbm.niter = 3;
  dbm.check();
  return dbm;
}
Function of_copied_states(const DBM& dbm, const DBMState& s) {
  Function f;
  f.add(output("E", dbm.energy(s)));
  f.add(output("v", dbm.mean_of_v(s)));
  f.add(output("h", dbm.mf_update(s, 0).down));
  f.add(output("p", dbm.mf_update(s, 0).up));
  f.add(output("g", dbm.mf_update(s, 1).down));
  f.add(output("mf", dbm.mean_field(s.v).back().hidden[1].down));
  const DBMState next = dbm.gibbs_step(s);
  f.add(output("drawn h", next.hidden[0].down));
  f.add(output("drawn p", next.hidden[0].up));
  f.add(output("drawn v", next.v));
  f.add(output("drawn g", next.hidden[1].down));
  return f;
}
// The numbers of each row so often, and the mean of so many.
Rows repeated(const Rows& x, std::size_t width, int copies) {
  Rows all;
  for (std::size_t at = 0; at < x.size(); at += width)
    for (int c = 0; c < copies; ++c)
      all.insert(all.end(), x.begin() + std::ptrdiff_t(at), x.begin() + std::ptrdiff_t(at + width));
  return all;
}
Rows mean_of_copies(const Rows& x, std::size_t width, std::size_t copies) {
  Rows means(x.size() / copies);
  for (std::size_t i = 0; i < x.size(); ++i)
    means[i / (width * copies) * width + i % width] += x[i] / double(copies);
  return means;
}
// W [a, b], each row `rows` times in blocks, each column `columns` times.
Rows spread(const Rows& W, std::size_t b, int rows, int columns) {
  return repeated(repeated(W, b, columns), W.size() * std::size_t(columns), rows);
}

}  // namespace

TEST_CASE("copies: the machine in which each of them is there", "[energy][dbm]") {
  const bool center = GENERATE(false, true);
  const DBM few = copied_machine(false, center), many = copied_machine(true, center);
  const Data of_few = states_of(few), of_many = states_of(many);
  Probe a(few, of_few, of_copied_states(few, state_in(few, of_few)));
  Probe b(many, of_many, of_copied_states(many, state_in(many, of_many)));
  a.randomize(.7, 3);
  if (center) a.set("visible_offset", {.3, .6}), a.set("g_offset", {.4, .2});
  b.set("h_W", spread(a.get("h_W"), 4, 2, 2));
  b.set("g_W", spread(a.get("g_W"), 2, 2, 3));  // of pools
  b.set("h_b", repeated(a.get("h_b"), 4, 2));
  for (const char* name : {"visible_bias", "visible_offset"})
    if (center || name[8] == 'b') b.set(name, repeated(a.get(name), 2, 2));
  for (const char* name : {"g_b", "g_offset"})
    if (center || name[2] == 'b') b.set(name, repeated(a.get(name), 2, 3));

  constexpr int examples = 9;
  const Rows v = random_bits(4 * examples, 1), g = random_bits(6 * examples, 3);
  Rows h = random_bits(8 * examples, 2);
  for (std::size_t i = 0; i < h.size(); i += 2) h[i + 1] *= 1 - h[i];  // one of a pool
  Computed one = a(states_batch(
      few, examples, {mean_of_copies(v, 2, 2), mean_of_copies(h, 4, 2), mean_of_copies(g, 2, 3)}));
  Computed all = b(states_batch(many, examples, {v, h, g}));
  CHECK(difference(one["E"], all["E"]) < 1e-12);
  CHECK(difference(one["v"], mean_of_copies(all["v"], 2, 2)) < 1e-12);
  CHECK(difference(one["h"], mean_of_copies(all["h"], 4, 2)) < 1e-12);
  CHECK(difference(one["p"], mean_of_copies(all["p"], 2, 2)) < 1e-12);
  CHECK(difference(one["g"], mean_of_copies(all["g"], 2, 3)) < 1e-12);
  CHECK(difference(one["mf"], mean_of_copies(all["mf"], 2, 3)) < 1e-12);

  // Draws: as often as those of the other machine are so many at once.
  constexpr int draws = 20000;
  const Rows v1(v.begin(), v.begin() + 4), h1(h.begin(), h.begin() + 8),
      g1(g.begin(), g.begin() + 6);
  one = a(states_batch(
      few, draws, {mean_of_copies(v1, 2, 2), mean_of_copies(h1, 4, 2), mean_of_copies(g1, 2, 3)}));
  all = b(states_batch(many, draws, {v1, h1, g1}));
  const auto check = [&](const char* name, std::size_t width, std::size_t copies) {
    CAPTURE(name);
    const Rows there = mean_of_copies(all[name], width, copies), &here = one[name];
    for (std::size_t k = 0; k < width; ++k)
      for (std::size_t times = 0; times <= copies; ++times) {
        double share_here = 0, share_there = 0;
        const double wanted = double(times) / double(copies);
        for (std::size_t n = k; n < here.size(); n += width) {
          share_here += std::abs(here[n] - wanted) < 1e-9;
          share_there += std::abs(there[n] - wanted) < 1e-9;
        }
        CHECK(share_here / draws == Approx(share_there / draws).margin(.02));
      }
  };
  check("drawn h", 4, 2);
  check("drawn p", 2, 2);
  check("drawn v", 2, 2);
  check("drawn g", 2, 3);
}

TEST_CASE("copies: classes of a replicated softmax", "[energy][dbm]") {
  const auto topped = [](int copies) {
    DBM dbm = deep_machine(false);
    DBMSoftmax top;
    top.layer_name = "c";
    top.n_classes = 3;
    top.irange = .5;
    top.copies = copies;
    top.center = true;
    dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(top));
    dbm.check();
    return dbm;
  };
  const DBM twice = topped(2), once = topped(1);
  const Data data = states_of(twice);
  const auto of = [&](const DBM& dbm) {
    const DBMState s = state_in(dbm, data);
    Function f;
    f.add(output("E", dbm.energy(s)));
    f.add(output("g", dbm.mf_update(s, 1).down));
    f.add(output("y", dbm.mf_update(s, 2).up));
    f.add(output("drawn", dbm.gibbs_step(s).hidden[2].up));
    return f;
  };
  Probe two(twice, data, of(twice)), one(once, data, of(once));
  two.randomize(.8, 3);
  for (const char* name : {"visible_bias", "h_W", "h_b", "g_W", "g_b", "softmax_W", "softmax_b"})
    one.set(name, two.get(name));
  const Rows v{1, 0, 1, 1, 0}, h{1, 0, 0, 1}, g{0, 1, 1};
  // The energy of two variables is the sum of what each has beside the rest, e0.
  const auto energy = [&](const Rows& y) {
    return one(states_batch(once, 1, {v, h, g, y}))["E"][0];
  };
  const double e0 = energy({1. / 3, 1. / 3, 1. / 3});
  const Computed c = two(states_batch(twice, 1, {v, h, g, {.5, 0, .5}}));
  CHECK(c.at("E")[0] - e0 == Approx(energy({1, 0, 0}) + energy({0, 0, 1}) - 2 * e0));
  // g is told by both of them.
  const Rows told = c.at("g"),
             y0 = one(states_batch(once, 1, {v, h, g, {1. / 3, 1. / 3, 1. / 3}}))["g"];
  const Rows y1 = one(states_batch(once, 1, {v, h, g, {1, 0, 0}}))["g"],
             y3 = one(states_batch(once, 1, {v, h, g, {0, 0, 1}}))["g"];
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  for (std::size_t j = 0; j < 3; ++j)
    CHECK(logit(told[j]) - logit(y0[j]) ==
          Approx(logit(y1[j]) + logit(y3[j]) - 2 * logit(y0[j])).margin(1e-9));
  // Draws are means of two.
  constexpr std::size_t draws = 20000;
  const Computed d = two(states_batch(twice, int(draws), {v, h, g, {.5, 0, .5}}));
  Rows shares(3), both(3);
  for (std::size_t n = 0; n < draws; ++n)
    for (std::size_t k = 0; k < 3; ++k) {
      const double x = d.at("drawn")[3 * n + k];
      shares[k] += x / draws, both[k] += (x == 1) / double(draws);
    }
  CHECK(shares[0] + shares[1] + shares[2] == Approx(1));
  CHECK(both[0] + both[1] + both[2] < .99);
}

TEST_CASE("copies: gradients of MultiPrediction, keys, what is refused", "[energy][dbm][yaml]") {
  MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
  const DBM dbm = copied_machine(false, true);
  Minibatch batch;
  batch.examples = 5;
  batch.numbers["features"] = mean_of_copies(random_bits(20, 3), 2, 2);
  CHECK(gradient_error(dbm, cost, batch) < 1e-6);
  const auto text = [](const char* copies) {
    return std::string(
               "!obj:pylearn2.models.dbm.DBM { batch_size: 5, niter: 2, visible_layer: "
               "!obj:pylearn2.models.dbm.BinaryVector { nvis: 3, copies: ") +
           copies +
           " }, hidden_layers: [ !obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: h, "
           "detector_layer_dim: 4, pool_size: 2, irange: .1, copies: 4 }, "
           "!obj:pylearn2.models.dbm.Softmax { layer_name: y, n_classes: 3, irange: .1, copies: 2 "
           "} ] }";
  };
  const Shared<Object> made = load_object("dbm.yaml", text("7"));
  const auto& from_text = dynamic_cast<const DBM&>(*made);
  CHECK(dynamic_cast<const BinaryVector&>(*from_text.visible_layer).copies == 7);
  CHECK(dynamic_cast<const BinaryVectorMaxPool&>(*from_text.hidden_layers[0]).copies == 4);
  CHECK(dynamic_cast<const DBMSoftmax&>(*from_text.hidden_layers[1]).copies == 2);
  CHECK_THAT(message_of([&] { (void)load_object("dbm.yaml", text("0")); }), Contains("copies"));
}

namespace {

// An image, detectors at its places in pools, and above it units beside pooled ones.
DBM with_pools() {
  DBM dbm;
  BinaryVector v;
  v.nvis = 5;
  v.learn_init_inpainting_state = true;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  DBMCompositeLayer both;
  both.layer_name = "both";
  both.components.push_back(binary_units("a", 2));
  both.components.push_back(copied_units("p", 4, 2, 1, false));
  dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(both));
  dbm.hidden_layers.push_back(copied_units("g", 4, 2, 1, false));
  dbm.niter = 3;
  dbm.check();
  return dbm;
}
// Distances of the means over rows of numbers `from` to `to` from a target, their mean.
struct Distances {
  double l1 = 0, l2 = 0;
};
Distances distances(const Rows& x, std::size_t width, std::size_t from, std::size_t to,
                    double target, double eps) {
  Distances d;
  const double rows = double(x.size()) / double(width);
  for (std::size_t k = from; k < to; ++k) {
    double m = 0;
    for (std::size_t n = k; n < x.size(); n += width) m += x[n] / rows;
    d.l1 += std::max(std::abs(m - target) - eps, 0.) / double(to - from);
    d.l2 += (m - target) * (m - target) / double(to - from);
  }
  return d;
}

}  // namespace

TEST_CASE("penalties of activities: of pools and detectors, of layers side by side",
          "[energy][dbm]") {
  const DBM dbm = with_pools();
  MF_L1_ActCost l1;
  MF_L2_ActCost l2;
  for (const ActivityNumbers& each : {ActivityNumbers{.2, .3, .1}, ActivityNumbers{.5, .4}})
    l1.targets.push_back(each), l2.targets.push_back(each);
  for (const ActivityNumbers& each : {ActivityNumbers{.7, .5, 2}, ActivityNumbers{0, 3}})
    l1.coeffs.push_back(each), l2.coeffs.push_back(each);
  for (const ActivityNumbers& each : {ActivityNumbers{.01, .02, .03}, ActivityNumbers{0, .04}})
    l1.eps.push_back(each);
  Data data;
  data.add("features", dbm.input_space());
  const DBMState s = dbm.mean_field(data["features"].value()).back();
  Function f;
  f.add(output("l1", *l1.expr(dbm, data)));
  f.add(output("l2", *l2.expr(dbm, data)));
  f.add(output("up", s.hidden[0].up));
  f.add(output("down", s.hidden[0].down));
  f.add(output("g", s.hidden[1].down));
  f.add(output("E", dbm.energy(s)));
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  Minibatch batch;
  batch.examples = 6;
  batch.numbers["features"] = random_numbers(30, 4);  // the largest mean is of one example
  Computed c = probe(batch);
  const Distances a = distances(c["down"], 6, 0, 2, .2, .01),
                  pools = distances(c["up"], 4, 2, 4, .3, .02),
                  detectors = distances(c["down"], 6, 2, 6, .1, .03),
                  g = distances(c["g"], 4, 0, 4, .4, .04);
  CHECK(c["l1"][0] == Approx(.7 * a.l1 + .5 * pools.l1 + 2 * detectors.l1 + 3 * g.l1));
  CHECK(c["l2"][0] == Approx(.7 * a.l2 + .5 * pools.l2 + 2 * detectors.l2 + 3 * g.l2));

  MultiPrediction inpainting{Shared<MaskGen>(MaskGen(.5))};
  inpainting.l1_act_targets = l1.targets;
  inpainting.l1_act_coeffs = l1.coeffs;
  inpainting.l1_act_eps = l1.eps;
  inpainting.range_rewards = l1.coeffs;
  inpainting.reweighted_act_targets = l1.targets;
  inpainting.reweighted_act_coeffs = l1.coeffs;
  CHECK(gradient_error(dbm, inpainting, batch) < 1e-6);

  // Wrong counts are told by the layer.
  const auto refused = [&](const ActivityNumbers& coefficients, const ActivityNumbers& targets) {
    MF_L2_ActCost wrong = l2;
    wrong.coeffs[1] = coefficients;
    wrong.targets[1] = targets;
    return message_of([&] { (void)wrong.expr(dbm, data); });
  };
  CHECK_THAT(refused({1.}, {.5}), Contains("layer g has 2 mean activities: pools, then detectors"));
  CHECK_THAT(refused({1., 1.}, {.5}), Contains("layer g has 1 targets, but 2 coefficients"));
  CHECK(refused({0.}, {.5}) == "");
}

TEST_CASE("penalties of activities: at the places of an image they are of channels",
          "[energy][dbm]") {
  const int pool = GENERATE(1, 2);
  CAPTURE(pool);
  ConvMaxPool layer;
  layer.layer_name = "h";
  layer.output_channels = 2;
  layer.kernel_rows = layer.kernel_cols = 3;
  layer.pool_rows = layer.pool_cols = pool;
  layer.irange = .5;
  DBM dbm;
  BinaryVector v;
  v.nvis = 36;
  struct Image : BinaryVector {
    constexpr ~Image() override {}
    constexpr SpaceInfo space() const override { return conv2d_space(6, 6, 1); }
  };
  Image image;
  image.nvis = 36;
  dbm.visible_layer = Shared<DBMVisibleLayer>(image);
  dbm.hidden_layers.push_back(Shared<DBMHiddenLayer>(layer));
  MF_L2_ActCost cost;
  cost.targets.push_back(pool == 1 ? ActivityNumbers{.1} : ActivityNumbers{.3, .1});
  cost.coeffs.push_back(pool == 1 ? ActivityNumbers{2} : ActivityNumbers{.5, 2});
  Data data;
  data.add("features", dbm.input_space());
  const AnyExpr x = data["features"].value();
  const DBMHiddenLayer& h = *dbm.hidden_layers[0];
  const UnitState s = h.mf_update(dbm.below(0), x, nullptr);
  Function f;
  const ir::List<AnyExpr> all = h.activities(dbm.below(0), s);
  AnyExpr total = constant(0);
  for (int k = 0; k < all.size(); ++k)
    total = total +
            cost.coeffs[0].list[k] * mean(square(mean_activity(all[k]) - cost.targets[0].list[k]));
  f.add(output("cost", total));
  f.add(output("up", s.up));
  f.add(output("down", s.down));
  Probe probe(dbm, data, f);
  Minibatch batch;
  batch.examples = 4;
  batch.numbers["features"] = random_bits(144, 4);
  Computed c = probe(batch);
  double expected = 2 * distances(c["down"], 2, 0, 2, .1, 0).l2;
  if (pool == 2) expected += .5 * distances(c["up"], 2, 0, 2, .3, 0).l2;
  CHECK(c["cost"][0] == Approx(expected));
}

TEST_CASE("TorontoSparsity: layers with pools are refused, those side by side are as one",
          "[energy][dbm]") {
  const DBM pooled = with_pools();
  Data data;
  data.add("features", pooled.input_space());
  TorontoSparsity cost;
  cost.targets.push_back({.2, .3, .1}), cost.targets.push_back(0);
  cost.coeffs.push_back({.1, 0, .1}), cost.coeffs.push_back(0);
  CHECK_THAT(message_of([&] { (void)cost.gradients(pooled, data); }),
             Contains("layer p has no linear approximation"));

  const auto gradients = [&](bool apart) {
    DBM dbm = deep_machine(false);
    dbm.hidden_layers = {};
    DBMCompositeLayer both;
    both.layer_name = "both";
    for (const char* name : {"a", "b"}) both.components.push_back(binary_units(name, 2));
    dbm.hidden_layers.push_back(apart ? Shared<DBMHiddenLayer>(both) : binary_units("h", 4));
    dbm.niter = 1;
    TorontoSparsity each;
    each.targets.push_back(apart ? ActivityNumbers{.2, .2} : ActivityNumbers{.2});
    each.coeffs.push_back(apart ? ActivityNumbers{.15, .15} : ActivityNumbers{.3});
    const GradientList g = each.gradients(dbm, data);
    Function f;
    const ir::List<ModelParameter> list = dbm.parameters();
    for (int i = 0; i < list.size(); ++i) f.add(output(list[i].name.c_str(), g.of[i]));
    f.add(output("cost", *each.expr(dbm, data)));
    Probe probe(dbm, data, f);
    const Rows W = random_numbers(20, 7), b{.1, -.2, .3, 0};
    const auto columns = [&](std::size_t from, std::size_t to) {
      Rows some;
      for (std::size_t i = 0; i < 5; ++i)
        some.insert(some.end(), W.begin() + std::ptrdiff_t(4 * i + from),
                    W.begin() + std::ptrdiff_t(4 * i + to));
      return some;
    };
    if (apart) {
      probe.set("a_W", columns(0, 2)), probe.set("b_W", columns(2, 4));
      probe.set("a_b", {b[0], b[1]}), probe.set("b_b", {b[2], b[3]});
    } else {
      probe.set("h_W", W), probe.set("h_b", b);
    }
    Minibatch batch;
    batch.examples = 7;
    batch.numbers["features"] = random_bits(35, 2);
    return probe(batch);
  };
  Computed one = gradients(false), two = gradients(true);
  CHECK(two["cost"][0] == Approx(one["cost"][0]));
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(two[j < 2 ? "a_b" : "b_b"][j % 2] == Approx(one["h_b"][j]));
    for (std::size_t i = 0; i < 5; ++i)
      CHECK(two[j < 2 ? "a_W" : "b_W"][2 * i + j % 2] == Approx(one["h_W"][4 * i + j]));
  }
}

TEST_CASE("penalties of activities from YAML: lists in lists", "[energy][dbm][yaml]") {
  const Shared<Object> made =
      load_object("cost.yaml",
                  "!obj:pylearn2.costs.dbm.MF_L1_ActCost { targets: [ [ .2, [ .3, .1 ] ], .5 ], "
                  "coeffs: [ [ .7, [ .5, 2. ] ], 1. ], eps: [ [ 0., [ 0., 0. ] ], 0. ], "
                  "supervised: 0 }");
  const auto& cost = dynamic_cast<const MF_L1_ActCost&>(*made);
  REQUIRE(cost.targets.size() == 2);
  CHECK(cost.targets[0].list.size() == 3);
  CHECK(cost.targets[0].list[1] == .3);
  CHECK(cost.coeffs[0].list[2] == 2);
  CHECK(cost.targets[1].list.size() == 1);
  CHECK_THAT(message_of([&] {
               (void)load_object("cost.yaml",
                                 "!obj:pylearn2.costs.dbm.MF_L2_ActCost { targets: [ [ .2, [ 3., "
                                 ".1 ] ] ], coeffs: [ 1. ] }");
             }),
             Contains("targets") && Contains("-1 to 1"));
}
