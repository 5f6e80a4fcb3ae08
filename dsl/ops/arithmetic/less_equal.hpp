// y = 1 where a <= b, else 0; no derivative
#pragma once

#include <dsl/ops/arithmetic/less.hpp>

namespace ansatz {
namespace ops {

struct LessEqual : Elementwise<LessEqual, 2> {
  static constexpr const char* name = "less_equal";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return to_number(a <= b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::LessEqual, A, B> operator<=(const A& a, const B& b) {
  return Applied<ops::LessEqual, A, B>(
      ir::compare<ops::LessEqual, ops::Less, ops::Equal>(ir::value_of(a), ir::value_of(b)));
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator<=(const A&, const B&) = delete;

}  // namespace ansatz
