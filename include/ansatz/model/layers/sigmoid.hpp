// Sigmoid: y = 1 / (1 + e^-z), z = x W + b
#pragma once

#include <ansatz/model/detection.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/spaces/format_as.hpp>

namespace ansatz {

/// A layer of logistic units. Its cost, for targets t in [0, 1], is the mean over the batch of the
/// mean over the units of KL(t || y) = t softplus(-z) + (1 - t) softplus(z) (exact for binary t),
/// from z itself, so that nothing is lost to rounding.
///
/// monitor_style says what is watched when it is the last layer: "detection" (precision, recall,
/// F1), "one_hot_class" (misclass of the likeliest unit) or "bit_vector_class" (misclass: an
/// example is right when all bits are).
template <int N = any>
class Sigmoid : public Linear<N> {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.Sigmoid";
  static constexpr const char* doc = "layer of logistic units";
  String monitor_style = "detection";

  constexpr Sigmoid() = default;
  template <class D, KeyOf<Sigmoid>... O>
  constexpr Sigmoid(const char* name, D size, const O&... options) : Linear<N>(name, size) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Linear<N>::keys(key);
    key("monitor_style", &Sigmoid::monitor_style,
        "what is watched: detection, one_hot_class or bit_vector_class");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (monitor_style != "detection" && monitor_style != "one_hot_class" &&
        monitor_style != "bit_vector_class" && monitor_style != "classification")
      this->refuse(
          "monitor_style must be detection, one_hot_class or bit_vector_class (also called "
          "classification)");
    return Linear<N>::output_space(input);
  }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override { return sigmoid(z); }

  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return mean(cost_matrix(at, targets, output), axis<0>);
  }
  constexpr AnyExpr cost_matrix(const Place&, const Signal& targets,
                                const Signal& output) const override {
    return binary_cross_entropy(output.value(), format_as(targets, output.space).value());
  }
  constexpr AnyExpr cost_from_cost_matrix(const AnyExpr& matrix) const override {
    return mean(mean(matrix, axis<0>));
  }

  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    Linear<N>::channels(at, below, output, targets, list);
    if (!targets) return;
    const AnyExpr y = output.value(), t = format_as(*targets, output.space).value();
    if (monitor_style == "detection")
      detection::channels(y, t, this->cost(at, *targets, output), list);
    else if (monitor_style == "one_hot_class")
      list.add("misclass", mean(argmax(y, axis<0>) != argmax(t, axis<0>)),
               "share of examples whose likeliest unit is not the target's");
    else
      list.add("misclass", mean(max((y > 0.5) != t, axis<0>)),
               "share of examples of which some bit is wrong");
  }
};
template <class D, class... O>
Sigmoid(const char*, D, O...) -> Sigmoid<ir::dim_of<D>()>;

}  // namespace ansatz
