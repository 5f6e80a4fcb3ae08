// y = sum of x over the axes / number of elements
#pragma once

#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {

/// Arithmetic mean, by default over everything; axes as in `sum`. Of no elements: NaN.
template <class S, class A = OverAll, KeepOrDrop K = DropAxes>
constexpr Reduced<S, A, K> mean(const Expr<S>& x, A over = {}, K = {}) {
  const int mask = ir::checked_mask("mean", x.shape(), over);
  const AnyExpr total(ir::reduce<ops::Sum>(x.value(), mask, K::keep));
  return Reduced<S, A, K>((total / AnyExpr(ir::count_of(x.value(), mask))).value());
}
template <class S, class A, KeepOrDrop K = DropAxes>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> mean(const Expr<S>&, A, K = {}) = delete;

}  // namespace ansatz
