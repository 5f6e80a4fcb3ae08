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
    // The sum over neighbours is a product with a band of ones, which a 1 x 1 convolution does at
    // every pixel.
    const int channels = space.channels();
    const AnyExpr each = arange(channels);
    const AnyExpr band = abs(reshape(each, Matrix<>(channels, 1)) - each) <= n / 2;
    ConvolveOptions options;
    options.axes = space.axes;
    AnyExpr kernels;
    if (space.axes == Axes::bc01)
      kernels =
          AnyExpr(ir::reshape_features(band.value(), ir::make_shape(channels, channels, 1, 1)));
    else
      kernels =
          AnyExpr(ir::reshape_features(band.value(), ir::make_shape(1, 1, channels, channels)));
    return x / pow(k + alpha * convolve(square(x), kernels, options), beta);
  }
};

}  // namespace ansatz
