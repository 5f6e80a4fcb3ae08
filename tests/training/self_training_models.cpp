// Models that train themselves: k-means, Gaussians, dictionaries, a support vector machine.
#include <ansatz/algorithm/default.hpp>
#include <ansatz/data/preprocess/blocks.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/extension/on_event.hpp>
#include <ansatz/model/cluster/kmeans.hpp>
#include <ansatz/model/coding/dictionaries.hpp>
#include <ansatz/model/coding/feature_sign.hpp>
#include <ansatz/model/density/mnd.hpp>
#include <ansatz/model/density/parzen_windows.hpp>
#include <ansatz/model/svm/svm.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "drawn.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <set>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

SourceDataset dataset(Vector x, std::int64_t width, std::vector<std::int32_t> labels = {},
                      int classes = 0) {
  std::vector<Column> columns{number_column("features", std::move(x), Dims{width})};
  if (classes) columns.push_back(label_column("targets", std::move(labels), classes));
  return SourceDataset(std::make_shared<const Table>(std::move(columns)));
}
Vector parameter(Session& session, std::string_view name) {
  Store& store = session.store();
  const std::int64_t count = store.shape(name).count();
  if (store.type(name) == ElementType::float32)
    return {store.data<float>(name), store.data<float>(name) + count};
  return {store.data<double>(name), store.data<double>(name) + count};
}
// What the trained model predicts for the data it was trained on.
Vector predicted(Session& session) {
  AnyProgram& predict = session.program("predict");
  BatchReader reader(*session.data(), predict);
  const std::int64_t n = session.data()->examples();
  const auto& arguments = reader.arguments({session.data()->columns(), {0, n, nullptr}});
  predict.call(arguments.data(), static_cast<int>(arguments.size()));
  const ArrayView made = predict.result(0);
  const auto* const v = static_cast<const double*>(made.data);
  return {v, v + made.dims.count()};
}
double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// Points around four corners of the plane.
Vector corners(int each = 30) {
  Vector x = drawn(static_cast<std::size_t>(8 * each), 3);
  const double at[][2] = {{-4, 0}, {4, 0}, {0, 4}, {0, -4}};
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = .6 * x[i] + at[i / 2 % 4][i % 2];
  return x;
}

// |y - A x|^2 + sparsity |x|_1, A being [n, k] in columns.
double lasso(const Vector& A, const Vector& y, const Vector& x, double sparsity) {
  const std::size_t n = y.size(), k = x.size();
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double r = y[i];
    for (std::size_t j = 0; j < k; ++j) r -= A[j * n + i] * x[j];
    sum += r * r;
  }
  for (const double v : x) sum += sparsity * std::abs(v);
  return sum;
}

// The least value over all patterns of signs: for each, the quadratic's minimum by elimination,
// where its signs are those of the pattern.
double by_enumeration(const Vector& A, const Vector& y, double sparsity) {
  const std::size_t n = y.size(), k = A.size() / n;
  double best = lasso(A, y, Vector(k), sparsity);
  std::size_t patterns = 1;
  for (std::size_t j = 0; j < k; ++j) patterns *= 3;
  for (std::size_t pattern = 1; pattern < patterns; ++pattern) {
    std::vector<std::size_t> active;
    Vector signs;
    for (std::size_t j = 0, rest = pattern; j < k; ++j, rest /= 3)
      if (rest % 3) active.push_back(j), signs.push_back(rest % 3 == 1 ? 1 : -1);
    const std::size_t m = active.size();
    Vector M(m * (m + 1));
    for (std::size_t a = 0; a < m; ++a) {
      for (std::size_t b = 0; b < m; ++b)
        M[a * (m + 1) + b] = dot(&A[active[a] * n], &A[active[b] * n], n);
      M[a * (m + 1) + m] = dot(&A[active[a] * n], y.data(), n) - sparsity * signs[a] / 2;
    }
    bool regular = true;
    for (std::size_t p = 0; p < m && regular; ++p) {
      regular = std::abs(M[p * (m + 1) + p]) > 1e-9;
      for (std::size_t r = 0; r < m && regular; ++r)
        if (r != p) {
          const double f = M[r * (m + 1) + p] / M[p * (m + 1) + p];
          for (std::size_t c = p; c <= m; ++c) M[r * (m + 1) + c] -= f * M[p * (m + 1) + c];
        }
    }
    if (!regular) continue;
    Vector x(k);
    bool fits = true;
    for (std::size_t a = 0; a < m; ++a) {
      x[active[a]] = M[a * (m + 1) + m] / M[a * (m + 1) + a];
      fits = fits && x[active[a]] * signs[a] > 0;
    }
    if (fits) best = std::min(best, lasso(A, y, x, sparsity));
  }
  return best;
}

}  // namespace

