// What convolutional layers share: kernels, biases, normalisation, pools.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/conv2d.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/model/layers/image_normalization.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>
#include <dsl/ops/image/probabilistic_max_pool.hpp>
#include <dsl/ops/image/stochastic_max_pool.hpp>
#include <dsl/ops/image/weighted_max_pool.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A layer from an image to an image: detectors z = transform(x) + b, something made of them, and
/// pools of that. Parameters "<layer>_W", the transform's, and "<layer>_b", which is a number a
/// channel (tied_b) or one a detector. The axes of the output are those of the input.
class ConvLayer : public Layer, public Weights {
 public:
  RowsColumns kernel_shape, kernel_stride = 1, pool_shape, pool_stride;
  double init_bias = 0;
  std::optional<double> b_lr_scale;
  bool tied_b = false;
  Shared<ImageNormalization> detector_normalization, output_normalization;

  /// The keys of all of them.
  template <class K>
  static constexpr void conv_keys(K& key) {
    Layer::keys(key);
    initialization_keys<Initialization>(key);
    key("W_lr_scale", &ConvLayer::W_lr_scale, "factor of the learning rate for the weights")
        .at_least(0);
    key("b_lr_scale", &ConvLayer::b_lr_scale, "factor of the learning rate for the biases")
        .at_least(0);
    key("init_bias", &ConvLayer::init_bias, "first value of the biases");
    key("max_kernel_norm", &ConvLayer::max_col_norm, "kernels are shortened to this length")
        .length()
        .above(0)
        .or_infinity();
    key.required("kernel_shape", &ConvLayer::kernel_shape, "rows and columns of the kernels");
    key("kernel_stride", &ConvLayer::kernel_stride, "from one place of the kernels to the next");
    key("tied_b", &ConvLayer::tied_b, "one bias a channel, not one a detector");
    key("detector_normalization", &ConvLayer::detector_normalization,
        "what the detectors are divided by");
    key("output_normalization", &ConvLayer::output_normalization, "what the pools are divided by");
  }

