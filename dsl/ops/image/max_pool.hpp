// y = largest x of each window of an image
#pragma once

#include <dsl/ir/graph.hpp>
#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/arithmetic/add.hpp>
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
struct MaxPool : ImageOp<MaxPool, ir::Pooling, 1> {
  static constexpr const char* name = "max_pool";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::max_pool<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Pooling& p, const ir::Shape* in) {
    return ir::pool_shape(in[0], p, false);
  }
  static constexpr double work(const ir::Pooling& p, const ir::Shape* in) {
    return ir::pool_work(shape_of(p, in).shape, p);
  }
  static constexpr void vjp(ir::VjpContext& c);
  static constexpr int cheaper(ir::Graph& g, const ir::Node& n, const int* in);

 private:
  static constexpr int pooled(ir::Graph& g, const ir::Attr& attr, int x);
};

/// Operands x, g: zeros to which each g was added at the first largest x of its window, row by row.
struct MaxPoolGradient : ImageOp<MaxPoolGradient, ir::Pooling, 2> {
  static constexpr const char* name = "max_pool_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::max_pool_gradient<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Pooling& p, const ir::Shape* in) {
    const ir::ShapeResult g = ir::pool_shape(in[0], p, false);
    if (g.ok() && !(g.shape == in[1])) return ir::refused("there must be a gradient a window");
    return g.ok() ? ir::ShapeResult{in[0]} : g;
  }
  static constexpr double work(const ir::Pooling& p, const ir::Shape* in) {
    return 2 * ir::pool_work(in[1], p);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands x, v, both images: each window's v at its first largest x. The transpose of
/// MaxPoolGradient.
struct MaxPoolGather : ImageOp<MaxPoolGather, ir::Pooling, 2> {
  static constexpr const char* name = "max_pool_gather";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::max_pool_gather<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Pooling& p, const ir::Shape* in) {
    if (!(in[0] == in[1])) return ir::refused("both operands must be images of one size");
    return ir::pool_shape(in[0], p, false);
  }
  static constexpr double work(const ir::Pooling& p, const ir::Shape* in) {
    return 2 * ir::pool_work(shape_of(p, in).shape, p);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    c.give(1, ir::make(ir::info_of<MaxPoolGradient>, ir::Attr(c.attr()), c.in(0).value(),
                       c.g().value()));
  }
};

// max_pool(relu(x)) -> relu(max_pool(x))     max_pool(x + b) -> max_pool(x) + b, b one for all
// pixels
//
// Neither makes the smaller of two numbers the larger one, so the largest is the same, to the bit;
// of several that rounding makes equal the gradient goes to the one that was the largest before.
constexpr int MaxPool::cheaper(ir::Graph& g, const ir::Node& n, const int* in) {
  if (2 * ir::fixed_size(n.shape) > ir::fixed_size(g[in[0]].shape)) return -1;
  const int y = pooled(g, n.attr, in[0]);
  return g.is(y, ir::info_of<MaxPool>) ? -1 : y;
}
constexpr int MaxPool::pooled(ir::Graph& g, const ir::Attr& attr, int x) {
  if (g.is(x, ir::info_of<Relu>)) {
    const int y = pooled(g, attr, g.in(x, 0));
    return g.add(ir::info_of<Relu>, {}, &y, 1);
  }
  if (g.is(x, ir::info_of<Add>)) {
    for (int k = 0; k < 2; ++k) {
      int in[] = {g.in(x, 0), g.in(x, 1)};
      if (!(g[in[k]].shape == g[x].shape) ||
          !ir::same_for_all_pixels(g[in[1 - k]].shape, g[x].shape.rank, ir::Pooling(attr)))
        continue;
      in[k] = pooled(g, attr, in[k]);
      return g.add(ir::info_of<Add>, {}, in, 2);
    }
  }
  return g.add(ir::info_of<MaxPool>, attr, &x, 1);
}

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
template <class X, class O = ir::NoOption, class P = ir::NoOption, class Q = ir::NoOption>
  requires(ir::windows_fit<X, O, P, Q>())
constexpr Expr<typename ir::Pooled<X, O, P, Q>::type> max_pool(
    const Expr<X>& x, const O& o = {}, const P& p = {}, const Q& q = {},
    ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::Pooled<X, O, P, Q>::type>(
      ir::pool_value<ops::MaxPool>(x, ir::image_options<X, PoolOptions>(o, p, q), at));
}
template <class X, class O, class P, class Q, class R, class... More>
  requires(ir::windows_fit<X, O, P, Q, R, More...>())
constexpr Expr<typename ir::Pooled<X, O, P, Q, R, More...>::type> max_pool(const Expr<X>& x,
                                                                           const O& o, const P& p,
                                                                           const Q& q, const R& r,
                                                                           const More&... more) {
  return Expr<typename ir::Pooled<X, O, P, Q, R, More...>::type>(
      ir::pool_value<ops::MaxPool>(x, ir::image_options<X, PoolOptions>(o, p, q, r, more...)));
}
template <class X, class... Option>
  requires(!WindowsFit<X, Option...>)
constexpr Refused<WindowsFit<X, Option...>> max_pool(const Expr<X>&, const Option&...) = delete;

}  // namespace ansatz
