// ConvElemwise: y = pools of nonlinearity(x * W + b)
#pragma once

#include <ansatz/model/layers/conv_layer.hpp>
#include <ansatz/model/layers/conv_nonlinearity.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// All of ConvElemwise but where its nonlinearity and the kind of its pools come from.
class ConvElemwiseBase : public ConvLayer {
 public:
  int output_channels = 0;
  String border_mode = "valid";
  std::optional<String> pool_type;
  String monitor_style = "classification";

  template <class K>
  static constexpr void elemwise_keys(K& key) {
    conv_keys(key);
    key.required("output_channels", &ConvElemwiseBase::output_channels, "number of kernels")
        .at_least(1);
    key("border_mode", &ConvElemwiseBase::border_mode,
        "valid: kernels lie inside the image; full: wherever they touch it; same: as many places "
        "as pixels");
  }

  constexpr virtual AnyExpr nonlinear(const AnyExpr& z, const String& place) const = 0;

  constexpr Shared<LinearTransform> detectors(const SpaceInfo&) const override {
    return Shared<LinearTransform>(convolution());
  }
  constexpr int detector_channels() const override { return output_channels; }
  constexpr AnyExpr detected(const Place& at, const SpaceInfo&, const AnyExpr& z) const override {
    return nonlinear(z, at.place_of(part(), layer_name));
  }
  constexpr int detected_channels() const override { return output_channels; }
  constexpr Pools pools() const override {
    if (!pool_type) return Pools::none;
    if (*pool_type == "mean") return Pools::mean;
    if (*pool_type == "stochastic") return Pools::stochastic;
    return *pool_type == "probabilistic" ? Pools::probabilistic : Pools::max;
  }
  constexpr String own_fault(const SpaceInfo& input) const override {
    if (const String why = pool_fault(); !why.empty()) return why;
    return convolution().geometry_fault(input);
  }

  constexpr void channels(const Place& at, const Signal&, const Signal& output, const Signal*,
                          ChannelList& list) const override {
    kernel_channels(at, list);
    Dense::activity_channels(output.value(), "_x_", list);
  }

 protected:
  constexpr virtual String pool_fault() const {
    if (!pool_type) return "";
    for (const char* known : {"max", "mean", "stochastic", "probabilistic"})
      if (*pool_type == known) return "";
    return "pool_type '" + *pool_type + "': max, mean, stochastic, probabilistic or null is needed";
  }
  constexpr int units(const SpaceInfo& input) const override {
    return units_at(convolution().places(input), output_channels);
  }

 private:
  constexpr Conv2D convolution() const {
    Conv2D c(kernel_shape);
    c.subsample = kernel_stride;
    c.border_mode = border_mode;
    return c;
  }
};

/// A convolutional layer: nonlinearity(x * W + b), in pools (LeCun et al. 1998): Pylearn2's
/// ConvElemwise. The kernels are flipped, as in Theano; biases are one a detector unless tied_b is
/// given; pools at the far edges see the pixels there are. Beyond Pylearn2 pools may be stochastic
/// (a pixel drawn with its share of the sum in training, the mean weighted by these shares
/// otherwise: Zeiler and Fergus 2013) or probabilistic (that one of the detectors is on, of which
/// at most one is: Lee et al. 2009; windows lie side by side).
///
///     ConvElemwise("h0", 64, RowsColumns(5, 5), RectifierConvNonlinearity(), irange(.05),
///                  pool_type("max"), pool_shape(RowsColumns(4)), pool_stride(RowsColumns(2)))
class ConvElemwise : public ConvElemwiseBase {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.ConvElemwise";
  static constexpr const char* doc = "convolutional layer with any nonlinearity";
  Shared<ConvNonlinearity> nonlinearity;

  constexpr ConvElemwise() {}
  template <class N, KeyOf<ConvElemwise>... O>
  constexpr ConvElemwise(const char* name, int channels, const RowsColumns& kernel,
                         const N& nonlinear, const O&... options)
      : nonlinearity(nonlinear) {
    layer_name = name;
    output_channels = channels;
    kernel_shape = kernel;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    elemwise_keys(key);
    key.required("nonlinearity", &ConvElemwise::nonlinearity,
                 "what is made of each detector: RectifierConvNonlinearity, …");
    key("pool_type", &ConvElemwise::pool_type,
        "max, mean, stochastic or probabilistic; null: no pools");
    key("pool_shape", &ConvElemwise::pool_shape, "rows and columns of a pool");
    key("pool_stride", &ConvElemwise::pool_stride, "from one pool to the next");
    key("monitor_style", &ConvElemwise::monitor_style, "accepted and ignored");
  }

