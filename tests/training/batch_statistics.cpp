// A layer that is another one in training than in prediction: batch normalisation.
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/model/layers/batch_normalization.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "resumed.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

constexpr double eps = .01;

// (x - m) / sqrt(v + eps): mean and variance of the batch in training, in prediction those that ran
// along: .75 of what they were and .25 of the batch's.
BatchNormalization normalised() {
  BatchNormalization n("n");
  n.momentum = .75;
  n.epsilon = eps;
  n.scale = n.center = false;
  return n;
}

MLP<> normalising() {
  MLP<> mlp;
  mlp.nvis = 1;
  mlp.layers.push_back(Shared<Layer>(Linear("h", 2, irange(.5))));
  mlp.layers.push_back(Shared<Layer>(normalised()));
  mlp.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.5))));
  (void)mlp.places(mlp.root());
  return mlp;
}

constexpr double rate = .1;
constexpr int examples = 10;

template <class... O>
Train normalising_job(const Shared<Model>& model, int epochs, const O&... options) {
  return Train(Rows(examples), model,
               SGD(learning_rate(rate), batch_size(examples), train_iteration_mode("sequential"),
                   EpochCounter(epochs), monitoring_dataset(Rows(examples))),
               options...);
}

const char* const names[] = {"h_W", "h_b", "softmax_b", "softmax_W"};
const int sizes[] = {2, 2, 2, 4};

// All parameters, in the order of `names`.
Vector parameters_of(SmallRun& run) {
  Vector all;
  for (int i = 0; i < 4; ++i)
    for (int k = 0; k < sizes[i]; ++k) all.push_back(run.value(names[i], k));
  return all;
}

struct Statistics {
  double mean[2] = {}, variance[2] = {};
};

Statistics of_batch(const Vector& p) {
  Statistics s;
  for (int k = 0; k < 2; ++k) {
    const auto h = [&](int x) { return x * p[k] + p[2 + k]; };
    for (int x = 0; x < examples; ++x) s.mean[k] += h(x) / examples;
    for (int x = 0; x < examples; ++x) s.variance[k] += std::pow(h(x) - s.mean[k], 2) / examples;
  }
  return s;
}

// The mean of -log p(label), the label of x being its last bit.
double cost(const Vector& p, const Statistics& s) {
  double total = 0;
  for (int x = 0; x < examples; ++x) {
    double z[2] = {p[4], p[5]};
    for (int k = 0; k < 2; ++k) {
      const double h = (x * p[k] + p[2 + k] - s.mean[k]) / std::sqrt(s.variance[k] + eps);
      for (int c = 0; c < 2; ++c) z[c] += h * p[6 + 2 * k + c];
    }
    total += std::log(std::exp(z[0]) + std::exp(z[1])) - z[x % 2];
  }
  return total / examples;
}

Statistics statistics_of(SmallRun& run, const std::string& layer = "n") {
  Statistics s;
  for (int k = 0; k < 2; ++k) {
    s.mean[k] = run.value(layer + "_mean", k);
    s.variance[k] = run.value(layer + "_variance", k);
  }
  return s;
}

}  // namespace

TEST_CASE("batch statistics: training differentiates through those of the batch",
          "[training][state]") {
  SmallRun before(normalising_job(normalising(), 0)), after(normalising_job(normalising(), 1));
  before.run(), after.run();
  const Vector p = parameters_of(before), q = parameters_of(after);
  const auto of_training = [](const Vector& at) { return cost(at, of_batch(at)); };
  for (std::size_t i = 0; i < p.size(); ++i) {
    CAPTURE(i);
    const double step = 1e-5;
    Vector up = p, down = p;
    up[i] += step, down[i] -= step;
    const double slope = (of_training(up) - of_training(down)) / (2 * step);
    CHECK(q[i] == Approx(p[i] - rate * slope).epsilon(1e-9).margin(1e-11));
  }
}

