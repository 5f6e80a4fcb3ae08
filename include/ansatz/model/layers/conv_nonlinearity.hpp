// What a convolutional layer makes of each number: identity, rectifier, sigmoid, tanh.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/model/detection.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The nonlinearity of a ConvElemwise: what it does, and the cost and the channels of a last layer
/// that has it.
class ConvNonlinearity : public Object {
 public:
  static constexpr const char* kind_name = "nonlinearity";
  static constexpr bool outlives_faults = true;

  /// Of each number of z. `place` is what the names of the layer's settings begin with.
  constexpr virtual AnyExpr apply(const AnyExpr& z, const String& place) const = 0;
  constexpr virtual String fault() const { return ""; }
  /// Whether it gives no number below 0; and whether it gives z itself.
  constexpr virtual bool positive() const { return false; }
  constexpr virtual bool identity() const { return false; }

  constexpr virtual bool has_cost() const { return false; }
  /// The cost of each output. Only where it has one.
  constexpr virtual AnyExpr cost_matrix(const AnyExpr& targets, const AnyExpr& output) const {
    return output - targets;
  }
  /// What an example costs, of its outputs' costs: their sum.
  constexpr virtual AnyExpr cost_per_example(const AnyExpr& matrix) const {
    return sum(matrix, axis<0>, axis<1>, axis<2>);
  }
  /// `cost` is the layer's; null where it has none.
  constexpr virtual void channels(const Signal& /*output*/, const AnyExpr& /*targets*/,
                                  const AnyExpr* /*cost*/, ChannelList&) const {}
};

/// z itself. As a last layer it has the squared error as its cost, as Linear has.
class IdentityConvNonlinearity : public ConvNonlinearity {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.IdentityConvNonlinearity";
  static constexpr const char* doc = "the numbers themselves";
  constexpr IdentityConvNonlinearity() {}
  constexpr ~IdentityConvNonlinearity() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr AnyExpr apply(const AnyExpr& z, const String&) const override { return z; }
  constexpr bool identity() const override { return true; }
  constexpr bool has_cost() const override { return true; }
  constexpr AnyExpr cost_matrix(const AnyExpr& targets, const AnyExpr& output) const override {
    return square(output - targets);
  }
};

/// z where z > 0, left_slope z elsewhere.
class RectifierConvNonlinearity : public ConvNonlinearity {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.RectifierConvNonlinearity";
  static constexpr const char* doc = "rectifiers";
  double left_slope = 0;
  template <KeyOf<RectifierConvNonlinearity>... O>
  constexpr RectifierConvNonlinearity(const O&... options) {
    give(*this, options...);
  }
  constexpr ~RectifierConvNonlinearity() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key("left_slope", &RectifierConvNonlinearity::left_slope, "slope where z < 0");
  }
  constexpr AnyExpr apply(const AnyExpr& z, const String& place) const override {
    if (left_slope == 0) return relu(z);
    return relu(z, setting(place + ".left_slope", left_slope));
  }
  constexpr bool positive() const override { return left_slope <= 0; }
};

/// 1 / (1 + e^-z). Its cost is that of a Sigmoid layer: KL(target || output), the mean over the
/// outputs; its channels are those of monitor_style.
class SigmoidConvNonlinearity : public ConvNonlinearity {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.SigmoidConvNonlinearity";
  static constexpr const char* doc = "logistic units";
  String monitor_style = "classification";
  template <KeyOf<SigmoidConvNonlinearity>... O>
  constexpr SigmoidConvNonlinearity(const O&... options) {
    give(*this, options...);
  }
  constexpr ~SigmoidConvNonlinearity() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key("monitor_style", &SigmoidConvNonlinearity::monitor_style,
        "what is watched: classification (the likeliest channel) or detection");
  }
  constexpr AnyExpr apply(const AnyExpr& z, const String&) const override { return sigmoid(z); }
  constexpr bool positive() const override { return true; }
  constexpr String fault() const override {
    if (monitor_style == "classification" || monitor_style == "detection") return "";
    return "monitor_style '" + monitor_style + "': classification or detection is needed";
  }
  constexpr bool has_cost() const override { return true; }
  constexpr AnyExpr cost_matrix(const AnyExpr& targets, const AnyExpr& output) const override {
    return binary_cross_entropy(output, targets);
  }
  constexpr AnyExpr cost_per_example(const AnyExpr& matrix) const override {
    return mean(matrix, axis<0>, axis<1>, axis<2>);
  }
  constexpr void channels(const Signal& output, const AnyExpr& t, const AnyExpr* cost,
                          ChannelList& list) const override {
    const AnyExpr y = output.value();
    if (monitor_style == "detection") {
      if (cost) detection::channels(y, t, *cost, list);
      return;
    }
    AnyExpr wrong;
    if (output.space.axes == Axes::bc01)
      wrong = mean(argmax(y, axis<0>) != argmax(t, axis<0>));
    else
      wrong = mean(argmax(y, axis<2>) != argmax(t, axis<2>));
    list.add("misclass", wrong, "share of places whose likeliest channel is not the target's");
    if (cost) list.add("nll", *cost, "mean over outputs and examples of KL(target || output)");
  }
};

/// tanh(z).
class TanhConvNonlinearity : public ConvNonlinearity {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.TanhConvNonlinearity";
  static constexpr const char* doc = "hyperbolic tangents";
  constexpr TanhConvNonlinearity() {}
  constexpr ~TanhConvNonlinearity() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr AnyExpr apply(const AnyExpr& z, const String&) const override { return tanh(z); }
};

}  // namespace ansatz
