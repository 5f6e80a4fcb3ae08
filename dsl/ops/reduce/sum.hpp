// y = sum of x over the axes
#pragma once

#include <dsl/ops/reduce/reduce.hpp>

namespace ansatz {
namespace ops {

struct Sum : ReduceOp<Sum> {
  static constexpr const char* name = "sum";
  // Every element gets the gradient of the sum it went into.
  static constexpr void vjp(ir::VjpContext& c) {
    const ir::Shape full = c.in(0).shape();
    c.give(0, ir::make(ir::info_of<BroadcastTo>, ir::shape_attr(full),
                       ir::with_axes(c.g().value(), full, c.attr())));
  }
};

}  // namespace ops

/// Sum of the elements.
/// Over all: a Scalar; `sum(x, units)`: one number an example; `sum(x, batch)`: over the
/// examples; `sum(x, axis<A>)`: over feature axis A (negative: from the last);
/// `sum(x, axis<0>, axis<1>)`: over several. `keep_axes` behind them keeps them, with size 1.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> sum(const Expr<S>& x, A...) {
  return ir::reduce_over<ops::Sum, OverAll, A...>(x);
}
template <class A, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr sum(const AnyExpr& x, A, B = {}, ir::CallSite at = ir::CallSite::here()) {
  return ir::reduce_over<ops::Sum, OverAll, A, B>(x, at);
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> sum(const Expr<S>&, A...) = delete;

namespace ir {

// Sums what broadcasting repeated, so that the result has shape `s` again.
constexpr Value sum_to(const Value& v, const Shape& s) {
  const Shape from = v.shape();
  if (from == s) return v;
  // Which axes of `from` were made by repeating: none of `s` stands there, or one of size 1.
  const int batch_from = from.batched(), batch_s = s.batched();
  int mask = 0;
  if (batch_from && !batch_s) mask |= 1;
  for (int k = 1; k <= from.rank - batch_from; ++k) {
    const int at = from.rank - k;
    if (k > s.rank - batch_s || (s[s.rank - k] == 1 && from[at] != 1)) mask |= 1 << at;
  }
  // Axes that are neighbours at a time, the last first: a loop sums over one dimension.
  Value summed = v;
  for (int k = from.rank - 1; k >= 0; --k) {
    int run = 0;
    for (; k >= 0 && mask >> k & 1; --k) run |= 1 << k;
    if (run) summed = reduce<ops::Sum>(summed, run, false);
  }
  if (summed.shape() == s) return summed;
  return make(info_of<ops::Reshape>, shape_attr(s), summed);
}

}  // namespace ir

constexpr void ops::BroadcastTo::vjp(ir::VjpContext& c) {
  c.give(0, ir::sum_to(c.g().value(), c.in(0).shape()));
}

}  // namespace ansatz
