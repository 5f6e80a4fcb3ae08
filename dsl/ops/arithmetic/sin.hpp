// y = sin x, y = cos x: each of the two is the other's derivative
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Sin : Elementwise<Sin, 1> {
  static constexpr const char* name = "sin";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return sin(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g * cos(x); }
};

struct Cos : Elementwise<Cos, 1> {
  static constexpr const char* name = "cos";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return cos(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) { return -(g * sin(x)); }
};

}  // namespace ops

/// Sine, x in radians.
template <class S>
constexpr Applied<ops::Sin, Expr<S>> sin(const Expr<S>& x) {
  return apply<ops::Sin>(x);
}

/// Cosine, x in radians.
template <class S>
constexpr Applied<ops::Cos, Expr<S>> cos(const Expr<S>& x) {
  return apply<ops::Cos>(x);
}

}  // namespace ansatz
