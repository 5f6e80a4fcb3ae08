// y = largest x of each window of an image
#pragma once

#include <dsl/ops/image/pool.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void max_pool(const ir::KernelArgs<T>&);
template <class T>
void max_pool_gradient(const ir::KernelArgs<T>&);
template <class T>
void max_pool_gather(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// attr of the three: ir::Pooling.
struct MaxPool : KernelOp<MaxPool> {
  static constexpr const char* name = "max_pool";
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
  static constexpr int arity = 1;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::max_pool<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::pool_shape(in[0], ir::Pooling(attr), false);
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::pool_work(shape(in, 1, attr).shape, attr);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands x, g: zeros to which each g was added at the first largest x of its window, row by row.
struct MaxPoolGradient : KernelOp<MaxPoolGradient> {
  static constexpr const char* name = "max_pool_gradient";
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
  static constexpr int arity = 2;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::max_pool_gradient<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::ShapeResult g = ir::pool_shape(in[0], ir::Pooling(attr), false);
    if (g.ok() && !(g.shape == in[1])) return ir::refused("there must be a gradient a window");
    return g.ok() ? ir::ShapeResult{in[0]} : g;
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr& attr) {
    return 2 * ir::pool_work(in[1], attr);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands x, v, both images: each window's v at its first largest x. The transpose of
/// MaxPoolGradient.
struct MaxPoolGather : KernelOp<MaxPoolGather> {
  static constexpr const char* name = "max_pool_gather";
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
  static constexpr int arity = 2;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::max_pool_gather<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    if (!(in[0] == in[1])) return ir::refused("both operands must be images of one size");
    return ir::pool_shape(in[0], ir::Pooling(attr), false);
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr& attr) {
    return 2 * ir::pool_work(shape(in, 2, attr).shape, attr);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    c.give(1, ir::make(ir::info_of<MaxPoolGradient>, ir::Attr(c.attr()), c.in(0).value(),
                       c.g().value()));
  }
};

constexpr void MaxPool::vjp(ir::VjpContext& c) {
  c.give(0, ir::make(ir::info_of<MaxPoolGradient>, ir::Attr(c.attr()), c.in(0).value(),
                     c.g().value()));
}
// Which x is the largest does not change in a small neighbourhood: nothing goes to operand 0.
constexpr void MaxPoolGradient::vjp(ir::VjpContext& c) {
  c.give(1,
         ir::make(ir::info_of<MaxPoolGather>, ir::Attr(c.attr()), c.in(0).value(), c.g().value()));
}

}  // namespace ops

/// The largest pixel of each window, channel by channel:
///
///     max_pool(x, pool<3, 3>, stride<2, 2>)
///
/// x is an image or a batch of them (a Conv2DSpace, in either order of axes; any other Space of
/// three axes counts as rows, columns, channels). The windows lie side by side unless `stride` is
/// given. As in Pylearn2 there are ceil((size - window) / stride) + 1 of them in each direction, so
/// that every pixel is in one, and the last ones see only the pixels there are; `border::valid`
/// leaves windows out that are not whole. A NaN in a window is its largest number. The gradient
/// goes to the first of several largest pixels, row by row. `max_pool(x, PoolOptions{...})` takes
/// options known only at run time.
template <class X, class... Option>
constexpr Expr<typename ir::Pooled<X, Option...>::type> max_pool(const Expr<X>& x,
                                                                 const Option&... options) {
  return Expr<typename ir::Pooled<X, Option...>::type>(
      ir::pool_value<ops::MaxPool>(x, ir::pool_options<X>(options...)));
}
template <class X, class... Option>
  requires(!WindowsFit<X, Option...>)
constexpr Refused<WindowsFit<X, Option...>> max_pool(const Expr<X>&, const Option&...) = delete;

}  // namespace ansatz
