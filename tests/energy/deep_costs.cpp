// Costs of Boltzmann machines beside the ways to train them: means in place of samples, penalties
// of activities, what RBMs are trained by when nothing else is said.
#include <ansatz/algorithm/default.hpp>
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/cost/energy/l1_activation_cost.hpp>
#include <ansatz/cost/energy/multi_prediction.hpp>
#include <ansatz/cost/energy/score_matching.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/model/energy/gaussian_binary_rbm.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "deep_machine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

Minibatch labelled_bits(int examples) {
  Minibatch batch;
  batch.examples = examples;
  batch.numbers["features"] = random_bits(5 * examples, 2);
  Rows& y = batch.numbers["targets"];
  y.assign(static_cast<std::size_t>(examples) * 3, 0);
  for (std::size_t n = 0; n < static_cast<std::size_t>(examples); ++n) y[n * 3 + n % 3] = 1;
  return batch;
}

// Bits, as a data set.
struct Bits : Dataset {
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return source == "features" ? vector_space(5) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override {
    Dims width;
    width.push_back(5);
    std::vector<Column> columns{number_column("features", random_bits(200, 4), width)};
    return std::make_shared<const Table>(std::move(columns));
  }
};

}  // namespace

TEST_CASE("toronto_neg, VariationalPCD_VarianceReduction: what stands for samples are means",
          "[energy][dbm]") {
  const bool toronto = GENERATE(true, false);
  CAPTURE(toronto);
  const DBM dbm = deep_machine();
  VariationalPCD one(6, 2);
  one.supervised_cost = one.toronto_neg = true;
  VariationalPCD_VarianceReduction two(6, 2);
  two.supervised_cost = true;
  const Cost& cost = toronto ? static_cast<const Cost&>(one) : two;
  Data data;
  cost.data_specs(dbm, data);
  const GradientList g = cost.gradients(dbm, data);
  const AnyExpr y = data["targets"].value();
  const DBMState q = dbm.mean_field(data["features"].value(), &y).back();
  Function f;
  const ir::List<ModelParameter> parameters = dbm.parameters();
  for (int i = 0; i < parameters.size(); ++i)
    f.add(output(("grad." + parameters[i].name).c_str(), g.of[i]));
  for (int i = 0; i < 3; ++i) f.add(output(("q" + to_text(i)).c_str(), q.hidden[i].down));
  g.updates.give_to(f);
  Probe probe(dbm, data, f);
  probe.randomize(.8, 3);
  Store store = probe.program().store();
  for (const char* each : {"chains.visible", "chains.h", "chains.g", "chains.c"})
    store.resize(each, 6);
  for (int call = 0; call < 2; ++call) {
    Computed c = probe(labelled_bits(7));
    const auto chain = [&](const char* name) {
      const double* x = store.data<double>(name);
      return Rows(x, x + store.shape(name).count());
    };
    const Rows v = chain("chains.visible"), h = chain("chains.h"), s = chain("chains.g"),
               k = chain("chains.c");
    const Rows hW = probe.get("h_W"), gW = probe.get("g_W"), cW = probe.get("softmax_W");
    const auto mean_g = [&](const Rows& below, const Rows& above) {
      return sigmoids(added(affine(below, gW, probe.get("g_b"), 4), downwards(above, cW, 3, 3)));
    };
    const Rows h_mean = sigmoids(added(affine(v, hW, probe.get("h_b"), 5), downwards(s, gW, 4, 3)));
    const Rows k_mean = softmaxes(affine(s, cW, probe.get("softmax_b"), 3), 3);
    Rows v_mean = downwards(h, hW, 5, 4);
    const Rows bias = probe.get("visible_bias");
    for (std::size_t i = 0; i < v_mean.size(); ++i) v_mean[i] += bias[i % 5];
    v_mean = sigmoids(v_mean);
    const auto check = [&](const char* name, const Rows& of_data, const Rows& of_samples) {
      CHECK(difference(c[name], added(of_samples, scaled(of_data, -1))) < 1e-12);
    };
    const Rows x = labelled_bits(7).numbers["features"];
    const auto half = [](const Rows& a, const Rows& b) {
      return added(scaled(a, .5), scaled(b, .5));
    };
    if (toronto) {
      const Rows g_mean = mean_g(h_mean, k_mean);
      check("grad.h_W", mean_products(x, 5, c["q0"], 4), mean_products(v, 5, h_mean, 4));
      check("grad.g_W", mean_products(c["q0"], 4, c["q1"], 3), mean_products(h_mean, 4, g_mean, 3));
      check("grad.softmax_W", mean_products(c["q1"], 3, c["q2"], 3),
            mean_products(g_mean, 3, k, 3));
      check("grad.visible_bias", mean_products(Rows(7, 1), 1, x, 5),
            mean_products(Rows(6, 1), 1, v, 5));
    } else {
      const Rows g_mean = mean_g(h, k);
      check("grad.h_W", mean_products(x, 5, c["q0"], 4),
            half(mean_products(v, 5, h_mean, 4), mean_products(v_mean, 5, h, 4)));
      check("grad.g_W", mean_products(c["q0"], 4, c["q1"], 3),
            half(mean_products(h_mean, 4, s, 3), mean_products(h, 4, g_mean, 3)));
      check("grad.softmax_W", mean_products(c["q1"], 3, c["q2"], 3),
            half(mean_products(s, 3, k_mean, 3), mean_products(g_mean, 3, k, 3)));
      check("grad.visible_bias", mean_products(Rows(7, 1), 1, x, 5),
            half(mean_products(Rows(6, 1), 1, v, 5), mean_products(Rows(6, 1), 1, v_mean, 5)));
    }
  }
}

