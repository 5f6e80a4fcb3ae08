// Conv2D: y = x * W, W kernels that slide over an image
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/linear_transform.hpp>
#include <ansatz/spaces/rows_columns.hpp>
#include <dsl/ops/image/convolve.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What Conv2D and TiledConv2D share: where on an image the kernels lie. The outputs are rows *
/// columns * channels; rows and columns follow from the kernels, so that their number must be a
/// multiple of them. The axes of the result are those of the image.
class ConvolutionTransform : public LinearTransform {
 public:
  RowsColumns kernel_shape, subsample = 1, pad = 0;
  String border_mode = "valid";
  bool flip_kernels = true;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("kernel_shape", &ConvolutionTransform::kernel_shape,
                 "rows and columns of the kernels");
    key("subsample", &ConvolutionTransform::subsample, "from one place of the kernels to the next");
    key("border_mode", &ConvolutionTransform::border_mode,
        "valid: kernels lie inside the image; full: wherever they touch it; same: as many places "
        "as pixels");
    key("pad", &ConvolutionTransform::pad, "zeros on each side, on top of those of border_mode");
    key("flip_kernels", &ConvolutionTransform::flip_kernels,
        "as a convolution has it; else a correlation");
  }

  /// One more place at the far sides where pixels would be left over, as cuda-convnet has it.
  bool covers_all = false;
  /// Weights are drawn as those of Pylearn2's layers with axes c01b: the kernels innermost.
  bool draws_channels_outside = false;

  constexpr String fault(const SpaceInfo& input, int outputs) const override {
    if (const String why = geometry_fault(input); !why.empty()) return why;
    const RowsColumns at = places(input);
    if (outputs % (1LL * at.rows * at.columns) != 0)
      return to_text(outputs) + " outputs: a multiple of " + to_text(at).view() +
             ", the places of the kernels, is needed";
    return "";
  }
  /// As `fault`, of any number of channels.
  constexpr String geometry_fault(const SpaceInfo& input) const {
    if (input.kind != SpaceKind::conv2d)
      return "a convolution needs an image, a Conv2DSpace, below it; found " + to_text(input);
    if (border_mode != "valid" && border_mode != "full" && border_mode != "same")
      return "border_mode '" + border_mode + "': valid, full or same is needed";
    if (kernel_shape.rows < 1 || kernel_shape.columns < 1)
      return "kernel_shape " + to_text(kernel_shape) + ": at least 1 x 1 is needed";
    const long long area = 1LL * kernel_shape.rows * kernel_shape.columns;
    if (input.channels() > 2147483647 / area)
      return "kernel_shape " + to_text(kernel_shape) + ": kernels of more than 2147483647 numbers";
    if (const char* wrong = result_for(input).result.error)
      return "kernel_shape " + to_text(kernel_shape) + ", subsample " + to_text(subsample).view() +
             ", pad " + to_text(pad).view() + " on " + to_text(input).view() + ": " + wrong;
    return "";
  }
  constexpr SpaceInfo input_space(const SpaceInfo& below) const override { return below; }
  constexpr SpaceInfo output_space(const SpaceInfo& input, int outputs) const override {
    const RowsColumns at = places(input);
    return conv2d_space(at.rows, at.columns, outputs / (at.rows * at.columns), input.axes);
  }
  /// Rows and columns of the result.
  constexpr RowsColumns places(const SpaceInfo& input) const {
    const ir::Convolution c = geometry(input);
    return {c.count(0), c.count(1)};
  }

 protected:
  static constexpr bool first(const Between& at) { return at.input.axes == Axes::bc01; }
  constexpr ir::Shape kernels(const SpaceInfo& input, int out) const {
    const int in = input.channels(), rows = kernel_shape.rows, columns = kernel_shape.columns;
    if (input.axes == Axes::bc01) return ir::make_shape(out, in, rows, columns);
    return ir::make_shape(rows, columns, in, out);
  }
  constexpr ir::Convolution geometry(const SpaceInfo& input) const {
    ir::Convolution c = result_for(input).convolution;
    for (int d = 0; d < 2 && covers_all; ++d) {
      const int left = (c.size[d] + c.before[d] + c.after[d] - c.reach(d)) % c.stride[d];
      if (left) c.after[d] += c.stride[d] - left;
    }
    return c;
  }

 private:
  constexpr ir::ConvolutionResult result_for(const SpaceInfo& input) const {
    ConvolveOptions o;
    o.border = Border::valid;
    if (border_mode == "full") o.border = Border::full;
    if (border_mode == "same") o.border = Border::same;
    o.stride_rows = subsample.rows;
    o.stride_columns = subsample.columns;
    o.padding_rows = pad.rows;
    o.padding_columns = pad.columns;
    o.cross_correlation = !flip_kernels;
    o.axes = input.axes;
    return ir::convolution_of(input.shape, kernels(input, 1), o);
  }
};

