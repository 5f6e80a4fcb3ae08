// y = x P(X <= x), X standard normal; = x (1 + erf(x / sqrt 2)) / 2   (Hendrycks and Gimpel 2016)
#pragma once

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/erf.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Gelu : Elementwise<Gelu, 1> {
  static constexpr const char* name = "gelu";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    // Below -40 the probability is 0 even in double, and -inf times 0 would be NaN.
    const X p = X(0.5) + X(0.5) * erf(x * X(0.70710678118654752));
    return max(x, X(-40)) * p;
  }
  // dy/dx = P(X <= x) + x e^(-x^2 / 2) / sqrt(2 pi)
  static constexpr auto vjp(auto x, auto, auto g) {
    constexpr double sqrt_half = 0.70710678118654752, one_over_sqrt_two_pi = 0.39894228040143268;
    const auto p = 0.5 + 0.5 * erf(sqrt_half * x);
    // Beyond 40 the density is 0 in any precision, and infinity times 0 would be NaN.
    const auto inside = clip(x, -40, 40);
    return g * (p + inside * (one_over_sqrt_two_pi * exp(-0.5 * square(inside))));
  }
};

}  // namespace ops

/// Gaussian error linear unit, the exact form (not the tanh approximation).
template <class S>
constexpr Applied<ops::Gelu, Expr<S>> gelu(const Expr<S>& x) {
  return apply<ops::Gelu>(x);
}

}  // namespace ansatz
