// y = 1 where neither a nor b is 0, else 0; no derivative
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct LogicalAnd : Elementwise<LogicalAnd, 2> {
  static constexpr const char* name = "logical_and";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return select(a != X(0), to_number(b != X(0)), X(0));
  }
};

}  // namespace ops

/// numpy.logical_and: 1 where both are true, that is, not 0 (comparisons give 1 and 0; a NaN is
/// true). Both sides are always computed.
template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::LogicalAnd, A, B> operator&&(const A& a, const B& b) {
  return apply<ops::LogicalAnd>(a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator&&(const A&, const B&) = delete;

}  // namespace ansatz
