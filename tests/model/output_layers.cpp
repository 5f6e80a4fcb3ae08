// Costs of last layers against plain loops, their gradients against differences, their channels.
#include "probe.hpp"

#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/hinge.hpp>
#include <ansatz/model/layers/linear_gaussian.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// A model of one layer at work on random numbers: its own cost, and the channels.
struct Fixture {
  Shared<Model> model;
  Data data;
  Minibatch minibatch;
  std::vector<double> x, y;
  Computed got;

  Fixture(const Shared<Layer>& layer, int outputs, const SpaceInfo* targets = nullptr,
          double size = .7)
      : model(stack(4, {layer})) {
    data.add("features", model->input_space());
    data.add("targets", targets ? *targets : model->target_space());
    minibatch = random_batch(data, 6, 11);
    Function f = everything(*model, Default(), data);
    ChannelList list;
    model->channels(data, list);
    for (const Channel& c : list) f.add(output(("channel." + c.name).c_str(), c.value));
    Probe probe(*model, data, f);
    probe.randomize(size, 5);
    // parameters that are not on the probe any more keep the outputs they gave
    x = minibatch.numbers.at("features");
    got = probe(minibatch);
    y = got.at("y");
    REQUIRE(y.size() == static_cast<std::size_t>(6 * outputs));
  }
  double cost() const { return got.at("cost")[0]; }
  double channel(const std::string& name) const { return got.at("channel." + name)[0]; }
  int label(std::size_t i) const { return minibatch.labels.at("targets")[i]; }
};

double gradient_error_of(const Shared<Layer>& layer) {
  const Shared<Model> model = stack(4, {layer});
  return gradient_error(*model, Default(), random_batch(data_of(*model, Default()), 6, 12));
}

}  // namespace

TEST_CASE("linear: the cost is the squared error, summed over units", "[model][linear]") {
  const Fixture f(Linear("y", 3, irange(.1)), 3);
  double square = 0, absolute = 0;
  for (std::size_t i = 0; i < f.y.size(); ++i) {
    const double e = f.minibatch.numbers.at("targets")[i] - f.y[i];
    square += e * e / 6, absolute += std::abs(e) / 6;
  }
  REQUIRE(f.cost() == Approx(square));
  REQUIRE(Fixture(Linear("y", 3, irange(.1), use_abs_loss(true)), 3).cost() == Approx(absolute));
  REQUIRE(gradient_error_of(Linear("y", 3, irange(.1))) < 1e-8);
  REQUIRE(gradient_error_of(Linear("y", 3, irange(.1), use_abs_loss(true), use_bias(false))) <
          1e-8);
}

TEST_CASE("softmax: the cost is -log p of the label", "[model][softmax]") {
  const Fixture f(Softmax("y", 3, irange(.1)), 3);
  double nll = 0, wrong = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const double* p = &f.y[3 * i];
    nll -= std::log(p[f.label(i)]) / 6;
    wrong += (std::max_element(p, p + 3) - p != f.label(i)) / 6.;
  }
  REQUIRE(f.cost() == Approx(nll));
  REQUIRE(f.channel("y_nll") == Approx(nll));
  REQUIRE(f.channel("y_misclass") == Approx(wrong));
  REQUIRE(gradient_error_of(Softmax("y", 3, irange(.1))) < 1e-8);
  REQUIRE(gradient_error_of(Softmax("y", 3, irange(.1), non_redundant(true))) < 1e-8);
}

TEST_CASE("softmax: labels and one-hot vectors give one cost, one label and two",
          "[model][softmax]") {
  for (int count : {1, 2}) {
    const Shared<Model> model = stack(4, {Softmax("y", 5, irange(.1), binary_target_dim(count))});
    Data labels, vectors;
    labels.add("features", model->input_space());
    labels.add("targets", model->target_space());
    vectors.add("features", model->input_space());
    vectors.add("targets", vector_space(5));
    Minibatch minibatch = random_batch(labels, 6, 3);
    const std::vector<int>& t = minibatch.labels.at("targets");
    std::vector<double>& hot = minibatch.numbers["targets"];
    hot.assign(6 * 5, 0);
    for (std::size_t i = 0; i < t.size(); ++i)
      hot[i / static_cast<std::size_t>(count) * 5 + static_cast<std::size_t>(t[i])] += 1;
    Probe a(*model, labels, everything(*model, Default(), labels));
    Probe b(*model, vectors, everything(*model, Default(), vectors));
    a.randomize(.7, 1);
    b.randomize(.7, 1);
    const Computed one = a(minibatch), other = b(minibatch);
    REQUIRE(one.at("cost")[0] == Approx(other.at("cost")[0]));
    REQUIRE(difference(one.at("grad.softmax_W"), other.at("grad.softmax_W")) < 1e-12);
  }
}

