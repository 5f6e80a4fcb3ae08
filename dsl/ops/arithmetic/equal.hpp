// y = 1 where a == b, else 0; no derivative
#pragma once

#include <dsl/ops/view/label_part.hpp>

namespace ansatz {
namespace ops {

struct Equal : Elementwise<Equal, 2> {
  static constexpr const char* name = "equal";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return to_number(a == b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Equal, A, B> operator==(const A& a, const B& b) {
  return Applied<ops::Equal, A, B>(
      ir::compare<ops::Equal, ops::Equal, ops::Equal>(ir::value_of(a), ir::value_of(b)));
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator==(const A&, const B&) = delete;

}  // namespace ansatz
