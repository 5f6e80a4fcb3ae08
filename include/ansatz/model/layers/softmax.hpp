// Softmax: y = exp(z) / sum exp(z), z = x W + b
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// All of Softmax but its size.
class SoftmaxBase : public Layer, public Weights {
 public:
  std::optional<double> b_lr_scale;
  bool no_affine = false;
  Shared<Dataset> init_bias_target_marginals;
  int binary_target_dim = 0;
  bool non_redundant = false;

  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    const keys::NotWith<K> affine{key, "no_affine"};
    weight_keys(affine);
    affine("b_lr_scale", &SoftmaxBase::b_lr_scale, "factor of the learning rate for the biases")
        .at_least(0);
    key("no_affine", &SoftmaxBase::no_affine, "no weights: z is the layer below");
    affine("init_bias_target_marginals", &SoftmaxBase::init_bias_target_marginals,
           "data set whose class frequencies give the first biases");
    key("binary_target_dim", &SoftmaxBase::binary_target_dim,
        "number of labels an example; more than one: their costs add up");
    key("non_redundant", &SoftmaxBase::non_redundant, "one class fewer; the first z is always 0");
  }

  constexpr virtual int classes() const = 0;
  constexpr int outputs() const { return classes() - (non_redundant ? 1 : 0); }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (classes() < 1 || outputs() < 1) refuse("n_classes must be at least 1");
    if (input.total_dimension() <= 0) refuse("the layer below has no output");
    if (no_affine && input.total_dimension() != outputs())
      refuse("without weights there must be as many inputs as classes");
    if (!no_affine)
      if (const String why = fault(input, outputs()); !why.empty()) refuse(why);
    return vector_space(classes());
  }
  constexpr SpaceInfo target_space(const SpaceInfo&) const override {
    return index_space(classes(), binary_target_dim > 1 ? binary_target_dim : 1);
  }

  // As Pylearn2 names them; where that is another part's name, they are "<layer>_softmax_W", …
  constexpr std::string_view stem() const override {
    if (no_affine) return layer_name;
    return "softmax";
  }
  constexpr WeightsAt weights_at(const Place& at) const {
    return {between(at.input, outputs()), own(at, "W"), at.place_of(part(), layer_name)};
  }
  constexpr AnyExpr W(const Place& at) const { return Weights::W(weights_at(at)); }
  constexpr AnyExpr b(const Place& at) const {
    return parameter_leaf(own(at, "b"), ir::make_shape(outputs()));
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    AnyExpr z;
    if (no_affine)
      z = format_as(below, vector_space(at.input.total_dimension())).value();
    else
      z = format_as(lmul(weights_at(at), below), vector_space(outputs())).value() + b(at);
    if (non_redundant) {
      const AnyExpr first = slice(z, axis<0>, 0, 1);
      z = concatenate(where(first == first, 0, first), z);  // zeros, but a NaN stays one
    }
    return Signal(output_space(at.input), softmax(z));
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    if (no_affine) return;
    ModelParameter bias{own(at, "b"), b(at)};
    if (b_lr_scale) bias.lr_scale = *b_lr_scale, bias.scaled = true;
    list.push_back(bias);
    const WeightsAt w = weights_at(at);
    add_parameters(w, list);
    add_frozen_parameters(w, list);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override;

  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    if (!no_affine) constrain(weights_at(at), updates);
  }

  constexpr bool has_cost() const override { return true; }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return mean(cost_per_example(at, targets, output));
  }
  constexpr AnyExpr cost_per_example(const Place&, const Signal& targets,
                                     const Signal& output) const override {
    const AnyExpr p = output.value();
    if (targets.space.kind == SpaceKind::index && targets.space.shape.rank > 0)
      return cross_entropy(p, AnyExpr(sum(one_hot(targets.value(), classes()), axis<0>)));
    return cross_entropy(p, targets.value());
  }

  /// Of one-hot targets: -t log p.
  constexpr AnyExpr cost_matrix(const Place&, const Signal& targets,
                                const Signal& output) const override {
    const AnyExpr t = format_as(targets, output.space).value();
    return where(t == 0, 0, -t * log(output.value()));
  }

  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    if (!no_affine) list.push_back(named(weights_at(at), path));
  }
  constexpr AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    if (no_affine) return constant_of(0);
    return Layer::weight_decay(at, coefficient);
  }
  constexpr AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    if (no_affine) return constant_of(0);
    return Layer::l1_weight_decay(at, coefficient);
  }

  constexpr void channels(const Place& at, const Signal&, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    if (!no_affine) norm_channels(weights_at(at), list);
    const AnyExpr p = output.value();
    const AnyExpr best = max(p, axis<0>);
    list.add("mean_max_class", mean(best), "probability of the likeliest class");
    list.add("max_max_class", max(best));
    list.add("min_max_class", min(best));
    if (!targets) return;
    // with several labels an example there is no wrong class
    if (targets->space.kind != SpaceKind::index || targets->space.shape.rank == 0) {
      const AnyExpr guess = argmax(p, axis<0>);
      AnyExpr label_of = targets->value();
      if (targets->space.kind == SpaceKind::vector) label_of = argmax(label_of, axis<0>);
      list.add("misclass", mean(guess != label_of), "share of examples whose class is wrong");
    }
    list.add("nll", cost(at, *targets, output), "negative log likelihood of the class");
  }

 private:
  static constexpr AnyExpr constant_of(double x) { return AnyExpr(ir::Value(x)); }
};

/// A layer of class probabilities; as a last layer its cost is -log p(label), from z itself, so
/// that nothing is lost to rounding. Parameters "softmax_b" [classes] and "softmax_W" [input,
/// classes], in this order, as Pylearn2 names them. Targets: labels, or one-hot vectors.
template <int N = any>
class Softmax : public SoftmaxBase {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.Softmax";
  static constexpr const char* doc = "layer of class probabilities";
  template <class>
  using output_type = VectorSpace<N>;
  Size<N> n_classes;

  constexpr Softmax() {}
  template <class D, KeyOf<Softmax>... O>
  constexpr Softmax(const char* name, D count, const O&... options) : n_classes(count) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("n_classes", &Softmax::n_classes, "number of classes").at_least(1);
    SoftmaxBase::keys(key);
  }
  constexpr int classes() const override { return n_classes; }
};
template <class D, class... O>
Softmax(const char*, D, O...) -> Softmax<ir::dim_of<D>()>;

}  // namespace ansatz