TEST_CASE("softmax: without weights or a column it takes as many inputs as it needs",
          "[model][softmax]") {
  stack(5, {Softmax("y", 5, no_affine(true))});
  stack(4, {Softmax("y", 5, no_affine(true), non_redundant(true))});
  REQUIRE_THAT(message_of([] { stack(4, {Softmax("y", 5, no_affine(true))}); }),
               Catch::Contains("as many inputs as classes"));
}

TEST_CASE("sigmoid: the cost is the mean over units of the cross entropy", "[model][sigmoid]") {
  const Fixture f(Sigmoid("y", 3, irange(.1)), 3);
  double kl = 0, wrong = 0;
  for (std::size_t i = 0; i < f.y.size(); ++i) {
    const double t = f.minibatch.numbers.at("targets")[i], p = f.y[i];
    kl -= (t * std::log(p) + (1 - t) * std::log(1 - p)) / 18;
    wrong += ((t > .5) != (p > .5)) / 18.;
  }
  REQUIRE(f.cost() == Approx(kl));
  REQUIRE(f.channel("y_kl") == Approx(kl));
  REQUIRE(f.channel("y_01_loss") == Approx(wrong));
  REQUIRE(gradient_error_of(Sigmoid("y", 3, irange(.1))) < 1e-8);
}

TEST_CASE("sigmoid: precision, recall and F1 by hand", "[model][sigmoid]") {
  const Shared<Model> model = stack(2, {Sigmoid("y", 2, irange(0.))});
  Data data;
  data.add("features", model->input_space());
  data.add("targets", model->target_space());
  ChannelList list;
  model->channels(data, list);
  Function f;
  for (const Channel& c : list) {
    f.add(output(c.name.c_str(), c.value));
    if (c.gathered >= Gathered::ratio) f.add(output((c.name + "/per").c_str(), c.per));
  }
  Probe probe(*model, data, f);
  probe.set("y_W", {1, 0, 0, 1});
  Minibatch minibatch;
  minibatch.examples = 4;
  minibatch.numbers["features"] = {1, 1, 1, -1, -1, -1, 1, -1};  // detected where positive
  minibatch.numbers["targets"] = {1, 0, 1, 0, 1, 0, 0, 0};
  const Computed got = probe(minibatch);
  // What the monitor makes of the counts of all batches: see tests/monitor.
  const auto ratio = [&](const std::string& name, std::size_t unit = 0) {
    return got.at(name)[unit] / got.at(name + "/per")[unit];
  };
  REQUIRE(ratio("y_precision") == Approx(2. / 4));
  REQUIRE(ratio("y_recall") == Approx(2. / 3));
  REQUIRE(ratio("y_f1") == Approx(2 * .5 * (2. / 3) / (.5 + 2. / 3)));
  for (const char* over : {"_max", "_mean", "_min"}) {
    REQUIRE(ratio(std::string("y_per_output_precision") + over, 0) == Approx(2. / 3));
    REQUIRE(ratio(std::string("y_per_output_precision") + over, 1) == 0);
    REQUIRE(ratio(std::string("y_per_output_recall") + over, 0) == Approx(2. / 3));
    REQUIRE(got.at(std::string("y_per_output_recall") + over + "/per")[1] == 0);
    REQUIRE(ratio(std::string("y_per_output_f1") + over, 1) == 0);
  }
}

TEST_CASE("sigmoid: misclass by the likeliest unit, or by all bits", "[model][sigmoid]") {
  const auto misclass = [](const char* style) {
    const Shared<Model> model = stack(2, {Sigmoid("y", 2, irange(0.), monitor_style(style))});
    Data data;
    data.add("features", model->input_space());
    data.add("targets", model->target_space());
    ChannelList list;
    model->channels(data, list);
    Function f;
    for (const Channel& c : list)
      if (c.name == "y_misclass") f.add(output("misclass", c.value));
    Probe probe(*model, data, f);
    probe.set("y_W", {1, 0, 0, 1});
    Minibatch minibatch;
    minibatch.examples = 4;
    minibatch.numbers["features"] = {3, 1, 1, -1, -1, -2, -1, 1};
    minibatch.numbers["targets"] = {1, 0, 1, 0, 1, 0, 1, 0};
    return probe(minibatch).at("misclass")[0];
  };
  REQUIRE(misclass("one_hot_class") == .25);
  REQUIRE(misclass("bit_vector_class") == .75);
  REQUIRE(misclass("classification") == .75);
  REQUIRE_THAT(message_of([&] { misclass("f1"); }), Catch::Contains("layer y: monitor_style"));
}

