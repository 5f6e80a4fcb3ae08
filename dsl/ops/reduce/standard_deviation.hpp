// y = (mean of (x - mean of x)^2)^(1/2) over the axes
#pragma once

#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/reduce/variance.hpp>

namespace ansatz {

/// Standard deviation, by default over everything; axes as in `sum`. Divided by the number of
/// elements, as numpy.std. Where it is 0, so is its derivative.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> standard_deviation(const Expr<S>& x, A...) {
  const ir::Attr over = ir::reduction_of<OverAll, A...>("standard_deviation", x.shape());
  const AnyExpr centered = ir::centered(AnyExpr(x.value()), over.i[0]);
  const AnyExpr length(ir::reduce<ops::Norm>(centered.value(), over.i[0], over.i[1]));
  return Reduced<S, OverAll, A...>(
      (length / sqrt(AnyExpr(ir::count_of(x.value(), over.i[0])))).value());
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> standard_deviation(const Expr<S>&, A...) = delete;

}  // namespace ansatz
