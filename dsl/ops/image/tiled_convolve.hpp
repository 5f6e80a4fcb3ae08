// y = x * w, w another one at each place of a tile: y_rco = sum_ijk x_(r+i)(c+j)k w_tijko
#pragma once

#include <dsl/ops/image/convolution.hpp>

namespace ansatz {

/// Options of tiled_convolve.
struct TiledConvolveOptions : ConvolveOptions {
  /// So many rows and columns of the result have kernels of their own; then they repeat. 0: as many
  /// as the result has, so that no two places share a kernel.
  int tile_rows = 0, tile_columns = 0;
};

/// Option of tiled_convolve: kernels repeat after so many rows and columns of the result.
template <int Rows, int Columns>
struct Tile {
  static constexpr void set(TiledConvolveOptions& options) {
    options.tile_rows = Rows;
    options.tile_columns = Columns;
  }
};
template <int Rows, int Columns = Rows>
inline constexpr Tile<Rows, Columns> tile;

namespace kernels {
template <class T>
void tiled_convolve(const ir::KernelArgs<T>&);
template <class T>
void tiled_convolve_input_gradient(const ir::KernelArgs<T>&);
template <class T>
void tiled_convolve_weight_gradient(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ir {

/// A tiled convolution as it stands in the attributes of its ops: a convolution without dilation
/// and groups, and the tile.
struct TiledConvolution : Convolution {
  int tile[2] = {1, 1};

  constexpr TiledConvolution() = default;
  constexpr TiledConvolution(const Convolution& c, int rows, int columns) : Convolution(c) {
    tile[0] = rows;
    tile[1] = columns;
  }
  constexpr explicit TiledConvolution(const Attr& a) : Convolution(without_tile(a)) {
    const int tiles = static_cast<int>(a.x);
    tile[0] = tiles & largest;
    tile[1] = tiles >> 15;
  }
  constexpr Attr attr() const {
    Attr a = Convolution::attr();
    a.x = tile[0] | tile[1] << 15;
    return a;
  }
  constexpr void text(RefusalNote& to) const {
    add_pair(to, "tile", tile, 0);
    Convolution::text(to);
  }
  /// The number of kernels, and of numbers in the memory of a kernel op.
  constexpr int kernels() const { return tile[0] * tile[1]; }
  /// Examples that are laid out at a time.
  static constexpr long rows_of_patches = 64;
  constexpr long scratch(long in_channels, long out_channels) const {
    return rows_of_patches * (depth(in_channels) + (channels_first ? out_channels : 0)) + 16;
  }

 private:
  static constexpr Attr without_tile(Attr a) {
    a.x = Convolution().attr().x;
    return a;
  }
};

struct TiledResult {
  TiledConvolution convolution;
  ShapeResult result;
};
constexpr TiledResult tiled_convolution_of(const Shape& x, const Shape& w,
                                           const TiledConvolveOptions& o) {
  TiledResult r;
  const auto refuse = [&r](const char* must_hold) {
    r.result = refused(must_hold);
    return r;
  };
  if (w.rank != 5)
    return refuse("kernels must be [places, rows, columns, in channels, out channels]");
  if (o.groups != 1 || o.dilation_rows != 1 || o.dilation_columns != 1)
    return refuse("a tiled convolution has neither groups nor dilations");
  // The rules of a convolution, whose kernels are those of one place.
  ConvolveOptions plain = o;
  const bool first = o.axes == Axes::bc01;
  Shape one = make_shape(w[1], w[2], w[3], w[4]);
  if (first) one = make_shape(w[4], w[3], w[1], w[2]);
  const ConvolutionResult c = convolution_of(x, one, plain);
  r.result = c.result;
  if (!c.result.ok()) return r;
  const int asked[] = {o.tile_rows, o.tile_columns};
  int tile[2] = {};
  for (int d = 0; d < 2; ++d) {
    const int places = c.convolution.count(d);
    if (asked[d] < 0) return refuse("a tile must have at least one place");
    tile[d] = asked[d] && (places == any || asked[d] < places) ? asked[d] : places;
    if (tile[d] > Convolution::largest) return refuse("a tile must lie below 32768");
  }
  if (is_extent(w[0])) return refuse("only the number of images may be a run-time extent");
  if (tile[0] != any && tile[1] != any && !dims_agree(w[0], tile[0] * tile[1]))
    return refuse("there must be kernels for each place of the tile");
  r.convolution = TiledConvolution(c.convolution, tile[0], tile[1]);
  return r;
}

constexpr bool is_tiled_kernel_of(const TiledConvolution& c, const Shape& w) {
  return w.rank == 5 && w[0] == c.kernels() && w[1] == c.kernel[0] && w[2] == c.kernel[1];
}

}  // namespace ir

namespace ops {

// As a convolution's, the three are closed under differentiation. attr: ir::TiledConvolution.

struct TiledConvolve : ImageOp<TiledConvolve, ir::TiledConvolution, 2> {
  static constexpr const char* name = "tiled_convolve";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::tiled_convolve<T>;
  static constexpr ir::ShapeResult shape_of(const ir::TiledConvolution& c, const ir::Shape* in) {
    if (!ir::is_image_of(c, in[0], false) || !ir::is_tiled_kernel_of(c, in[1]) ||
        ir::image_of(in[0], c.channels_first).channels != in[1][3])
      return ir::refused("kernels must have as many in channels as the images have channels");
    return {ir::with_image(in[0], c.channels_first, {c.count(0), c.count(1), in[1][4]})};
  }
  static constexpr long room(const ir::TiledConvolution& c, const ir::Shape* in) {
    return c.scratch(in[1][3], in[1][4]);
  }
  static constexpr double work(const ir::TiledConvolution& c, const ir::Shape* in) {
    return ir::convolution_work(shape_of(c, in).shape, c, in[1][3]);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands g (like the result), w: what x gets of g.
struct TiledConvolveInputGradient : ImageOp<TiledConvolveInputGradient, ir::TiledConvolution, 2> {
  static constexpr const char* name = "tiled_convolve_input_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::tiled_convolve_input_gradient<T>;
  static constexpr ir::ShapeResult shape_of(const ir::TiledConvolution& c, const ir::Shape* in) {
    if (!ir::is_image_of(c, in[0], true) || !ir::is_tiled_kernel_of(c, in[1]) ||
        ir::image_of(in[0], c.channels_first).channels != in[1][4])
      return ir::refused("kernels must have as many out channels as the gradient has channels");
    return {ir::with_image(in[0], c.channels_first, {c.size[0], c.size[1], in[1][3]})};
  }
  static constexpr long room(const ir::TiledConvolution& c, const ir::Shape* in) {
    return c.scratch(in[1][3], in[1][4]);
  }
  static constexpr double work(const ir::TiledConvolution& c, const ir::Shape* in) {
    return ir::convolution_work(in[0], c, in[1][3]);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands x, g (like the result): what w gets of g, summed over the images.
struct TiledConvolveWeightGradient : ImageOp<TiledConvolveWeightGradient, ir::TiledConvolution, 2> {
  static constexpr const char* name = "tiled_convolve_weight_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::tiled_convolve_weight_gradient<T>;
  static constexpr ir::ShapeResult shape_of(const ir::TiledConvolution& c, const ir::Shape* in) {
    if (!ir::is_image_of(c, in[0], false) || !ir::is_image_of(c, in[1], true) ||
        in[0].rank != in[1].rank || (in[0].rank == 4 && in[0][0] != in[1][0]))
      return ir::refused("there must be a gradient for each image");
    return {ir::make_shape(c.kernels(), c.kernel[0], c.kernel[1],
                           ir::image_of(in[0], c.channels_first).channels,
                           ir::image_of(in[1], c.channels_first).channels)};
  }
  static constexpr long room(const ir::TiledConvolution& c, const ir::Shape* in) {
    return c.scratch(ir::image_of(in[0], c.channels_first).channels,
                     ir::image_of(in[1], c.channels_first).channels);
  }
  static constexpr double work(const ir::TiledConvolution& c, const ir::Shape* in) {
    return ir::convolution_work(in[1], c, ir::image_of(in[0], c.channels_first).channels);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

constexpr void TiledConvolve::vjp(ir::VjpContext& c) {
  const ir::Attr attr = c.attr();
  const ir::Value x = c.in(0).value(), w = c.in(1).value(), g = c.g().value();
  c.give(0, ir::make(ir::info_of<TiledConvolveInputGradient>, attr, g, w));
  c.give(1, ir::make(ir::info_of<TiledConvolveWeightGradient>, attr, x, g));
}
constexpr void TiledConvolveInputGradient::vjp(ir::VjpContext& c) {
  const ir::Attr attr = c.attr();
  const ir::Value g = c.in(0).value(), w = c.in(1).value(), h = c.g().value();
  c.give(0, ir::make(ir::info_of<TiledConvolve>, attr, h, w));
  c.give(1, ir::make(ir::info_of<TiledConvolveWeightGradient>, attr, h, g));
}
constexpr void TiledConvolveWeightGradient::vjp(ir::VjpContext& c) {
  const ir::Attr attr = c.attr();
  const ir::Value x = c.in(0).value(), g = c.in(1).value(), h = c.g().value();
  c.give(0, ir::make(ir::info_of<TiledConvolveInputGradient>, attr, g, h));
  c.give(1, ir::make(ir::info_of<TiledConvolve>, attr, x, h));
}

}  // namespace ops

namespace ir {

// Where the options are known, the Space of the result is.
template <class X, class W, class... Option>
consteval ShapeResult tiled_space() {
  return tiled_convolution_of(X::known, W::known,
                              image_options<X, TiledConvolveOptions>(Option{}...))
      .result;
}
template <class X, class W, class... Option>
consteval bool tiled_kernels_fit() {
  if constexpr (!are_options<TiledConvolveOptions, Option...>)
    return false;
  else if constexpr (any_unknown<X, W> || !are_tags<TiledConvolveOptions, Option...>)
    return true;
  else
    return X::dtype == DType::real && W::dtype == DType::real &&
           tiled_space<X, W, Option...>().ok();
}
template <class X, class W, class... Option>
struct TiledConvolved {
  using type = AnySpace;
};
template <class X, class W, class... Option>
  requires(!any_unknown<X, W> && are_tags<TiledConvolveOptions, Option...> &&
           tiled_kernels_fit<X, W, Option...>())
struct TiledConvolved<X, W, Option...> {
  static constexpr Shape shape = tiled_space<X, W, Option...>().shape;
  using type = typename ImageSpace<shape, axes_of<X>(), X>::type;
};

template <class X, class W>
constexpr Value tiled_convolution(const Expr<X>& x, const Expr<W>& w, const TiledConvolveOptions& o,
                                  CallSite at = {}) {
  const Shape both[] = {x.shape(), w.shape()};
  const TiledResult r = tiled_convolution_of(both[0], both[1], o);
  if (!r.result.ok()) graph_error_shape("tiled_convolve", r.result.error, both, 2, at);
  require_numbers("tiled_convolve", x.value(), at);
  require_numbers("tiled_convolve", w.value(), at);
  return make(info_of<ops::TiledConvolve>, r.convolution.attr(), x.value(), w.value());
}

}  // namespace ir

/// What must hold for tiled_convolve: kernels for each place of the tile, with the images'
/// channels.
template <class X, class W, class... Option>
concept TiledKernelsFit = ir::tiled_kernels_fit<X, W, Option...>();

/// A convolution whose kernels differ from place to place:
///
///     tiled_convolve(x, w)                 no two places share kernels (locally connected)
///     tiled_convolve(x, w, tile<2, 3>)     those at (r, c) are those at (r + 2, c), (r, c + 3)
///
/// (Le, Ngiam, Chen, Chia, Koh and Ng 2010, "Tiled convolutional neural networks"; Gregor and LeCun
/// 2010.) x is an image or a batch of them, w [places of a tile, rows, columns, in channels, out
/// channels], in any order of x's axes. Other options are those of convolve (border, padding,
/// stride, cross_correlation), but dilation and groups; or a TiledConvolveOptions, known only at
/// run time. A tile beyond the result ends with it.
template <class X, class W, class O = ir::NoOption, class P = ir::NoOption, class Q = ir::NoOption>
  requires(ir::tiled_kernels_fit<X, W, O, P, Q>())
constexpr Expr<typename ir::TiledConvolved<X, W, O, P, Q>::type> tiled_convolve(
    const Expr<X>& x, const Expr<W>& w, const O& o = {}, const P& p = {}, const Q& q = {},
    ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::TiledConvolved<X, W, O, P, Q>::type>(
      ir::tiled_convolution(x, w, ir::image_options<X, TiledConvolveOptions>(o, p, q), at));
}
template <class X, class W, class O, class P, class Q, class R, class... More>
  requires(ir::tiled_kernels_fit<X, W, O, P, Q, R, More...>())
constexpr Expr<typename ir::TiledConvolved<X, W, O, P, Q, R, More...>::type> tiled_convolve(
    const Expr<X>& x, const Expr<W>& w, const O& o, const P& p, const Q& q, const R& r,
    const More&... more) {
  return Expr<typename ir::TiledConvolved<X, W, O, P, Q, R, More...>::type>(
      ir::tiled_convolution(x, w, ir::image_options<X, TiledConvolveOptions>(o, p, q, r, more...)));
}
template <class X, class W, class... Option>
  requires(!TiledKernelsFit<X, W, Option...>)
constexpr Refused<TiledKernelsFit<X, W, Option...>> tiled_convolve(const Expr<X>&, const Expr<W>&,
                                                                   const Option&...) = delete;

}  // namespace ansatz
