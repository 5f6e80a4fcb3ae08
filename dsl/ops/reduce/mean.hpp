// y = sum of x over the axes / number of elements
#pragma once

#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {

namespace ir {

template <class... A, class S>
constexpr Reduced<S, OverAll, A...> mean_over(const Expr<S>& x, CallSite at = {}) {
  const Attr over = reduction_of<OverAll, A...>("mean", x.shape(), at);
  const AnyExpr total(reduce<ops::Sum>(x.value(), over.i[0], over.i[1]));
  return Reduced<S, OverAll, A...>((total / AnyExpr(count_of(x.value(), over.i[0]))).value());
}

}  // namespace ir

/// Arithmetic mean, by default over everything; axes as in `sum`. Of no elements: NaN.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> mean(const Expr<S>& x, A...) {
  return ir::mean_over<A...>(x);
}
template <class A, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr mean(const AnyExpr& x, A, B = {}, ir::CallSite at = ir::CallSite::here()) {
  return ir::mean_over<A, B>(x, at);
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> mean(const Expr<S>&, A...) = delete;

}  // namespace ansatz
