// y = -1, 0 or 1, as x is negative, zero or positive
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Sign : Elementwise<Sign, 1> {
  static constexpr const char* name = "sign";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X x) {
    return select(x > X(0), X(1), select(x < X(0), X(-1), x));
  }
};

}  // namespace ops

/// Sign of x; NaN stays NaN. Its derivative is 0.
template <class S>
constexpr Applied<ops::Sign, Expr<S>> sign(const Expr<S>& x) {
  return apply<ops::Sign>(x);
}

}  // namespace ansatz
