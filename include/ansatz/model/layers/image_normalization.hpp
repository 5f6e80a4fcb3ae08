// What a convolutional layer divides its numbers by: their neighbours'.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/spaces/signal.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/image/convolve.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A normalisation of an image, between the parts of a layer.
class ImageNormalization : public Object {
 public:
  static constexpr const char* kind_name = "normalization";
  static constexpr bool outlives_faults = true;
  /// An image of the same Space.
  constexpr virtual AnyExpr apply(const AnyExpr& image, const SpaceInfo& space) const = 0;
  /// Why it cannot be applied to images of this Space; empty: it can.
  constexpr virtual String fault(const SpaceInfo&) const { return ""; }
};

/// y_c = x_c / (k + alpha sum of x_d^2)^beta, d the n channels around c, fewer at the first and
/// the last ones (Krizhevsky, Sutskever and Hinton 2012, section 3.3).
class CrossChannelNormalization : public ImageNormalization {
 public:
  static constexpr const char* yaml = "pylearn2.expr.normalize.CrossChannelNormalization";
  static constexpr const char* also[] = {"pylearn2.expr.normalize.CrossChannelNormalizationBC01"};
  static constexpr const char* doc = "divides each number by those of the channels around its own";
  double alpha = 1e-4, k = 2, beta = .75;
  int n = 5;
  template <KeyOf<CrossChannelNormalization>... O>
  constexpr CrossChannelNormalization(const O&... options) {
    give(*this, options...);
  }
  constexpr ~CrossChannelNormalization() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key("alpha", &CrossChannelNormalization::alpha, "factor of the squares").at_least(0);
    key("k", &CrossChannelNormalization::k, "what is added to them").above(0);
    key("beta", &CrossChannelNormalization::beta, "power of the sum");
    key("n", &CrossChannelNormalization::n, "channels that are summed, an odd number").at_least(1);
  }
  constexpr String fault(const SpaceInfo&) const override {
    if (n % 2 == 0) return "n " + to_text(n) + ": an odd number of channels is needed";
    return "";
  }
  constexpr AnyExpr apply(const AnyExpr& x, const SpaceInfo& space) const override {
    const AnyExpr each = arange(space.channels());
    const AnyExpr near = abs(in_a_column(each, space) - each) <= n / 2;
    return x / pow(k + alpha * summed(square(x), near, space), beta);
  }

  /// Of each pixel's channels the sums that a matrix of ones says, [channels, channels]: a
  /// convolution with kernels of one pixel.
  static constexpr AnyExpr summed(const AnyExpr& x, const AnyExpr& ones, const SpaceInfo& space) {
    const int channels = space.channels();
    ConvolveOptions options;
    options.axes = space.axes;
    ir::Shape kernels = ir::make_shape(1, 1, channels, channels);
    if (space.axes == Axes::bc01) kernels = ir::make_shape(channels, channels, 1, 1);
    return convolve(x, AnyExpr(ir::reshape_features(ones.value(), kernels)), options);
  }
  static constexpr AnyExpr in_a_column(const AnyExpr& each, const SpaceInfo& space) {
    return reshape(each, Matrix<>(space.channels(), 1));
  }
};

/// y_c = x_c / (1 + alpha sum of x_d^2)^beta as cuda-convnet has it: d the size_f channels of the
/// block that c is in (blocked), or those around c.
class CudaConvNetCrossChannelNormalization : public ImageNormalization {
 public:
  static constexpr const char* yaml =
      "pylearn2.expr.normalize.CudaConvNetCrossChannelNormalization";
  static constexpr const char* doc = "divides each number by those of a block of channels";
  double alpha = 1e-4, beta = .75;
  int size_f = 5;
  bool blocked = true;
  template <KeyOf<CudaConvNetCrossChannelNormalization>... O>
  constexpr CudaConvNetCrossChannelNormalization(const O&... options) {
    give(*this, options...);
  }
  constexpr ~CudaConvNetCrossChannelNormalization() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = CudaConvNetCrossChannelNormalization;
    key("alpha", &Self::alpha, "factor of the squares").at_least(0);
    key("beta", &Self::beta, "power of the sum");
    key("size_f", &Self::size_f, "channels that are summed").at_least(1);
    key("blocked", &Self::blocked, "those of a block that channels are divided into");
  }
  constexpr AnyExpr apply(const AnyExpr& x, const SpaceInfo& space) const override {
    const AnyExpr d = arange(space.channels());
    const AnyExpr c = CrossChannelNormalization::in_a_column(d, space);
    AnyExpr near;
    if (blocked) {
      near = floor(c / double(size_f)) == floor(d / double(size_f));
    } else {
      // Those from size_f / 2 before c on. The matrix is [d, c] where channels are last.
      AnyExpr after = c - d;
      if (space.axes == Axes::bc01) after = d - c;
      near = (after >= -(size_f / 2)) * (after < size_f - size_f / 2);
    }
    return x / pow(1. + alpha * CrossChannelNormalization::summed(square(x), near, space), beta);
  }
};

