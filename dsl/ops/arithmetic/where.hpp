// y = a where the condition is not 0, else b
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Where : Elementwise<Where, 3> {
  static constexpr const char* name = "where";
  template <class X>
  static X value(X condition, X a, X b) {
    return select(condition != X(0), a, b);
  }
  static constexpr auto vjp(auto condition, auto, auto, auto, auto g);
};

}  // namespace ops

/// numpy.where: a where `condition` is not 0 (comparisons give 1 and 0), else b; all three are
/// broadcast. A NaN in the side not chosen does not reach the value or its gradient.
template <class C, class A, class B>
  requires ir::Operands<C, A, B>
constexpr Applied<ops::Where, C, A, B> where(const C& condition, const A& a, const B& b,
                                             ir::CallSite at = ir::CallSite::here()) {
  return apply_at<ops::Where>(at, condition, a, b);
}
template <class C, class A, class B>
  requires(ir::Operands<C, A, B> && !OperandsBroadcast<C, A, B>)
constexpr Refused<OperandsBroadcast<C, A, B>> where(const C&, const A&, const B&,
                                                    ir::CallSite = {}) = delete;

constexpr auto ops::Where::vjp(auto condition, auto, auto, auto, auto g) {
  return gradients(0, where(condition, g, 0), where(condition, 0, g));
}

}  // namespace ansatz
