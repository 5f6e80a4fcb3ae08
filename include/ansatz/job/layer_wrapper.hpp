// LayerWrapper: a layer around another; ModelLayer: a layer that is a model.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layered.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A layer that is another one but for what it overrides: all questions go on to the layer inside,
/// in the same place. One that changes the output says by `output_inside` and `targets_inside` how
/// outputs and targets of the layer inside are had from its own.
class LayerWrapper : public Layer {
 public:
  /// The layer inside.
  constexpr virtual const Layer& wrapped() const = 0;

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return wrapped().output_space(input);
  }
  constexpr SpaceInfo target_space(const SpaceInfo& input) const override {
    return wrapped().target_space(input);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return wrapped().fprop(at, below);
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    wrapped().parameters(at, list);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override {
    wrapped().initialize(at, values, rng);
  }
  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    wrapped().modify_updates(at, updates);
  }
  constexpr void states(const Place& at, StateList& list) const override {
    wrapped().states(at, list);
  }
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    wrapped().state_updates(at, below, updates);
  }

  constexpr bool has_cost() const override { return wrapped().has_cost(); }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return wrapped().cost(at, targets_inside(at, targets), output_inside(at, output));
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return wrapped().cost_per_example(at, targets_inside(at, targets), output_inside(at, output));
  }
  constexpr AnyExpr cost_matrix(const Place& at, const Signal& targets,
                                const Signal& output) const override {
    return wrapped().cost_matrix(at, targets_inside(at, targets), output_inside(at, output));
  }
  constexpr AnyExpr cost_from_cost_matrix(const AnyExpr& matrix) const override {
    return wrapped().cost_from_cost_matrix(matrix);
  }
  constexpr double dropout_input_mask_value() const override {
    return wrapped().dropout_input_mask_value();
  }
  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    wrapped().weights(at, path, list);
  }
  constexpr AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    return wrapped().weight_decay(at, coefficient);
  }
  constexpr AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    return wrapped().l1_weight_decay(at, coefficient);
  }
  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    const Signal inner = output_inside(at, output);
    if (!targets) return wrapped().channels(at, below, inner, nullptr, list);
    const Signal wanted = targets_inside(at, *targets);
    wrapped().channels(at, below, inner, &wanted, list);
  }

  constexpr const Object& part() const override { return wrapped().part(); }
  constexpr std::string_view stem() const override { return wrapped().stem(); }
  constexpr const Model* inner_model() const override { return wrapped().inner_model(); }
  constexpr int inner_parts() const override { return wrapped().inner_parts(); }
  constexpr const Layer& inner_part(int i) const override { return wrapped().inner_part(i); }
  constexpr int inner_layers() const override { return wrapped().inner_layers(); }
  constexpr const Layer& inner_layer(int i) const override { return wrapped().inner_layer(i); }
  constexpr ir::List<Place> inner_places(const Place& at) const override {
    return wrapped().inner_places(at);
  }

 protected:
  constexpr virtual Signal output_inside(const Place&, const Signal& output) const {
    return output;
  }
  constexpr virtual Signal targets_inside(const Place&, const Signal& targets) const {
    return targets;
  }
};

/// A layer that is a model: what comes out is the model's output. Two of them with one model inside
/// share its parameters, as aliases of an anchor in Pylearn2. What is here is of a model of layers,
/// whose parameters get names that begin with the layer's; where there may be another, the rest is
/// the affair of the class that has it.
class ModelLayer : public Layer {
 public:
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return layers_inside().output_space(input);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return layers_inside().fprop(inside(at), below);
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    layers_inside().parameters(inside(at), list);
  }
  constexpr void states(const Place& at, StateList& list) const override {
    layers_inside().states(inside(at), list);
  }
  /// Of a model of layers; what another one's state becomes is its own affair.
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    if (const Layered* layered = inside_model().as_layered())
      layered->state_updates(inside(at), below, updates);
  }
  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    const Layered& layered = layers_inside();
    const ir::List<Place> places = layered.places(inside(at));
    for (int i = 0; i < places.size(); ++i) {
      const Layer& inner = layered.layer(i);
      inner.weights(places[i], path + "." + inner.layer_name, list);
    }
  }
  constexpr const Object& part() const override { return inside_model(); }
  constexpr const Model* inner_model() const override { return &inside_model(); }
  constexpr int inner_parts() const override {
    if (const Layered* layered = inside_model().as_layered()) return layered->layer_count();
    return 0;
  }
  constexpr const Layer& inner_part(int i) const override { return layers_inside().layer(i); }

 protected:
  constexpr const Layered& layers_inside() const { return *inside_model().as_layered(); }
  /// The model. Error when there is none.
  constexpr virtual const Model& inside_model() const = 0;
};

}  // namespace ansatz
