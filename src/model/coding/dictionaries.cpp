#include <ansatz/model/coding/dictionaries.hpp>

#include <ansatz/base/options.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/coding/feature_sign.hpp>
#include <dsl/kernels/gemm.hpp>
#include <dsl/store.hpp>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

// x - h W, [count, inputs].
Vector residuals(const Vector& W, const double* x, const double* codes, std::int64_t count,
                 std::int64_t rows, std::int64_t inputs) {
  Vector r(x, x + count * inputs);
  gemm<double>(false, false, count, inputs, rows, -1, codes, rows, W.data(), inputs, 1, r.data(),
               inputs);
  return r;
}

double squares(const Vector& v) {
  double sum = 0;
  for (const double each : v) sum += each * each;
  return sum;
}

// Rows of length 1.
void normalise(Vector& W, std::size_t n) {
  for (std::size_t j = 0; j < W.size(); j += n) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += W[j + i] * W[j + i];
    for (std::size_t i = 0; i < n; ++i) W[j + i] /= std::sqrt(sum);
  }
}

double product(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void Dictionary::initialize(InitialValues& values) const {
  RandomState random = random_state(seed, {1, 2, 3});
  Vector W(static_cast<std::size_t>(nhid) * static_cast<std::size_t>(nvis));
  random.randn(W);
  begin(W);
  values.set("W", W.data(), std::ssize(W));
}

RowMap Dictionary::row_map(const Store& parameters) const {
  const auto size = static_cast<std::size_t>(parameters.shape("W").count());
  const double* const values = parameters.data<double>("W");
  return [how = copy(), W = Vector(values, values + size)](const double* in, double* out,
                                                           std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      const Vector code = how->code(W, in + i * how->nvis);
      std::copy(code.begin(), code.end(), out + i * how->nhid);
    }
  };
}

Vector SparseCoding::code(const Vector& W, const double* x) const {
  Vector h(static_cast<std::size_t>(nhid));
  feature_sign_search(W.data(), nhid, nvis, x, 1, sparsity, h.data());
  return h;
}

double SparseCoding::objective(const Vector& W, const double* x, const double* codes,
                               std::int64_t count) const {
  double sum = squares(residuals(W, x, codes, count, nhid, nvis));
  for (std::int64_t i = 0; i < count * nhid; ++i) sum += sparsity * std::abs(codes[i]);
  return sum / static_cast<double>(count);
}

// Row j alone is best at W_j + (h' x - h' h W)_j / (h' h)_jj, drawn back to the unit ball.
void SparseCoding::improve(Vector& W, const double* x, const double* codes,
                           std::int64_t count) const {
  const auto k = static_cast<std::size_t>(nhid), n = static_cast<std::size_t>(nvis);
  Vector moments(k * k), sums(k * n), row(n);
  gemm<double>(true, false, nhid, nhid, count, 1, codes, nhid, codes, nhid, 0, moments.data(),
               nhid);
  gemm<double>(true, false, nhid, nvis, count, 1, codes, nhid, x, nvis, 0, sums.data(), nvis);
  for (int sweep = 0; sweep < 3; ++sweep)
    for (std::size_t j = 0; j < k; ++j) {
      const double own = moments[j * k + j];
      if (own < 1e-12) continue;
      for (std::size_t i = 0; i < n; ++i) row[i] = sums[j * n + i];
      for (std::size_t l = 0; l < k; ++l)
        if (const double m = moments[j * k + l]; m != 0)
          for (std::size_t i = 0; i < n; ++i) row[i] -= m * W[l * n + i];
      for (std::size_t i = 0; i < n; ++i) row[i] = W[j * n + i] + row[i] / own;
      const double length = std::max(1., std::sqrt(squares(row)));
      for (std::size_t i = 0; i < n; ++i) W[j * n + i] = row[i] / length;
    }
}

void SparseCoding::begin(Vector& W) const { normalise(W, static_cast<std::size_t>(nvis)); }

Vector LocalCoordinateCoding::code(const Vector& W, const double* x) const {
  return local_coordinates(W.data(), nhid, nvis, x, coeff).x;
}

double LocalCoordinateCoding::objective(const Vector& W, const double* x, const double* codes,
                                        std::int64_t count) const {
  double sum = squares(residuals(W, x, codes, count, nhid, nvis));
  const auto k = static_cast<std::size_t>(nhid), n = static_cast<std::size_t>(nvis);
  for (std::size_t e = 0; e < static_cast<std::size_t>(count); ++e)
    for (std::size_t j = 0; j < k; ++j) {
      double distance = 1e-10;
      for (std::size_t i = 0; i < n; ++i) {
        const double d = W[j * n + i] - x[e * n + i];
        distance += d * d;
      }
      sum += coeff * std::abs(codes[e * k + j]) * distance;
    }
  return sum / static_cast<double>(count);
}

