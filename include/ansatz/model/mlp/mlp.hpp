// MLP: layers one upon the other.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/name_index.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/job/part_names.hpp>
#include <ansatz/model/mlp/mlp_types.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/add.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

struct DropoutArguments;

/// Layers in a row, each fed by the one before, as Pylearn2's MLP. All of an MLP but its type.
class MLPBase : public Model {
 public:
  ir::List<Shared<Layer>> layers;
  int fixed_batch_size = 0;
  SpaceInfo space;
  String source = "features", targets = "targets";
  int nvis = 0;
  Seed seed;
  String layer_name;
  bool monitor_targets = true;

  constexpr SpaceInfo input_space() const override {
    if (nvis > 0) return vector_space(nvis);
    return space;
  }
  constexpr String input_source() const override { return source; }
  constexpr String target_source() const override { return targets; }
  constexpr SpaceInfo target_space() const override {
    const ir::List<Place> at = places(root());
    return last().target_space(at.back().input);
  }
  constexpr int batch_size() const override { return fixed_batch_size; }
  constexpr const MLPBase* as_mlp() const override { return this; }

  /// Where each layer stands. Throws an error when a layer refuses its input, or two layers have
  /// one name.
  constexpr ir::List<Place> places(const Place& from) const {
    SpaceInfo above;
    return places(from, above);
  }
  /// Also the Space of the last one's output; asked for again, MLPs in MLPs would take twice as
  /// long with each one more.
  constexpr ir::List<Place> places(const Place& from, SpaceInfo& above) const {
    if (layers.empty()) graph_error("an MLP needs at least one layer");
    if (from.input.kind == SpaceKind::null) graph_error("an MLP needs an input_space, or nvis");
    ir::List<Place> found;
    SpaceInfo below = from.input;
    NameIndex names;
    const auto known = [&](int i) { return layers[i]->layer_name.view(); };
    for (int i = 0; i < layers.size(); ++i) {
      if (names.find_or_add(known(i), known) >= 0) {
        const String text = "two layers have the name " + layers[i]->layer_name;
        graph_error(text.c_str());
        return found;
      }
      found.push_back({below, from.prefix, from.named});
      below = layers[i]->output_space(below);
    }
    above = below;
    return found;
  }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const {
    SpaceInfo above;
    (void)places({input, ""}, above);
    return above;
  }

  constexpr Signal output(const Signal& input) const override { return fprop(root(), input); }
  constexpr Signal fprop(const Place& from, const Signal& input) const {
    const ir::List<Place> at = places(from);
    Signal s = format_as(input, from.input);
    for (int i = 0; i < layers.size(); ++i) s = layers[i]->fprop(at[i], s);
    return s;
  }
  constexpr void named_outputs(const Signal& input, ir::List<Data::Entry>& list) const override {
    const ir::List<Place> at = places(root());
    Signal s = format_as(input, input_space());
    for (int i = 0; i < layers.size(); ++i) {
      s = layers[i]->fprop(at[i], s);
      list.push_back({layers[i]->layer_name, s});
    }
    list.push_back({"", s});
  }

  /// The output with a mask on the input of each layer: see dropout.hpp.
  constexpr Signal dropout_fprop(const Signal& input, const DropoutArguments& how) const;

  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    const Place from = root();
    if (from.named.empty()) return parameters(from, list);
    ir::List<ModelParameter> several;
    parameters(from, several);
    for (const ModelParameter& p : part_names::once(several, from.named)) list.push_back(p);
  }
  constexpr void parameters(const Place& from, ir::List<ModelParameter>& list) const {
    const ir::List<Place> at = places(from);
    for (int i = 0; i < layers.size(); ++i) layers[i]->parameters(at[i], list);
  }
  using Model::parameters;
  void initialize(InitialValues& values) const override;
  void initialize(const Place& from, InitialValues& values, RandomState& rng) const;

  constexpr void modify_updates(UpdateList& updates) const override {
    modify_updates(root(), updates);
  }
  constexpr void modify_updates(const Place& from, UpdateList& updates) const {
    const ir::List<Place> at = places(from);
    for (int i = 0; i < layers.size(); ++i) layers[i]->modify_updates(at[i], updates);
  }

  constexpr Shared<Cost> default_cost() const override { return Shared<Cost>(Default()); }
  constexpr AnyExpr cost(const Signal& target, const Signal& predicted) const {
    const ir::List<Place> at = places(root());
    if (!last().has_cost()) {
      const String text = "the last layer, " + last().layer_name +
                          ", has no cost of its own; name a cost, or use another layer";
      graph_error(text.c_str());
    }
    return last().cost(at.back(), target, predicted);
  }
  constexpr AnyExpr cost_from_X(const Data& data) const {
    return cost(data[targets], output(data[source]));
  }
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
    const Signal* labels = monitor_targets ? data.find(targets) : nullptr;
    channels(root(), data[source], labels, list);
  }
  constexpr void channels(const Place& from, const Signal& input, const Signal* labels,
                          ChannelList& list) const {
    const ir::List<Place> at = places(from);
    Signal below = format_as(input, from.input);
    for (int i = 0; i < layers.size(); ++i) {
      const Signal above = layers[i]->fprop(at[i], below);
      ChannelList own;
      layers[i]->channels(at[i], below, above, i + 1 == layers.size() ? labels : nullptr, own);
      list.add(layers[i]->layer_name + "_", own);
      below = above;
    }
  }

  constexpr Place root() const { return {input_space(), "", part_names::names_of(layers)}; }
  constexpr const Layer& last() const { return *layers[layers.size() - 1]; }
};

