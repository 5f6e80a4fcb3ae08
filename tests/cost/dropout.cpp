// Dropout as a cost, and costs of targets that are missing.
#include "../model/probe.hpp"

#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/cost/supervised/missing_target_cost.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// A layer that lets its input pass, to see what dropout makes of it.
Shared<Model> identity(int n) { return stack(n, {Linear("h", n, irange(0.), use_bias(false))}); }

std::vector<double> identity_matrix(int n) {
  std::vector<double> w(static_cast<std::size_t>(n * n));
  for (int i = 0; i < n; ++i) w[static_cast<std::size_t>(i * n + i)] = 1;
  return w;
}

std::vector<double> dropped(int n, int examples, const DropoutArguments& how,
                            std::uint64_t seed = 0) {
  const Shared<Model> model = identity(n);
  Data data;
  data.add("features", model->input_space());
  Function f;
  f.add(output("y", dropout_fprop(*model->as_layered(), data["features"], how).value()));
  Probe probe(*model, data, f);
  probe.set("h_W", identity_matrix(n));
  probe.program().seed(seed);
  Minibatch minibatch;
  minibatch.examples = examples;
  minibatch.numbers["features"].assign(static_cast<std::size_t>(n * examples), 1);
  return probe(minibatch).at("y");
}

double mean_of(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

}  // namespace

TEST_CASE("dropout: inputs are kept with their probability and scaled", "[cost][dropout]") {
  DropoutArguments how;
  const std::vector<double> half = dropped(100, 40, how);
  REQUIRE(std::set<double>(half.begin(), half.end()) == std::set<double>{0, 2});
  REQUIRE(mean_of(half) == Approx(1).margin(.07));
  how.input_include_probs = {{"h", .8}};
  how.input_scales = {{"h", 1.25}};
  const std::vector<double> most = dropped(100, 40, how);
  REQUIRE(std::set<double>(most.begin(), most.end()) == std::set<double>{0, 1.25});
  REQUIRE(mean_of(most) == Approx(1).margin(.04));
  REQUIRE(dropped(100, 40, how) == most);
  REQUIRE(dropped(100, 40, how, 1) != most);
}

TEST_CASE("dropout: a mask for each example, or one for the batch", "[cost][dropout]") {
  DropoutArguments how;
  const std::vector<double> own = dropped(50, 2, how);
  REQUIRE(std::vector<double>(own.begin(), own.begin() + 50) !=
          std::vector<double>(own.begin() + 50, own.end()));
  how.per_example = false;
  const std::vector<double> same = dropped(50, 2, how);
  REQUIRE(std::vector<double>(same.begin(), same.begin() + 50) ==
          std::vector<double>(same.begin() + 50, same.end()));
  REQUIRE(mean_of(same) == Approx(1).margin(.6));
}

TEST_CASE("dropout: with probability 1 nothing is done, nor scaled", "[cost][dropout]") {
  DropoutArguments how;
  how.default_input_include_prob = 1;
  how.default_input_scale = 3;
  REQUIRE(dropped(5, 2, how) == std::vector<double>(10, 1));
}

TEST_CASE("dropout: names and probabilities that do not fit are refused", "[cost][dropout]") {
  DropoutArguments how;
  how.input_include_probs = {{"h0", .8}};
  REQUIRE_THAT(message_of([&] { dropped(5, 2, how); }),
               Catch::Contains("input_include_probs: the MLP has no layer \"h0\"") &&
                   Catch::Contains("nearest: h"));
  how.input_include_probs = {};
  how.input_scales = {{"y", .8}};
  REQUIRE_THAT(message_of([&] { dropped(5, 2, how); }),
               Catch::Contains("input_scales: the MLP has no layer \"y\""));
  how.input_scales = {};
  how.default_input_include_prob = 0;
  REQUIRE_THAT(message_of([&] { dropped(5, 2, how); }),
               Catch::Contains("dropout of layer h: a probability above 0"));
}

