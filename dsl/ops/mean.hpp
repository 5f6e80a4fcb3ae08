// y = sum of x over the axes / number of elements
#pragma once

#include <dsl/ops/sum.hpp>

namespace ansatz {

/// Arithmetic mean, by default over everything; axes as in `sum`. Of no elements: NaN.
template <class S, class A = OverAll>
  requires HasAxes<S, A>
constexpr Reduced<S, A> mean(const Expr<S>& x, A over = {}) {
  const int mask = ir::mask_of(x.shape(), over);
  const AnyExpr total(ir::reduce<ops::Sum>(x.value(), mask, false));
  return Reduced<S, A>((total / AnyExpr(ir::count_of(x.value(), mask))).value());
}
template <class S, class A>
  requires HasAxes<S, A>
constexpr Reduced<S, A, true> mean(const Expr<S>& x, A over, KeepAxes) {
  const int mask = ir::mask_of(x.shape(), over);
  const AnyExpr total(ir::reduce<ops::Sum>(x.value(), mask, true));
  return Reduced<S, A, true>((total / AnyExpr(ir::count_of(x.value(), mask))).value());
}
template <class S, class A>
  requires(!HasAxes<S, A> && ir::is_axes<A>)
constexpr void mean(const Expr<S>&, A) = delete;

}  // namespace ansatz
