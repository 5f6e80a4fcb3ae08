// y = smallest x over the axes
#pragma once

#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/reduce/reduce.hpp>

namespace ansatz {
namespace ops {

struct Min : ReduceOp<Min> {
  static constexpr const char* name = "min";
  // Every element equal to the result gets the whole gradient, as in Theano.
  static constexpr void vjp(ir::VjpContext& c) {
    const ir::Shape full = c.in(0).shape();
    const AnyExpr y(ir::with_axes(c.out().value(), full, c.attr()));
    const AnyExpr g(ir::with_axes(c.g().value(), full, c.attr()));
    c.give(0, where(c.in(0) == y, g, 0));
  }
};

}  // namespace ops

/// Smallest element; NaN if there is one.
/// Over all: a Scalar; `min(x, units)`: one number an example; `min(x, batch)`: over the
/// examples; `min(x, axis<A>)`: over feature axis A (negative: from the last);
/// `min(x, axis<0>, axis<1>)`: over several. `keep_axes` behind them keeps them, with size 1.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> min(const Expr<S>& x, A...) {
  return ir::reduce_over<ops::Min, OverAll, A...>(x);
}
template <class A, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr min(const AnyExpr& x, A, B = {}, ir::CallSite at = ir::CallSite::here()) {
  return ir::reduce_over<ops::Min, OverAll, A, B>(x, at);
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> min(const Expr<S>&, A...) = delete;

}  // namespace ansatz
