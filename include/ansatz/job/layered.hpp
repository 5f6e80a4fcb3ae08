// Layered: a model made of layers, each in a place.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/name_index.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/job/part_names.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Sees what goes through the layers of a model, from the input up.
class LayerVisitor {
 public:
  /// Before a layer: what comes in may be changed, but not its Space.
  constexpr virtual void entering(const Layer&, const Place&, Signal& /*below*/) {}
  /// Behind it.
  constexpr virtual void left(const Layer&, const Place&, const Signal& /*below*/,
                              const Signal& /*above*/) {}

 protected:
  ~LayerVisitor() = default;
};

/// A model made of layers, from the input up, each standing on the one before. What asks for the
/// layers of a model, their weights or their outputs, asks this: WeightDecay, Dropout, `check`, a
/// PretrainedLayer. What is made of the last layer's output is the model's own affair; as it is
/// here, that is the output, and the last layer has the cost, as in an MLP. An autoencoder
/// overrides `pass`, which decodes it again, and `cost`.
class Layered : public Model {
 public:
  constexpr virtual int layer_count() const = 0;
  constexpr virtual const Layer& layer(int i) const = 0;
  /// What messages call the model.
  constexpr virtual const char* kind() const { return "model"; }

  constexpr const Layered* as_layered() const override { return this; }
  /// Throws an error where there is no layer: `check` asks models whose keys are at fault, too.
  constexpr const Layer& last() const {
    if (layer_count() == 0) graph_error("a model of layers needs at least one");
    return layer(layer_count() - 1);
  }

  /// Where the model stands by itself.
  constexpr Place root() const {
    ir::List<const Layer*> every;
    for (int i = 0; i < layer_count(); ++i) every.push_back(&layer(i));
    return {input_space(), "", part_names::names_of(every)};
  }
  /// The same for what is read: the batch may be one that is trained on.
  constexpr Place root(const Signal& read) const {
    Place here = root();
    here.training = read.training;
    return here;
  }
  /// Where each layer stands, the model standing at `from`. Throws an error when a layer refuses
  /// its input, or two layers have one name.
  constexpr ir::List<Place> places(const Place& from) const {
    SpaceInfo above;
    return places(from, above);
  }
  /// Also the Space of the last one's output; asked for again, MLPs in MLPs would take twice as
  /// long with each one more.
  constexpr ir::List<Place> places(const Place& from, SpaceInfo& above) const {
    require_parts(from);
    ir::List<Place> found;
    SpaceInfo below = from.input;
    NameIndex names;
    const auto known = [&](int i) { return layer(i).layer_name.view(); };
    for (int i = 0; i < layer_count(); ++i) {
      if (names.find_or_add(known(i), known) >= 0) {
        const String text = "two layers have the name " + layer(i).layer_name;
        graph_error(text.c_str());
        return found;
      }
      found.push_back({below, from.prefix, from.named, from.training});
      below = layer(i).output_space(below);
    }
    above = below;
    return found;
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    SpaceInfo above;
    (void)places({input, ""}, above);
    return above;
  }
  /// The model's output, its layers shown to the visitor.
  constexpr virtual Signal pass(const Place& from, const Signal& input,
                                LayerVisitor& visitor) const {
    const ir::List<Place> at = places(from);
    Signal s = format_as(input, from.input);
    for (int i = 0; i < layer_count(); ++i) {
      visitor.entering(layer(i), at[i], s);
      const Signal above = layer(i).fprop(at[i], s);
      visitor.left(layer(i), at[i], s, above);
      s = above;
    }
    return s;
  }
  constexpr Signal fprop(const Place& from, const Signal& input) const {
    struct Nobody final : LayerVisitor {
    } nobody;
    return pass(from, input, nobody);
  }
  constexpr Signal output(const Signal& input) const override { return fprop(root(input), input); }
  /// The outputs of the layers by their paths, "h0" and "inner.h"; the model's own, "", stands
  /// behind those of its own layers.
  constexpr void named_outputs(const Signal& input, ir::List<Data::Entry>& list) const override;

  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    const Place from = root();
    if (from.named.empty()) return parameters(from, list);
    ir::List<ModelParameter> several;
    parameters(from, several);
    for (const ModelParameter& p : part_names::once(several, from.named)) list.push_back(p);
  }
  using Model::parameters;
  /// Those of the model standing at `from`; of layers that stand in several places, as often.
  constexpr virtual void parameters(const Place& from, ir::List<ModelParameter>& list) const {
    const ir::List<Place> at = places(from);
    for (int i = 0; i < layer_count(); ++i) layer(i).parameters(at[i], list);
  }
  using Model::initialize;
  virtual void initialize(const Place& from, InitialValues& values, RandomState& rng) const;

  constexpr void modify_updates(UpdateList& updates) const override {
    modify_updates(root(), updates);
  }
  constexpr virtual void modify_updates(const Place& from, UpdateList& updates) const {
    const ir::List<Place> at = places(from);
    for (int i = 0; i < layer_count(); ++i) layer(i).modify_updates(at[i], updates);
  }

  constexpr void weights(ir::List<ModelWeights>& list) const override {
    const ir::List<Place> at = places(root());
    for (int i = 0; i < layer_count(); ++i) layer(i).weights(at[i], layer(i).layer_name, list);
  }

  constexpr void states(StateList& list) const override { states(root(), list); }
  /// Those of the layers, the model standing at `from`; of one that stands in several places once.
  constexpr virtual void states(const Place& from, StateList& list) const {
    const ir::List<Place> at = places(from);
    for (int i = 0; i < layer_count(); ++i) {
      StateList own;
      layer(i).states(at[i], own);
      list.add_once(own);
    }
  }
  constexpr void state_updates(const Data& data, UpdateList& updates) const override {
    StateList kept;
    states(kept);
    if (kept.empty()) return;
    const Signal input = data[input_source()];
    state_updates(root(input), input, updates);
  }
  constexpr void state_updates(const Place& from, const Signal& input, UpdateList& updates) const;

  constexpr SpaceInfo target_space() const override {
    const ir::List<Place> at = places(root());
    return last().target_space(at.back().input);
  }
  /// The cost of outputs against targets: the mean over the batch.
  constexpr virtual AnyExpr cost(const Signal& targets, const Signal& predicted) const {
    const ir::List<Place> at = places(root());
    if (!last().has_cost()) {
      const String text = "the last layer, " + last().layer_name +
                          ", has no cost of its own; name a cost, or use another layer";
      graph_error(text.c_str());
    }
    return last().cost(at.back(), targets, predicted);
  }
  /// The same for each output of each example, and what `cost` makes of it: see Layer.
  constexpr virtual AnyExpr cost_matrix(const Signal& targets, const Signal& predicted) const {
    return last().cost_matrix(places(root()).back(), targets, predicted);
  }
  constexpr virtual AnyExpr cost_from_cost_matrix(const AnyExpr& matrix) const {
    return last().cost_from_cost_matrix(matrix);
  }
  constexpr AnyExpr cost_from_X(const Data& data) const {
    return cost(data[target_source()], output(data[input_source()]));
  }
  constexpr Shared<Cost> default_cost() const override { return Shared<Cost>(Default()); }
  constexpr bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    if (name != "cost_from_X") return false;
    value = cost_from_X(data);
    return true;
  }
  constexpr ir::List<String> method_names() const override {
    ir::List<String> names;
    names.push_back("cost_from_X");
    return names;
  }

  constexpr void channels(const Data& data, ChannelList& list) const override {
    const Signal input = data[input_source()];
    layer_channels(root(input), input, nullptr, list);
  }
  /// The layers' channels, each behind its layer's name; `targets` is for the last one, or null.
  constexpr void layer_channels(const Place& from, const Signal& input, const Signal* targets,
                                ChannelList& list) const;

 protected:
  /// Throws an error unless there are layers, and something to stand on.
  constexpr virtual void require_parts(const Place& from) const {
    if (layer_count() == 0) graph_error("a model of layers needs at least one");
    if (from.input.kind == SpaceKind::null) graph_error("a model of layers needs an input_space");
  }
};

