// Differentiable sparse coding, and directions as noise.
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/coding/dictionaries.hpp>
#include <ansatz/model/density/distribution.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/run.hpp>

#include "../model/probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

}  // namespace

TEST_CASE("DifferentiableSparseCoding: codes are where the objective's slopes are 0",
          "[energy][coding]") {
  const Shared<Object> made = load_object(
      "dsc.yaml",
      "!obj:pylearn2.models.differentiable_sparse_coding.DifferentiableSparseCoding { nvis: 4, "
      "nhid: 6, init_lambda: .02, init_p: .01, init_alpha: .1, learning_rate: .1, seed: 7 }");
  const auto& dsc = dynamic_cast<const DifferentiableSparseCoding&>(*made);
  Vector W = Values(dsc).of.at("W");
  for (std::size_t j = 0; j < 6; ++j) {
    double length = 0;
    for (std::size_t i = 0; i < 4; ++i) length += W[4 * j + i] * W[4 * j + i];
    CHECK(length == Approx(1));
  }
  Vector x = random_numbers(20, 3), codes;
  for (double& each : x) each *= 3;
  double least = 1, most = 0;
  for (int n = 0; n < 5; ++n) {
    const Vector h = dsc.code(W, x.data() + 4 * n);
    codes.insert(codes.end(), h.begin(), h.end());
    for (std::size_t j = 0; j < 6; ++j) {
      least = std::min(least, h[j]), most = std::max(most, h[j]);
      double slope = .02 / 6 * std::log(h[j] / .01);
      for (std::size_t i = 0; i < 4; ++i) {
        double r = x[static_cast<std::size_t>(4 * n) + i];
        for (std::size_t l = 0; l < 6; ++l) r -= h[l] * W[4 * l + i];
        slope -= 2. / 4 * r * W[4 * j + i];
      }
      CHECK(std::abs(slope) < 1e-9);
    }
  }
  CHECK(least > 0);
  CHECK(least < 1e-6);
  CHECK(most > .5);
  // As the formula has it, of codes that have all values.
  double by_hand = 0;
  for (std::size_t n = 0; n < 5; ++n) {
    for (std::size_t i = 0; i < 4; ++i) {
      double r = x[4 * n + i];
      for (std::size_t j = 0; j < 6; ++j) r -= codes[6 * n + j] * W[4 * j + i];
      by_hand += r * r / 4 / 5;
    }
    for (std::size_t j = 0; j < 6; ++j) {
      const double h = codes[6 * n + j];
      by_hand += .02 / 6 / 5 * (h * std::log(h / .01) - h + .01);
    }
  }
  const double before = dsc.objective(W, x.data(), codes.data(), 5);
  CHECK(before == Approx(by_hand));
  dsc.improve(W, x.data(), codes.data(), 5);
  CHECK(dsc.objective(W, x.data(), codes.data(), 5) < before);

  // A job makes the same steps, as many as it is told, and fewer where they gain little.
  const DenseDesignMatrix data(Table({number_column("features", x, {4})}));
  const auto trained = [&](const std::string& more) {
    const Shared<Object> model =
        load_object("dsc.yaml",
                    "!obj:DifferentiableSparseCoding { nvis: 4, nhid: 6, init_lambda: .02, init_p: "
                    ".01, init_alpha: .1, learning_rate: .1, seed: 7, verbose: false, " +
                        more + " }");
    Train job(data);
    job.model = Shared<Model>(dynamic_cast<const DifferentiableSparseCoding&>(*model));
    return run(job);
  };
  const Trained one = trained("max_iter: 1, convergence_th: 0.");
  const float* const found = one.store.data<float>("W");
  CHECK(difference(Vector(found, found + 24), W) < 1e-6);
  CHECK(one.records.epochs_seen == 1);
  CHECK(trained("max_iter: 9, convergence_th: 0.").records.epochs_seen == 9);
  CHECK(trained("max_iter: 9, convergence_th: .9").records.epochs_seen < 9);
}

