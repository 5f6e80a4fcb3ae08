// y = (mean of (x - mean of x)^2)^(1/2) over the axes
#pragma once

#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/reduce/variance.hpp>

namespace ansatz {

/// Standard deviation, by default over everything; axes as in `sum`. Divided by the number of
/// elements, as numpy.std. Where it is 0, so is its derivative.
template <class S, class A = OverAll, KeepOrDrop K = DropAxes>
constexpr Reduced<S, A, K> standard_deviation(const Expr<S>& x, A over = {}, K = {}) {
  const int mask = ir::checked_mask("standard_deviation", x.shape(), over);
  const AnyExpr centered = ir::centered(AnyExpr(x.value()), mask);
  const AnyExpr length(ir::reduce<ops::Norm>(centered.value(), mask, K::keep));
  return Reduced<S, A, K>((length / sqrt(AnyExpr(ir::count_of(x.value(), mask)))).value());
}
template <class S, class A, KeepOrDrop K = DropAxes>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> standard_deviation(const Expr<S>&, A, K = {}) = delete;

}  // namespace ansatz
