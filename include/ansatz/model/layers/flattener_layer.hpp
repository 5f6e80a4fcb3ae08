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
class FlattenerLayer : public Layer {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.FlattenerLayer";
  Shared<Layer> raw_layer;

  constexpr FlattenerLayer() {}
  template <class L>
    requires(mlp::is_layer<L>)
  constexpr explicit FlattenerLayer(const L& layer) : raw_layer(mlp::as_layer(layer)) {
    layer_name = raw_layer->layer_name;
  }
  // Takes the raw layer's name here, where keys that were set one by one are complete.
  constexpr FlattenerLayer(const FlattenerLayer& other) : Layer(other), raw_layer(other.raw_layer) {
    if (raw_layer) layer_name = raw_layer->layer_name;
  }
  constexpr FlattenerLayer& operator=(const FlattenerLayer& other) {
    Layer::operator=(other);
    raw_layer = other.raw_layer;
    return *this;
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("raw_layer", &FlattenerLayer::raw_layer, "the layer whose output is flattened");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (!raw_layer) refuse("a FlattenerLayer needs a raw_layer");
    return vector_space(raw_layer->output_space(input).total_dimension());
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return format_as(raw_layer->fprop(at, below), output_space(at.input));
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    raw_layer->parameters(at, list);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override {
    raw_layer->initialize(at, values, rng);
  }
  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    raw_layer->modify_updates(at, updates);
  }

  constexpr bool has_cost() const override { return raw_layer->has_cost(); }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    const SpaceInfo raw = raw_layer->output_space(at.input);
    return raw_layer->cost(at, format_as(targets, raw), unflattened(output, raw));
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    const SpaceInfo raw = raw_layer->output_space(at.input);
    return raw_layer->cost_per_example(at, format_as(targets, raw), unflattened(output, raw));
  }
  constexpr AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    return raw_layer->weight_decay(at, coefficient);
  }
  constexpr AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    return raw_layer->l1_weight_decay(at, coefficient);
  }
  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    const SpaceInfo raw = raw_layer->output_space(at.input);
    if (!targets) {
      raw_layer->channels(at, below, unflattened(output, raw), nullptr, list);
    } else {
      const Signal raw_targets = format_as(*targets, raw);
      raw_layer->channels(at, below, unflattened(output, raw), &raw_targets, list);
    }
  }
  constexpr const Object& part() const override { return raw_layer->part(); }
  constexpr std::string_view stem() const override { return raw_layer->stem(); }
  constexpr const Model* inner_model() const override { return raw_layer->inner_model(); }
  constexpr int inner_parts() const override { return raw_layer->inner_parts(); }
  constexpr const Layer& inner_part(int i) const override { return raw_layer->inner_part(i); }
  constexpr int inner_layers() const override { return raw_layer->inner_layers(); }
  constexpr const Layer& inner_layer(int i) const override { return raw_layer->inner_layer(i); }
  constexpr ir::List<Place> inner_places(const Place& at) const override {
    return raw_layer->inner_places(at);
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
