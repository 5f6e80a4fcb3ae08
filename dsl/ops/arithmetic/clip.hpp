// y = x, but at least low and at most high
#pragma once

#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/greater_equal.hpp>
#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/arithmetic/less_equal.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Clip : Elementwise<Clip, 3> {
  static constexpr const char* name = "clip";
  template <class X>
  static X value(X x, X low, X high) {
    return min(max(x, low), high);
  }
  static constexpr auto vjp(auto x, auto low, auto high, auto, auto g) {
    return gradients(where((x >= low) * (x <= high), g, 0), where(x < low, g, 0),
                     where(x > high, g, 0));
  }
};

}  // namespace ops

/// x limited to [low, high]. The derivative is 1 within and at both ends, as in Theano.
template <class S, class Low, class High>
  requires(ir::ExprOrNumber<Low> && ir::ExprOrNumber<High>)
constexpr Applied<ops::Clip, Expr<S>, Low, High> clip(const Expr<S>& x, const Low& low,
                                                      const High& high,
                                                      ir::CallSite at = ir::CallSite::here()) {
  return apply_at<ops::Clip>(at, x, low, high);
}
template <class S, class Low, class High>
  requires(ir::ExprOrNumber<Low> && ir::ExprOrNumber<High> &&
           !OperandsBroadcast<Expr<S>, Low, High>)
constexpr Refused<OperandsBroadcast<Expr<S>, Low, High>> clip(const Expr<S>&, const Low&,
                                                              const High&,
                                                              ir::CallSite = {}) = delete;

}  // namespace ansatz
