// y = |x|
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/sign.hpp>

namespace ansatz {
namespace ops {

struct Abs : Elementwise<Abs, 1> {
  static constexpr const char* name = "abs";
  template <class X>
  static X value(X x) {
    return abs(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g * sign(x); }
};

}  // namespace ops

/// Absolute value; its derivative at 0 is 0.
template <class S>
constexpr Applied<ops::Abs, Expr<S>> abs(const Expr<S>& x) {
  return apply<ops::Abs>(x);
}

}  // namespace ansatz
