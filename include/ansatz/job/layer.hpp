// Layer: a part of an MLP.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/job/model_weights.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A part of a model whose parameters are not named by where it stands alone: another part would
/// have the same names, or it stands in several places, which share its parameters.
struct NamedPart {
  const Object* part = nullptr;
  String path;           ///< what the names of its parameters begin with, "y_softmax"
  String place;          ///< what the names of its settings begin with, "y"
  bool several = false;  ///< it stands in several places
};

/// Where a layer stands: what comes in, and what its names begin with (the names of the MLPs and
/// composite layers around it).
struct Place {
  SpaceInfo input;
  String prefix;
  ir::List<NamedPart> named = {};  ///< of the whole model; in most there are none
  /// Whether the batch is trained on. What is monitored and predicted is not: then a layer that
  /// normalises batches, say, reads its running statistics.
  bool training = false;

  /// What the names of the parameters of `part` begin with here.
  constexpr String path_of(const Object& part, std::string_view stem) const {
    for (const NamedPart& each : named)
      if (each.part == &part) return each.path;
    return prefix + stem;
  }
  /// What the names of the settings of the layer `name`, which is `part`, begin with here.
  constexpr String place_of(const Object& part, std::string_view name) const {
    for (const NamedPart& each : named)
      if (each.part == &part) return each.place;
    return prefix + name;
  }
};

/// A layer, as Pylearn2's: from the batch below to the batch above. It knows its own settings
/// only; what it is connected to is passed to every method.
class Layer : public Object {
 public:
  static constexpr const char* kind_name = "layer";
  static constexpr bool outlives_faults = true;