  /// The map of the weights on images of this Space, and the channels of its outputs.
  constexpr virtual Shared<LinearTransform> detectors(const SpaceInfo& input) const = 0;
  constexpr virtual int detector_channels() const = 0;
  /// Of the detectors z, in the Space `detector`: what the pools are made of, and its channels.
  constexpr virtual AnyExpr detected(const Place&, const SpaceInfo& detector,
                                     const AnyExpr& z) const = 0;
  constexpr virtual int detected_channels() const = 0;
  /// What pools take; see ConvElemwise.
  enum class Pools { none, max, mean, stochastic, probabilistic };
  constexpr virtual Pools pools() const = 0;
  /// The pools' shape on detectors of this Space, and from one to the next.
  constexpr virtual RowsColumns window(const SpaceInfo&) const { return pool_shape; }
  constexpr virtual RowsColumns window_stride(const SpaceInfo&) const { return pool_stride; }
  /// Why the keys do not go together, or with this input; empty: they do.
  constexpr virtual String own_fault(const SpaceInfo&) const { return ""; }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    check(input);
    const SpaceInfo detector = detector_space(input);
    return conv2d_space(pooled(detector, 0), pooled(detector, 1), detected_channels(), input.axes);
  }
  /// rows x columns x channels of the detectors.
  constexpr SpaceInfo detector_space(const SpaceInfo& input) const {
    return detectors(input)->output_space(input, units(input));
  }

  constexpr WeightsAt weights_at(const Place& at) const {
    const Shared<LinearTransform> map = detectors(at.input);
    return {{at.input, map->output_space(at.input, units(at.input))},
            own(at, "W"),
            at.place_of(part(), layer_name),
            "max_kernel_norm",
            map};
  }
  constexpr AnyExpr W(const Place& at) const { return Weights::W(weights_at(at)); }
  constexpr AnyExpr b(const Place& at) const {
    return parameter_leaf(own(at, "b"), bias_shape(at.input));
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    const SpaceInfo detector = detector_space(at.input);
    AnyExpr b_there = b(at);
    if (tied_b && at.input.axes == Axes::bc01)
      b_there =
          AnyExpr(ir::reshape_features(b_there.value(), ir::make_shape(detector_channels(), 1, 1)));
    const AnyExpr z = lmul(weights_at(at), below).value() + b_there;
    SpaceInfo space = detector;
    AnyExpr y = detected(at, detector, z);
    space = conv2d_space(detector.rows(), detector.columns(), detected_channels(), detector.axes);
    if (detector_normalization) y = detector_normalization->apply(y, space);
    if (pools() != Pools::none) y = pool(y, detector, at.training);
    const SpaceInfo result = output_space(at.input);
    if (output_normalization) y = output_normalization->apply(y, result);
    return Signal(result, y);
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    add_parameters(weights_at(at), list);
    ModelParameter p{own(at, "b"), b(at)};
    if (b_lr_scale) p.lr_scale = *b_lr_scale, p.scaled = true;
    list.push_back(p);
  }
  void initialize(const Place&, InitialValues&, RandomState&) const override;
  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    constrain(weights_at(at), updates);
  }
  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    list.push_back(named(weights_at(at), path));
  }

 protected:
  constexpr void kernel_channels(const Place& at, ChannelList& list) const {
    const WeightsAt w = weights_at(at);
    const AnyExpr norms = column_norms(w);
    list.add("kernel_norms_min", min(norms));
    list.add("kernel_norms_mean", mean(norms));
    list.add("kernel_norms_max", max(norms));
  }
  /// Outputs of the transform.
  constexpr virtual int units(const SpaceInfo& input) const = 0;
  /// So many detectors at each place.
  constexpr int units_at(const RowsColumns& places, int channels) const {
    const long long count = 1LL * places.rows * places.columns;
    if (channels > 2147483647 / count) refuse("there are more than 2147483647 detectors");
    return static_cast<int>(count * channels);
  }

 private:
  constexpr void check(const SpaceInfo& input) const {
    if (input.kind != SpaceKind::conv2d)
      refuse("an image, a Conv2DSpace, is needed below it; found " + to_text(input));
    if (kernel_shape.rows < 1 || kernel_shape.columns < 1)
      refuse("kernel_shape " + to_text(kernel_shape) + ": at least 1 x 1 is needed");
    if (detector_channels() < 1) refuse("there must be at least one channel");
    if (const String why = own_fault(input); !why.empty()) refuse(why);
    const Shared<LinearTransform> map = detectors(input);
    if (const String why = fault(Map(map.get()), input, units(input)); !why.empty()) refuse(why);
    const SpaceInfo d = detector_space(input);
    for (const auto* n : {&detector_normalization, &output_normalization})
      if (*n)
        if (const String why = (*n)->fault(d); !why.empty()) refuse("normalization: " + why);
    if (pools() == Pools::none) return;
    const RowsColumns step = window_stride(d);
    if (pools() == Pools::probabilistic && !(window(d) == step))
      refuse("pool_stride " + to_text(step) +
             ": probabilistic pools lie side by side, pool_shape " + to_text(window(d)).view() +
             " apart");
    // To the op a stride of 0 is one that was not given.
    const bool stands = step.rows == 0 || step.columns == 0;
    if (const char* wrong = stands ? "the stride must be at least one pixel" : pooling(d).error())
      refuse("pool_shape " + to_text(window(d)) + ", pool_stride " + to_text(step).view() + " on " +
             to_text(RowsColumns(d.rows(), d.columns())).view() + " detectors: " + wrong);
  }
  constexpr ir::Shape bias_shape(const SpaceInfo& input) const {
    if (tied_b) return ir::make_shape(detector_channels());
    return detector_space(input).shape;
  }
  constexpr PoolOptions pool_options(const SpaceInfo& detector) const {
    PoolOptions o;
    o.axes = detector.axes;
    const RowsColumns size = window(detector), step = window_stride(detector);
    o.rows = size.rows;
    o.columns = size.columns;
    o.stride_rows = step.rows;
    o.stride_columns = step.columns;
    return o;
  }
  constexpr ir::Pooling pooling(const SpaceInfo& detector) const {
    return ir::Pooling(pool_options(detector), detector.shape);
  }
  constexpr int pooled(const SpaceInfo& detector, int direction) const {
    if (pools() == Pools::none) return direction ? detector.columns() : detector.rows();
    return pooling(detector).count(direction);
  }
  constexpr AnyExpr pool(const AnyExpr& y, const SpaceInfo& detector, bool training) const {
    const PoolOptions options = pool_options(detector);
    switch (pools()) {
      case Pools::none:
        return y;
      case Pools::mean:
        return mean_pool(y, options);
      case Pools::stochastic:
        if (training) return stochastic_max_pool(y, options);
        return weighted_max_pool(y, options);
      case Pools::probabilistic:
        return probabilistic_max_pool(y, options).p;
      case Pools::max:
        break;
    }
    return max_pool(y, options);
  }
};

}  // namespace ansatz
