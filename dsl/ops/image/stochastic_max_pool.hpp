// y = one x of each window of an image, drawn with probability x / sum x (Zeiler and Fergus 2013)
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/random/uniform.hpp>

namespace ansatz {

namespace ir {

/// Exponentially distributed numbers in the shape of x, never 0. Of numbers p_i / e_i with such e_i
/// the largest is number i with probability p_i / sum p: the least of exponential times with rates
/// p_i.
template <class X>
constexpr AnyExpr exponential_like(const Expr<X>& x) {
  return AnyExpr(maximum(-log1p(-uniform_like(x)), 1e-30).value());
}

}  // namespace ir

/// One pixel of each window, drawn with its share of the window's sum as the probability; for
/// training, weighted_max_pool for prediction. Pylearn2's stochastic_max_pool_bc01, in either order
/// of axes; windows and options as in max_pool. x must not be negative; of a window of zeros the
/// result is 0. The gradient goes to the pixel that was drawn. Where windows overlap, each is drawn
/// with these probabilities, but by the same random numbers of the pixels they share.
template <class X, class... Option>
  requires WindowsFit<X, Option...>
constexpr Expr<typename ir::Pooled<X, Option...>::type> stochastic_max_pool(
    const Expr<X>& x, const Option&... options) {
  const PoolOptions o = ir::image_options<X, PoolOptions>(options...);
  (void)ir::pool_value<ops::MaxPool>(x, o, {}, "stochastic_max_pool");  // refuses what does not fit
  const AnyExpr drawn = AnyExpr(maximum(x, 0.).value()) / ir::exponential_like(x);
  return Expr<typename ir::Pooled<X, Option...>::type>(ir::make(
      ir::info_of<ops::MaxPoolGather>, ir::Pooling(o, x.shape()).attr(), drawn.value(), x.value()));
}
template <class X, class... Option>
  requires(!WindowsFit<X, Option...>)
constexpr Refused<WindowsFit<X, Option...>> stochastic_max_pool(const Expr<X>&,
                                                                const Option&...) = delete;

}  // namespace ansatz
