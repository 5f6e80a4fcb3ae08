// y = x^2
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Square : Elementwise<Square, 1> {
  static constexpr const char* name = "square";
  template <class X>
  static X value(X x) {
    return x * x;
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g * (2 * x); }
};

}  // namespace ops

/// y = x^2
template <class S>
constexpr Applied<ops::Square, Expr<S>> square(const Expr<S>& x) {
  return apply<ops::Square>(x);
}

}  // namespace ansatz