  constexpr AnyExpr nonlinear(const AnyExpr& z, const String& place) const override {
    return nonlinearity->apply(z, place);
  }
  constexpr String own_fault(const SpaceInfo& input) const override {
    if (!nonlinearity) return "a nonlinearity is needed";
    if (const String why = nonlinearity->fault(); !why.empty()) return why;
    return ConvElemwiseBase::own_fault(input);
  }

  constexpr bool has_cost() const override { return nonlinearity && nonlinearity->has_cost(); }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return mean(cost_per_example(at, targets, output));
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return nonlinearity->cost_per_example(cost_matrix(at, targets, output));
  }
  constexpr AnyExpr cost_matrix(const Place& at, const Signal& targets,
                                const Signal& output) const override {
    if (!has_cost()) return Layer::cost_matrix(at, targets, output);
    return nonlinearity->cost_matrix(format_as(targets, output.space).value(), output.value());
  }
  constexpr AnyExpr cost_from_cost_matrix(const AnyExpr& matrix) const override {
    return mean(nonlinearity->cost_per_example(matrix));
  }

  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    ConvElemwiseBase::channels(at, below, output, targets, list);
    if (!targets) return;
    const AnyExpr t = format_as(*targets, output.space).value();
    if (!has_cost()) return nonlinearity->channels(output, t, nullptr, list);
    const AnyExpr c = cost(at, *targets, output);
    nonlinearity->channels(output, t, &c, list);
  }

 protected:
  constexpr String pool_fault() const override {
    if (const String why = ConvElemwiseBase::pool_fault(); !why.empty()) return why;
    if (pool_type && (!pool_shape || !pool_stride))
      return "pool_type needs pool_shape and pool_stride";
    if (!pool_type && (pool_shape || pool_stride))
      return "pool_shape and pool_stride go with a pool_type";
    if (pools() == Pools::stochastic && !nonlinearity->positive())
      return "pool_type 'stochastic' draws with the numbers as probabilities: a nonlinearity that "
             "gives none below 0 is needed, RectifierConvNonlinearity or SigmoidConvNonlinearity";
    if (pools() == Pools::probabilistic && !nonlinearity->identity())
      return "pool_type 'probabilistic' is a nonlinearity itself: IdentityConvNonlinearity is "
             "needed";
    return "";
  }
};

/// A convolutional layer of rectifiers, in pools: Pylearn2's ConvRectifiedLinear.
///
///     ConvRectifiedLinear("h2", 64, RowsColumns(5), RowsColumns(4), RowsColumns(2), irange(.05),
///                         max_kernel_norm(1.9365))
class ConvRectifiedLinear : public ConvElemwiseBase {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.ConvRectifiedLinear";
  static constexpr const char* doc = "convolutional layer of rectifiers";
  double left_slope = 0;

  constexpr ConvRectifiedLinear() { pool_type = String("max"); }
  template <KeyOf<ConvRectifiedLinear>... O>
  constexpr ConvRectifiedLinear(const char* name, int channels, const RowsColumns& kernel,
                                const RowsColumns& pool, const RowsColumns& stride,
                                const O&... options)
      : ConvRectifiedLinear() {
    layer_name = name;
    output_channels = channels;
    kernel_shape = kernel;
    pool_shape = pool;
    pool_stride = stride;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    elemwise_keys(key);
    key.required("pool_shape", &ConvRectifiedLinear::pool_shape, "rows and columns of a pool");
    key.required("pool_stride", &ConvRectifiedLinear::pool_stride, "from one pool to the next");
    key("pool_type", &ConvRectifiedLinear::pool_type, "max, mean or stochastic; null: no pools");
    key("left_slope", &ConvRectifiedLinear::left_slope, "slope where z < 0");
    key("monitor_style", &ConvRectifiedLinear::monitor_style, "accepted and ignored");
  }

  constexpr AnyExpr nonlinear(const AnyExpr& z, const String& place) const override {
    RectifierConvNonlinearity rectifier;
    rectifier.left_slope = left_slope;
    return rectifier.apply(z, place);
  }

 protected:
  constexpr String pool_fault() const override {
    if (const String why = ConvElemwiseBase::pool_fault(); !why.empty()) return why;
    if (pools() == Pools::probabilistic)
      return "pool_type 'probabilistic' is a nonlinearity itself: ConvElemwise with "
             "IdentityConvNonlinearity has it";
    if (pools() == Pools::stochastic && left_slope > 0)
      return "pool_type 'stochastic' draws with the numbers as probabilities: left_slope makes "
             "some "
             "negative";
    return "";
  }
};

}  // namespace ansatz
