// y = the larger of a and b
#pragma once

#include <dsl/ops/arithmetic/greater_equal.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Maximum : Elementwise<Maximum, 2> {
  static constexpr const char* name = "maximum";
  template <class X>
  static X value(X a, X b) {
    return max(a, b);
  }
  static constexpr auto vjp(auto a, auto b, auto, auto g) {
    return gradients(where(a >= b, g, 0), where(a >= b, 0, g));
  }
};

}  // namespace ops

/// The larger of two, element by element; NaN if either is, as numpy.maximum. Where they are equal
/// a gets the whole gradient.
template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Maximum, A, B> maximum(const A& a, const B& b,
                                              ir::CallSite at = ir::CallSite::here()) {
  return apply_at<ops::Maximum>(at, a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> maximum(const A&, const B&, ir::CallSite = {}) = delete;

}  // namespace ansatz
