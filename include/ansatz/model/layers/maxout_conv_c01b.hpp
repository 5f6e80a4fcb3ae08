// MaxoutConvC01B: y = pools of the largest of several kernels' x * W + b
#pragma once

#include <ansatz/linear/tiled_conv2d.hpp>
#include <ansatz/model/layers/conv_layer.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/view/slice.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// All of the convolutional maxout layers but which transform their detectors are.
class MaxoutConvBase : public ConvLayer {
 public:
  int num_channels = 0, num_pieces = 0;
  RowsColumns pad = 0;
  bool fix_pool_shape = false, fix_pool_stride = false, fix_kernel_shape = false;
  bool min_zero = false;
  int partial_sum = 1;
  Shared<ImageNormalization> input_normalization;

  template <class K>
  static constexpr void maxout_keys(K& key) {
    conv_keys(key);
    key.required("num_channels", &MaxoutConvBase::num_channels, "channels of the output")
        .at_least(1);
    key.required("num_pieces", &MaxoutConvBase::num_pieces, "kernels of each").from_to(1, 4096);
    key("pad", &MaxoutConvBase::pad, "zeros on each side of the image");
    key("fix_pool_shape", &MaxoutConvBase::fix_pool_shape,
        "pools larger than the detectors' image become as large as it");
    key("fix_pool_stride", &MaxoutConvBase::fix_pool_stride,
        "a pool_stride larger than the pool becomes as large as it");
    key("fix_kernel_shape", &MaxoutConvBase::fix_kernel_shape,
        "kernels larger than the padded image become as large as it");
    key("partial_sum", &MaxoutConvBase::partial_sum, "accepted and ignored");
    key("min_zero", &MaxoutConvBase::min_zero, "0 is one more piece of each channel");
    key("input_normalization", &MaxoutConvBase::input_normalization,
        "what the input is divided by");
  }

  constexpr int detector_channels() const override {
    const long long count = static_cast<long long>(num_channels) * num_pieces;
    if (count > 2147483647) refuse("num_channels * num_pieces is more than 2147483647");
    return static_cast<int>(count);
  }
  constexpr int detected_channels() const override { return num_channels; }
  // As a fold of `maximum`, whose first operand gets the gradient of equal ones: the first piece.
  constexpr AnyExpr detected(const Place&, const SpaceInfo& detector,
                             const AnyExpr& z) const override {
    AnyExpr y = piece(z, detector, 0);
    for (int k = 1; k < num_pieces; ++k) y = maximum(y, piece(z, detector, k));
    if (min_zero) y = maximum(y, 0);
    return y;
  }
  constexpr Pools pools() const override { return pool_shape ? Pools::max : Pools::none; }
  constexpr RowsColumns window(const SpaceInfo& detector) const override {
    if (!fix_pool_shape) return pool_shape;
    return {smaller(pool_shape.rows, detector.rows()),
            smaller(pool_shape.columns, detector.columns())};
  }
  constexpr RowsColumns window_stride(const SpaceInfo& detector) const override {
    if (!fix_pool_stride) return pool_stride;
    const RowsColumns size = window(detector);
    return {smaller(pool_stride.rows, size.rows), smaller(pool_stride.columns, size.columns)};
  }
  constexpr String own_fault(const SpaceInfo& input) const override {
    if (num_pieces < 1) return "there must be at least one piece";
    if (static_cast<bool>(pool_shape) != static_cast<bool>(pool_stride))
      return "pool_shape and pool_stride go together";
    if (pool_shape && !fix_pool_stride &&
        (pool_stride.rows > pool_shape.rows || pool_stride.columns > pool_shape.columns))
      return "pool_stride " + to_text(pool_stride) + " is larger than pool_shape " +
             to_text(pool_shape).view() +
             ", so that detectors would be left out; "
             "fix_pool_stride: True makes it as large";
    if (input_normalization)
      if (const String why = input_normalization->fault(input); !why.empty())
        return "input_normalization: " + why;
    return transform_fault(input);
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    if (!input_normalization) return ConvLayer::fprop(at, below);
    const Signal image = format_as(below, at.input);
    return ConvLayer::fprop(at,
                            Signal(at.input, input_normalization->apply(image.value(), at.input)));
  }
  constexpr void channels(const Place& at, const Signal&, const Signal& output, const Signal*,
                          ChannelList& list) const override {
    kernel_channels(at, list);
    ChannelList activity;
    Dense::activity_channels(output.value(), "_x.", activity);
    const char* prefix = "p_";
    if (num_pieces == 1) prefix = "";
    list.add(prefix, activity);
  }