TEST_CASE("KMeans: as Lloyd's algorithm has it, and what it makes of examples",
          "[training][k_means]") {
  const Vector x = corners();
  SmallRun run(Train(dataset(x, 2), KMeans(4, 2, seed({5}))));
  run.run();
  // From the same examples.
  RandomState random(std::vector<std::int64_t>{5});
  Vector mu;
  for (int c = 0; c < 4; ++c) {
    const auto i = static_cast<std::size_t>(random.randint(120));
    mu.insert(mu.end(), {x[2 * i], x[2 * i + 1]});
  }
  double before = 0, distance = 0;
  int passes = 0;
  for (bool done = false; !done; ++passes) {
    Vector sums(8), counts(4);
    before = std::exchange(distance, 0);
    for (std::size_t i = 0; i < x.size(); i += 2) {
      double best = 1e300;
      std::size_t nearest = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        const double d = std::pow(x[i] - mu[2 * c], 2) + std::pow(x[i + 1] - mu[2 * c + 1], 2);
        if (d < best) best = d, nearest = c;
      }
      distance += best / 120, ++counts[nearest];
      sums[2 * nearest] += x[i], sums[2 * nearest + 1] += x[i + 1];
    }
    done = passes > 0 && std::abs(before - distance) < 1e-6;
    if (!done)
      for (std::size_t k = 0; k < 8; ++k) mu[k] = sums[k] / counts[k / 2];
  }
  CHECK(run.epochs() == passes);
  const Vector found = parameter(run.session, "mu");
  for (std::size_t k = 0; k < 8; ++k) CHECK(found[k] == Approx(mu[k]).margin(1e-12));

  const Vector out = predicted(run.session);
  SmallRun triangle(Train(dataset(x, 2), KMeans(4, 2, seed({5}), code("triangle"))));
  triangle.run();
  const Vector coded = predicted(triangle.session);
  for (std::size_t i = 0; i < 120; ++i) {
    Vector d(4);
    double sum = 0, mean = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      d[c] = std::pow(x[2 * i] - mu[2 * c], 2) + std::pow(x[2 * i + 1] - mu[2 * c + 1], 2);
      sum += d[c], mean += std::sqrt(d[c]) / 4;
    }
    for (std::size_t c = 0; c < 4; ++c) {
      CHECK(out[4 * i + c] == Approx(d[c] / sum).margin(1e-10));
      CHECK(coded[4 * i + c] == Approx(std::max(0., mean - std::sqrt(d[c]))).margin(1e-6));
    }
  }
}