TEST_CASE("toronto_neg needs two layers and a Softmax", "[energy][dbm][yaml]") {
  const Shared<Object> made = load_object(
      "cost.yaml",
      "!obj:pylearn2.costs.dbm.PCD { num_chains: 3, num_gibbs_steps: 1, toronto_neg: 1 }");
  const auto& cost = dynamic_cast<const PCD&>(*made);
  CHECK(cost.toronto_neg);
  const DBM dbm = deep_machine(false);
  Data data;
  cost.data_specs(dbm, data);
  VariationalCD from_data(3, 1);
  from_data.toronto_neg = true;
  for (const Cost* each : {static_cast<const Cost*>(&cost), static_cast<const Cost*>(&from_data)})
    CHECK_THAT(message_of([&] { (void)each->gradients(dbm, data); }),
               Contains("two hidden layers and a Softmax"));
  const Shared<Object> other =
      load_object("cost.yaml",
                  "!obj:pylearn2.costs.dbm.VariationalPCD_VarianceReduction { num_chains: 3, "
                  "num_gibbs_steps: 2, supervised: 1 }");
  CHECK(dynamic_cast<const VariationalPCD_VarianceReduction&>(*other).num_gibbs_steps == 2);
}

TEST_CASE("recons_misclass: classes that the layer inferred of them makes again", "[energy][dbm]") {
  const DBM dbm = deep_machine();
  VariationalPCD cost(3, 1);
  cost.supervised_cost = true;
  Data data;
  cost.data_specs(dbm, data);
  ChannelList channels;
  cost.channels(dbm, data, channels);
  REQUIRE(names_of(channels) == std::vector<std::string>{"misclass", "recons_misclass"});
  const AnyExpr y = data["targets"].value();
  const DBMState q = dbm.mean_field(data["features"].value(), &y).back();
  Function f;
  f.add(output("share", channels[1].value));
  f.add(output("g", q.hidden[1].up));
  f.add(output("E", dbm.energy(q)));  // of all parameters
  Probe probe(dbm, data, f);
  probe.randomize(2, 3);
  const Minibatch batch = labelled_bits(40);
  Computed c = probe(batch);
  const Rows z = affine(c["g"], probe.get("softmax_W"), probe.get("softmax_b"), 3);
  int wrong = 0;
  for (std::size_t n = 0; n < 40; ++n)
    wrong += std::max_element(&z[n * 3], &z[n * 3] + 3) - &z[n * 3] != static_cast<long>(n % 3);
  CHECK(wrong > 0);
  CHECK(c["share"][0] == Approx(wrong / 40.));
}

