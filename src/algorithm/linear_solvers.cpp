#include <ansatz/algorithm/linear_solvers.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
double length(const Vector& a) { return std::sqrt(dot(a, a)); }

void add(Vector& to, double factor, const Vector& x) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * x[i];
}

Vector times(const MatrixProduct& product, const Vector& x) {
  Vector y(x.size());
  product(x, y);
  if (y.size() != x.size())
    throw ValueError(
        fmt::format("the product of a matrix with {} numbers has {}; a square matrix "
                    "is needed",
                    x.size(), y.size()));
  return y;
}

}  // namespace

LinearSolution linear_cg(const MatrixProduct& product, const Vector& b,
                         const ConjugateGradientOptions& options) {
  LinearSolution found;
  found.x = options.x0.empty() ? Vector(b.size()) : options.x0;
  if (found.x.size() != b.size())
    throw ValueError(
        fmt::format("x0 has {} numbers, but the right side {}", found.x.size(), b.size()));
  const auto residual = [&] {
    Vector r = b;
    add(r, -1, times(product, found.x));
    return r;
  };
  Vector r = options.x0.empty() ? b : residual(), d = r;
  const double enough = options.tol * length(b);
  double squares = dot(r, r);
  while (std::sqrt(squares) > enough && found.iterations < options.max_iters) {
    const Vector Ad = times(product, d);
    const double curvature = dot(d, Ad);
    if (!(curvature > 0)) break;
    const double step = squares / curvature;
    add(found.x, step, d);
    add(r, -step, Ad);
    const double before = squares;
    squares = dot(r, r);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = r[i] + squares / before * d[i];
    ++found.iterations;
  }
  found.residual = length(residual());
  found.converged = std::sqrt(squares) <= enough;
  return found;
}

// Lanczos' method makes A tridiagonal, in a basis v; its QR factors are those of plane rotations,
// applied as they come, so that three directions w are all that is kept. Names as in Paige and
// Saunders (1975), section 6, and in Saunders' own program.
LinearSolution minres(const MatrixProduct& product, const Vector& b, const MinresOptions& options) {
  const auto preconditioned = [&](const Vector& r) {
    return options.preconditioner ? times(options.preconditioner, r) : r;
  };
  const auto multiply = [&](const Vector& x) {
    Vector y = times(product, x);
    if (options.shift != 0) add(y, -options.shift, x);
    return y;
  };
  LinearSolution found;
  found.x.assign(b.size(), 0);
  Vector r1 = b, r2 = b, y = preconditioned(b);
  const double squares = dot(b, y);
  if (squares < 0) throw ValueError("the preconditioner is not positive definite");
  const double beta1 = std::sqrt(squares);
  found.converged = beta1 == 0;
  double beta = beta1, beta_before = 0, delta_bar = 0, epsilon = 0, phi_bar = beta1;
  double cs = -1, sn = 0, norm_squares = 0;
  Vector w(b.size()), w2(b.size());
  while (!found.converged && found.iterations < options.maxit) {
    // The next vector of the basis, and the next column alpha, beta of the tridiagonal matrix.
    Vector v = y;
    for (double& each : v) each /= beta;
    y = multiply(v);
    if (found.iterations > 0) add(y, -beta / beta_before, r1);
    const double alpha = dot(v, y);
    add(y, -alpha / beta, r2);
    r1 = std::move(r2);
    r2 = y;
    y = preconditioned(r2);
    beta_before = beta;
    const double next = dot(r2, y);
    if (next < 0) throw ValueError("the preconditioner is not positive definite");
    beta = std::sqrt(next);
    norm_squares += alpha * alpha + beta_before * beta_before * (found.iterations > 0) + next;
    // The rotation before turns [delta_bar alpha], the new one what is below the diagonal to 0.
    const double old_epsilon = epsilon;
    const double delta = cs * delta_bar + sn * alpha;
    const double gamma_bar = sn * delta_bar - cs * alpha;
    epsilon = sn * beta;
    delta_bar = -cs * beta;
    // A times the residual so far is phi_bar times this long: beside A it is nothing where that
    // residual is the shortest there is, and the step behind it would be without end.
    const double norm = std::sqrt(norm_squares);
    const double root = std::hypot(gamma_bar, delta_bar), gamma = std::hypot(gamma_bar, beta);
    found.converged = root <= options.rtol * norm;
    if (found.converged || gamma <= 1e-15 * norm) break;
    cs = gamma_bar / gamma;
    sn = beta / gamma;
    const double phi = cs * phi_bar;
    phi_bar *= sn;
    const Vector w1 = std::move(w2);
    w2 = std::move(w);
    w.resize(b.size());
    for (std::size_t i = 0; i < w.size(); ++i)
      w[i] = (v[i] - old_epsilon * w1[i] - delta * w2[i]) / gamma;
    add(found.x, phi, w);
    ++found.iterations;
    found.converged = phi_bar <= options.rtol * (norm * length(found.x) + beta1) || beta == 0;
  }
  Vector r = b;
  add(r, -1, multiply(found.x));
  found.residual = length(r);
  return found;
}

}  // namespace ansatz