TEST_CASE("linear gaussian: the cost is -log p of the targets but for a constant",
          "[model][linear_gaussian]") {
  const auto layer = LinearGaussian("y", 2, irange(.1), init_beta(2.), min_beta(.5), max_beta(9.));
  const Shared<Model> model = stack(4, {layer});
  const Data data = data_of(*model, Default());
  Function f = everything(*model, Default(), data);
  ChannelList list;
  model->channels(data, list);
  for (const Channel& c : list) f.add(output(c.name.c_str(), c.value));
  Probe probe(*model, data, f);
  REQUIRE(probe.get("y_beta") == std::vector<double>{2, 2});
  probe.set("y_beta", {.8, 3});
  const Minibatch minibatch = random_batch(data, 6, 4);
  const Computed got = probe(minibatch);
  double cost = -.5 * (std::log(.8) + std::log(3)), mse = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const double e = minibatch.numbers.at("targets")[i] - got.at("y")[i];
    cost += .5 * e * e * (i % 2 ? 3 : .8) / 6, mse += e * e / 12;
  }
  REQUIRE(got.at("cost")[0] == Approx(cost));
  REQUIRE(got.at("y_mse")[0] == Approx(mse));
  REQUIRE(got.at("y_beta_min")[0] == .8);
  REQUIRE(got.at("y_beta_mean")[0] == Approx(1.9));
  const double h = 1e-6;
  probe.set("y_beta", {.8 + h, 3});
  const double up = probe(minibatch).at("cost")[0];
  REQUIRE(got.at("grad.y_beta")[0] == Approx((up - got.at("cost")[0]) / h).epsilon(1e-4));
}

TEST_CASE("linear gaussian: updates keep the precisions between their limits",
          "[model][linear_gaussian]") {
  const Shared<Model> model =
      stack(4, {LinearGaussian("y", 2, irange(.1), init_beta(2.), min_beta(.5), max_beta(9.))});
  UpdateList updates;
  const AnyExpr beta = model->parameters()[2].value;
  updates.add("y_beta", beta, 10 * (beta - 1.5));
  model->modify_updates(updates);
  Function f;
  updates.give_to(f);
  Probe probe(*model, {}, f);
  probe.set("y_beta", {1, 3});
  probe(Minibatch());
  REQUIRE(probe.get("y_beta") == std::vector<double>{.5, 9});
  REQUIRE_THAT(message_of([] {
                 stack(4, {LinearGaussian("y", 2, irange(.1), init_beta(2.), max_beta(9.))});
               }),
               Catch::Contains("layer y: min_beta must be above 0"));
}

TEST_CASE("hinge: multi-class and one against all, plain and squared", "[model][hinge]") {
  for (const char* kind : {"crammer_singer", "one_vs_all"})
    for (bool square : {false, true}) {
      const auto layer = Hinge("y", 3, irange(.1), hinge(kind), squared(square));
      const Fixture f(layer, 3);
      double cost = 0;
      for (std::size_t i = 0; i < 6; ++i) {
        const auto t = static_cast<std::size_t>(f.label(i));
        double worst = 0, sum = 0;
        for (std::size_t j = 0; j < 3; ++j) {
          const double z = f.y[3 * i + j];
          if (j != t) worst = std::max(worst, 1 + z - f.y[3 * i + t]);
          const double one = std::max(0., 1 - (j == t ? z : -z));
          sum += square ? one * one : one;
        }
        cost += (kind[0] == 'o' ? sum : square ? worst * worst : worst) / 6;
      }
      REQUIRE(f.cost() == Approx(cost));
      REQUIRE(f.channel("y_hinge") == Approx(cost));
      REQUIRE(gradient_error_of(layer) < 1e-7);
    }
  REQUIRE_THAT(message_of([] { stack(4, {Hinge("y", 3, irange(.1), hinge("soft"))}); }),
               Catch::Contains("layer y: hinge must be crammer_singer or one_vs_all"));
}

TEST_CASE("hinge: with equal scores one other class is moved, not all", "[model][hinge]") {
  const Shared<Model> model = stack(4, {Hinge("y", 5, irange(0.))});
  const Data data = data_of(*model, Default());
  Probe probe(*model, data, everything(*model, Default(), data));
  Minibatch minibatch = random_batch(data, 1, 4);
  minibatch.labels["targets"] = {2};
  REQUIRE(probe(minibatch).at("grad.y_b") == std::vector<double>{1, 0, -1, 0, 0});
}
