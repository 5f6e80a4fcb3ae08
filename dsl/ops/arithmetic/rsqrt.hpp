// y = x^(-1/2)
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Rsqrt : Elementwise<Rsqrt, 1> {
  static constexpr const char* name = "rsqrt";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return X(1) / sqrt(x);
  }
  // dy/dx = -x^(-3/2) / 2 = -y^3 / 2
  static constexpr auto vjp(auto, auto y, auto g) { return g * (-0.5 * (y * (y * y))); }
};

}  // namespace ops

/// 1 / sqrt(x); inf at 0, NaN below.
template <class S>
constexpr Applied<ops::Rsqrt, Expr<S>> rsqrt(const Expr<S>& x) {
  return apply<ops::Rsqrt>(x);
}

}  // namespace ansatz