/// The convolution of an image with kernels, one a channel of the result: Pylearn2's Conv2D. The
/// weights are [rows, columns, in, out] where the image's axes are b01c, and [out, in, rows,
/// columns] with bc01; they are drawn in the latter order, as Pylearn2 draws them.
///
///     RectifiedLinear("h", 24 * 24 * 16, transform(Conv2D(RowsColumns(5))), irange(.05))
class Conv2D : public ConvolutionTransform {
 public:
  static constexpr const char* yaml = "pylearn2.linear.conv2d.Conv2D";
  static constexpr const char* doc = "a convolution: kernels that slide over an image";

  constexpr Conv2D() {}
  template <KeyOf<Conv2D>... O>
  constexpr explicit Conv2D(const RowsColumns& kernel, const O&... options) {
    kernel_shape = kernel;
    give(*this, options...);
  }
  constexpr ~Conv2D() override {}

  constexpr ir::Shape shape(const Between& at) const override {
    return kernels(at.input, at.output.channels());
  }

  constexpr AnyExpr lmul(const Between& at, const AnyExpr& W, const AnyExpr& x) const override {
    return AnyExpr(
        ir::make(ir::info_of<ops::Convolve>, geometry(at.input).attr(), x.value(), W.value()));
  }
  constexpr AnyExpr lmul_T(const Between& at, const AnyExpr& W, const AnyExpr& y) const override {
    return AnyExpr(ir::make(ir::info_of<ops::ConvolveInputGradient>, geometry(at.input).attr(),
                            y.value(), W.value()));
  }

  constexpr Filters filters(const Between& at) const override {
    const int in = at.input.channels(), out = at.output.channels();
    const int pixels = kernel_shape.rows * kernel_shape.columns;
    Filters f{in * pixels, out, out * pixels, false};
    if (draws_channels_outside) {
      f.unit_axes = 8;
      f.drawn = ir::make_shape(in, kernel_shape.rows, kernel_shape.columns, out);
      f.stored = {1, 2, 0, 3};
      if (first(at)) f.stored = {3, 0, 1, 2};
    } else {
      f.unit_axes = 1;
      f.drawn = ir::make_shape(out, in, kernel_shape.rows, kernel_shape.columns);
      f.stored = {2, 3, 1, 0};
      if (first(at)) f.stored = {0, 1, 2, 3};
    }
    return f;
  }
  /// The lengths of the kernels, [channels].
  constexpr AnyExpr column_norms(const Between& at, const AnyExpr& W) const override {
    if (first(at)) return norm(W, axis<1>, axis<2>, axis<3>);
    return norm(W, axis<0>, axis<1>, axis<2>);
  }
  /// The lengths of the weights that each channel of the image meets.
  constexpr AnyExpr row_norms(const Between& at, const AnyExpr& W) const override {
    if (first(at)) return norm(W, axis<0>, axis<2>, axis<3>);
    return norm(W, axis<0>, axis<1>, axis<3>);
  }
  constexpr AnyExpr limited_columns(const Between& at, const AnyExpr& W, const Expr<Scalar>& low,
                                    const Expr<Scalar>& high) const override {
    if (first(at)) return norm_constrained<1, 2, 3>(W, low, high);
    return norm_constrained<0, 1, 2>(W, low, high);
  }
};

}  // namespace ansatz
