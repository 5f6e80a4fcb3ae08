// Coefficients: a number for each layer of a model, and of the MLPs inside it.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layered.hpp>
#include <ansatz/model/unknown_name.hpp>

#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What a weight decay is given: one number for all layers; a list with one element for each; or
/// numbers by the names of layers, 0 for those that are not named. An element for a layer made of
/// layers may in turn be a list, or numbers by name.
///
///     coeffs(5e-5)    coeffs({.1, .2, 0.})    coeffs({{"h0", .1}, {"y", .05}})
///     coeffs(each_layer(.1, each_layer(.2, .3), 0.))
///     coeffs(Coefficients().set("h0", .1).set("inner", {.2, .3}))
struct Coefficients {
  enum class Kind : unsigned char { number, list, by_name };
  struct OfLayer;

  Kind kind = Kind::number;
  double value = 0;
  ir::List<Coefficients> elements;
  ir::List<String> names;  ///< of the elements, when they are by name

  constexpr Coefficients() {}
  constexpr Coefficients(double number) : value(number) {}
  // Lists of numbers only: g++ 12 cannot destroy a list of Coefficients in a constant expression.
  constexpr Coefficients(std::initializer_list<double> list) : kind(Kind::list) {
    for (double each : list) elements.push_back(each);
  }
  constexpr Coefficients(std::initializer_list<OfLayer> by_name);

  /// Gives a layer its coefficient, or those of the layers it is made of.
  constexpr Coefficients& set(const char* layer, const Coefficients& given) {
    kind = Kind::by_name;
    names.push_back(layer);
    elements.push_back(given);
    return *this;
  }

  /// Whether nothing but zeros was given.
  constexpr bool zero() const {
    if (kind == Kind::number) return value == 0;
    for (const Coefficients& each : elements)
      if (!each.zero()) return false;
    return true;
  }
};
struct Coefficients::OfLayer {
  const char* layer = nullptr;
  double value = 0;
};
constexpr Coefficients::Coefficients(std::initializer_list<OfLayer> by_name) : kind(Kind::by_name) {
  for (const OfLayer& each : by_name) set(each.layer, each.value);
}
void write_value(Describer& to, const Coefficients& value);
template <class Value>
bool read_value(const Value& from, Coefficients& to) {
  to = Coefficients();
  if (!from.is_list() && !from.is_mapping()) return read_value(from, to.value);
  bool good = true;
  const auto names = from.keys();
  const auto values = from.items();
  to.kind = from.is_list() ? Coefficients::Kind::list : Coefficients::Kind::by_name;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Coefficients each;
    good = read_value(values[i], each) && good;
    if (from.is_mapping()) to.names.push_back(String(names[i]));
    to.elements.push_back(each);
  }
  return good;
}
inline const char* value_type(const Coefficients*) {
  return "number, list of one for each layer, or mapping of names of layers to them";
}

/// A list of coefficients, of which some are lists.
template <class... C>
constexpr Coefficients each_layer(const C&... coefficient) {
  Coefficients list;
  list.kind = Coefficients::Kind::list;
  (list.elements.push_back(coefficient), ...);
  return list;
}

constexpr Given<"coeffs", Coefficients> coeffs(std::initializer_list<double> list) {
  return {Coefficients(list)};
}
constexpr Given<"coeffs", Coefficients> coeffs(
    std::initializer_list<Coefficients::OfLayer> by_name) {
  return {Coefficients(by_name)};
}

