// y = mean x of each window of an image
#pragma once

#include <dsl/ops/image/pool.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void mean_pool(const ir::KernelArgs<T>&);
template <class T>
void mean_pool_gradient(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// attr of both: ir::Pooling.
struct MeanPool : ImageOp<MeanPool, ir::Pooling, 1> {
  static constexpr const char* name = "mean_pool";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::mean_pool<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Pooling& p, const ir::Shape* in) {
    return ir::pool_shape(in[0], p, false);
  }
  static constexpr double work(const ir::Pooling& p, const ir::Shape* in) {
    return ir::pool_work(shape_of(p, in).shape, p);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operand g: zeros to which g / (pixels of the window) was added at each pixel of its window. The
/// transpose of MeanPool, as that is of it.
struct MeanPoolGradient : ImageOp<MeanPoolGradient, ir::Pooling, 1> {
  static constexpr const char* name = "mean_pool_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::mean_pool_gradient<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Pooling& p, const ir::Shape* in) {
    return ir::pool_shape(in[0], p, true);
  }
  static constexpr double work(const ir::Pooling& p, const ir::Shape* in) {
    return ir::pool_work(in[0], p);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    c.give(0, ir::make(ir::info_of<MeanPool>, ir::Attr(c.attr()), c.g().value()));
  }
};

constexpr void MeanPool::vjp(ir::VjpContext& c) {
  c.give(0, ir::make(ir::info_of<MeanPoolGradient>, ir::Attr(c.attr()), c.g().value()));
}

}  // namespace ops

/// The mean of each window's pixels, channel by channel; windows and options as in max_pool. A
/// window that reaches beyond the image is divided by the number of pixels it does see.
template <class X, class O = ir::NoOption, class P = ir::NoOption, class Q = ir::NoOption>
  requires(ir::windows_fit<X, O, P, Q>())
constexpr Expr<typename ir::Pooled<X, O, P, Q>::type> mean_pool(
    const Expr<X>& x, const O& o = {}, const P& p = {}, const Q& q = {},
    ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::Pooled<X, O, P, Q>::type>(
      ir::pool_value<ops::MeanPool>(x, ir::image_options<X, PoolOptions>(o, p, q), at));
}
template <class X, class O, class P, class Q, class R, class... More>
  requires(ir::windows_fit<X, O, P, Q, R, More...>())
constexpr Expr<typename ir::Pooled<X, O, P, Q, R, More...>::type> mean_pool(const Expr<X>& x,
                                                                            const O& o, const P& p,
                                                                            const Q& q, const R& r,
                                                                            const More&... more) {
  return Expr<typename ir::Pooled<X, O, P, Q, R, More...>::type>(
      ir::pool_value<ops::MeanPool>(x, ir::image_options<X, PoolOptions>(o, p, q, r, more...)));
}
template <class X, class... Option>
  requires(!WindowsFit<X, Option...>)
constexpr Refused<WindowsFit<X, Option...>> mean_pool(const Expr<X>&, const Option&...) = delete;

}  // namespace ansatz
