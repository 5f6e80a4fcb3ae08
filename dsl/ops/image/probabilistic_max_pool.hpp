// p_w = sum_i h_i,  h_i = e^z_i / (e^-t_w + sum_j e^z_j) of each window w of an image: the softmax
// of its pixels and of one more state, in which all are off     (Lee, Grosse, Ranganath, Ng 2009)
#pragma once

#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/minimum.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/constant/arange.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/image/mean_pool.hpp>
#include <dsl/ops/image/stochastic_max_pool.hpp>
#include <dsl/ops/view/reshape.hpp>

namespace ansatz {

/// Binary detectors of which at most one of each window is on, and the pools above them, which are
/// on where one is: probabilities, or draws.
template <class Pools, class Detectors>
struct PooledUnits {
  Expr<Pools> p;      ///< that a pool is on
  Expr<Detectors> h;  ///< that a detector is on
  Expr<Pools> off;    ///< that a pool is off: 1 - p, without its rounding
};

namespace ir {

// Sums over windows that lie side by side, and the numbers of windows at their pixels.
class SideBySide {
 public:
  constexpr explicit SideBySide(const Pooling& p) : pooling_(p) {
    const AnyExpr rows = pixels(0), columns = pixels(1);
    // Broadcast over what stands behind them: columns, then channels, which may stand in front.
    Shape down = make_shape(p.count(0), 1, 1), across = make_shape(p.count(1), 1);
    if (p.channels_first) down = make_shape(p.count(0), 1), across = make_shape(p.count(1));
    pixels_ = AnyExpr(reshape_features(rows.value(), down)) *
              AnyExpr(reshape_features(columns.value(), across));
  }
  constexpr AnyExpr sum(const AnyExpr& x) const {
    return AnyExpr(make(info_of<ops::MeanPool>, pooling_.attr(), x.value())) * pixels_;
  }
  constexpr AnyExpr spread(const AnyExpr& of_windows) const {
    return AnyExpr(
        make(info_of<ops::MeanPoolGradient>, pooling_.attr(), (of_windows * pixels_).value()));
  }
  constexpr AnyExpr largest(const AnyExpr& x) const {
    return AnyExpr(make(info_of<ops::MaxPool>, pooling_.attr(), x.value()));
  }
  /// g at the first largest x of its window, 0 elsewhere.
  constexpr AnyExpr at_largest(const AnyExpr& x, const AnyExpr& g) const {
    return AnyExpr(make(info_of<ops::MaxPoolGradient>, pooling_.attr(), x.value(), g.value()));
  }

 private:
  // Pixels of each window in direction d: fewer in the last one, where the image ends.
  constexpr AnyExpr pixels(int d) const {
    const double window = pooling_.window[d], size = pooling_.size[d];
    return minimum(size - window * AnyExpr(evenly(0, 1, pooling_.count(d))), window);
  }