// The objective is quadratic in W: its gradient is 2 (A W - B), A = g' g + coeff diag(sum |g|),
// B = g' x + coeff |g|' x. A little more on the diagonal keeps rows that nothing uses.
void LocalCoordinateCoding::improve(Vector& W, const double* x, const double* codes,
                                    std::int64_t count) const {
  const auto k = static_cast<std::size_t>(nhid), n = static_cast<std::size_t>(nvis);
  Vector weighted(codes, codes + count * nhid), A(k * k), B(k * n);
  gemm<double>(true, false, nhid, nhid, count, 1, codes, nhid, codes, nhid, 0, A.data(), nhid);
  for (std::size_t i = 0; i < weighted.size(); ++i) {
    A[(i % k) * (k + 1)] += coeff * std::abs(weighted[i]);
    weighted[i] += coeff * std::abs(weighted[i]);
  }
  gemm<double>(true, false, nhid, nvis, count, 1, weighted.data(), nhid, x, nvis, 0, B.data(),
               nvis);
  Vector residual = B, direction, image(k * n);
  gemm<double>(false, false, nhid, nvis, nhid, -1, A.data(), nhid, W.data(), nvis, 1,
               residual.data(), nvis);
  direction = residual;
  double left = squares(residual);
  for (int step = 0; step < 3 && left > 0; ++step) {
    gemm<double>(false, false, nhid, nvis, nhid, 1, A.data(), nhid, direction.data(), nvis, 0,
                 image.data(), nvis);
    const double curvature = product(direction, image);
    if (!(curvature > 0)) break;
    const double far = left / curvature;
    for (std::size_t i = 0; i < W.size(); ++i) {
      W[i] += far * direction[i];
      residual[i] -= far * image[i];
    }
    const double before = left;
    left = squares(residual);
    for (std::size_t i = 0; i < W.size(); ++i)
      direction[i] = residual[i] + left / before * direction[i];
  }
}

// One number h at a time is least at e^u, where a e^u + b + c (u - log p) = 0: its left side rises
// and is convex in u, so that Newton's method comes there from anywhere.
Vector DifferentiableSparseCoding::code(const Vector& W, const double* x) const {
  const auto k = static_cast<std::size_t>(nhid), n = static_cast<std::size_t>(nvis);
  const double log_p = std::log(init_p), c = init_lambda / nhid;
  Vector h(k, init_p), log_h(k, log_p), squares_of(k);
  for (std::size_t j = 0; j < k; ++j)
    for (std::size_t i = 0; i < n; ++i) squares_of[j] += W[j * n + i] * W[j * n + i];
  Vector r = residuals(W, x, h.data(), 1, nhid, nvis);
  for (int sweep = 0; sweep < 1000; ++sweep) {
    double moved = 0;
    for (std::size_t j = 0; j < k; ++j) {
      double along = 0;
      for (std::size_t i = 0; i < n; ++i) along += r[i] * W[j * n + i];
      const double a = 2 * squares_of[j] / nvis, b = -2 * along / nvis - a * h[j];
      double u = log_h[j];
      for (int step = 0; step < 100; ++step) {
        const double e = a * std::exp(u), by = (e + b + c * (u - log_p)) / (e + c);
        // From far below the first step is too long, to where e^u overflows.
        u -= std::max(by, -5.);
        if (std::abs(by) < 1e-14 * (1 + std::abs(u))) break;
      }
      const double next = std::exp(u), by = next - h[j];
      h[j] = next, log_h[j] = u;
      moved = std::max(moved, std::abs(by));
      for (std::size_t i = 0; i < n; ++i) r[i] -= by * W[j * n + i];
    }
    if (moved < 1e-12) break;
  }
  return h;
}

double DifferentiableSparseCoding::objective(const Vector& W, const double* x, const double* codes,
                                             std::int64_t count) const {
  double sum = squares(residuals(W, x, codes, count, nhid, nvis)) / nvis;
  for (std::int64_t i = 0; i < count * nhid; ++i) {
    const double h = codes[i], ratio = h > 0 ? std::log(h / init_p) : 0;
    sum += init_lambda / nhid * (h * ratio - h + init_p);
  }
  return sum / static_cast<double>(count);
}

void DifferentiableSparseCoding::improve(Vector& W, const double* x, const double* codes,
                                         std::int64_t count) const {
  const Vector r = residuals(W, x, codes, count, nhid, nvis);
  const double step = learning_rate * 2 / (static_cast<double>(count) * nvis);
  gemm<double>(true, false, nhid, nvis, count, step, codes, nhid, r.data(), nvis, 1, W.data(),
               nvis);
  normalise(W, static_cast<std::size_t>(nvis));
}

void DifferentiableSparseCoding::begin(Vector& W) const {
  normalise(W, static_cast<std::size_t>(nvis));
}

}  // namespace ansatz
