// y = 1 where a < b, else 0; no derivative
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Less : Elementwise<Less, 2> {
  static constexpr const char* name = "less";
  template <class X>
  static X value(X a, X b) {
    return to_number(a < b);
  }
};

}  // namespace ops

template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Less, A, B> operator<(const A& a, const B& b) {
  return apply<ops::Less>(a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> operator<(const A&, const B&) = delete;

}  // namespace ansatz
