// ProjectionLayer: each label becomes a row of W
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/layer.hpp>
#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/view/reshape.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Embeddings of labels (Bengio et al. 2003), Pylearn2's ProjectionLayer: below it is an
/// IndexSpace, whose labels become vectors of `dim` numbers side by side, or a CompositeSpace of
/// such, all of as many labels, which becomes one of vectors. Parameter "<layer>_W" [labels, dim].
///
///     ProjectionLayer("words", 64, irange(.05))
class ProjectionLayer : public Layer, public Initialization {
 public:
  static constexpr const char* yaml = "pylearn2.sandbox.nlp.models.mlp.ProjectionLayer";
  static constexpr const char* also[] = {"models.mlp.ProjectionLayer"};
  static constexpr const char* doc = "labels become vectors that are learned";
  int dim = 0;
  std::optional<double> W_lr_scale;

  constexpr ProjectionLayer() {}
  template <KeyOf<ProjectionLayer>... O>
  constexpr ProjectionLayer(const char* name, int numbers, const O&... options) : dim(numbers) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key.required("dim", &ProjectionLayer::dim, "numbers of a label").at_least(1);
    initialization_keys<Initialization>(key);
    key("W_lr_scale", &ProjectionLayer::W_lr_scale, "factor of the learning rate").at_least(0);
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (dim < 1) refuse("dim must be at least 1");
    if (given() != 1)
      refuse(
          "exactly one of irange, istdev, sparse_init, glorot_uniform, glorot_normal, "
          "he_uniform and he_normal is needed, to say how the vectors begin");
    (void)labels(input);
    if (1LL * dim * input.total_dimension() > 2147483647)
      refuse("dim times the labels of an example is more than 2147483647");
    return projected(input);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    Signal result;
    result.space = output_space(at.input);
    const AnyExpr W = vectors(at);
    int i = 0;
    add(result, at.input, below, W, i);
    return result;
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    ModelParameter p{own(at, "W"), vectors(at)};
    if (W_lr_scale) p.lr_scale = *W_lr_scale, p.scaled = true;
    list.push_back(p);
  }
  void initialize(const Place&, InitialValues&, RandomState&) const override;
  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    const AnyExpr W = vectors(at);
    list.push_back({path, own(at, "W"), W, norm(W, axis<1>), norm(W, axis<0>)});
  }
  constexpr void channels(const Place& at, const Signal&, const Signal&, const Signal*,
                          ChannelList& list) const override {
    const auto add_norms = [&](const char* low, const char* middle, const char* high,
                               const AnyExpr& norms) {
      list.add(low, min(norms));
      list.add(middle, mean(norms));
      list.add(high, max(norms));
    };
    const AnyExpr W = vectors(at);
    add_norms("row_norms_min", "row_norms_mean", "row_norms_max", norm(W, axis<1>));
    add_norms("col_norms_min", "col_norms_mean", "col_norms_max", norm(W, axis<0>));
  }

  /// How many labels there are below.
  constexpr int labels(const SpaceInfo& input) const {
    if (input.kind == SpaceKind::index) return input.labels;
    if (input.kind != SpaceKind::composite || input.components.empty())
      refuse("labels, an IndexSpace, are needed below it; found " + to_text(input));
    int count = 0;
    for (const SpaceInfo& each : input.components) {
      const int here = labels(each);
      if (count && here != count)
        refuse("all components must have as many labels; found " + to_text(input));
      count = here;
    }
    return count;
  }

 private:
  constexpr AnyExpr vectors(const Place& at) const {
    return parameter_leaf(own(at, "W"), ir::make_shape(labels(at.input), dim));
  }
  constexpr SpaceInfo projected(const SpaceInfo& input) const {
    if (input.kind == SpaceKind::index) return vector_space(dim * input.total_dimension());
    SpaceInfo whole;
    whole.kind = SpaceKind::composite;
    for (const SpaceInfo& each : input.components) whole.components.push_back(projected(each));
    return whole;
  }
  constexpr void add(Signal& to, const SpaceInfo& space, const Signal& below, const AnyExpr& W,
                     int& i) const {
    if (space.kind == SpaceKind::composite) {
      for (const SpaceInfo& each : space.components) add(to, each, below, W, i);
      return;
    }
    const AnyExpr rows = take_rows(W, below.values[i++]);
    to.values.push_back(
        AnyExpr(ir::reshape_features(rows.value(), ir::make_shape(dim * space.total_dimension()))));
  }
};

}  // namespace ansatz