TEST_CASE("L1_ActivationCost: distances of mean activities beyond eps", "[energy][rbm][yaml]") {
  const Shared<Object> made =
      load_object("cost.yaml",
                  "!obj:pylearn2.models.rbm.L1_ActivationCost { target: .3, eps: .05, coeff: .7 }");
  const auto& cost = dynamic_cast<const L1_ActivationCost&>(*made);
  RBM rbm;
  rbm.nvis = 5, rbm.nhid = 4;
  const Data data = data_of(rbm, cost);
  Function f;
  f.add(output("cost", *cost.expr(rbm, data)));
  f.add(output("F", rbm.free_energy(data["features"].value())));  // of all parameters
  Probe probe(rbm, data, f);
  probe.randomize(.9, 3);
  Minibatch batch;
  batch.examples = 7;
  batch.numbers["features"] = random_bits(35, 2);
  Computed c = probe(batch);
  const Rows h =
      sigmoids(affine(batch.numbers["features"], probe.get("W"), probe.get("bias_hid"), 5));
  double by_hand = 0;
  int within = 0;
  for (std::size_t j = 0; j < 4; ++j) {
    double m = 0;
    for (std::size_t n = 0; n < 7; ++n) m += h[n * 4 + j] / 7;
    by_hand += .7 / 4 * std::max(std::abs(m - .3) - .05, 0.);
    within += std::abs(m - .3) < .05;
  }
  CHECK(within < 4);
  CHECK(c["cost"][0] == Approx(by_hand));
  CHECK(gradient_error(rbm, SumOfCosts(SM(), cost), batch) < 1e-6);
  const std::string faulty = message_of([] {
    (void)load_object("cost.yaml",
                      "!obj:pylearn2.models.rbm.L1_ActivationCost { target: 1.5, eps: -1, coeff: "
                      ".nan }");
  });
  CHECK_THAT(faulty, Contains("target") && Contains("eps") && Contains("coeff"));
  CHECK_THAT(message_of([&] { (void)cost.expr(deep_machine(), data); }), Contains("needs an RBM"));
}

TEST_CASE("rbm: the pseudo-likelihood is estimated by a flip of one unit", "[energy][rbm]") {
  RBM rbm;
  rbm.nvis = 5, rbm.nhid = 3;
  Data data;
  data.add("features", rbm.input_space());
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("estimate", rbm.pseudo_likelihood(v)));
  f.add(output("F", rbm.free_energy(v)));
  Probe probe(rbm, data, f);
  probe.randomize(1, 3);
  // An example, and with each unit flipped.
  Minibatch batch;
  batch.examples = 6;
  const Rows example{1, 0, 0, 1, 1};
  Rows& x = batch.numbers["features"];
  for (std::size_t flip = 0; flip < 6; ++flip)
    for (std::size_t i = 0; i < 5; ++i) x.push_back(i + 1 == flip ? 1 - example[i] : example[i]);
  const Rows F = probe(batch)["F"];
  double exact = 0;
  for (std::size_t i = 1; i < 6; ++i) exact -= std::log1p(std::exp(F[0] - F[i]));
  batch.examples = 40000;
  x.clear();
  for (int n = 0; n < 40000; ++n) x.insert(x.end(), example.begin(), example.end());
  CHECK(probe(batch)["estimate"][0] == Approx(exact).epsilon(.02));

  const std::vector<std::string> names = channel_names(rbm, false);
  CHECK(std::count(names.begin(), names.end(), "pseudo_likelihood") == 1);
  GaussianBinaryRBM gaussian;
  gaussian.nvis = 5, gaussian.nhid = 3;
  gaussian.energy_function_class = Shared<GRBMEnergyFunction>(GRBM_Type_1());
  const std::vector<std::string> others = channel_names(gaussian, false);
  CHECK(std::count(others.begin(), others.end(), "pseudo_likelihood") == 0);
}

