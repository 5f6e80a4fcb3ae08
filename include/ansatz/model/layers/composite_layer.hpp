// CompositeLayer: layers side by side.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/mlp/mlp.hpp>

#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Which layers of a CompositeLayer an input goes to.
struct Route {
  int input = 0;
  ir::List<int> layers;
  constexpr Route() {}
  constexpr Route(int from, std::initializer_list<int> to) : input(from) {
    for (int layer : to) layers.push_back(layer);
  }
};
struct Routes {
  ir::List<Route> list;
  constexpr Routes() {}
  constexpr Routes(std::initializer_list<Route> routes) {
    for (const Route& each : routes) list.push_back(each);
  }
};
void write_value(Describer& to, const Routes& value);
template <class Value>
bool read_value(const Value& from, Routes& to) {
  to = {};
  if (!from.is_mapping()) {
    from.refuse("a mapping of numbers of inputs to lists of numbers of layers, such as {0: [1]}");
    return false;
  }
  bool good = true;
  const auto names = from.keys();
  const auto values = from.items();
  for (std::size_t i = 0; i < values.size(); ++i) {
    // "0" goes to layer 1, "2" to none: what is before a colon is a number of an input.
    const auto& name = names[i];
    const bool number =
        !name.empty() && name.size() <= 6 && name.find_first_not_of("0123456789") == name.npos;
    if (!number) {
      values[i].error("'" + name + "' is not the number of an input; allowed: 0, 1, …");
      good = false;
      continue;
    }
    Route route;
    for (const char digit : name) route.input = 10 * route.input + (digit - '0');
    good = read_value(values[i], route.layers) && good;
    to.list.push_back(route);
  }
  return good;
}
inline const char* value_type(const Routes*) {
  return "mapping of numbers of inputs to lists of numbers of layers";
}

/// inputs_to_layers({{0, {1}}, {1, {0}}, {2, {}}}): input 0 goes to layer 1, input 1 to layer 0,
/// input 2 nowhere; inputs that are not named go to every layer.
constexpr Given<"inputs_to_layers", Routes> inputs_to_layers(std::initializer_list<Route> routes) {
  return {Routes(routes)};
}

/// Layers that run in parallel on the same input, or, where that is a CompositeSpace, each on its
/// inputs; the output is the CompositeSpace of theirs, the cost the sum of their costs. Names of
/// parameters and channels begin with this layer's name.
///
///     CompositeLayer("both", Tanh("h0", 7_c, irange(.1)), Sigmoid("h1", 5_c, irange(.1)))
class CompositeLayer : public Layer {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.CompositeLayer";
  static constexpr const char* doc = "layers side by side";
  ir::List<Shared<Layer>> layers;
  std::optional<Routes> inputs_to_layers;

  constexpr CompositeLayer() {}
  template <class... Part>
  constexpr explicit CompositeLayer(const char* name, const Part&... parts) {
    layer_name = name;
    (add(parts), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key.required("layers", &CompositeLayer::layers, "the layers that run in parallel");
    key("inputs_to_layers", &CompositeLayer::inputs_to_layers,
        "by the number of an input: the numbers of the layers it goes to; default: to all");
  }

  constexpr ir::List<Place> inner_places(const Place& at) const override {
    check(at.input);
    ir::List<Place> places;
    for (int i = 0; i < layers.size(); ++i) {
      Place inner;
      inner.prefix = inside(at).prefix;
      inner.input = input_of_layer(i, at.input);
      inner.named = at.named;
      inner.training = at.training;
      places.push_back(inner);
    }
    return places;
  }
  constexpr int inner_layers() const override { return layers.size(); }
  constexpr const Layer& inner_layer(int i) const override { return *layers[i]; }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return spaces(input, false);
  }
  constexpr SpaceInfo target_space(const SpaceInfo& input) const override {
    return spaces(input, true);
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    const ir::List<Place> places = inner_places(at);
    Signal result;
    result.space = output_space(at.input);
    for (int i = 0; i < layers.size(); ++i)
      for (const AnyExpr& v : layers[i]->fprop(places[i], below_layer(i, below)).values)
        result.values.push_back(v);
    return result;
  }