TEST_CASE("KMeans: a mean that none is nearest to begins anew far from the others",
          "[training][k_means]") {
  // As Pylearn2's text says it, with the whole matrix of distances: 16 points, many of them equal,
  // so that several of 9 means are empty again and again.
  Vector x;
  for (int i = 0; i < 16; ++i) x.push_back(i < 11 ? .7 * (i % 3) * (i % 3) : .37 * i * i);
  int emptied_again = 0;
  for (int s = 0; s < 12; ++s) {
    RandomState random(s);
    Vector mu;
    for (int c = 0; c < 9; ++c) mu.push_back(x[static_cast<std::size_t>(random.randint(16))]);
    std::map<std::size_t, int> kills;
    for (int pass = 0; pass < 5; ++pass) {
      Vector d(16 * 9);
      for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t c = 0; c < 9; ++c) d[i * 9 + c] = std::pow(x[i] - mu[c], 2);
      const auto nearest = [&](std::size_t i) {
        return static_cast<std::size_t>(std::min_element(&d[i * 9], &d[i * 9] + 9) - &d[i * 9]);
      };
      Vector least(16);
      for (std::size_t i = 0; i < 16; ++i) least[i] = d[i * 9 + nearest(i)];
      std::set<std::size_t> taken;
      std::map<std::size_t, int> now;
      for (std::size_t c = 0; c < 9; ++c) {
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < 16; ++i)
          if (nearest(i) == c) sum += x[i], ++count;
        if (count > 0) {
          mu[c] = sum / count;
          continue;
        }
        int far = 5;
        if (kills.contains(c)) far = kills[c] > 1 ? kills[c] - 1 : 50, ++emptied_again;
        now[c] = far;
        far = std::min(far, 16);
        mu[c] = 0;
        for (int t = 0; t < far; ++t) {
          const auto i = static_cast<std::size_t>(std::max_element(least.begin(), least.end()) -
                                                  least.begin());
          mu[c] += x[i] / far, least[i] = 0;
          taken.insert(i);
        }
        for (std::size_t i = 0; i < 16; ++i) {
          d[i * 9 + c] = std::pow(x[i] - mu[c], 2);
          least[i] = taken.contains(i) ? 0 : d[i * 9 + nearest(i)];
        }
      }
      kills = now;
      KMeans how(9, 1, seed({0}), max_iter(pass + 1), convergence_th(0.));
      how.seed = Seed(s);
      SmallRun run(Train(dataset(x, 1), how));
      run.run();
      // Runs that ended before have nothing to compare.
      if (run.epochs() < pass + 2) break;
      const Vector found = parameter(run.session, "mu");
      for (std::size_t c = 0; c < 9; ++c) CHECK(found[c] == Approx(mu[c]).margin(1e-9));
    }
  }
  CHECK(emptied_again > 10);
}

TEST_CASE("KMeans: interrupted, resumed, from YAML, and refused", "[training][k_means]") {
  const TemporaryFolder folder;
  std::atomic<bool> interrupt{false};
  const auto run_with = [&](int stop_after, bool resume) {
    int records = 0;
    interrupt = false;
    Train job(dataset(corners(), 2), KMeans(4, 2, seed({8}), max_iter(6), convergence_th(0.)),
              on_monitor([&](Session&) { interrupt = ++records == stop_after; }));
    job.save_path = (folder.path() + "/model.ansatz").c_str();
    job.save_freq = 1;
    RunOptions options;
    options.resume = resume;
    options.interrupt = &interrupt;
    SmallRun run(job, ElementType::float64, options);
    run.session.run();
    return std::pair(parameter(run.session, "mu"), run.epochs());
  };
  const auto whole = run_with(0, false);
  CHECK(run_with(2, false).first != whole.first);
  CHECK(run_with(0, true) == whole);

  const Job job = load_job_text("job.yaml", R"(
!obj:pylearn2.train.Train {
  dataset: !obj:DenseDesignMatrix { X: !obj:numpy.random.normal { size: [40, 3] } },
  model: !obj:pylearn2.kmeans.KMeans { k: 5, nvis: 3, verbose: 1, max_iter: 3 },
})");
  SmallRun run(*job.phases.at(0).train, ElementType::float32);
  run.run();
  CHECK(run.epochs() == 4);  // the last one measures
  CHECK_THAT(error_of(Train(dataset(corners(), 2), KMeans(4, 3))),
             Contains("VectorSpace(2)") && Contains("VectorSpace(3)"));
}

