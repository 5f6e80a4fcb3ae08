// y = sum x^2 / sum x of each window of an image: the mean x of a pixel that is drawn with
// probability x / sum x                                            (Zeiler and Fergus 2013)
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/image/mean_pool.hpp>

namespace ansatz {

/// What stochastic_max_pool gives on average, for prediction: each window's pixels, weighted by
/// their shares of its sum. Pylearn2's weighted_max_pool_bc01, in either order of axes; windows and
/// options as in max_pool. x must not be negative. 0 where all pixels of a window are.
template <class X, class... Option>
  requires WindowsFit<X, Option...>
constexpr Expr<typename ir::Pooled<X, Option...>::type> weighted_max_pool(
    const Expr<X>& x, const Option&... options) {
  const PoolOptions o = ir::image_options<X, PoolOptions>(options...);
  // Both means are of the pixels a window sees, whose number cancels.
  const AnyExpr shares(ir::pool_value<ops::MeanPool>(x, o, {}, "weighted_max_pool"));
  const AnyExpr squares(mean_pool(square(x), options...).value());
  return Expr<typename ir::Pooled<X, Option...>::type>(
      where(shares == 0., 0., squares / shares).value());
}
template <class X, class... Option>
  requires(!WindowsFit<X, Option...>)
constexpr Refused<WindowsFit<X, Option...>> weighted_max_pool(const Expr<X>&,
                                                              const Option&...) = delete;

}  // namespace ansatz
