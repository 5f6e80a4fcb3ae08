// y = the largest integer not above x; derivative 0
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Floor : Elementwise<Floor, 1> {
  static constexpr const char* name = "floor";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X x) {
    return floor(x);
  }
};

}  // namespace ops

/// Rounds down.
template <class S>
constexpr Applied<ops::Floor, Expr<S>> floor(const Expr<S>& x) {
  return apply<ops::Floor>(x);
}

}  // namespace ansatz
