// y = (mean of (x - mean of x)^2)^(1/2) over the axes
#pragma once

#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/reduce/variance.hpp>

namespace ansatz {

namespace ir {

template <class... A, class S>
constexpr Reduced<S, OverAll, A...> standard_deviation_over(const Expr<S>& x, CallSite at = {}) {
  const Attr over = reduction_of<OverAll, A...>("standard_deviation", x.shape(), at);
  const AnyExpr deviations = centered(AnyExpr(x.value()), over.i[0]);
  const AnyExpr length(reduce<ops::Norm>(deviations.value(), over.i[0], over.i[1]));
  return Reduced<S, OverAll, A...>(
      (length / sqrt(AnyExpr(count_of(x.value(), over.i[0])))).value());
}

}  // namespace ir

/// Standard deviation, by default over everything; axes as in `sum`. Divided by the number of
/// elements, as numpy.std. Where it is 0, so is its derivative.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> standard_deviation(const Expr<S>& x, A...) {
  return ir::standard_deviation_over<A...>(x);
}
template <class A, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr standard_deviation(const AnyExpr& x, A, B = {},
                                     ir::CallSite at = ir::CallSite::here()) {
  return ir::standard_deviation_over<A, B>(x, at);
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> standard_deviation(const Expr<S>&, A...) = delete;

}  // namespace ansatz
