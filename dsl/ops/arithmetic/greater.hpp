// y = 1 where a > b, else 0; no derivative
#pragma once

#include <dsl/ops/arithmetic/equal.hpp>

namespace ansatz {
namespace ops {

struct Greater : Elementwise<Greater, 2> {
  static constexpr const char* name = "greater";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return to_number(a > b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Greater, A, B> operator>(const A& a, const B& b) {
  return Applied<ops::Greater, A, B>(
      ir::compare<ops::Greater, ops::Greater, ops::Equal>(ir::value_of(a), ir::value_of(b)));
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator>(const A&, const B&) = delete;

}  // namespace ansatz
