// What the pools share: windows, options, shapes (no op)
#pragma once

#include <dsl/ops/image/image.hpp>

namespace ansatz {

/// Options of max_pool and mean_pool where they are known only at run time.
struct PoolOptions {
  int rows = 1, columns = 1;                ///< of a window, in pixels
  int stride_rows = 0, stride_columns = 0;  ///< distance of two windows; 0: as the window
  /// valid: windows lie wholly inside. full (default, as Pylearn2): every pixel is in a window, if
  /// windows touch; those that reach beyond the far edges see the pixels there are.
  Border border = Border::full;
  Axes axes = Axes::b01c;  ///< where the operand's Space does not say it
};

/// The size of a pool's window, in pixels.
template <int Rows, int Columns>
struct Pool {
  static constexpr void set(PoolOptions& options) {
    options.rows = Rows;
    options.columns = Columns;
  }
};
template <int Rows, int Columns = Rows>
inline constexpr Pool<Rows, Columns> pool;

namespace ir {

/// The windows of a pool, as they stand in the op's attributes: [0] rows, [1] columns.
struct Pooling {
  bool channels_first = false, valid = false;
  int window[2] = {1, 1}, stride[2] = {1, 1}, size[2] = {any, any};

  constexpr Pooling() = default;
  constexpr explicit Pooling(const Attr& a)
      : channels_first(a.i[0] & 1),
        valid(a.i[0] & 2),
        window{a.i[1], a.i[2]},
        stride{a.i[3], a.i[4]},
        size{a.i[5], a.i[6]} {}
  constexpr Pooling(const PoolOptions& o, const Shape& x)
      : channels_first(o.axes == Axes::bc01),
        valid(o.border == Border::valid),
        window{o.rows, o.columns},
        stride{o.stride_rows ? o.stride_rows : o.rows,
               o.stride_columns ? o.stride_columns : o.columns} {
    if (x.rank < 3) return;
    const Image image = image_of(x, channels_first);
    size[0] = image.rows;
    size[1] = image.columns;
  }
  constexpr Attr attr() const {
    Attr a;
    a.i[0] = channels_first | valid << 1;
    for (int d = 0; d < 2; ++d) {
      a.i[1 + d] = window[d];
      a.i[3 + d] = stride[d];
      a.i[5 + d] = size[d];
    }
    return a;
  }

  constexpr void text(RefusalNote& to) const {
    add_pair(to, "windows", window, 0);
    if (stride[0] != window[0] || stride[1] != window[1]) add_pair(to, "stride", stride, 0);
    if (valid) to.add(", whole windows only");
  }

  /// Windows along a direction. Pylearn2 makes ceil((size - window) / stride) + 1; with gaps
  /// between the windows the last of these may lie outside and is left out.
  constexpr int count(int d) const {
    if (size[d] == any) return any;
    const int room = size[d] - window[d];
    if (valid) return room / stride[d] + 1;
    const int covering = (room + stride[d] - 1) / stride[d] + 1;
    const int inside = (size[d] - 1) / stride[d] + 1;
    return covering < inside ? covering : inside;
  }
  constexpr const char* error() const {
    for (int d = 0; d < 2; ++d) {
      if (window[d] < 1 || stride[d] < 1)
        return "the window and its stride must be at least one pixel";
      if (size[d] != any && window[d] > size[d]) return "the window must fit in the image";
    }
    return nullptr;
  }
};

// From images to pools, or back to the images.
constexpr ShapeResult pool_shape(const Shape& in, const Pooling& p, bool back) {
  if (in.rank < 3 || in.rank > 4 || (in.rank == 3 && in.batched()))
    return refused("the operand must be an image or a batch of images");
  if (const char* error = p.error()) return refused(error);
  Image image = image_of(in, p.channels_first);
  for (int d = 0; d < 2; ++d) {
    const int from = back ? p.count(d) : p.size[d], to = back ? p.size[d] : p.count(d);
    int& side = d ? image.columns : image.rows;
    if (is_extent(side) || !dims_agree(side, from))
      return refused("the operand must have the size the pool was made for");
    side = to;
  }
  return {with_image(in, p.channels_first, image)};
}

constexpr ShapeResult pooled(const Shape& x, const PoolOptions& o) {
  if (o.border == Border::same) return refused("the border of a pool is valid or full");
  return pool_shape(x, Pooling(o, x), false);
}
// Rows and columns are not known where the options are not.
template <class X, class... Option>
consteval ShapeResult pooled_space() {
  if constexpr (are_tags<PoolOptions, Option...>)
    return pooled(X::known, image_options<X, PoolOptions>(Option{}...));
  else
    return open_image(X::known, axes_of<X>() == Axes::bc01);
}

template <class X, class... Option>
consteval bool windows_fit() {
  if constexpr (!are_options<PoolOptions, Option...>)
    return false;
  else if constexpr (any_unknown<X>)
    return true;
  else
    return X::dtype == DType::real && pooled_space<X, Option...>().ok();
}

template <class X, class... Option>
struct Pooled {
  using type = AnySpace;
};
template <class X, class... Option>
  requires(!any_unknown<X> && windows_fit<X, Option...>() &&
           image_space_known<X, PoolOptions, Option...>)
struct Pooled<X, Option...> {
  static constexpr Shape shape = pooled_space<X, Option...>().shape;
  using type = typename ImageSpace<shape, axes_of<X>(), X>::type;
};

// Refuses under the name of what the user called.
template <class Op, class X>
constexpr Value pool_value(const Expr<X>& x, const PoolOptions& o, CallSite at = {},
                           const char* name = Op::name) {
  const Shape s = x.shape();
  const ShapeResult r = pooled(s, o);
  if (!r.ok()) graph_error_shape(name, r.error, &s, 1, at);
  require_numbers(name, x.value(), at);
  return make(info_of<Op>, Pooling(o, s).attr(), x.value());
}

/// Whether what has shape s is broadcast to images of `rank` axes along rows and columns.
constexpr bool same_for_all_pixels(const Shape& s, int rank, const Pooling& p) {
  if (s.batched() && s.rank != rank) return false;
  for (int axis = p.channels_first ? 1 : 2; axis <= (p.channels_first ? 2 : 3); ++axis)
    if (s.rank >= axis && s[s.rank - axis] != 1) return false;
  return true;
}

/// Pixels looked at an example; what a pool or its derivative costs.
constexpr double pool_work(const Shape& pools, const Pooling& p) {
  return elements(pools) * p.window[0] * p.window[1];
}

}  // namespace ir

/// What must hold for a pool: its windows fit in the images.
template <class X, class... Option>
concept WindowsFit = ir::windows_fit<X, Option...>();

}  // namespace ansatz
