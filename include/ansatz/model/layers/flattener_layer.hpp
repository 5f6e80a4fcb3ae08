// FlattenerLayer: another layer's output as one vector.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A layer with the output of `raw_layer`, mostly a CompositeLayer, as one vector; targets are
/// vectors as well, and divided the same way for the raw layer's cost. It has the raw layer's name.
///
///     FlattenerLayer(CompositeLayer("y", Softmax("a", 10_c, …), Softmax("b", 5_c, …)))
class FlattenerLayer : public LayerWrapper {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.FlattenerLayer";
  static constexpr const char* doc = "another layer's output as one vector";
  Shared<Layer> raw_layer;

  constexpr FlattenerLayer() {}
  template <class L>
    requires(mlp::is_layer<L>)
  constexpr explicit FlattenerLayer(const L& layer) : raw_layer(mlp::as_layer(layer)) {
    layer_name = raw_layer->layer_name;
  }
  // Takes the raw layer's name here, where keys that were set one by one are complete.
  constexpr FlattenerLayer(const FlattenerLayer& other)
      : LayerWrapper(other), raw_layer(other.raw_layer) {
    if (raw_layer) layer_name = raw_layer->layer_name;
  }
  constexpr FlattenerLayer& operator=(const FlattenerLayer& other) {
    LayerWrapper::operator=(other);
    raw_layer = other.raw_layer;
    return *this;
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("raw_layer", &FlattenerLayer::raw_layer, "the layer whose output is flattened");
  }

  constexpr const Layer& wrapped() const override {
    if (!raw_layer) refuse("a FlattenerLayer needs a raw_layer");
    return *raw_layer;
  }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return vector_space(wrapped().output_space(input).total_dimension());
  }
  constexpr SpaceInfo target_space(const SpaceInfo& input) const override {
    return output_space(input);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return format_as(wrapped().fprop(at, below), output_space(at.input));
  }

 protected:
  constexpr Signal output_inside(const Place& at, const Signal& output) const override {
    return unflattened(output, wrapped().output_space(at.input));
  }
  constexpr Signal targets_inside(const Place& at, const Signal& targets) const override {
    return format_as(targets, wrapped().output_space(at.input));
  }

 private:
  // The values that were put side by side, themselves and not slices of the whole: a softmax among
  // them must be seen as one by its cost.
  static constexpr void take_apart(const AnyExpr& whole, const SpaceInfo& space, Signal& to) {
    int parts = 0;
    for (const SpaceInfo& c : space.components) parts += c.total_dimension() > 0;
    const ir::Term* join = whole.value().term();
    const bool joined = parts > 1;
    int next = 0;
    for (const SpaceInfo& c : space.components) {
      if (c.total_dimension() == 0) continue;
      AnyExpr part = whole;
      if (joined) part = AnyExpr(join->in[next++]);
      if (c.kind == SpaceKind::composite)
        take_apart(part, c, to);
      else
        to.values.push_back(format_as(Signal(vector_space(c.total_dimension()), part), c).value());
    }
  }
  static constexpr Signal unflattened(const Signal& output, const SpaceInfo& raw) {
    if (raw.kind != SpaceKind::composite) return format_as(output, raw);
    const ir::Term* join = output.value().value().term();
    if (!join || join->op != ir::info_of<ops::Concatenate>) return format_as(output, raw);
    Signal result;
    result.space = raw;
    take_apart(output.value(), raw, result);
    return result;
  }
};

}  // namespace ansatz
