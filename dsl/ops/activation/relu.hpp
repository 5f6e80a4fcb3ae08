// y = x where x > 0, else slope x                       (Nair and Hinton 2010; Maas et al. 2013)
#pragma once

#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Relu : Elementwise<Relu, 1> {
  static constexpr const char* name = "relu";
  template <class X>
  static X value(X x) {
    return max(x, X(0));
  }
  // y > 0 exactly where x > 0, and y is kept anyway: the next layer's gradient needs it.
  static constexpr auto vjp(auto, auto y, auto g) { return where(y > 0, g, 0); }
};

struct LeakyRelu : Elementwise<LeakyRelu, 2> {
  static constexpr const char* name = "leaky_relu";
  template <class X>
  static X value(X x, X slope) {
    return select(x > X(0), x, slope * x);
  }
  static constexpr auto vjp(auto x, auto slope, auto, auto g) {
    return gradients(where(x > 0, g, slope * g), where(x > 0, 0, g * x));
  }
};

}  // namespace ops

/// Rectifier: max(x, 0). The derivative at exactly 0 is 0.
template <class S>
constexpr Applied<ops::Relu, Expr<S>> relu(const Expr<S>& x) {
  return apply<ops::Relu>(x);
}

/// Leaky rectifier: x where x > 0, else slope * x; at exactly 0 the derivative is the slope.
template <class S, class Slope>
  requires ir::ExprOrNumber<Slope>
constexpr Applied<ops::LeakyRelu, Expr<S>, Slope> relu(const Expr<S>& x, const Slope& slope) {
  return apply<ops::LeakyRelu>(x, slope);
}
template <class S, class Slope>
  requires(ir::ExprOrNumber<Slope> && !OperandsBroadcast<Expr<S>, Slope>)
constexpr Refused<OperandsBroadcast<Expr<S>, Slope>> relu(const Expr<S>&, const Slope&) = delete;

}  // namespace ansatz