/// An MLP as a layer of another: its layers' parameters and channels are named after it.
class NestedMLP : public Layer {
 public:
  Shared<MLPBase> mlp;

  constexpr explicit NestedMLP(const Shared<MLPBase>& inner) : mlp(inner) {
    layer_name = inner->layer_name;
  }
  /// In YAML it is the MLP itself.
  constexpr const MLPBase* described_as() const { return mlp.get(); }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return mlp->output_space(input);
  }
  constexpr SpaceInfo target_space(const SpaceInfo& input) const override {
    const ir::List<Place> at = mlp->places({input, ""});
    return mlp->last().target_space(at.back().input);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return mlp->fprop(inside(at), below);
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    mlp->parameters(inside(at), list);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override;
  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    mlp->modify_updates(inside(at), updates);
  }
  constexpr bool has_cost() const override { return mlp->last().has_cost(); }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return mlp->last().cost(mlp->places(inside(at)).back(), targets, output);
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return mlp->last().cost_per_example(mlp->places(inside(at)).back(), targets, output);
  }
  constexpr AnyExpr cost_matrix(const Place& at, const Signal& targets,
                                const Signal& output) const override {
    return mlp->last().cost_matrix(mlp->places(inside(at)).back(), targets, output);
  }
  constexpr AnyExpr cost_from_cost_matrix(const AnyExpr& matrix) const override {
    return mlp->last().cost_from_cost_matrix(matrix);
  }
  constexpr AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    const ir::List<Place> inner = inner_places(at);
    AnyExpr sum = mlp->layers[0]->weight_decay(inner[0], coefficient);
    for (int i = 1; i < inner.size(); ++i)
      sum = sum + mlp->layers[i]->weight_decay(inner[i], coefficient);
    return sum;
  }
  constexpr AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    const ir::List<Place> inner = inner_places(at);
    AnyExpr sum = mlp->layers[0]->l1_weight_decay(inner[0], coefficient);
    for (int i = 1; i < inner.size(); ++i)
      sum = sum + mlp->layers[i]->l1_weight_decay(inner[i], coefficient);
    return sum;
  }
  constexpr void channels(const Place& at, const Signal& below, const Signal&,
                          const Signal* targets, ChannelList& list) const override {
    mlp->channels(inside(at), below, targets, list);
  }
  constexpr const Object& part() const override { return *mlp; }
  constexpr const Model* inner_model() const override { return mlp.get(); }
  constexpr int inner_layers() const override { return mlp->layers.size(); }
  constexpr const Layer& inner_layer(int i) const override { return *mlp->layers[i]; }
  constexpr ir::List<Place> inner_places(const Place& at) const override {
    return mlp->places(inside(at));
  }

 private:
  constexpr Place inside(const Place& at) const {
    return {at.input, at.place_of(part(), layer_name) + "_", at.named};
  }
};

namespace mlp {

/// A layer, or an MLP to be one, as a part of another.
template <class L>
constexpr Shared<Layer> as_layer(const L& layer) {
  if constexpr (std::is_base_of_v<Layer, L>)
    return Shared<Layer>(layer);
  else
    return Shared<Layer>(NestedMLP(Shared<MLPBase>(layer)));
}

}  // namespace mlp

/// An MLP of layers whose types are known: `MLP(VectorSpace(784_c), RectifiedLinear("h0", 500_c),
/// Softmax("y", 10_c))`; its Spaces are types. MLP<> has a list of layers of any kind.
template <class In = AnySpace, class Layers = mlp::Layers<>>
class MLP : public MLPBase {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.MLP";
  using input_space_type = In;
  using layer_types = Layers;
  using output_space_type = mlp::output_of<In, Layers>;

  constexpr MLP() {}
  /// @param in     the Space of one example
  /// @param parts  layers, MLPs to be layers, and keys such as `seed({2013, 1, 4})`
  template <class... Part>
  constexpr explicit MLP(const In& in, const Part&... parts) {
    space = space_info(in);
    (add(parts), ...);
    (void)places(root());
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("layers", &MLPBase::layers, "the layers, from the input up");
    key("batch_size", &MLPBase::fixed_batch_size, "every batch has this many examples; 0: any");
    key("input_space", &MLPBase::space, "Space of one example");
    key("nvis", &MLPBase::nvis, "short for input_space: VectorSpace(nvis)");
    key("input_source", &MLPBase::source, "source of the inputs");
    key("target_source", &MLPBase::targets, "source of the targets");
    key("seed", &MLPBase::seed, "of the first parameter values; default [2013, 1, 4]");
    key("layer_name", &MLPBase::layer_name, "name as a layer of another MLP");
    key("monitor_targets", &MLPBase::monitor_targets, "whether channels may read the targets");
  }

  /// The output of a batch, its Space known to the compiler.
  template <class S>
  constexpr Expr<Batch<output_space_type>> operator()(const Expr<Batch<S>>& x) const {
    const Signal y = output(Signal(space_info(S()), AnyExpr(x.value())));
    if constexpr (!ir::any_unknown<output_space_type>)
      if (!ir::fits_target(Batch<output_space_type>::known, y.value().shape()))
        graph_error("an option of the last layer changes the size its type tells");
    return Expr<Batch<output_space_type>>(y.value().value());
  }

 private:
  template <class Part>
  constexpr void add(const Part& part) {
    if constexpr (mlp::is_layer<Part>)
      layers.push_back(mlp::as_layer(part));
    else
      give(*this, part);
  }
};
template <class In, class... Part>
MLP(In, Part...) -> MLP<In, mlp::layers_among<Part...>>;

}  // namespace ansatz