  String layer_name;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("layer_name", &Layer::layer_name,
                 "name, unique in its MLP; channels begin with it");
  }

  /// Throws an error that names the layer unless it accepts this Space.
  constexpr virtual SpaceInfo output_space(const SpaceInfo& input) const = 0;
  /// The Space of targets when this is the last layer.
  constexpr virtual SpaceInfo target_space(const SpaceInfo& input) const {
    return output_space(input);
  }
  constexpr virtual Signal fprop(const Place& at, const Signal& below) const = 0;

  /// In the order of get_params().
  constexpr virtual void parameters(const Place&, ir::List<ModelParameter>&) const {}
  /// Draws first values, in the order of Pylearn2's `set_input_space`.
  virtual void initialize(const Place&, InitialValues&, RandomState&) const {}
  constexpr virtual void modify_updates(const Place&, UpdateList&) const {}
  /// Declares what it keeps beside its parameters, such as running statistics, named as they are.
  constexpr virtual void states(const Place&, StateList&) const {}
  /// Adds what its state becomes after a batch that was trained on.
  constexpr virtual void state_updates(const Place&, const Signal& /*below*/, UpdateList&) const {}

  constexpr virtual bool has_cost() const { return false; }
  /// The cost of outputs against targets: the mean over the batch.
  constexpr virtual AnyExpr cost(const Place&, const Signal& targets, const Signal& output) const;
  /// The same for each example, [batch].
  constexpr virtual AnyExpr cost_per_example(const Place&, const Signal& targets,
                                             const Signal& output) const;
  /// The same for each output of each example, [batch, units], and what `cost` makes of it; what
  /// MissingTargetCost weighs. `targets` is a value of the output's Space.
  constexpr virtual AnyExpr cost_matrix(const Place&, const Signal& targets,
                                        const Signal& output) const;
  constexpr virtual AnyExpr cost_from_cost_matrix(const AnyExpr& matrix) const {
    return mean(sum(matrix, axis<0>));
  }

  /// What dropout puts in the place of an input it leaves out.
  constexpr virtual double dropout_input_mask_value() const { return 0; }

  /// Adds its weights, `path` being the layer's own; by default those of the layers inside.
  constexpr virtual void weights(const Place& at, const String& path,
                                 ir::List<ModelWeights>& list) const {
    const ir::List<Place> places = inner_places(at);
    for (int i = 0; i < inner_layers(); ++i) {
      const Layer& inner = inner_layer(i);
      inner.weights(places[i], path + "." + inner.layer_name, list);
    }
  }
  /// coefficient * sum of squared (or absolute) weights. Error for layers without weights.
  constexpr virtual AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const {
    return penalty(at, coefficient, false);
  }
  constexpr virtual AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const {
    return penalty(at, coefficient, true);
  }

  /// Channels; `targets` is null where the layer is not the last one. Names without the layer's.
  constexpr virtual void channels(const Place&, const Signal& /*below*/, const Signal& /*output*/,
                                  const Signal* /*targets*/, ChannelList&) const {}
  /// Whose parameters these are: two layers share them where this is one object. The layer itself,
  /// or the model inside it.
  constexpr virtual const Object& part() const { return *this; }
  /// What the names of its parameters begin with, behind those of the layers around it.
  constexpr virtual std::string_view stem() const { return layer_name; }
  /// The model inside; null where there is none.
  constexpr virtual const Model* inner_model() const { return nullptr; }
  /// Where what is inside stands: on the same input, its names behind this layer's.
  constexpr Place inside(const Place& at) const {
    return {at.input, at.place_of(part(), layer_name) + "_", at.named, at.training};
  }

  /// The layers inside: of an MLP in an MLP, of a CompositeLayer.
  constexpr virtual int inner_layers() const { return 0; }
  constexpr virtual const Layer& inner_layer(int) const { return *this; }
  constexpr virtual ir::List<Place> inner_places(const Place&) const { return {}; }
  /// The layers inside whose parameters are this layer's: also of a model inside.
  constexpr virtual int inner_parts() const { return inner_layers(); }
  constexpr virtual const Layer& inner_part(int i) const { return inner_layer(i); }

 protected:
  /// "h0_W" for "W": the name of a parameter, or of state.
  constexpr String own(const Place& at, std::string_view what) const {
    return at.path_of(part(), stem()) + "_" + what;
  }
  /// The named scalar "h0.max_col_norm" for "max_col_norm".
  constexpr Expr<Scalar> setting(const Place& at, const char* key, double value) const {
    return ansatz::setting(at.place_of(part(), layer_name) + "." + key, value);
  }
  constexpr void refuse(std::string_view why) const {
    const String text = "layer " + layer_name + ": " + why;
    graph_error(text.c_str());
  }

 private:
  constexpr AnyExpr penalty(const Place& at, const AnyExpr& coefficient, bool absolute) const;
};
/// An MLP becomes a layer of another.
bool read_value(const Value& from, Shared<Layer>& to);

constexpr AnyExpr Layer::cost(const Place&, const Signal&, const Signal&) const {
  refuse("this kind of layer has no cost; a last layer must have one");
  return {};
}
constexpr AnyExpr Layer::cost_per_example(const Place&, const Signal&, const Signal&) const {
  refuse("this kind of layer has no cost for each example");
  return {};
}
constexpr AnyExpr Layer::cost_matrix(const Place&, const Signal&, const Signal&) const {
  refuse("this kind of layer has no cost for each output");
  return {};
}
// Each layer inside by its own rule.
constexpr AnyExpr Layer::penalty(const Place& at, const AnyExpr& coefficient, bool absolute) const {
  AnyExpr total;
  bool first = true;
  const auto add = [&](const AnyExpr& term) {
    if (first)
      total = term;
    else
      total = total + term;
    first = false;
  };
  if (inner_layers() > 0) {
    const ir::List<Place> places = inner_places(at);
    for (int i = 0; i < inner_layers(); ++i) {
      const Layer& inner = inner_layer(i);
      if (absolute)
        add(inner.l1_weight_decay(places[i], coefficient));
      else
        add(inner.weight_decay(places[i], coefficient));
    }
    return total;
  }
  ir::List<ModelWeights> own;
  weights(at, layer_name, own);
  if (own.empty()) refuse("this kind of layer has no weights to decay");
  for (const ModelWeights& each : own)
    if (absolute)
      add(coefficient * sum(abs(each.value)));
    else
      add(coefficient * sum(square(each.value)));
  return total;
}

}  // namespace ansatz
