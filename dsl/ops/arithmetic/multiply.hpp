// y = a b, element by element
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Multiply : Elementwise<Multiply, 2> {
  static constexpr const char* name = "multiply";
  template <class X>
  static X value(X a, X b) {
    return a * b;
  }
  // Often one factor is data, or a mask, whose gradient nobody wants.
  static constexpr void give_parts(ir::VjpContext& c) {
    for (int k = 0; k < 2; ++k) {
      if (c.unwanted[k]) continue;
      const int in[] = {c.graph->import(c.grad), c.graph->in(c.node, 1 - k)};
      c.give(k, c.graph->value(c.graph->add(ir::info_of<Multiply>, {}, in, 2)));
    }
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Multiply, A, B> operator*(const A& a, const B& b) {
  return apply<ops::Multiply>(a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator*(const A&, const B&) = delete;

template <class S, ir::ExprOrNumber T>
constexpr Expr<S>& operator*=(Expr<S>& a, const T& b) {
  return ir::assign("operator*=", a, a * b);
}
template <class S, ir::ExprOrNumber T>
  requires(!SpaceStays<S, T>)
constexpr Refused<SpaceStays<S, T>, Expr<S>&> operator*=(Expr<S>&, const T&) = delete;

}  // namespace ansatz
