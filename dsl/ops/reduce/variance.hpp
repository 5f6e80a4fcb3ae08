// y = mean of (x - mean of x)^2 over the axes
#pragma once

#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/reduce/mean.hpp>

namespace ansatz {
namespace ir {

// x minus its mean over the axes of the mask.
constexpr AnyExpr centered(const AnyExpr& x, int mask) {
  const AnyExpr total(reduce<ops::Sum>(x.value(), mask, true));
  return x - total / AnyExpr(count_of(x.value(), mask));
}

}  // namespace ir

/// Variance, by default over everything; axes as in `sum`. Divided by the number of elements, not
/// by one less, as numpy.var.
template <class S, class A = OverAll, KeepOrDrop K = DropAxes>
constexpr Reduced<S, A, K> variance(const Expr<S>& x, A over = {}, K = {}) {
  const int mask = ir::checked_mask("variance", x.shape(), over);
  const AnyExpr squares = square(ir::centered(AnyExpr(x.value()), mask));
  const AnyExpr total(ir::reduce<ops::Sum>(squares.value(), mask, K::keep));
  return Reduced<S, A, K>((total / AnyExpr(ir::count_of(x.value(), mask))).value());
}
template <class S, class A, KeepOrDrop K = DropAxes>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> variance(const Expr<S>&, A, K = {}) = delete;

}  // namespace ansatz