TEST_CASE("rbm: DefaultTrainingAlgorithm is SGD by SML with the model's keys", "[energy][rbm]") {
  const Shared<Object> made = load_object("rbm.yaml",
                                          "!obj:pylearn2.models.rbm.RBM { nvis: 5, nhid: 3, "
                                          "irange: .1, base_lr: .05, anneal_start: .2, "
                                          "nchains: 4, sml_gibbs_steps: 2 }");
  const RBM& rbm = dynamic_cast<const RBM&>(*made);
  const auto weights_after = [&](const auto& algorithm) {
    const Train job(Bits(), rbm, algorithm);
    Session session(job, build_programs(job, ElementType::float64), {});
    session.run();
    const double* W = session.store().data<double>("W");
    const double* chains = session.store().data<double>("chains");
    Rows both(W, W + 15);
    both.insert(both.end(), chains, chains + session.store().shape("chains").count());
    return both;
  };
  DefaultTrainingAlgorithm its_own;
  its_own.batch_size = 10, its_own.batches_per_iter = 6;
  its_own.termination_criterion = Shared<TerminationCriterion>(EpochCounter(2));
  SGD sgd(SML(4, 2), EpochCounter(2), AnnealedLearningRate(4));
  sgd.learning_rate = .05, sgd.batch_size = 10, sgd.batches_per_iter = 6;
  sgd.train_iteration_mode = "random_slice";
  const Rows learned = weights_after(its_own);
  CHECK(learned.size() == 15 + 20);
  CHECK(learned == weights_after(sgd));
  sgd.update_callbacks = {};
  CHECK(learned != weights_after(sgd));
}

TEST_CASE("MultiPrediction: rewards and penalties of activities, their gradients",
          "[energy][dbm]") {
  const DBM dbm = deep_machine(false);
  Minibatch batch = labelled_bits(6);
  batch.numbers.erase("targets");
  const auto base = [] { return MultiPrediction{Shared<MaskGen>(MaskGen(1))}; };
  MultiPrediction cost{Shared<MaskGen>(MaskGen(.5))};
  for (double c : {.3, .2}) {
    cost.range_rewards.push_back(c);
    cost.reweighted_act_targets.push_back(.15);
    cost.reweighted_act_coeffs.push_back(c);
  }
  CHECK(gradient_error(dbm, cost, batch) < 1e-6);

  // By hand, where not all is hidden: what is shown differs between the examples.
  const Data data = ansatz::testing::data_of(dbm, cost);
  const auto value = [&](const MultiPrediction& each, Computed* all = nullptr) {
    Function f = everything(dbm, each, data);
    Probe probe(dbm, data, f);
    probe.randomize(.9, 3);
    Computed c = probe(batch);
    if (all) *all = c;
    return c["cost"][0];
  };
  // All of v is hidden, so the means are the same of all examples: ranges are 0.
  MultiPrediction ranges = base();
  for (double c : {.3, .2}) ranges.range_rewards.push_back(c);
  CHECK(value(ranges) - value(base()) == Approx(.5));

  // As TorontoSparsity: the gradient of a layer is that of a linear one.
  MultiPrediction toronto = base();
  for (double c : {.3, 0.}) {
    toronto.toronto_act_targets.push_back(.2);
    toronto.toronto_act_coeffs.push_back(c);
  }
  Computed with, without;
  const double more = value(toronto, &with) - value(base(), &without);
  Function f;
  MaskedExample given;
  given.v = data["features"].value();
  given.drop_mask = 0 * given.v + 1;
  f.add(output("h", dbm.do_inpainting(given).back().means.hidden[0].down));
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  const Rows h = probe(batch)["h"], &v = batch.numbers["features"];
  double penalty = 0;
  Rows W(20), b(4);
  for (std::size_t j = 0; j < 4; ++j) {
    double m = 0;
    for (std::size_t n = 0; n < 6; ++n) m += h[n * 4 + j] / 6;
    penalty += .3 * (m - .2) * (m - .2) / 4;
    for (std::size_t n = 0; n < 6; ++n) {
      const double slope = .3 * 2 * (m - .2) / 4 / 6;
      b[j] += slope;
      for (std::size_t i = 0; i < 5; ++i) W[i * 4 + j] += slope * v[n * 5 + i];
    }
  }
  CHECK(more == Approx(penalty));
  CHECK(difference(with["grad.h_W"], added(without["grad.h_W"], W)) < 1e-12);
  CHECK(difference(with["grad.h_b"], added(without["grad.h_b"], b)) < 1e-12);
  CHECK(difference(with["grad.g_W"], without["grad.g_W"]) < 1e-12);

  toronto.toronto_act_coeffs = {};
  CHECK_THAT(message_of([&] { (void)toronto.expr(dbm, data); }), Contains("each hidden layer"));
}