namespace decays {

/// The layers that a list of coefficients is for.
struct LayersAt {
  ir::List<const Layer*> layers;
  ir::List<Place> places;
  String whose;  ///< "the MLP" or "layer h1"
};

constexpr void require_layers(const char* cost, const Coefficients& given, const LayersAt& at) {
  if (given.kind == Coefficients::Kind::list) {
    if (given.elements.size() == at.layers.size()) return;
    const String text = String(cost) + ": " +
                        to_text(static_cast<long long>(given.elements.size())) +
                        " coefficients, but " + at.whose + " has " +
                        to_text(static_cast<long long>(at.layers.size())) + " layers";
    graph_error(text.c_str());
  }
  ir::List<String> known;
  for (const Layer* layer : at.layers) known.push_back(layer->layer_name);
  for (const String& name : given.names) {
    bool found = false;
    for (const String& each : known) found = found || each == name.view();
    if (!found) unknown_name(String(cost) + ": " + at.whose + " has no layer", name, known);
  }
}

constexpr Coefficients of_layer(const Coefficients& given, const LayersAt& at, int i) {
  if (given.kind == Coefficients::Kind::number) return given;
  if (given.kind == Coefficients::Kind::list) return given.elements[i];
  for (int k = 0; k < given.names.size(); ++k)
    if (given.names[k] == at.layers[i]->layer_name.view()) return given.elements[k];
  return 0.;
}

/// Adds coefficient * decay of every layer to `total`, from the input up. A coefficient is the
/// named scalar "COST.LAYER"; `first` is whether `total` is still empty.
constexpr void add_decay(const char* cost, const Coefficients& given, const LayersAt& at, bool l1,
                         AnyExpr& total, bool& first) {
  require_layers(cost, given, at);
  for (int i = 0; i < at.layers.size(); ++i) {
    const Layer& layer = *at.layers[i];
    const Coefficients own = of_layer(given, at, i);
    const String name = at.places[i].place_of(layer.part(), layer.layer_name);
    AnyExpr decay;
    if (own.kind != Coefficients::Kind::number) {
      if (layer.inner_layers() == 0) {
        const String text = String(cost) + ": layer " + layer.layer_name +
                            " is not made of layers; give it one coefficient";
        graph_error(text.c_str());
      }
      LayersAt inside;
      inside.places = layer.inner_places(at.places[i]);
      for (int k = 0; k < layer.inner_layers(); ++k) inside.layers.push_back(&layer.inner_layer(k));
      inside.whose = "layer " + layer.layer_name;
      bool none = true;
      add_decay(cost, own, inside, l1, decay, none);
      if (none) continue;
    } else {
      if (!(own.value >= 0 && own.value < __builtin_inf())) {
        const String text = String(cost) + ": the coefficient of layer " + layer.layer_name +
                            " must be a finite number, at least 0";
        graph_error(text.c_str());
      }
      if (own.value == 0) continue;
      const AnyExpr c(setting(String(cost) + "." + name, own.value).value());
      if (l1)
        decay = layer.l1_weight_decay(at.places[i], c);
      else
        decay = layer.weight_decay(at.places[i], c);
    }
    if (first)
      total = decay;
    else
      total = total + decay;
    first = false;
  }
}

/// The same of weights that stand in no layers: a number for all, one for each, or by their names.
constexpr AnyExpr of_weights(const char* cost, const ir::List<ModelWeights>& weights,
                             const Coefficients& given, bool l1) {
  if (given.kind == Coefficients::Kind::list && given.elements.size() != weights.size()) {
    const String text = String(cost) + ": " +
                        to_text(static_cast<long long>(given.elements.size())) +
                        " coefficients, but the model has " +
                        to_text(static_cast<long long>(weights.size())) + " weights";
    graph_error(text.c_str());
  }
  ir::List<String> known;
  for (const ModelWeights& each : weights) known.push_back(each.path);
  for (const String& name : given.names) {
    bool found = false;
    for (const String& each : known) found = found || each == name.view();
    if (!found) unknown_name(String(cost) + ": the model has no weights", name, known);
  }
  AnyExpr total(ir::Value(0.));
  bool first = true;
  for (int i = 0; i < weights.size(); ++i) {
    Coefficients own = given;
    if (given.kind == Coefficients::Kind::list) own = given.elements[i];
    if (given.kind == Coefficients::Kind::by_name) own = Coefficients(0.);
    for (int k = 0; k < given.names.size(); ++k)
      if (given.names[k] == weights[i].path.view()) own = given.elements[k];
    if (own.kind != Coefficients::Kind::number ||
        !(own.value >= 0 && own.value < __builtin_inf())) {
      const String text = String(cost) + ": the coefficient of the weights " + weights[i].path +
                          " must be a finite number, at least 0";
      graph_error(text.c_str());
    }
    if (own.value == 0) continue;
    const AnyExpr c(setting(String(cost) + "." + weights[i].path, own.value).value());
    AnyExpr term;
    if (l1)
      term = c * sum(abs(weights[i].value));
    else
      term = c * sum(square(weights[i].value));
    if (first)
      total = term;
    else
      total = total + term;
    first = false;
  }
  return total;
}

/// The sum over the layers of the model, or over the weights that a model without layers names.
constexpr AnyExpr decay(const char* cost, const Model& model, const Coefficients& given, bool l1) {
  AnyExpr total(ir::Value(0.));
  const Layered* const layered = model.as_layered();
  if (!layered) {
    ir::List<ModelWeights> weights;
    model.weights(weights);
    if (!weights.empty()) return of_weights(cost, weights, given, l1);
    const String text = String(cost) + " needs a model made of layers, such as an MLP";
    graph_error(text.c_str());
    return total;
  }
  LayersAt all_layers;
  all_layers.places = layered->places(layered->root());
  all_layers.whose = String("the ") + layered->kind();
  for (int i = 0; i < layered->layer_count(); ++i) all_layers.layers.push_back(&layered->layer(i));
  bool first = true;
  add_decay(cost, given, all_layers, l1, total, first);
  return total;
}

}  // namespace decays
}  // namespace ansatz
