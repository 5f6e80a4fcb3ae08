// y = the nearest integer; derivative 0
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Round : Elementwise<Round, 1> {
  static constexpr const char* name = "round";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X x) {
    return round(x);
  }
};

}  // namespace ops

/// Rounds to the nearest integer, halves to the even one, as numpy.round.
template <class S>
constexpr Applied<ops::Round, Expr<S>> round(const Expr<S>& x) {
  return apply<ops::Round>(x);
}

}  // namespace ansatz