TEST_CASE("DiagonalMND: its closed form is where the gradient of the likelihood is 0",
          "[training][mnd]") {
  Vector x = drawn(300);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] * static_cast<double>(1 + i % 3) + 2;
  SmallRun closed(Train(dataset(x, 3), DiagonalMND(3)));
  closed.run();
  const Vector mu = parameter(closed.session, "mu"), beta = parameter(closed.session, "beta");
  double likelihood = 0;
  const Vector out = predicted(closed.session);
  for (std::size_t i = 0; i < 100; ++i) {
    double log_density = 0;
    for (std::size_t k = 0; k < 3; ++k)
      log_density += .5 * std::log(beta[k] / (2 * std::acos(-1))) -
                     .5 * beta[k] * std::pow(x[3 * i + k] - mu[k], 2);
    CHECK(out[i] == Approx(log_density));
    likelihood += log_density / 100;
  }
  for (std::size_t k = 0; k < 3; ++k) {
    double mean = 0, variance = 0;
    for (std::size_t i = k; i < 300; i += 3) mean += x[i] / 100;
    for (std::size_t i = k; i < 300; i += 3) variance += (x[i] - mean) * (x[i] - mean) / 100;
    CHECK(mu[k] == Approx(mean));
    CHECK(beta[k] == Approx(1 / variance));
  }
  // Gradient descent on the negative log-likelihood ends there.
  DiagonalMND how(3, init_beta(.5), init_mu(1.));
  const auto trained = [&](const DiagonalMND& model, int epochs) {
    SmallRun run(Train(dataset(x, 3), model,
                       SGD(learning_rate(.02), batch_size(100), EpochCounter(epochs),
                           monitoring_dataset(dataset(x, 3)))));
    run.run();
    return std::tuple(parameter(run.session, "mu"), parameter(run.session, "beta"),
                      run.record("objective").back());
  };
  const auto [mu_sgd, beta_sgd, cost] = trained(how, 14000);
  CHECK(cost == Approx(-likelihood).epsilon(1e-9));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(mu_sgd[k] == Approx(mu[k]).epsilon(1e-6));
    CHECK(beta_sgd[k] == Approx(beta[k]).epsilon(1e-6));
  }
  how.max_beta = .6, how.min_beta = .4;
  const Vector limited = std::get<1>(trained(how, 100));
  CHECK(*std::max_element(limited.begin(), limited.end()) <= .6);
  CHECK(*std::min_element(limited.begin(), limited.end()) >= .4);
  CHECK_THROWS_WITH(DiagonalMND(3, min_beta(2.), max_beta(1.)).check(), Contains("max_beta is 1"));
}

TEST_CASE("DiagonalMND: the divergence of two is its integral", "[training][mnd]") {
  const Vector mu_q{.3, -1}, beta_q{2, .5}, mu_p{0, .5}, beta_p{1.5, 3};
  double integral = 0;
  for (std::size_t k = 0; k < 2; ++k) {
    const auto log_density = [](double x, double mu, double beta) {
      return .5 * std::log(beta / (2 * std::acos(-1))) - .5 * beta * (x - mu) * (x - mu);
    };
    for (double x = -30; x < 30; x += 1e-3) {
      const double q = log_density(x, mu_q[k], beta_q[k]);
      integral += 1e-3 * std::exp(q) * (q - log_density(x, mu_p[k], beta_p[k]));
    }
  }
  CHECK(kl_divergence(mu_q, beta_q, mu_p, beta_p) == Approx(integral));
  CHECK(kl_divergence(mu_q, beta_q, mu_q, beta_q) == Approx(0).margin(1e-15));
  CHECK_THROWS_AS(kl_divergence(mu_q, beta_q, mu_p, Vector{1}), ShapeError);
}

TEST_CASE("MND: mean, covariance, and a density", "[training][mnd]") {
  Vector x = drawn(400);
  for (std::size_t i = 0; i < x.size(); i += 2) x[i + 1] = .7 * x[i] + .3 * x[i + 1] - 1;
  SmallRun run(Train(dataset(x, 2), MND(2)));
  run.run();
  const Vector mu = parameter(run.session, "mu"), s = parameter(run.session, "sigma");
  double mean[2] = {}, c[2][2] = {};
  for (std::size_t i = 0; i < 400; ++i) mean[i % 2] += x[i] / 200;
  for (std::size_t i = 0; i < 400; i += 2)
    for (int a = 0; a < 2; ++a)
      for (int b = 0; b < 2; ++b)
        c[a][b] += (x[i + std::size_t(a)] - mean[a]) * (x[i + std::size_t(b)] - mean[b]) / 199;
  const double determinant = c[0][0] * c[1][1] - c[0][1] * c[1][0];
  for (int a = 0; a < 2; ++a) {
    CHECK(mu[std::size_t(a)] == Approx(mean[a]));
    for (int b = 0; b < 2; ++b) CHECK(s[std::size_t(2 * a + b)] == Approx(c[a][b]));
  }
  const Vector out = predicted(run.session);
  for (std::size_t i = 0; i < 200; ++i) {
    const double d = x[2 * i] - mean[0], e = x[2 * i + 1] - mean[1];
    const double form = (c[1][1] * d * d - 2 * c[0][1] * d * e + c[0][0] * e * e) / determinant;
    CHECK(out[i] == Approx(-.5 * form - std::log(2 * std::acos(-1)) - .5 * std::log(determinant)));
  }
  CHECK_THAT(error_of(Train(dataset({1, 2, 2, 4, 3, 6}, 2), MND(2))), Contains("feature 1"));
}