TEST_CASE("dropout: the value and its gradients come from the same masks", "[cost][dropout]") {
  const Shared<Model> model =
      stack(6, {RectifiedLinear("h", 8, irange(.5)), Softmax("y", 3, irange(.5))});
  const Dropout cost(input_include_probs({{"h", .8}}), input_scales({{"h", 1.25}}));
  REQUIRE(cost.is_stochastic());
  const Data data = data_of(*model, cost);
  Probe probe(*model, data, everything(*model, cost, data));
  probe.randomize(.7, 3);
  const Minibatch minibatch = random_batch(data, 4, 2);
  const auto at = [&](const std::vector<double>& w) {
    probe.set("h_W", w);
    probe.program().step_count(0);  // the same random numbers again
    return probe(minibatch);
  };
  const std::vector<double> w = probe.get("h_W");
  const Computed here = at(w);
  for (std::size_t i = 0; i < w.size(); i += 7) {
    std::vector<double> up = w, down = w;
    up[i] += 1e-6, down[i] -= 1e-6;
    const double slope = (at(up).at("cost")[0] - at(down).at("cost")[0]) / 2e-6;
    REQUIRE(here.at("grad.h_W")[i] == Approx(slope).margin(1e-7));
  }
  REQUIRE(at(w).at("cost") == here.at("cost"));
  REQUIRE(probe(minibatch).at("cost") != here.at("cost"));
}

TEST_CASE("dropout: the prediction is the plain output", "[cost][dropout]") {
  const Shared<Model> model = stack(6, {Softmax("y", 3, irange(.5))});
  const Data data = data_of(*model, Dropout());
  Probe plain(*model, data, everything(*model, Default(), data));
  Probe with(*model, data, everything(*model, Dropout(), data));
  const Minibatch minibatch = random_batch(data, 4, 2);
  REQUIRE(plain(minibatch).at("y") == with(minibatch).at("y"));
  REQUIRE(plain(minibatch).at("cost") != with(minibatch).at("cost"));
}

TEST_CASE("dropout: probabilities and scales are scalars of the program", "[cost][dropout]") {
  const Shared<Model> model = stack(6, {Softmax("y", 3, irange(.5))});
  const Data data = data_of(*model, Dropout());
  Probe plain(*model, data, everything(*model, Default(), data));
  Probe with(*model, data, everything(*model, Dropout(), data));
  with.program().set("dropout.y.include_prob", 1);
  with.program().set("dropout.y.scale", 1);
  const Minibatch minibatch = random_batch(data, 4, 2);
  REQUIRE(plain(minibatch).at("cost")[0] == Approx(with(minibatch).at("cost")[0]));
}

TEST_CASE("missing targets: what is -1 adds nothing to the cost", "[cost][missing_target]") {
  const Shared<Model> model = stack(3, {Linear("y", 2, irange(.5))});
  const MissingTargetCost cost;
  const Data data = data_of(*model, cost);
  Probe probe(*model, data, everything(*model, cost, data));
  Minibatch minibatch = random_batch(data, 2, 5);
  minibatch.numbers["targets"] = {.5, -1, -1, -.25};
  const Computed got = probe(minibatch);
  const std::vector<double>& y = got.at("y");
  REQUIRE(got.at("cost")[0] == Approx((std::pow(y[0] - .5, 2) + std::pow(y[3] + .25, 2)) / 2));
  REQUIRE(gradient_error(*model, cost, minibatch) < 1e-8);
}

TEST_CASE("missing targets: of sigmoids, of softmaxes, and with dropout",
          "[cost][missing_target]") {
  const MissingTargetCost cost;
  const Shared<Model> bits = stack(3, {Sigmoid("y", 2, irange(.5))});
  Minibatch minibatch = random_batch(data_of(*bits, cost), 2, 5);
  minibatch.numbers["targets"] = {1, -1, 0, 1};
  Probe at(*bits, data_of(*bits, cost), everything(*bits, cost));
  const Computed got = at(minibatch);
  const std::vector<double>& p = got.at("y");
  REQUIRE(got.at("cost")[0] == Approx(-(std::log(p[0]) + std::log(1 - p[2]) + std::log(p[3])) / 4));
  REQUIRE(gradient_error(*bits, cost, minibatch) < 1e-8);

  const Shared<Model> classes = stack(3, {Softmax("y", 2, irange(.5))});
  minibatch.numbers["targets"] = {0, 1, -1, -1};
  Probe of_classes(*classes, data_of(*classes, cost), everything(*classes, cost));
  const Computed seen = of_classes(minibatch);
  REQUIRE(seen.at("cost")[0] == Approx(-std::log(seen.at("y")[1]) / 2));
  REQUIRE(gradient_error(*classes, cost, minibatch) < 1e-8);

  REQUIRE_FALSE(cost.is_stochastic());
  REQUIRE(MissingTargetCost(DropoutArguments()).is_stochastic());
  REQUIRE_THAT(
      message_of([&] { everything(*stack(3, {RectifiedLinear("y", 2, irange(.5))}), cost); }),
      Catch::Contains("layer y: this kind of layer has no cost for each output"));
}
