// y = 1 where a < b, else 0; no derivative
#pragma once

#include <dsl/ops/arithmetic/equal.hpp>

namespace ansatz {
namespace ops {

struct Less : Elementwise<Less, 2> {
  static constexpr const char* name = "less";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return to_number(a < b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Less, A, B> operator<(const A& a, const B& b) {
  return Applied<ops::Less, A, B>(
      ir::compare<ops::Less, ops::Less, ops::Equal>(ir::value_of(a), ir::value_of(b)));
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator<(const A&, const B&) = delete;

}  // namespace ansatz