  Pooling pooling_;
  AnyExpr pixels_;
};

constexpr Pooling side_by_side(const char* op, const Shape& x, const PoolOptions& o) {
  const Pooling p(o, x);
  if (p.valid || p.stride[0] != p.window[0] || p.stride[1] != p.window[1])
    graph_error_shape(op, "the windows must lie side by side and leave no pixel out", &x, 1);
  return p;
}

template <class X, class... Option>
using PooledUnitsOf = PooledUnits<typename Pooled<X, Option...>::type, X>;

template <class X, class... Option>
constexpr PooledUnitsOf<X, Option...> pooled_units(const Expr<X>& z, const AnyExpr& minus_top_down,
                                                   const Option&... options) {
  const PoolOptions o = image_options<X, PoolOptions>(options...);
  const Shape shape = z.shape();
  const ShapeResult r = pooled(shape, o);
  if (!r.ok()) graph_error_shape("probabilistic_max_pool", r.error, &shape, 1);
  require_numbers("probabilistic_max_pool", z.value());
  const SideBySide windows(side_by_side("probabilistic_max_pool", shape, o));
  const AnyExpr x(z.value());
  // Nothing overflows: the largest exponent of a window is 0, which changes no probability.
  const AnyExpr largest = stop_gradient(maximum(windows.largest(x), minus_top_down));
  const AnyExpr on = exp(x - windows.spread(largest)), off = exp(minus_top_down - largest);
  const AnyExpr some = windows.sum(on), all = some + off;
  using P = Expr<typename Pooled<X, Option...>::type>;
  return {P((some / all).value()), Expr<X>((on / windows.spread(all)).value()),
          P((off / all).value())};
}

}  // namespace ir

/// Probabilistic max pooling, Pylearn2's `max_pool` of expr.probabilistic_max_pooling: z is what
/// each detector gets, an image or a batch of them in either order of axes; windows lie side by
/// side, and the last ones have the pixels there are.
///
///     auto [p, h, off] = probabilistic_max_pool(z, pool<2>)
///     probabilistic_max_pool(z, t, pool<2>)     t: what the pools get from above, a number a
///                                               window: it makes "off" less likely
///     probabilistic_max_pool(z, PoolOptions{.rows = 2, .columns = 2})
template <class X, class... Option>
  requires WindowsFit<X, Option...>
constexpr ir::PooledUnitsOf<X, Option...> probabilistic_max_pool(const Expr<X>& z,
                                                                 const Option&... options) {
  return ir::pooled_units(z, AnyExpr(ir::Value(0.)), options...);
}
template <class X, class T, class... Option>
  requires WindowsFit<X, Option...>
constexpr ir::PooledUnitsOf<X, Option...> probabilistic_max_pool(const Expr<X>& z,
                                                                 const Expr<T>& top_down,
                                                                 const Option&... options) {
  return ir::pooled_units(z, AnyExpr((-top_down).value()), options...);
}
template <class X, class... Option>
  requires(!WindowsFit<X, Option...>)
constexpr Refused<WindowsFit<X, Option...>> probabilistic_max_pool(const Expr<X>&,
                                                                   const Option&...) = delete;

/// A draw of pools and detectors with these probabilities: of each window one detector is 1, or
/// none. `options` are those the probabilities were made with. Nothing gets a gradient.
template <class P, class X, class... Option>
constexpr PooledUnits<P, X> sample_pooled_units(const PooledUnits<P, X>& probabilities,
                                                const Option&... options) {
  const PoolOptions o = ir::image_options<X, PoolOptions>(options...);
  const ir::SideBySide windows(ir::side_by_side("sample_pooled_units", probabilities.h.shape(), o));
  const AnyExpr h = AnyExpr(probabilities.h.value()) / ir::exponential_like(probabilities.h);
  const AnyExpr off = AnyExpr(probabilities.off.value()) / ir::exponential_like(probabilities.off);
  const AnyExpr on = windows.largest(h) > off;
  return {Expr<P>(on.value()), Expr<X>(stop_gradient(windows.at_largest(h, on)).value()),
          Expr<P>((1. - on).value())};
}

/// The same of vectors: windows of `pool_size` neighbouring units. Pylearn2's `max_pool_channels`
/// of b01c's channels, and what its layer SoftmaxPool makes of its detectors.
constexpr PooledUnits<AnySpace, AnySpace> probabilistic_max_pool_channels(const AnyExpr& z,
                                                                          int pool_size) {
  const ir::Shape s = z.shape();
  if (s.rank < 1 || s.rank > 2 || (s.rank == 1 && s.batched()) || pool_size < 1 ||
      pool_size > s[s.rank - 1])
    graph_error_shape("probabilistic_max_pool_channels",
                      "the operand must be vectors, at least as long as a pool", &s, 1);
  const int detectors = s[s.rank - 1];
  PoolOptions o;
  o.rows = pool_size;
  const AnyExpr column(ir::reshape_features(z.value(), ir::make_shape(detectors, 1, 1)));
  const PooledUnits<AnySpace, AnySpace> made = probabilistic_max_pool(column, o);
  const auto vector = [](const AnyExpr& x, int n) {
    return AnyExpr(ir::reshape_features(x.value(), ir::make_shape(n)));
  };
  const int pools = (detectors + pool_size - 1) / pool_size;
  return {vector(made.p, pools), vector(made.h, detectors), vector(made.off, pools)};
}

}  // namespace ansatz