 protected:
  constexpr virtual String transform_fault(const SpaceInfo& input) const = 0;
  constexpr virtual RowsColumns places(const SpaceInfo& input) const = 0;
  constexpr int units(const SpaceInfo& input) const override {
    return units_at(places(input), detector_channels());
  }
  /// Where the kernels lie on this input.
  constexpr void lay_out(ConvolutionTransform& c, const SpaceInfo& input) const {
    c.kernel_shape = kernel_on(input);
    c.subsample = kernel_stride;
    c.pad = pad;
    c.flip_kernels = false;
    c.covers_all = true;
    c.draws_channels_outside = true;
  }
  /// The kernels' shape on this input.
  constexpr RowsColumns kernel_on(const SpaceInfo& input) const {
    if (!fix_kernel_shape) return kernel_shape;
    return {smaller(kernel_shape.rows, input.rows() + 2 * pad.rows),
            smaller(kernel_shape.columns, input.columns() + 2 * pad.columns)};
  }

 private:
  static constexpr int smaller(int a, int b) { return a < b ? a : b; }
  constexpr AnyExpr piece(const AnyExpr& z, const SpaceInfo& detector, int k) const {
    const int end = detector_channels() - num_pieces + k + 1;
    if (detector.axes == Axes::bc01) return AnyExpr(slice(z, axis<0>, k, end, num_pieces));
    return AnyExpr(slice(z, axis<2>, k, end, num_pieces));
  }
};

/// The same with detectors of one kind of transform.
template <class Transform>
class MaxoutConvOf : public MaxoutConvBase {
 public:
  constexpr Shared<LinearTransform> detectors(const SpaceInfo& input) const override {
    return Shared<LinearTransform>(on(input));
  }

 protected:
  constexpr String transform_fault(const SpaceInfo& input) const override {
    return on(input).geometry_fault(input);
  }
  constexpr RowsColumns places(const SpaceInfo& input) const override {
    return on(input).places(input);
  }

 private:
  constexpr Transform on(const SpaceInfo& input) const {
    Transform c;
    lay_out(c, input);
    return c;
  }
};

/// A convolutional layer of maxout units (Goodfellow et al. 2013), Pylearn2's MaxoutConvC01B, in
/// any order of axes: each channel is the largest of num_pieces kernels' results, then pools are
/// taken. Kernels are not flipped, and there is one more place of them at the far sides where
/// pixels would be left over, as in cuda-convnet. Of equal pieces the first gets the gradient.
///
///     MaxoutConvC01B("h0", 48, 2, RowsColumns(8), RowsColumns(4), RowsColumns(2), irange(.005),
///                    max_kernel_norm(.9))
class MaxoutConvC01B : public MaxoutConvOf<Conv2D> {
 public:
  static constexpr const char* yaml = "pylearn2.models.maxout.MaxoutConvC01B";
  static constexpr const char* doc = "convolutional layer of maxout units";

  constexpr MaxoutConvC01B() {}
  template <KeyOf<MaxoutConvC01B>... O>
  constexpr MaxoutConvC01B(const char* name, int channels, int pieces, const RowsColumns& kernel,
                           const RowsColumns& pool, const RowsColumns& stride,
                           const O&... options) {
    layer_name = name;
    num_channels = channels;
    num_pieces = pieces;
    kernel_shape = kernel;
    pool_shape = pool;
    pool_stride = stride;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    maxout_keys(key);
    key.required("pool_shape", &MaxoutConvC01B::pool_shape, "rows and columns of a pool");
    key.required("pool_stride", &MaxoutConvC01B::pool_stride, "from one pool to the next");
  }
};

/// MaxoutConvC01B whose kernels differ from place to place (Pylearn2's MaxoutLocalC01B, on the
/// CPU): a locally connected layer of maxout units. tied_b is one bias a channel, all the same.
class MaxoutLocalC01B : public MaxoutConvOf<TiledConv2D> {
 public:
  static constexpr const char* yaml = "pylearn2.models.maxout.MaxoutLocalC01B";
  static constexpr const char* doc = "locally connected layer of maxout units";
  int input_groups = 1;

  constexpr MaxoutLocalC01B() {}
  template <KeyOf<MaxoutLocalC01B>... O>
  constexpr MaxoutLocalC01B(const char* name, int channels, int pieces, const RowsColumns& kernel,
                            const O&... options) {
    layer_name = name;
    num_channels = channels;
    num_pieces = pieces;
    kernel_shape = kernel;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    maxout_keys(key);
    key("pool_shape", &MaxoutLocalC01B::pool_shape,
        "rows and columns of a pool; default: no pools");
    key("pool_stride", &MaxoutLocalC01B::pool_stride, "from one pool to the next");
    key("input_groups", &MaxoutLocalC01B::input_groups, "1: each kernel sees all channels")
        .from_to(1, 1);
  }
};

}  // namespace ansatz
