// y = x^(1/2)
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Sqrt : Elementwise<Sqrt, 1> {
  static constexpr const char* name = "sqrt";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return sqrt(x);
  }
  static constexpr auto vjp(auto, auto y, auto g) { return g / (2 * y); }
};

}  // namespace ops

/// Square root; NaN below 0.
template <class S>
constexpr Applied<ops::Sqrt, Expr<S>> sqrt(const Expr<S>& x) {
  return apply<ops::Sqrt>(x);
}

}  // namespace ansatz
