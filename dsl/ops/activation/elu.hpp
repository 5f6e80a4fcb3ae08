// y = x where x > 0, else alpha (e^x - 1)                           (Clevert et al. 2015)
#pragma once

#include <dsl/ops/arithmetic/expm1.hpp>
#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/minimum.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Elu : Elementwise<Elu, 2> {
  static constexpr const char* name = "elu";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x, X alpha) {
    return select(x > X(0), x, alpha * expm1(min(x, X(0))));
  }
  // Where x is not positive dy/dx = alpha e^x = y + alpha. The minimum keeps inf out of the side
  // not chosen, where a derivative of the derivative would multiply it by 0.
  static constexpr auto vjp(auto x, auto alpha, auto y, auto g) {
    return gradients(where(x > 0, g, g * (y + alpha)), where(x > 0, 0, g * expm1(minimum(x, 0))));
  }
};

}  // namespace ops

/// Exponential linear unit. At exactly 0 the derivative is alpha.
template <class S, class Alpha = double>
  requires ir::ExprOrNumber<Alpha>
constexpr Applied<ops::Elu, Expr<S>, Alpha> elu(const Expr<S>& x, const Alpha& alpha = 1.0) {
  return apply<ops::Elu>(x, alpha);
}
template <class S, class Alpha>
  requires(ir::ExprOrNumber<Alpha> && !OperandsBroadcast<Expr<S>, Alpha>)
constexpr Refused<OperandsBroadcast<Expr<S>, Alpha>> elu(const Expr<S>&, const Alpha&) = delete;

}  // namespace ansatz
