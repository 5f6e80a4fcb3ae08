#include <ansatz/model/coding/feature_sign.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

class Search {
 public:
  Search(const SparseProblem& p, int max_iter)
      : p_(p), n_(static_cast<std::size_t>(p.columns)), max_iter_(max_iter), x_(n_), signs_(n_) {
    for (std::size_t i = 0; i < n_; ++i) scale_ = std::max(scale_, 2 * std::abs(p.correlation[i]));
    scale_ = std::max(scale_, p.sparsity);
  }

  SparseCode solve() {
    SparseCode found;
    bool settled = true;  // those that are not 0 are where they should be
    Vector gradient = gradient_of();
    for (; found.iterations < max_iter_; ++found.iterations) {
      if (settled && !activate(gradient)) {
        found.optimal = true;
        break;
      }
      step();
      gradient = gradient_of();
      settled = true;
      for (std::size_t i = 0; i < n_; ++i)
        if (signs_[i] != 0 && std::abs(gradient[i] + p_.sparsity * signs_[i]) > tolerance * scale_)
          settled = false;
    }
    found.x = x_;
    return found;
  }

 private:
  static constexpr double tolerance = 1e-10;

  double gram(std::size_t i, std::size_t j) const { return p_.gram[i * n_ + j]; }

  // 2 (A' A x - A' y)
  Vector gradient_of() const {
    Vector g(n_);
    for (std::size_t i = 0; i < n_; ++i) g[i] = -2 * p_.correlation[i];
    for (std::size_t j = 0; j < n_; ++j)
      if (x_[j] != 0)
        for (std::size_t i = 0; i < n_; ++i) g[i] += 2 * gram(j, i) * x_[j];
    return g;
  }

  // Gives a sign to the one that is 0 and should be so least. False: all are right.
  bool activate(const Vector& gradient) {
    std::size_t most = n_;
    for (std::size_t i = 0; i < n_; ++i)
      if (signs_[i] == 0 && (most == n_ || std::abs(gradient[i]) > std::abs(gradient[most])))
        most = i;
    if (most == n_ || std::abs(gradient[most]) <= p_.sparsity + tolerance * scale_) return false;
    signs_[most] = -sign(gradient[most]);
    return true;
  }

  // The objective, but for y' y, of a code of the active ones.
  double objective(const std::vector<std::size_t>& active, const Vector& x) const {
    double value = 0;
    for (std::size_t i = 0; i < active.size(); ++i) {
      double product = 0;
      for (std::size_t j = 0; j < active.size(); ++j) product += gram(active[i], active[j]) * x[j];
      value += x[i] * (product - 2 * p_.correlation[active[i]]) + p_.sparsity * std::abs(x[i]);
    }
    return value;
  }

  void step() {
    std::vector<std::size_t> active;
    for (std::size_t i = 0; i < n_; ++i)
      if (signs_[i] != 0) active.push_back(i);
    const std::size_t m = active.size();
    Vector from(m), to(m), right(m), best;
    for (std::size_t i = 0; i < m; ++i) {
      from[i] = x_[active[i]];
      right[i] = p_.correlation[active[i]] - p_.sparsity * signs_[active[i]] / 2;
    }
    Vector flat;  // a direction in which A x stays as it is
    if (solve_for(active, right, to, flat)) {
      best = along(active, from, to);
    } else {
      best = to_edge(active, from, flat, right);
    }
    for (std::size_t i = 0; i < m; ++i) {
      x_[active[i]] = best[i];
      signs_[active[i]] = sign(best[i]);
    }
  }

  // The best of `to` and the places on the way where a sign would change.
  Vector along(const std::vector<std::size_t>& active, const Vector& from, const Vector& to) const {
    Vector best = to;
    double least = 0;
    bool first = true;
    for (std::size_t k = 0; k < active.size(); ++k) {
      if (to[k] * signs_[active[k]] >= 0) continue;
      if (std::exchange(first, false)) least = objective(active, to);
      const double part = from[k] / (from[k] - to[k]);
      Vector there(active.size());
      for (std::size_t i = 0; i < there.size(); ++i) there[i] = from[i] + part * (to[i] - from[i]);
      there[k] = 0;
      if (const double value = objective(active, there); value < least) {
        least = value;
        best = std::move(there);
      }
    }
    return best;
  }

