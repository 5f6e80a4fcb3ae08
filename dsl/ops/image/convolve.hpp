// y = x * w: y_rco = sum_ijk x_(r + I - 1 - i)(c + J - 1 - j)k w_ijko
#pragma once

#include <dsl/ops/image/convolution.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void convolve(const ir::KernelArgs<T>&);
template <class T>
void convolve_input_gradient(const ir::KernelArgs<T>&);
template <class T>
void convolve_weight_gradient(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

// A convolution is linear in x and in w; each of its two transposes is linear in its operands, too,
// and their transposes are the other two, so the three are closed under differentiation:
//   <g, x * w> = <input_gradient(g, w), x> = <weight_gradient(x, g), w>.
// attr of the three: ir::Convolution.

struct Convolve : ImageOp<Convolve, ir::Convolution, 2> {
  static constexpr const char* name = "convolve";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::convolve<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Convolution& c, const ir::Shape* in) {
    if (!ir::is_image_of(c, in[0], false) || !ir::is_kernel_of(c, in[1]) ||
        ir::image_of(in[0], c.channels_first).channels !=
            ir::kernel_of(in[1], c.channels_first).channels * c.groups)
      return ir::refused("kernels must have as many in channels as the images have channels");
    return {ir::with_image(in[0], c.channels_first,
                           {c.count(0), c.count(1), ir::result_channels(in[1], c.channels_first)})};
  }
  static constexpr long room(const ir::Convolution& c, const ir::Shape* in) {
    return ir::convolution_scratch(c, ir::kernel_of(in[1], c.channels_first).channels,
                                   ir::result_channels(in[1], c.channels_first), false, false);
  }
  static constexpr double work(const ir::Convolution& c, const ir::Shape* in) {
    return ir::convolution_work(shape_of(c, in).shape, c,
                                ir::kernel_of(in[1], c.channels_first).channels);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands g (like the result), w: what x gets of g.
struct ConvolveInputGradient : ImageOp<ConvolveInputGradient, ir::Convolution, 2> {
  static constexpr const char* name = "convolve_input_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::convolve_input_gradient<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Convolution& c, const ir::Shape* in) {
    if (!ir::is_image_of(c, in[0], true) || !ir::is_kernel_of(c, in[1]) ||
        ir::image_of(in[0], c.channels_first).channels !=
            ir::result_channels(in[1], c.channels_first))
      return ir::refused("kernels must have as many out channels as the gradient has channels");
    return {ir::with_image(
        in[0], c.channels_first,
        {c.size[0], c.size[1], ir::kernel_of(in[1], c.channels_first).channels * c.groups})};
  }
  static constexpr long room(const ir::Convolution& c, const ir::Shape* in) {
    return ir::convolution_scratch(c, ir::kernel_of(in[1], c.channels_first).channels,
                                   ir::result_channels(in[1], c.channels_first), true, false);
  }
  static constexpr double work(const ir::Convolution& c, const ir::Shape* in) {
    return ir::convolution_work(in[0], c, ir::kernel_of(in[1], c.channels_first).channels);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands x, g (like the result): what w gets of g, summed over the images.
struct ConvolveWeightGradient : ImageOp<ConvolveWeightGradient, ir::Convolution, 2> {
  static constexpr const char* name = "convolve_weight_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::convolve_weight_gradient<T>;
  static constexpr ir::ShapeResult shape_of(const ir::Convolution& c, const ir::Shape* in) {
    if (!ir::is_image_of(c, in[0], false) || !ir::is_image_of(c, in[1], true) ||
        in[0].rank != in[1].rank || (in[0].rank == 4 && in[0][0] != in[1][0]))
      return ir::refused("there must be a gradient for each image");
    const int from = group_channels(c, in), to = ir::image_of(in[1], c.channels_first).channels;
    if (c.channels_first) return {ir::make_shape(to, from, c.kernel[0], c.kernel[1])};
    return {ir::make_shape(c.kernel[0], c.kernel[1], from, to)};
  }
  static constexpr long room(const ir::Convolution& c, const ir::Shape* in) {
    return ir::convolution_scratch(c, group_channels(c, in),
                                   ir::image_of(in[1], c.channels_first).channels, false, true);
  }
  static constexpr long divided(const ir::Convolution& c, const ir::Shape* in) {
    return c.parts(group_channels(c, in), ir::image_of(in[1], c.channels_first).channels);
  }
  static constexpr double work(const ir::Convolution& c, const ir::Shape* in) {
    return ir::convolution_work(in[1], c, group_channels(c, in));
  }
  static constexpr int group_channels(const ir::Convolution& c, const ir::Shape* in) {
    return ir::image_of(in[0], c.channels_first).channels / c.groups;
  }
  static constexpr void vjp(ir::VjpContext& c);
};

constexpr void Convolve::vjp(ir::VjpContext& c) {
  const ir::Attr attr = c.attr();
  const ir::Value x = c.in(0).value(), w = c.in(1).value(), g = c.g().value();
  c.give(0, ir::make(ir::info_of<ConvolveInputGradient>, attr, g, w));
  c.give(1, ir::make(ir::info_of<ConvolveWeightGradient>, attr, x, g));
}
constexpr void ConvolveInputGradient::vjp(ir::VjpContext& c) {
  const ir::Attr attr = c.attr();
  const ir::Value g = c.in(0).value(), w = c.in(1).value(), h = c.g().value();
  c.give(0, ir::make(ir::info_of<Convolve>, attr, h, w));
  c.give(1, ir::make(ir::info_of<ConvolveWeightGradient>, attr, h, g));
}
constexpr void ConvolveWeightGradient::vjp(ir::VjpContext& c) {
  const ir::Attr attr = c.attr();
  const ir::Value x = c.in(0).value(), g = c.in(1).value(), h = c.g().value();
  c.give(0, ir::make(ir::info_of<ConvolveInputGradient>, attr, g, h));
  c.give(1, ir::make(ir::info_of<Convolve>, attr, x, h));
}

}  // namespace ops

namespace ir {

// The shape of a convolution. Where the options are not known rows and columns are not; then, too,
// the kernels' channels must be those of the image or of a group of them, if the axes are known.
template <class X, class W, class... Option>
consteval ShapeResult convolved_space() {
  constexpr bool first = axes_of<X>() == Axes::bc01;
  if constexpr (are_tags<ConvolveOptions, Option...>) {
    return convolution_of(X::known, W::known, image_options<X, ConvolveOptions>(Option{}...))
        .result;
  } else {
    const ShapeResult x = open_image(X::known, first);
    if (!x.ok() || !has_image_axes<X> || W::known.rank != 4) return x;
    Shape w = W::known;
    for (int k = 0; k < 2; ++k) w[first ? 2 + k : k] = any;
    int& channels = w[first ? 1 : 2];
    const int all = image_of(x.shape, first).channels;
    if (channels > 0 && all != any && all % channels == 0) channels = any;
    return convolution_of(x.shape, w, image_options<X, ConvolveOptions>()).result;
  }
}

template <class X, class W, class... Option>
consteval bool kernels_fit() {
  if constexpr (!are_options<ConvolveOptions, Option...>)
    return false;
  else if constexpr (any_unknown<X, W>)
    return true;
  else
    return X::dtype == DType::real && W::dtype == DType::real && W::known.rank == 4 &&
           convolved_space<X, W, Option...>().ok();
}

template <class X, class W, class... Option>
struct Convolved {
  using type = AnySpace;
};
template <class X, class W, class... Option>
  requires(!any_unknown<X, W> && kernels_fit<X, W, Option...>() &&
           image_space_known<X, ConvolveOptions, Option...>)
struct Convolved<X, W, Option...> {
  static constexpr Shape shape = convolved_space<X, W, Option...>().shape;
  using type = typename ImageSpace<shape, axes_of<X>(), X>::type;
};

template <class X, class W>
constexpr Value convolution(const Expr<X>& x, const Expr<W>& w, const ConvolveOptions& o,
                            CallSite at = {}) {
  const Shape both[] = {x.shape(), w.shape()};
  const ConvolutionResult r = convolution_of(both[0], both[1], o);
  if (!r.result.ok()) graph_error_shape("convolve", r.result.error, both, 2, at);
  require_numbers("convolve", x.value(), at);
  require_numbers("convolve", w.value(), at);
  return make(info_of<ops::Convolve>, r.convolution.attr(), x.value(), w.value());
}

}  // namespace ir

/// What must hold for convolve: kernels with the images' channels, no larger than the images.
template <class X, class W, class... Option>
concept KernelsFit = ir::kernels_fit<X, W, Option...>();

/// The convolution of images with kernels:
///
///     convolve(x, w, border::full, stride<2, 2>)
///
/// x is an image or a batch of them: a Conv2DSpace, whose order of axes the result has, too; any
/// other Space of three axes counts as rows, columns, channels. w is [rows, columns, in channels,
/// out channels], and [out channels, in channels, rows, columns] with axes bc01. The kernel is
/// flipped, as in Theano and Pylearn2, unless the option `cross_correlation` is given. Other
/// options: `border::valid` (default: size - kernel + 1 pixels), `border::full` (size + kernel -
/// 1), `border::same` (as many as the image, those in the middle of `full`, as in scipy.signal),
/// `padding<rows, columns>` (zeros on each side), `stride<rows, columns>` (every so many pixels of
/// that), `dilation<rows, columns>` (the kernel's pixels lie so far apart), `groups<n>` (of
/// channels, of which each sees its own: w has in channels / n in channels); or a ConvolveOptions,
/// known only at run time. ShapeError (or no compilation) when the channels differ or the kernel
/// does not fit.
template <class X, class W, class O = ir::NoOption, class P = ir::NoOption, class Q = ir::NoOption>
  requires(ir::kernels_fit<X, W, O, P, Q>())
constexpr Expr<typename ir::Convolved<X, W, O, P, Q>::type> convolve(
    const Expr<X>& x, const Expr<W>& w, const O& o = {}, const P& p = {}, const Q& q = {},
    ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::Convolved<X, W, O, P, Q>::type>(
      ir::convolution(x, w, ir::image_options<X, ConvolveOptions>(o, p, q), at));
}
template <class X, class W, class O, class P, class Q, class R, class... More>
  requires(ir::kernels_fit<X, W, O, P, Q, R, More...>())
constexpr Expr<typename ir::Convolved<X, W, O, P, Q, R, More...>::type> convolve(
    const Expr<X>& x, const Expr<W>& w, const O& o, const P& p, const Q& q, const R& r,
    const More&... more) {
  return Expr<typename ir::Convolved<X, W, O, P, Q, R, More...>::type>(
      ir::convolution(x, w, ir::image_options<X, ConvolveOptions>(o, p, q, r, more...)));
}
template <class X, class W, class... Option>
  requires(!KernelsFit<X, W, Option...>)
constexpr Refused<KernelsFit<X, W, Option...>> convolve(const Expr<X>&, const Expr<W>&,
                                                        const Option&...) = delete;

}  // namespace ansatz