TEST_CASE("ParzenWindows: the density is the mean of a window about each sample",
          "[training][parzen]") {
  const double sigma = .4;
  Vector x = drawn(120);
  for (double& each : x) each += 1000;  // squares of which have no digits left for distances
  SmallRun run(Train(dataset(x, 3), ParzenWindows(3, 30, sigma)));
  run.run();
  const Vector out = predicted(run.session), s = parameter(run.session, "samples");
  REQUIRE(out.size() == 40);
  CHECK(s.size() == 90);
  for (std::size_t n = 0; n < 40; ++n) {
    double density = 0;
    for (std::size_t i = 0; i < 30; ++i) {
      double squares = 0;
      for (std::size_t k = 0; k < 3; ++k)
        squares += (x[3 * n + k] - x[3 * i + k]) * (x[3 * n + k] - x[3 * i + k]);
      density += std::exp(-squares / (2 * sigma * sigma)) / 30;
    }
    const double length = std::pow(2 * std::acos(-1) * sigma * sigma, 1.5);
    CHECK(out[n] == Approx(std::log(density / length)).epsilon(1e-6));
  }
  CHECK_THAT(error_of(Train(dataset(x, 3), ParzenWindows(3, 41, sigma))),
             Contains("samples is 41, but there are 40 examples"));
  CHECK_THAT(error_of(Train(dataset(x, 3), ParzenWindows(4, 30, sigma))),
             Contains("VectorSpace(4)"));
}

TEST_CASE("feature-sign search: Pylearn2's reference, and the conditions of the optimum",
          "[training][coding]") {
  // Fact 19.
  RandomState random(0);
  Vector dictionary(500 * 100), signal(100), length(500);
  for (std::size_t i = 0; i < 100; ++i)
    for (std::size_t j = 0; j < 500; ++j) dictionary[j * 100 + i] = random.randn();
  random.randn(signal);
  for (double& s : signal) s /= 1000;
  for (std::size_t j = 0; j < 500; ++j) {
    const double norm = std::sqrt(dot(&dictionary[j * 100], &dictionary[j * 100], 100));
    for (std::size_t i = 0; i < 100; ++i) dictionary[j * 100 + i] /= norm;
  }
  const std::pair<double, std::set<int>> known[] = {
      {.0031, {0,   32,  52,  103, 190, 229, 234, 268, 303, 319, 335,
               363, 369, 371, 372, 375, 392, 422, 430, 439, 479}},
      {.0041, {52, 229, 234, 335, 369, 371, 372, 375, 422, 430, 479}},
      {.0046, {229, 234, 369, 372, 375, 422, 479}},
      {.0051, {234, 369, 375, 479}},
      {.0061, {234, 369}},
      {.0066, {}}};
  Vector code(500);
  for (const auto& [sparsity, nonzero] : known) {
    CHECK(feature_sign_search(dictionary.data(), 500, 100, signal.data(), 1, sparsity,
                              code.data()) == 0);
    std::set<int> found;
    for (int j = 0; j < 500; ++j)
      if (code[static_cast<std::size_t>(j)] != 0) found.insert(j);
    CHECK(found == nonzero);
    if (sparsity != .0061) continue;
    CHECK(code[234] == Approx(0.000230238402802).epsilon(1e-9));
    CHECK(code[369] == Approx(-0.0001260715414588).epsilon(1e-9));
  }
  for (const double sparsity : {1e-4, 6e-4, .0011, .0021}) {
    feature_sign_search(dictionary.data(), 500, 100, signal.data(), 1, sparsity, code.data());
    Vector rest = signal;
    for (std::size_t j = 0; j < 500; ++j)
      for (std::size_t i = 0; i < 100; ++i) rest[i] -= dictionary[j * 100 + i] * code[j];
    for (std::size_t j = 0; j < 500; ++j) {
      const double gradient = -2 * dot(&dictionary[j * 100], rest.data(), 100);
      if (code[j] == 0)
        CHECK(std::abs(gradient) <= sparsity * (1 + 1e-6));
      else
        CHECK(gradient == Approx(code[j] > 0 ? -sparsity : sparsity).epsilon(1e-6));
    }
  }
}