TEST_CASE("batch statistics: what is monitored and predicted reads those that ran along",
          "[training][state]") {
  SmallRun before(normalising_job(normalising(), 0)), after(normalising_job(normalising(), 1));
  before.run(), after.run();
  const Vector p = parameters_of(before), q = parameters_of(after);
  Statistics first;
  for (double& v : first.variance) v = 1;
  CHECK(before.record("objective").back() == Approx(cost(p, first)).epsilon(1e-12));

  const Statistics seen = of_batch(p), ran = statistics_of(after);
  for (int k = 0; k < 2; ++k) {
    CHECK(ran.mean[k] == Approx(.25 * seen.mean[k]).epsilon(1e-12));
    CHECK(ran.variance[k] == Approx(.75 + .25 * seen.variance[k]).epsilon(1e-12));
  }
  CHECK(after.record("objective").back() == Approx(cost(q, ran)).epsilon(1e-12));
  // Not of the batch: the two differ, and so the test can fail.
  CHECK(std::abs(cost(q, ran) - cost(q, of_batch(q))) > 1e-3);
}

TEST_CASE("batch statistics: a run is resumed with the same bits", "[training][state]") {
  (void)resumes_to_the_same_bits(
      [](const auto& interrupt) { return normalising_job(normalising(), 4, interrupt); }, {1, 3});
}

TEST_CASE("batch statistics: a PretrainedLayer takes them over, frozen or not",
          "[training][state]") {
  const Shared<Model> inner = normalising();
  SmallRun trained(normalising_job(inner, 3));
  trained.run();
  const auto file = std::make_shared<const ModelFile>(trained.session.model_file());
  const Statistics learned = statistics_of(trained);
  const auto outer = [&](const Shared<Model>& content, bool freeze) {
    MLP<> mlp;
    mlp.nvis = 1;
    mlp.layers.push_back(Shared<Layer>(PretrainedLayer("pre", content, freeze_params(freeze))));
    mlp.layers.push_back(Shared<Layer>(Softmax("top", 2, irange(.5))));
    (void)mlp.places(mlp.root());
    return mlp;
  };
  for (const bool freeze : {false, true}) {
    CAPTURE(freeze);
    // As `!pkl:` gives it, and as an earlier job of a list trained it.
    const Train loaded = normalising_job(outer(Shared<Model>(LoadedModel(inner, file)), freeze), 2);
    const Train later = normalising_job(outer(inner, freeze), 2);
    RunOptions options;
    options.learned.push_back({inner.get(), file});
    for (const Train* job : {&loaded, &later}) {
      Train begin = *job;
      begin.algorithm->termination_criterion = EpochCounter(0);
      SmallRun start(begin, ElementType::float64, options);
      start.run();
      const Statistics first = statistics_of(start, "pre_n");
      for (int k = 0; k < 2; ++k) {
        CHECK(first.mean[k] == learned.mean[k]);
        CHECK(first.variance[k] == learned.variance[k]);
      }
      begin.algorithm->termination_criterion = EpochCounter(2);
      SmallRun run(begin, ElementType::float64, options);
      run.run();
      const Statistics last = statistics_of(run, "pre_n");
      CHECK((last.mean[0] == learned.mean[0]) == freeze);
      CHECK((last.variance[1] == learned.variance[1]) == freeze);
      CHECK((run.value("pre_h_W") == trained.value("h_W")) == freeze);
    }
  }
}

TEST_CASE("batch statistics: init_from takes the state of the model, too", "[training][state]") {
  const TemporaryFolder folder;
  SmallRun trained(normalising_job(normalising(), 3));
  trained.run();
  const std::string path = folder.path() + "/first.ansatz";
  write_model_file(path, trained.session.model_file());
  const auto mean_of = [&](const char* only, const char* without) {
    Train job = normalising_job(normalising(), 0);
    job.init_from = path.c_str();
    if (only) job.init_from_include.push_back(only);
    if (without) job.init_from_exclude.push_back(without);
    SmallRun run(job);
    run.run();
    return std::pair(run.value("n_mean"), run.value("h_W") == trained.value("h_W"));
  };
  const double learned = trained.value("n_mean");
  REQUIRE(learned != 0);
  CHECK(mean_of(nullptr, nullptr) == std::pair(learned, true));
  CHECK(mean_of("n_*", nullptr) == std::pair(learned, false));
  CHECK(mean_of("h_*", nullptr) == std::pair(0., true));
  CHECK(mean_of(nullptr, "n_mean") == std::pair(0., true));
  CHECK_THROWS_WITH(mean_of("m_*", nullptr), Contains("no parameter has a name like 'm_*'"));
}