namespace visiting {

// Channels of each layer, in its place.
class Watching final : public LayerVisitor {
 public:
  constexpr Watching(const Layer& last, const Signal* targets, ChannelList& list)
      : last_(&last), targets_(targets), list_(&list) {}
  constexpr void left(const Layer& layer, const Place& at, const Signal& below,
                      const Signal& above) override {
    ChannelList own;
    layer.channels(at, below, above, &layer == last_ ? targets_ : nullptr, own);
    list_->add(layer.layer_name + "_", own);
  }

 private:
  const Layer* last_;
  const Signal* targets_;
  ChannelList* list_;
};

// What the state of each layer becomes.
class Renewing final : public LayerVisitor {
 public:
  constexpr explicit Renewing(UpdateList& updates) : updates_(&updates) {}
  constexpr void left(const Layer& layer, const Place& at, const Signal& below,
                      const Signal&) override {
    layer.state_updates(at, below, *updates_);
  }

 private:
  UpdateList* updates_;
};

// Outputs by path; those of layers of models inside apart.
class Naming final : public LayerVisitor {
 public:
  constexpr Naming(const String& prefix, ir::List<Data::Entry>& list, ir::List<Data::Entry>& inside)
      : prefix_(prefix), list_(&list), inside_(&inside) {}
  constexpr void left(const Layer& layer, const Place& at, const Signal& below,
                      const Signal& above) override {
    const String path = prefix_ + layer.layer_name;
    list_->push_back({path, above});
    const Model* const model = layer.inner_model();
    const Layered* const layered = model ? model->as_layered() : nullptr;
    if (!layered) return;
    Naming inner(path + ".", *inside_, *inside_);
    (void)layered->pass(layer.inside(at), below, inner);
  }

 private:
  String prefix_;
  ir::List<Data::Entry>* list_;
  ir::List<Data::Entry>* inside_;
};

}  // namespace visiting

constexpr void Layered::named_outputs(const Signal& input, ir::List<Data::Entry>& list) const {
  ir::List<Data::Entry> inside;
  visiting::Naming naming("", list, inside);
  const Signal own = pass(root(input), input, naming);
  list.push_back({"", own});
  for (const Data::Entry& each : inside) list.push_back(each);
}

constexpr void Layered::state_updates(const Place& from, const Signal& input,
                                      UpdateList& updates) const {
  visiting::Renewing renewing(updates);
  (void)pass(from, input, renewing);
}

constexpr void Layered::layer_channels(const Place& from, const Signal& input,
                                       const Signal* targets, ChannelList& list) const {
  visiting::Watching watching(last(), targets, list);
  (void)pass(from, input, watching);
}

}  // namespace ansatz