  // Pylearn2 puts each layer's parameters before those of the layers before it.
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    const ir::List<Place> places = inner_places(at);
    for (int i = layers.size() - 1; i >= 0; --i) layers[i]->parameters(places[i], list);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override {
    const ir::List<Place> places = inner_places(at);
    for (int i = 0; i < layers.size(); ++i) layers[i]->initialize(places[i], values, rng);
  }
  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    const ir::List<Place> places = inner_places(at);
    for (int i = 0; i < layers.size(); ++i) layers[i]->modify_updates(places[i], updates);
  }
  constexpr void states(const Place& at, StateList& list) const override {
    const ir::List<Place> places = inner_places(at);
    for (int i = 0; i < layers.size(); ++i) layers[i]->states(places[i], list);
  }
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    const ir::List<Place> places = inner_places(at);
    for (int i = 0; i < layers.size(); ++i)
      layers[i]->state_updates(places[i], below_layer(i, below), updates);
  }

  constexpr bool has_cost() const override {
    for (const Shared<Layer>& each : layers)
      if (!each->has_cost()) return false;
    return true;
  }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return total(at, targets, output, false);
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return total(at, targets, output, true);
  }

  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    const ir::List<Place> places = inner_places(at);
    const ir::List<Signal> outputs = components_of(output);
    ir::List<Signal> wanted;
    if (targets) wanted = parts_of(*targets);
    for (int i = 0; i < layers.size(); ++i) {
      const Signal* target = nullptr;
      if (targets) target = &wanted[i];
      ChannelList own;
      layers[i]->channels(places[i], below_layer(i, below), outputs[i], target, own);
      list.add(layers[i]->layer_name + "_", own);
    }
  }

 private:
  constexpr void check(const SpaceInfo& input) const {
    if (layers.empty()) refuse("a CompositeLayer needs at least one layer");
    for (int i = 0; i < layers.size(); ++i)
      for (int k = 0; k < i; ++k)
        if (layers[k]->layer_name == layers[i]->layer_name.view()) {
          const String text = "two of its layers have the name " + layers[i]->layer_name;
          refuse(text);
        }
    if (!inputs_to_layers) return;
    if (input.kind != SpaceKind::composite)
      refuse("inputs_to_layers needs an input of a CompositeSpace, to have something to map");
    for (const Route& route : inputs_to_layers->list) {
      if (route.input < 0 || route.input >= input.components.size())
        refuse("inputs_to_layers names an input that is not there; they count from 0");
      for (int layer : route.layers)
        if (layer < 0 || layer >= layers.size())
          refuse("inputs_to_layers names a layer that is not there; they count from 0");
    }
  }

  constexpr bool goes_to(int from, int layer) const {
    for (const Route& route : inputs_to_layers->list) {
      if (route.input != from) continue;
      for (int to : route.layers)
        if (to == layer) return true;
      return false;
    }
    return true;
  }
  constexpr SpaceInfo input_of_layer(int layer, const SpaceInfo& input) const {
    if (!inputs_to_layers) return input;
    SpaceInfo several;
    several.kind = SpaceKind::composite;
    for (int i = 0; i < input.components.size(); ++i)
      if (goes_to(i, layer)) several.components.push_back(input.components[i]);
    if (several.components.empty()) refuse("inputs_to_layers leaves a layer without input");
    if (several.components.size() == 1) return several.components[0];
    return several;
  }
  constexpr Signal below_layer(int layer, const Signal& below) const {
    if (!inputs_to_layers) return below;
    const ir::List<Signal> parts = components_of(below);
    Signal result;
    result.space = input_of_layer(layer, below.space);
    for (int i = 0; i < parts.size(); ++i)
      if (goes_to(i, layer))
        for (const AnyExpr& v : parts[i].values) result.values.push_back(v);
    return result;
  }
  constexpr SpaceInfo spaces(const SpaceInfo& input, bool of_targets) const {
    check(input);
    SpaceInfo several;
    several.kind = SpaceKind::composite;
    for (int i = 0; i < layers.size(); ++i) {
      const SpaceInfo in = input_of_layer(i, input);
      if (of_targets)
        several.components.push_back(layers[i]->target_space(in));
      else
        several.components.push_back(layers[i]->output_space(in));
    }
    return several;
  }
  constexpr ir::List<Signal> parts_of(const Signal& targets) const {
    if (targets.space.components.size() != layers.size())
      refuse("targets must be a CompositeSpace with a component for each layer");
    return components_of(targets);
  }
  constexpr AnyExpr total(const Place& at, const Signal& targets, const Signal& output,
                          bool per_example) const {
    const ir::List<Place> places = inner_places(at);
    const ir::List<Signal> wanted = parts_of(targets), outputs = components_of(output);
    AnyExpr sum;
    for (int i = 0; i < layers.size(); ++i) {
      AnyExpr term;
      if (per_example)
        term = layers[i]->cost_per_example(places[i], wanted[i], outputs[i]);
      else
        term = layers[i]->cost(places[i], wanted[i], outputs[i]);
      if (i == 0)
        sum = term;
      else
        sum = sum + term;
    }
    return sum;
  }
  template <class Part>
  constexpr void add(const Part& part) {
    if constexpr (mlp::is_layer<Part>)
      layers.push_back(mlp::as_layer(part));
    else
      give(*this, part);
  }
};

}  // namespace ansatz
