// What a C++ program trains with: learn, first values, run(job) and what it gives back.
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/job/first_values.hpp>
#include <ansatz/job/initialize.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/build.hpp>

#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

constexpr double given_x[] = {.5, -1, 2, .25, 1.5, -.75}, given_y[] = {1, -.5, 2};

constexpr Expr<Scalar> squared_error() {
  const auto x = input<VectorSpace<2>>("x");
  const auto y = input<VectorSpace<1>>("y");
  return mean(square(matmul(x, parameter<Matrix<2, 1>>("w")) + parameter<VectorSpace<1>>("b") - y));
}

// The gradient of it by w0, w1, b, worked out by hand.
void gradient(const double (&p)[3], double (&g)[3], double& cost) {
  g[0] = g[1] = g[2] = cost = 0;
  for (int i = 0; i < 3; ++i) {
    const double r = given_x[2 * i] * p[0] + given_x[2 * i + 1] * p[1] + p[2] - given_y[i];
    cost += r * r / 3;
    g[0] += 2 * r * given_x[2 * i] / 3;
    g[1] += 2 * r * given_x[2 * i + 1] / 3;
    g[2] += 2 * r / 3;
  }
}

template <class P>
double call(P& step) {
  return step({{"x", view(given_x, Dims{3, 2})}, {"y", view(given_y, Dims{3, 1})}})["cost"];
}

template <class P>
void begin_at_one_half(P& step) {
  Store store = step.store();
  store.fill("w", .5);
  store.fill("b", .5);
}

template <class P>
void require_parameters(P& step, const double (&p)[3]) {
  const Store store = step.store();
  CHECK(store.template data<double>("w")[0] == Approx(p[0]).epsilon(1e-12));
  CHECK(store.template data<double>("w")[1] == Approx(p[1]).epsilon(1e-12));
  CHECK(store.template data<double>("b")[0] == Approx(p[2]).epsilon(1e-12));
}

}  // namespace

TEST_CASE("learn: Adam as Kingma and Ba write it", "[training][learn]") {
  auto step = compile<double>([] { return learn(squared_error(), Adam(), .1); });
  begin_at_one_half(step);
  double p[3] = {.5, .5, .5}, m[3] = {}, v[3] = {}, g[3], cost;
  for (int t = 1; t <= 20; ++t) {
    gradient(p, g, cost);
    CHECK(call(step) == Approx(cost).epsilon(1e-12));
    for (int k = 0; k < 3; ++k) {
      m[k] = .9 * m[k] + .1 * g[k];
      v[k] = .999 * v[k] + .001 * g[k] * g[k];
      p[k] -=
          .1 * (m[k] / (1 - std::pow(.9, t))) / (std::sqrt(v[k] / (1 - std::pow(.999, t))) + 1e-8);
    }
    require_parameters(step, p);
  }
}

TEST_CASE("learn: momentum, a rate that is given at a call, further outputs", "[training][learn]") {
  auto step = build<double>(
      learn(squared_error(), Momentum(.9), .05).add(output("twice", 2 * squared_error())));
  begin_at_one_half(step);
  CHECK(step.get("learning_rate") == .05);
  step.set("learning_rate", .02);
  double p[3] = {.5, .5, .5}, v[3] = {}, g[3], cost;
  for (int t = 0; t < 10; ++t) {
    gradient(p, g, cost);
    CHECK(call(step) == Approx(cost).epsilon(1e-12));
    for (int k = 0; k < 3; ++k) p[k] += v[k] = .9 * v[k] - .02 * g[k];
    require_parameters(step, p);
  }
}

TEST_CASE("first_values: every matrix as a layer's weights, in a line", "[training]") {
  auto f = build<float>([] {
    const auto h = tanh(matmul(input("x", VectorSpace(3)), parameter("W0", Matrix(3, 4))) +
                        parameter("b0", VectorSpace(4)));
    return function(output("y", matmul(h, parameter("W1", Matrix(4, 2)))));
  }());
  Store store = f.store();
  first_values(store, irange(.05), seed(7));
  RandomState rng(7);
  for (const auto& [name, rows, columns] : {std::tuple{"W0", 3, 4}, std::tuple{"W1", 4, 2}}) {
    const std::vector<double> expected = softmax_irange_weights(rng, rows, columns, .05);
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(store.data<float>(name)[i] == static_cast<float>(expected[i]));
  }
  CHECK(store.data<float>("b0")[1] == 0);
  first_values(store, he_normal(true));
  CHECK(store.data<float>("W0")[0] != store.data<float>("W1")[0]);
  CHECK_THROWS_WITH(first_values(store, irange(.05), istdev(.1)),
                    Contains("W0") && Contains("found irange, istdev"));
  CHECK_THROWS_WITH(first_values(store), Contains("found none"));
}

namespace {

constexpr auto five_epochs = [] {
  return Train(Rows(), Ones(),
               SGD(SquareCost(), learning_rate(.1), batch_size(5), EpochCounter(5),
                   monitoring_dataset(Rows())));
};

}  // namespace

TEST_CASE("run: gives back parameters, records and the model, compiled and at run time alike",
          "[training][run]") {
  const Trained compiled = run<double>(five_epochs);
  const Trained lowered = run<double>(five_epochs());
  for (const Trained* t : {&compiled, &lowered}) {
    CHECK(t->end == RunEnd::finished);
    CHECK(*t == RunEnd::finished);
    CHECK(t->store.data<double>("p0")[0] == Approx(std::pow(.9, 10)).epsilon(1e-12));
    CHECK(t->records.epochs_seen == 5);
    CHECK(t->records.at("objective").val_record.size() == 6);
  }
  CHECK(compiled.store.data<double>("p0")[0] == lowered.store.data<double>("p0")[0]);
}

TEST_CASE("run: named numbers and data in place of the job's", "[training][run]") {
  const Trained slow = run<double>(five_epochs, {.settings = {{"learning_rate", .05}}});
  CHECK(slow.store.data<double>("p0")[0] == Approx(std::pow(.95, 10)).epsilon(1e-12));
  const Trained more = run<double>(five_epochs, {.data = Rows(20).load()});
  CHECK(more.store.data<double>("p0")[0] == Approx(std::pow(.9, 20)).epsilon(1e-12));
  CHECK_THROWS_WITH(run<double>(five_epochs, {.settings = {{"learning_rat", .05}}}),
                    Contains("nearest: learning_rate"));
}