TEST_CASE("MultiPrediction: multi-inference sees the mean of v and of what is made of it",
          "[energy][dbm][yaml]") {
  const DBM dbm = deep_machine();
  const Shared<Object> made = load_object(
      "cost.yaml",
      "!obj:pylearn2.costs.dbm.MultiPrediction { supervised: 1, monitor_each_step: 1, "
      "monitor_multi_inference: 1, range_rewards: [0., 0., 0.], reweighted_act_targets: [.1, .1, "
      ".1], reweighted_act_coeffs: [.1, 0., 0.], toronto_act_targets: [.1, .1, .1], "
      "toronto_act_coeffs: [.1, .1, 0.], mask_gen: !obj:pylearn2.costs.dbm.MaskGen { drop_prob: "
      ".5, balance: 0, sync_channels: 1, seed: 7 } }");
  const auto& cost = dynamic_cast<const MultiPrediction&>(*made);
  Data data;
  cost.data_specs(dbm, data);
  ChannelList channels;
  cost.channels(dbm, data, channels);
  const std::vector<std::string> names = names_of(channels);
  for (const char* each : {"multi_err", "max_pixel_diff[1]", "max_pixel_diff[2]",
                           "total_inpaint_cost_term_1_toronto_act_cost",
                           "total_inpaint_cost_term_2_reweighted_act_cost"})
    CHECK(std::count(names.begin(), names.end(), each) == 1);

  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("y", dbm.multi_infer(v)));
  const AnyExpr targets = data["targets"].value();
  f.add(output("E", dbm.energy(dbm.mean_field(v, &targets).back())));
  Probe probe(dbm, data, f);
  probe.randomize(.9, 3);
  const Minibatch batch = labelled_bits(6);
  const Rows& x = batch.numbers.at("features");
  const Rows bias = probe.get("visible_bias"), hW = probe.get("h_W"), gW = probe.get("g_W"),
             cW = probe.get("softmax_W");
  const auto seen = [&](Rows made_again) {
    for (std::size_t i = 0; i < made_again.size(); ++i) made_again[i] += bias[i % 5];
    return added(scaled(x, .5), scaled(sigmoids(made_again), .5));
  };
  const auto top = [&](const Rows& g) {
    return softmaxes(affine(g, cW, probe.get("softmax_b"), 3), 3);
  };
  Rows now = seen(Rows(30));
  Rows h = sigmoids(affine(scaled(now, 2), hW, probe.get("h_b"), 5));
  Rows g = sigmoids(affine(scaled(h, 2), gW, probe.get("g_b"), 4));
  Rows y = top(g);
  for (int round = 1; round < 3; ++round) {
    h = sigmoids(added(affine(now, hW, probe.get("h_b"), 5), downwards(g, gW, 4, 3)));
    y = top(g);
    now = seen(downwards(h, hW, 5, 4));
    g = sigmoids(added(affine(h, gW, probe.get("g_b"), 4), downwards(y, cW, 3, 3)));
  }
  CHECK(difference(probe(batch)["y"], y) < 1e-12);
}
