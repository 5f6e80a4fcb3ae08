// y = a / b
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Divide : Elementwise<Divide, 2> {
  static constexpr const char* name = "divide";
  template <class X>
  static X value(X a, X b) {
    return a / b;
  }
  // dy/db = -a / b^2 = -y / b
  static constexpr auto vjp(auto, auto b, auto y, auto g) { return gradients(g / b, -(g * y) / b); }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Divide, A, B> operator/(const A& a, const B& b) {
  return apply<ops::Divide>(a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator/(const A&, const B&) = delete;

template <class S, ir::ExprOrNumber T>
constexpr Expr<S>& operator/=(Expr<S>& a, const T& b) {
  return ir::assign("operator/=", a, a / b);
}
template <class S, ir::ExprOrNumber T>
  requires(!SpaceStays<S, T>)
constexpr Refused<SpaceStays<S, T>, Expr<S>&> operator/=(Expr<S>&, const T&) = delete;

}  // namespace ansatz
