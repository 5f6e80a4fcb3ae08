// Dropout: which inputs of the layers are left out.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layered.hpp>
#include <ansatz/model/unknown_name.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/random/bernoulli.hpp>

#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A number for each of some layers: `{{"h0", .8}, {"h1", .5}}`.
struct LayerNumbers {
  struct OfLayer {
    String layer;
    double value = 0;
    constexpr OfLayer() {}
    constexpr OfLayer(const char* name, double x) : layer(name), value(x) {}
  };
  ir::List<OfLayer> list;
  constexpr LayerNumbers() {}
  constexpr LayerNumbers(std::initializer_list<OfLayer> numbers) {
    for (const OfLayer& each : numbers) list.push_back(each);
  }
  /// The layer's number; null where it has none.
  constexpr const double* find(std::string_view layer) const {
    for (const OfLayer& each : list)
      if (each.layer == layer) return &each.value;
    return nullptr;
  }
};
void write_value(Describer& to, const LayerNumbers& value);
template <class Value>
bool read_value(const Value& from, LayerNumbers& to) {
  to = {};
  if (!from.is_mapping()) {
    from.refuse("a mapping of names of layers to numbers, such as {h0: .8}");
    return false;
  }
  bool good = true;
  const auto names = from.keys();
  const auto values = from.items();
  for (std::size_t i = 0; i < values.size(); ++i) {
    LayerNumbers::OfLayer each;
    each.layer = String(names[i]);
    good = read_value(values[i], each.value) && good;
    to.list.push_back(each);
  }
  return good;
}
inline const char* value_type(const LayerNumbers*) {
  return "mapping of names of layers to numbers";
}

constexpr Given<"input_include_probs", LayerNumbers> input_include_probs(
    std::initializer_list<LayerNumbers::OfLayer> numbers) {
  return {LayerNumbers(numbers)};
}
constexpr Given<"input_scales", LayerNumbers> input_scales(
    std::initializer_list<LayerNumbers::OfLayer> numbers) {
  return {LayerNumbers(numbers)};
}

/// Each input of each layer is kept with a probability, and then multiplied by a scale, else 0;
/// where the probability is 1, nothing is done, nor scaled (Srivastava et al. 2014).
struct DropoutArguments {
  double default_input_include_prob = .5;
  LayerNumbers input_include_probs;  ///< of the layers that differ
  double default_input_scale = 2;
  LayerNumbers input_scales;
  bool per_example = true;  ///< a mask for each example, not one for the batch

  template <class K>
  static constexpr void keys(K& key) {
    key("default_input_include_prob", &DropoutArguments::default_input_include_prob,
        "probability that a layer's input is kept")
        .probability()
        .above(0);
    key("input_include_probs", &DropoutArguments::input_include_probs,
        "by the name of a layer: the same for its inputs")
        .probability()
        .above(0);
    key("default_input_scale", &DropoutArguments::default_input_scale,
        "factor of the inputs that are kept");
    key("input_scales", &DropoutArguments::input_scales,
        "by the name of a layer: the same for its inputs");
    key("per_example", &DropoutArguments::per_example,
        "each example has its own mask; else the batch has one");
  }
};
void write_value(Describer& to, const DropoutArguments& value);
template <class Value>
bool read_value(const Value& from, DropoutArguments& to) {
  return from.read_keys("dropout_args", "Dropout", to);
}
inline const char* value_type(const DropoutArguments*) { return "mapping of keys of Dropout"; }

namespace masks {

/// Throws NameError, with the layers there are, unless each name is a layer's.
constexpr void require_layers(std::string_view what, const Layered& model,
                              const LayerNumbers& numbers) {
  ir::List<String> known;
  for (int i = 0; i < model.layer_count(); ++i) known.push_back(model.layer(i).layer_name);
  for (const LayerNumbers::OfLayer& each : numbers.list) {
    bool found = false;
    for (const String& name : known) found = found || name == each.layer.view();
    if (!found) {
      const String text = String(what) + ": the " + model.kind() + " has no layer";
      unknown_name(text, each.layer, known);
    }
  }
}

constexpr void require_probability(const String& layer, double p) {
  if (p > 0 && p <= 1) return;
  const String text = "dropout of layer " + layer + ": a probability above 0, at most 1, is needed";
  graph_error(text.c_str());
}

/// `x` where the mask is 1, times scale; `instead` where it is 0.
constexpr AnyExpr masked(const AnyExpr& x, const AnyExpr& mask, const AnyExpr& scale,
                         double instead) {
  if (instead == 0) return x * mask * scale;
  return where(mask, x * scale, instead);
}

/// Draws a mask for each value of the signal.
constexpr Signal applied(const Signal& s, const String& layer, const AnyExpr& p,
                         const AnyExpr& scale, double instead, bool per_example) {
  Signal result;
  result.space = s.space;
  for (const AnyExpr& x : s.values) {
    if (x.value().type() == ir::DType::index) {
      const String text =
          "dropout of layer " + layer + ": labels cannot be left out; give it the probability 1";
      graph_error(text.c_str());
    }
    ir::Shape one = x.shape();
    const char* extent = nullptr;
    if (per_example) {
      extent = examples::name;
    } else {
      for (int k = 1; k < one.rank; ++k) one[k - 1] = one[k];
      --one.rank;
    }
    const AnyExpr mask = AnyExpr(ir::make_random(one, 0, extent)) < p;
    result.values.push_back(masked(x, mask, scale, instead));
  }
  return result;
}

// Leaves out inputs of layers.
class Dropping final : public LayerVisitor {
 public:
  constexpr explicit Dropping(const DropoutArguments& how) : how_(&how) {}
  constexpr void entering(const Layer& layer, const Place&, Signal& below) override {
    double p = how_->default_input_include_prob, scale = how_->default_input_scale;
    if (const double* own = how_->input_include_probs.find(layer.layer_name)) p = *own;
    if (const double* own = how_->input_scales.find(layer.layer_name)) scale = *own;
    require_probability(layer.layer_name, p);
    if (!(p < 1)) return;
    const String prefix = "dropout." + layer.layer_name;
    below = applied(below, layer.layer_name, AnyExpr(setting(prefix + ".include_prob", p).value()),
                    AnyExpr(setting(prefix + ".scale", scale).value()),
                    layer.dropout_input_mask_value(), how_->per_example);
  }

 private:
  const DropoutArguments* how_;
};

}  // namespace masks

/// The model's output with masks on the inputs of its layers; probabilities and scales are the
/// named scalars "dropout.LAYER.include_prob" and "dropout.LAYER.scale". Throws NameError for the
/// name of a layer that is not there.
constexpr Signal dropout_fprop(const Layered& model, const Signal& input,
                               const DropoutArguments& how) {
  masks::require_layers("input_include_probs", model, how.input_include_probs);
  masks::require_layers("input_scales", model, how.input_scales);
  masks::Dropping dropping(how);
  return model.pass(model.root(input), input, dropping);
}

}  // namespace ansatz
