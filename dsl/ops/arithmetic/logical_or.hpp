// y = 1 where a or b is not 0, else 0; no derivative
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct LogicalOr : Elementwise<LogicalOr, 2> {
  static constexpr const char* name = "logical_or";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return select(a != X(0), X(1), to_number(b != X(0)));
  }
};

}  // namespace ops

/// numpy.logical_or: 1 where one of both is true, that is, not 0 (a NaN is true). Both sides are
/// always computed.
template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::LogicalOr, A, B> operator||(const A& a, const B& b) {
  return apply<ops::LogicalOr>(a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator||(const A&, const B&) = delete;

}  // namespace ansatz
