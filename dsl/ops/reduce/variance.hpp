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

namespace ir {

template <class... A, class S>
constexpr Reduced<S, OverAll, A...> variance_over(const Expr<S>& x, CallSite at = {}) {
  const Attr over = reduction_of<OverAll, A...>("variance", x.shape(), at);
  const AnyExpr squares = square(centered(AnyExpr(x.value()), over.i[0]));
  const AnyExpr total(reduce<ops::Sum>(squares.value(), over.i[0], over.i[1]));
  return Reduced<S, OverAll, A...>((total / AnyExpr(count_of(x.value(), over.i[0]))).value());
}

}  // namespace ir

/// Variance, by default over everything; axes as in `sum`. Divided by the number of elements, not
/// by one less, as numpy.var.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> variance(const Expr<S>& x, A...) {
  return ir::variance_over<A...>(x);
}
template <class A, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr variance(const AnyExpr& x, A, B = {}, ir::CallSite at = ir::CallSite::here()) {
  return ir::variance_over<A, B>(x, at);
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> variance(const Expr<S>&, A...) = delete;

}  // namespace ansatz
