// y = sin x
#pragma once

#include <dsl/ops/elementwise.hpp>
#include <dsl/ops/multiply.hpp>

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

}  // namespace ops

/// Sine, x in radians.
template <class S>
constexpr Applied<ops::Sin, Expr<S>> sin(const Expr<S>& x) {
  return apply<ops::Sin>(x);
}

}  // namespace ansatz

// Each of the two is the other's derivative, so whoever includes one needs both.
#include <dsl/ops/cos.hpp>
