// MLP: layers one upon the other.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/layer_wrapper.hpp>
#include <ansatz/job/layered.hpp>
#include <ansatz/model/mlp/mlp_types.hpp>
#include <dsl/ops/arithmetic/add.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Layers in a row, each fed by the one before, as Pylearn2's MLP. All of an MLP but its type.
class MLPBase : public Layered {
 public:
  ir::List<Shared<Layer>> layers;
  int fixed_batch_size = 0;
  SpaceInfo space;
  Sources source = "features", targets = "targets";
  int nvis = 0;
  Seed seed;
  String layer_name;
  bool monitor_targets = true;

  constexpr SpaceInfo input_space() const override {
    if (nvis > 0) return vector_space(nvis);
    return space;
  }
  constexpr Sources input_source() const override { return source; }
  constexpr Sources target_source() const override { return targets; }
  constexpr int batch_size() const override { return fixed_batch_size; }
  constexpr int layer_count() const override { return layers.size(); }
  constexpr const Layer& layer(int i) const override { return *layers[i]; }
  constexpr const char* kind() const override { return "MLP"; }

  /// KeyFaults: what is at fault in the keys themselves, whatever the layers say of their inputs.
  void check() const;

  using Layered::initialize;
  void initialize(InitialValues& values) const override;

  constexpr void channels(const Data& data, ChannelList& list) const override {
    Signal of_targets;
    const bool known = monitor_targets && data.has(targets);
    if (known) of_targets = data[targets];
    const Signal input = data[source];
    layer_channels(root(input), input, known ? &of_targets : nullptr, list);
  }

 protected:
  constexpr void require_parts(const Place& from) const override {
    if (layers.empty()) graph_error("an MLP needs at least one layer");
    if (from.input.kind == SpaceKind::null) graph_error("an MLP needs an input_space, or nvis");
  }
};

/// An MLP as a layer of another: its layers' parameters and channels are named after it.
class NestedMLP : public ModelLayer {
 public:
  Shared<MLPBase> mlp;

  constexpr explicit NestedMLP(const Shared<MLPBase>& inner) : mlp(inner) {
    layer_name = inner->layer_name;
  }
  /// In YAML it is the MLP itself.
  constexpr const MLPBase* described_as() const { return mlp.get(); }
  constexpr SpaceInfo target_space(const SpaceInfo& input) const override {
    const ir::List<Place> at = mlp->places({input, ""});
    return mlp->last().target_space(at.back().input);
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
  constexpr void channels(const Place& at, const Signal& below, const Signal&,
                          const Signal* targets, ChannelList& list) const override {
    mlp->layer_channels(inside(at), below, targets, list);
  }
  constexpr int inner_layers() const override { return mlp->layers.size(); }
  constexpr const Layer& inner_layer(int i) const override { return *mlp->layers[i]; }
  constexpr ir::List<Place> inner_places(const Place& at) const override {
    return mlp->places(inside(at));
  }

 protected:
  constexpr const Model& inside_model() const override { return *mlp; }
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
  static constexpr const char* doc =
      "multilayer perceptron: layers one upon the other; also a layer of another";
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
    key("batch_size", &MLPBase::fixed_batch_size, "every batch has this many examples; 0: any")
        .at_least(1);
    key("input_space", &MLPBase::space, "Space of one example");
    key("nvis", &MLPBase::nvis, "short for input_space: VectorSpace(nvis)").at_least(1);
    key("input_source", &MLPBase::source,
        "source of the inputs; of a CompositeSpace, a list of them");
    key("target_source", &MLPBase::targets,
        "source of the targets; of a CompositeSpace, a list of them");
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