  // As far as one of them becomes 0, in the direction in which the objective falls, or stays.
  Vector to_edge(const std::vector<std::size_t>& active, const Vector& from, Vector flat,
                 const Vector& right) const {
    double slope = 0;
    for (std::size_t i = 0; i < flat.size(); ++i) slope += flat[i] * right[i];
    const auto edge = [&](const Vector& direction) {
      std::pair<double, std::size_t> nearest{1e300, flat.size()};
      for (std::size_t i = 0; i < direction.size(); ++i) {
        const double s = signs_[active[i]];
        if (direction[i] * s >= 0) continue;
        const double far = -from[i] / direction[i];
        if (far < nearest.first) nearest = {far, i};
      }
      return nearest;
    };
    if (slope < -tolerance * scale_)
      for (double& f : flat) f = -f;
    std::pair<double, std::size_t> found = edge(flat);
    if (found.second == flat.size()) {
      for (double& f : flat) f = -f;
      found = edge(flat);
    }
    Vector there = from;
    if (found.second == flat.size()) return there;
    for (std::size_t i = 0; i < there.size(); ++i) there[i] += found.first * flat[i];
    there[found.second] = 0;
    return there;
  }

  // By Cholesky. False where columns depend on each other: `flat` tells how.
  bool solve_for(const std::vector<std::size_t>& active, const Vector& right, Vector& x,
                 Vector& flat) const {
    const std::size_t m = active.size();
    Vector L(m * m);
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = gram(active[i], active[j]);
        const double whole = sum;
        for (std::size_t k = 0; k < j; ++k) sum -= L[i * m + k] * L[j * m + k];
        if (i != j) {
          L[i * m + j] = sum / L[j * m + j];
        } else if (sum > 1e-12 * whole) {
          L[i * m + i] = std::sqrt(sum);
        } else {
          // Column i is a sum of those before it: L' z = L^-1 of their products with it.
          flat.assign(m, 0);
          flat[i] = 1;
          for (std::size_t a = i; a-- > 0;) {
            double z = L[i * m + a];
            for (std::size_t b = a + 1; b < i; ++b) z += L[b * m + a] * flat[b];
            flat[a] = -z / L[a * m + a];
          }
          return false;
        }
      }
    x = right;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t k = 0; k < i; ++k) x[i] -= L[i * m + k] * x[k];
      x[i] /= L[i * m + i];
    }
    for (std::size_t i = m; i-- > 0;) {
      for (std::size_t k = i + 1; k < m; ++k) x[i] -= L[k * m + i] * x[k];
      x[i] /= L[i * m + i];
    }
    return true;
  }

  const SparseProblem& p_;
  std::size_t n_;
  int max_iter_;
  Vector x_, signs_;
  double scale_ = 0;  // of the gradient
};

}  // namespace

SparseCode feature_sign_search(const SparseProblem& problem, int max_iter) {
  if (!(problem.sparsity >= 0))
    throw ValueError(
        fmt::format("feature_sign_search: the sparsity is {}, but must not be "
                    "negative",
                    problem.sparsity));
  return Search(problem, max_iter).solve();
}

std::int64_t feature_sign_search(const double* dictionary, std::int64_t columns,
                                 std::int64_t inputs, const double* signals, std::int64_t count,
                                 double sparsity, double* codes, int max_iter) {
  const auto k = static_cast<std::size_t>(columns), rows = static_cast<std::size_t>(count);
  Vector gram(k * k), correlation(rows * k);
  gemm<double>(false, true, columns, columns, inputs, 1, dictionary, inputs, dictionary, inputs, 0,
               gram.data(), columns);
  gemm<double>(false, true, count, columns, inputs, 1, signals, inputs, dictionary, inputs, 0,
               correlation.data(), columns);
  std::int64_t ended = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const SparseCode found =
        feature_sign_search({columns, gram.data(), &correlation[i * k], sparsity}, max_iter);
    ended += !found.optimal;
    std::copy(found.x.begin(), found.x.end(), codes + i * k);
  }
  return ended;
}

SparseCode local_coordinates(const double* W, std::int64_t columns, std::int64_t inputs,
                             const double* v, double coeff, int max_iter) {
  // With x_j = c_j g_j, c_j being the weight of g_j, it is an ordinary sparse code.
  const auto k = static_cast<std::size_t>(columns), n = static_cast<std::size_t>(inputs);
  Vector weight(k, 1e-10), scaled(k * n), gram(k * k), correlation(k);
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double d = W[j * n + i] - v[i];
      weight[j] += d * d;
    }
    for (std::size_t i = 0; i < n; ++i) {
      scaled[j * n + i] = W[j * n + i] / weight[j];
      correlation[j] += scaled[j * n + i] * v[i];
    }
  }
  gemm<double>(false, true, columns, columns, inputs, 1, scaled.data(), inputs, scaled.data(),
               inputs, 0, gram.data(), columns);
  SparseCode found =
      feature_sign_search({columns, gram.data(), correlation.data(), coeff}, max_iter);
  for (std::size_t j = 0; j < k; ++j) found.x[j] /= weight[j];
  return found;
}

}  // namespace ansatz