TEST_CASE("UniformHypersphere: draws lie on it, and its density is one over its area",
          "[energy][coding]") {
  const Shared<Object> made = load_object(
      "noise.yaml",
      "!obj:pylearn2.distributions.uniform_hypersphere.UniformHypersphere { dim: 3, radius: 2. }");
  const auto& sphere = dynamic_cast<const UniformHypersphere&>(*made);
  struct Nothing : Model {
    SpaceInfo input_space() const override { return vector_space(3); }
    using Model::parameters;
    void parameters(ir::List<ModelParameter>&) const override {}
    void initialize(InitialValues&) const override {}
  } const none;
  Data data;
  data.add("features", vector_space(3));
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("x", sphere.sample_like(v)));
  f.add(output("log", sphere.log_prob(v)));
  Probe probe(none, data, f);
  Minibatch batch;
  batch.examples = 5000;
  batch.numbers["features"].assign(15000, 1);
  Computed c = probe(batch);
  CHECK(c["log"][0] == Approx(-std::log(4 * std::acos(-1.) * 4)));
  double means[3] = {}, squares[3] = {};
  for (std::size_t n = 0; n < 5000; ++n) {
    double length = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double x = c["x"][3 * n + i];
      length += x * x, means[i] += x / 5000, squares[i] += x * x / 5000;
    }
    if (std::abs(length - 4) > 1e-9) FAIL("off the sphere");
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(std::abs(means[i]) < .08);
    CHECK(squares[i] == Approx(4. / 3).epsilon(.06));
  }
  Data wrong;
  wrong.add("features", vector_space(4));
  CHECK_THAT(message_of([&] { (void)sphere.log_prob(wrong["features"].value()); }),
             Contains("no vectors of its dim"));
}

TEST_CASE("Multinomial: draws are one-hot and as frequent as they are probable",
          "[energy][coding]") {
  const auto of = [](const char* keys) {
    return load_object(
        "noise.yaml",
        std::string("!obj:pylearn2.distributions.multinomial.Multinomial { ") + keys + " }");
  };
  const Shared<Object> made = of("pi: [ 2., 0., 5., 3. ], renormalize: 1, rng: 7");
  const auto& words = dynamic_cast<const Multinomial&>(*made);
  const double p[] = {.2, 0, .5, .3};
  struct Nothing : Model {
    SpaceInfo input_space() const override { return vector_space(4); }
    using Model::parameters;
    void parameters(ir::List<ModelParameter>&) const override {}
    void initialize(InitialValues&) const override {}
  } const none;
  Data data;
  data.add("features", vector_space(4));
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("x", words.sample_like(v)));
  f.add(output("log", words.log_prob(v)));
  Probe probe(none, data, f);
  Minibatch batch;
  batch.examples = 20000;
  for (int n = 0; n < batch.examples; ++n)
    for (int k = 0; k < 4; ++k) batch.numbers["features"].push_back(k == n % 4);
  Computed c = probe(batch);
  for (std::size_t k : {0, 2, 3}) CHECK(c["log"][k] == Approx(std::log(p[k])));
  CHECK(c["log"][1] == -std::numeric_limits<double>::infinity());
  double shares[4] = {};
  for (std::size_t n = 0; n < 20000; ++n) {
    double total = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const double x = c["x"][4 * n + k];
      if (x != 0 && x != 1) FAIL("no class");
      total += x, shares[k] += x / 20000;
    }
    if (total != 1) FAIL("not one class");
  }
  for (std::size_t k = 0; k < 4; ++k) CHECK(shares[k] == Approx(p[k]).margin(.012));
  CHECK(shares[1] == 0);

  CHECK_THAT(message_of([&] { (void)of("pi: [ .5, .6 ]"); }), Contains("sum to 1.1, not 1"));
  CHECK_THAT(message_of([&] { (void)of("pi: [ 0., 0. ], renormalize: 1"); }), Contains("above 0"));
  CHECK_THAT(message_of([&] { (void)of("pi: [ -.5, 1.5 ]"); }), Contains("pi"));
  Data wrong;
  wrong.add("features", vector_space(3));
  CHECK_THAT(message_of([&] { (void)words.log_prob(wrong["features"].value()); }),
             Contains("as many numbers as pi has"));
}