TEST_CASE("feature-sign search: the least over all patterns of signs", "[training][coding]") {
  for (int trial = 0; trial < 40; ++trial) {
    const std::size_t k = 6, n = trial % 2 ? 4 : 8;
    Vector A = drawn(k * n, 100 + trial);
    // Columns that depend on each other.
    if (trial % 4 == 3)
      for (std::size_t i = 0; i < n; ++i)
        A[5 * n + i] = A[i], A[4 * n + i] = A[n + i] - A[2 * n + i];
    const Vector y = drawn(n, 1000 + trial);
    for (const double sparsity : {.05, .7, 3.}) {
      Vector x(k);
      CHECK(feature_sign_search(A.data(), 6, static_cast<std::int64_t>(n), y.data(), 1, sparsity,
                                x.data()) == 0);
      CHECK(lasso(A, y, x, sparsity) == Approx(by_enumeration(A, y, sparsity)).epsilon(1e-8));
    }
  }
  const double one = 1;
  CHECK_THROWS_WITH(feature_sign_search({1, &one, &one, -1}), Contains("-1"));
}

TEST_CASE("LocalCoordinateCoding: codes are optimal, and the dictionary becomes better",
          "[training][coding]") {
  const Vector W = drawn(5 * 3, 2), v = drawn(3, 4);
  const double coeff = .3;
  const auto objective = [&](const Vector& g) {
    double sum = 0;
    Vector r = v;
    for (std::size_t j = 0; j < 5; ++j) {
      double far = 1e-10;
      for (std::size_t i = 0; i < 3; ++i) {
        r[i] -= g[j] * W[3 * j + i];
        far += std::pow(W[3 * j + i] - v[i], 2);
      }
      sum += coeff * std::abs(g[j]) * far;
    }
    return sum + dot(r.data(), r.data(), 3);
  };
  const Vector g = local_coordinates(W.data(), 5, 3, v.data(), coeff).x;
  const double least = objective(g);
  RandomState random(6);
  for (int i = 0; i < 300; ++i) {  // convex: what is nowhere better near by is the least
    Vector other = g;
    for (double& o : other)
      if (random.random_sample() < .5) o += .05 * random.randn();
    CHECK(objective(other) >= least);
  }
  const Vector x = corners(10);
  Vector objectives;
  LocalCoordinateCoding how(2, 6, .1, max_iter(8), convergence_th(0.));
  double before = 1e300;
  SmallRun run(Train(dataset(x, 2), how, on_monitor([&](Session& s) {
                       const Vector now = parameter(s, "W");
                       Vector codes;
                       for (std::size_t i = 0; i < x.size(); i += 2)
                         for (const double c : how.code(now, &x[i])) codes.push_back(c);
                       const double value = how.objective(now, x.data(), codes.data(), 40);
                       CHECK(value <= before * (1 + 1e-6));
                       before = value;
                     })));
  run.run();
  CHECK(run.epochs() == 8);
  // A batch at a time.
  SmallRun batches(
      Train(dataset(x, 2), how,
            DefaultTrainingAlgorithm(batch_size(8), batches_per_iter(5), EpochCounter(2))));
  batches.run();
  CHECK(parameter(batches.session, "W") != parameter(run.session, "W"));
}

