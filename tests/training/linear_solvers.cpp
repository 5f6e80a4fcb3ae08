// Fact 20: linear_cg and minres, against matrices whose solutions are known.
#include <ansatz/algorithm/linear_solvers.hpp>
#include <ansatz/base/random_state.hpp>
#include <dsl/exceptions.hpp>

#include "drawn.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Vector = std::vector<double>;

double length(const Vector& a) {
  double sum = 0;
  for (const double each : a) sum += each * each;
  return std::sqrt(sum);
}

// Q diag(values) Q', Q being two reflections at random vectors, so that all of it is known.
struct Symmetric {
  Vector values, u, v;
  int products = 0;

  explicit Symmetric(Vector eigenvalues, unsigned seed = 1) : values(std::move(eigenvalues)) {
    RandomState random(seed);
    for (Vector* each : {&u, &v}) {
      for (std::size_t i = 0; i < values.size(); ++i) each->push_back(random.randn());
      const double l = length(*each);
      for (double& x : *each) x /= l;
    }
  }
  static void reflect(Vector& x, const Vector& at) {
    double dot = 0;
    for (std::size_t i = 0; i < x.size(); ++i) dot += x[i] * at[i];
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= 2 * dot * at[i];
  }
  template <class F>
  Vector mapped(Vector x, F f) const {
    reflect(x, v);
    reflect(x, u);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= f(values[i]);
    reflect(x, u);
    reflect(x, v);
    return x;
  }
  MatrixProduct product() {
    return [this](const Vector& x, Vector& y) {
      ++products;
      y = mapped(x, [](double each) { return each; });
    };
  }
  Vector solution(const Vector& b, double shift = 0) const {
    return mapped(b, [&](double each) { return each == shift ? 0 : 1 / (each - shift); });
  }
};

double difference(const Vector& a, const Vector& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

}  // namespace

TEST_CASE("linear_cg: the lowest point of a quadratic", "[training][linear_solvers]") {
  Vector values;
  for (int i = 1; i <= 30; ++i) values.push_back(i);
  Symmetric A(values);
  const Vector b = drawn(30, 7), exact = A.solution(b);
  const auto f = [&](const Vector& x) {
    Vector Ax;
    A.product()(x, Ax);
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * (Ax[i] / 2 - b[i]);
    return sum;
  };
  const LinearSolution rough = linear_cg(A.product(), b);
  CHECK(rough.converged);
  CHECK(std::abs(f(rough.x) - f(exact)) < 1e-5);
  CHECK(rough.residual <= 1e-3 * length(b) * (1 + 1e-9));
  const LinearSolution fine = linear_cg(A.product(), b, {.tol = 1e-12});
  CHECK(difference(fine.x, exact) < 1e-10);
  // As many steps as there are different eigenvalues.
  Symmetric three({1, 1, 1, 4, 4, 9, 9, 9});
  const Vector c = drawn(8, 3);
  const LinearSolution few = linear_cg(three.product(), c, {.tol = 1e-12});
  CHECK(few.iterations == 3);
  CHECK(difference(few.x, three.solution(c)) < 1e-12);
  CHECK(linear_cg(three.product(), c, {.x0 = three.solution(c)}).iterations == 0);
  CHECK(!linear_cg(A.product(), b, {.tol = 1e-12, .max_iters = 2}).converged);
  Symmetric saddle({1, -1});
  CHECK(!linear_cg(saddle.product(), drawn(2, 1), {.tol = 1e-9}).converged);
  CHECK_THROWS_AS(linear_cg(A.product(), b, {.x0 = Vector(3)}), ValueError);
}

TEST_CASE("minres: systems that are positive, indefinite, shifted, singular",
          "[training][linear_solvers]") {
  Vector definite, indefinite;
  for (int i = 1; i <= 40; ++i) {
    definite.push_back(i / 40.);
    indefinite.push_back(i % 2 ? i : -i);
  }
  for (const double rtol : {1e-10, 1e-6})
    for (const Vector& values : {definite, indefinite}) {
      Symmetric A(values);
      const Vector b = drawn(40, 5);
      const LinearSolution found =
          minres(A.product(), b, {.rtol = rtol, .maxit = 200, .preconditioner = {}});
      CHECK(found.converged);
      CHECK(found.residual <= 100 * rtol * length(b));
      CHECK(difference(found.x, A.solution(b)) < 1e4 * rtol * length(b));
    }
  Symmetric A(definite);
  const Vector b = drawn(40, 5);
  // Within the first 19 steps each residual is the shortest of its space: it never grows.
  double before = length(b);
  for (int steps = 1; steps < 20; ++steps) {
    const LinearSolution found = minres(A.product(), b, {.rtol = 0, .maxit = steps});
    CHECK(found.residual <= before * (1 + 1e-12));
    before = found.residual;
  }
  const LinearSolution shifted =
      minres(A.product(), b, {.rtol = 1e-12, .maxit = 300, .shift = .51});
  CHECK(difference(shifted.x, A.solution(b, .51)) < 1e-7);
  // A singular matrix: the shortest residual is the part of b that it cannot reach.
  Symmetric singular({0, 0, 1, 2, 3, 4});
  const Vector c = drawn(6, 2);
  const LinearSolution least = minres(singular.product(), c, {.rtol = 1e-12, .maxit = 50});
  const Vector part = singular.mapped(c, [](double each) { return each == 0 ? 1. : 0.; });
  CHECK(least.residual == Approx(length(part)).epsilon(1e-9));
  CHECK(minres(singular.product(), Vector(6)).x == Vector(6));
}

TEST_CASE("minres: a preconditioner changes the steps, not the solution",
          "[training][linear_solvers]") {
  Vector values;
  for (int i = 0; i < 50; ++i) values.push_back(std::pow(1.2, i));
  // A diagonal matrix and a small rest.
  Symmetric rest(Vector(50, 0.));
  for (std::size_t i = 0; i < 50; ++i) rest.values[i] = .1 * std::cos(static_cast<double>(i));
  const MatrixProduct A = [&](const Vector& x, Vector& y) {
    rest.product()(x, y);
    for (std::size_t i = 0; i < x.size(); ++i) y[i] += values[i] * x[i];
  };
  const MatrixProduct inverse_diagonal = [&](const Vector& x, Vector& y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] / values[i];
  };
  const Vector b = drawn(50, 9);
  const LinearSolution plain = minres(A, b, {.rtol = 1e-12, .maxit = 1000});
  const LinearSolution fast =
      minres(A, b, {.rtol = 1e-12, .maxit = 1000, .preconditioner = inverse_diagonal});
  CHECK(plain.converged);
  CHECK(fast.converged);
  CHECK(fast.iterations < plain.iterations / 2);
  CHECK(fast.residual < 1e-8);
  CHECK(difference(plain.x, fast.x) < 1e-6);
  const MatrixProduct wrong = [](const Vector& x, Vector& y) {
    y = x;
    for (double& each : y) each = -each;
  };
  CHECK_THROWS_WITH(minres(A, b, {.preconditioner = wrong}),
                    Catch::Matchers::Contains("not positive definite"));
}
