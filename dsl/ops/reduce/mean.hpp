// y = sum of x over the axes / number of elements
#pragma once

#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {

/// Arithmetic mean, by default over everything; axes as in `sum`. Of no elements: NaN.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> mean(const Expr<S>& x, A...) {
  const ir::Attr over = ir::reduction_of<OverAll, A...>("mean", x.shape());
  const AnyExpr total(ir::reduce<ops::Sum>(x.value(), over.i[0], over.i[1]));
  return Reduced<S, OverAll, A...>((total / AnyExpr(ir::count_of(x.value(), over.i[0]))).value());
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> mean(const Expr<S>&, A...) = delete;

}  // namespace ansatz