/// Local contrast normalisation (Jarrett, Kavukcuoglu, Ranzato and LeCun 2009, section 2.1): a
/// number less the mean around it, divided by the standard deviation around it, where that is more
/// than its mean over the image and than `threshold`. Means are weighted by a Gaussian and see
/// zeros beyond the image; each channel has its own, or all have one (across_channels).
class LocalContrastNormalization : public ImageNormalization {
 public:
  static constexpr const char* yaml = "ansatz.expr.normalize.LocalContrastNormalization";
  static constexpr const char* doc = "numbers less their neighbours' mean, by their deviation";
  int kernel_size = 7;
  double sigma = 2, threshold = 1e-4;
  bool across_channels = false, squares_of_input = false;
  template <KeyOf<LocalContrastNormalization>... O>
  constexpr LocalContrastNormalization(const O&... options) {
    give(*this, options...);
  }
  constexpr ~LocalContrastNormalization() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = LocalContrastNormalization;
    key("kernel_size", &Self::kernel_size, "pixels in each direction, an odd number")
        .from_to(1, 4095);
    key("sigma", &Self::sigma, "standard deviation of the Gaussian, in pixels").above(0);
    key("threshold", &Self::threshold, "the least divisor").above(0);
    key("across_channels", &Self::across_channels, "one mean and deviation for all channels");
    key("squares_of_input", &Self::squares_of_input,
        "the deviation is of what comes in, not of that less its mean, as in LeCunLCN");
  }
  constexpr String fault(const SpaceInfo&) const override {
    if (kernel_size % 2 == 0)
      return "kernel_size " + to_text(kernel_size) + ": an odd number of pixels is needed";
    return "";
  }
  constexpr AnyExpr apply(const AnyExpr& x, const SpaceInfo& space) const override {
    const AnyExpr centred = x - around(x, space);
    AnyExpr of = centred;
    if (squares_of_input) of = x;
    const AnyExpr variance = around(square(of), space);
    // Where nothing varies the root has no derivative; what is divided by does not depend on it.
    const AnyExpr deviation = where(variance > 0., sqrt(variance), 0.);
    AnyExpr average;
    if (space.axes == Axes::bc01)
      average = mean(deviation, axis<1>, axis<2>, keep_axes);
    else
      average = mean(deviation, axis<0>, axis<1>, keep_axes);
    return centred / maximum(maximum(deviation, average), threshold);
  }

 private:
  // The weighted mean around each pixel: rows, then columns, as the Gaussian is a product of two.
  constexpr AnyExpr around(const AnyExpr& x, const SpaceInfo& space) const {
    const AnyExpr at = AnyExpr(arange(kernel_size)) - double(kernel_size / 2);
    const AnyExpr bell = exp(square(at) * (-.5 / (sigma * sigma)));
    const AnyExpr weights = bell / sum(bell);
    const int channels = space.channels(), out = across_channels ? 1 : channels;
    ConvolveOptions options;
    options.axes = space.axes;
    options.border = Border::same;
    options.groups = out;
    // [rows, columns, in of a group, out], or with channels first [out, in of a group, rows,
    // columns]; all the same for each channel.
    const auto kernels = [&](int rows, int columns, int in) {
      ir::Shape shape = ir::make_shape(rows, columns, in, out);
      ir::Shape one = ir::make_shape(rows, columns, 1, 1);
      if (space.axes == Axes::bc01) {
        shape = ir::make_shape(out, in, rows, columns);
        one = ir::make_shape(rows, columns);
      }
      const AnyExpr each(ir::reshape_features(weights.value(), one));
      return AnyExpr(ir::make(ir::info_of<ops::BroadcastTo>, ir::shape_attr(shape), each.value()));
    };
    const int in = channels / out;
    const AnyExpr down = convolve(x, kernels(kernel_size, 1, in) * (1. / in), options);
    return convolve(down, kernels(1, kernel_size, 1), options);
  }
};

}  // namespace ansatz
