// y = 1 where a >= b, else 0; no derivative
#pragma once

#include <dsl/ops/arithmetic/greater.hpp>

namespace ansatz {
namespace ops {

struct GreaterEqual : Elementwise<GreaterEqual, 2> {
  static constexpr const char* name = "greater_equal";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return to_number(a >= b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::GreaterEqual, A, B> operator>=(const A& a, const B& b) {
  return Applied<ops::GreaterEqual, A, B>(
      ir::compare<ops::GreaterEqual, ops::Greater, ops::Equal>(ir::value_of(a), ir::value_of(b)));
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator>=(const A&, const B&) = delete;

}  // namespace ansatz