TEST_CASE("SparseCoding: the objective falls, rows stay in the ball, codes as a block",
          "[training][coding]") {
  const Vector x = drawn(60 * 4, 9);
  SparseCoding how(4, 7, sparsity(.5), max_iter(10), convergence_th(0.));
  double before = 1e300, first = 0;
  SmallRun run(Train(dataset(x, 4), how, on_monitor([&](Session& s) {
                       const Vector W = parameter(s, "W");
                       Vector codes;
                       for (std::size_t i = 0; i < x.size(); i += 4)
                         for (const double c : how.code(W, &x[i])) codes.push_back(c);
                       const double value = how.objective(W, x.data(), codes.data(), 60);
                       if (before > 1e299) first = value;
                       CHECK(value <= before * (1 + 1e-6));
                       before = value;
                       for (std::size_t j = 0; j < W.size(); j += 4)
                         CHECK(dot(&W[j], &W[j], 4) <= 1 + 1e-6);
                     })));
  run.run();
  CHECK(before < .9 * first);
  const auto block = how.start_block();
  block->fit(dataset(x, 4).load());
  const Table made = in_memory(block->apply(dataset(x, 4).load()));
  CHECK(made.column("features").width() == 7);
  const Vector W = parameter(run.session, "W"), code = how.code(W, x.data());
  for (std::size_t j = 0; j < 7; ++j)
    CHECK(static_cast<const double*>(made.column("features").data)[j] ==
          Approx(code[j]).margin(1e-5));
}

TEST_CASE("DenseMulticlassSVM: margins of known places, and the least of its objective",
          "[training][svm]") {
  // Two points: the hyperplane halfway, of margin 1.
  SmallRun two(
      Train(dataset({-1, 0, 3, 0}, 2, {0, 1}, 2), DenseMulticlassSVM(100., 2, 2, tol(1e-9))));
  two.run();
  CHECK(parameter(two.session, "W")[0] == Approx(-.5));
  CHECK(parameter(two.session, "W")[1] == Approx(.5));
  CHECK(parameter(two.session, "W")[2] == Approx(0).margin(1e-9));
  CHECK(parameter(two.session, "b")[1] == Approx(-.5));

  const Vector x = corners(15);
  std::vector<std::int32_t> labels;
  for (std::int32_t i = 0; i < 60; ++i) labels.push_back(i % 4);
  for (const double C : {.05, 1., 50.}) {
    SmallRun run(Train(dataset(x, 2, labels, 4), DenseMulticlassSVM(C, 2, 4, tol(1e-9))));
    run.run();
    const Vector W = parameter(run.session, "W"), b = parameter(run.session, "b");
    const auto objective = [&](std::size_t c, double w0, double w1, double bias) {
      double sum = (w0 * w0 + w1 * w1) / 2;
      for (std::size_t i = 0; i < 60; ++i) {
        const double y = labels[i] == static_cast<std::int32_t>(c) ? 1 : -1;
        sum += C * std::max(0., 1 - y * (w0 * x[2 * i] + w1 * x[2 * i + 1] + bias));
      }
      return sum;
    };
    RandomState random(3);
    for (std::size_t c = 0; c < 4; ++c) {
      const double least = objective(c, W[c], W[4 + c], b[c]);
      for (int i = 0; i < 200; ++i) {  // convex, as above
        const double size = std::pow(10., -1. - i % 5);
        CHECK(objective(c, W[c] + size * random.randn(), W[4 + c] + size * random.randn(),
                        b[c] + size * random.randn()) >= least - 1e-7);
      }
    }
    if (C < 1) continue;
    int right = 0;
    const Vector out = predicted(run.session);
    for (std::size_t i = 0; i < 60; ++i)
      right += std::max_element(&out[4 * i], &out[4 * i] + 4) - &out[4 * i] == labels[i];
    CHECK(right >= 59);
  }
  for (const char* const text :
       {"!obj:DenseMulticlassSVM { C: 1., nvis: 2, n_classes: 2, kernel: linear, gamma: 2., "
        "coef0: 0., degree: 2 }",
        "!obj:LocalCoordinateCoding { nvis: 2, nhid: 3, coeff: .1 }",
        "!obj:SparseCoding { nvis: 2, nhid: 3 }"})
    CHECK(static_cast<bool>(load_object("model", text)));
  CHECK_THROWS_WITH(load_object("svm", "!obj:DenseMulticlassSVM { C: 1., nvis: 2, n_classes: 2 }"),
                    Contains("kernel is 'rbf'") && Contains("'linear'"));
}
