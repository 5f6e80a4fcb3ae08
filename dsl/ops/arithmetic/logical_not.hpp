// y = 1 where x is 0, else 0; no derivative
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct LogicalNot : Elementwise<LogicalNot, 1> {
  static constexpr const char* name = "logical_not";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X x) {
    return to_number(x == X(0));
  }
};

}  // namespace ops

/// numpy.logical_not: 1 where x is 0 (false), else 0; of a NaN 0.
template <class S>
constexpr Applied<ops::LogicalNot, Expr<S>> operator!(const Expr<S>& x) {
  return apply<ops::LogicalNot>(x);
}

}  // namespace ansatz
