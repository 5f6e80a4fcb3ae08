// y = 1 where a != b, else 0; no derivative
#pragma once

#include <dsl/ops/arithmetic/equal.hpp>

namespace ansatz {
namespace ops {

struct NotEqual : Elementwise<NotEqual, 2> {
  static constexpr const char* name = "not_equal";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return to_number(a != b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::NotEqual, A, B> operator!=(const A& a, const B& b) {
  const ir::Value x = ir::value_of(a), y = ir::value_of(b);
  if (!ir::has_large_labels(x) && !ir::has_large_labels(y)) return apply<ops::NotEqual>(a, b);
  return Applied<ops::NotEqual, A, B>(
      (1 - AnyExpr(ir::compare<ops::Equal, ops::Equal, ops::Equal>(x, y))).value());
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator!=(const A&, const B&) = delete;

}  // namespace ansatz
