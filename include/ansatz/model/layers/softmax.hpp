// Softmax: y = exp(z) / sum exp(z), z = x W + b
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// All of Softmax but its size.
class SoftmaxBase : public Layer, public Initialization {
 public:
  std::optional<double> W_lr_scale, b_lr_scale, max_row_norm, max_col_norm;
  bool no_affine = false;
  Shared<Dataset> init_bias_target_marginals;
  int binary_target_dim = 0;
  bool non_redundant = false;

  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    initialization_keys<SoftmaxBase>(key);
    key("W_lr_scale", &SoftmaxBase::W_lr_scale, "factor of the learning rate for the weights");
    key("b_lr_scale", &SoftmaxBase::b_lr_scale, "factor of the learning rate for the biases");
    key("max_row_norm", &SoftmaxBase::max_row_norm, "rows of W are shortened to this length");
    key("max_col_norm", &SoftmaxBase::max_col_norm, "columns of W are shortened to this length");
    key("no_affine", &SoftmaxBase::no_affine, "no weights: z is the layer below");
    key("init_bias_target_marginals", &SoftmaxBase::init_bias_target_marginals,
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
    if (!no_affine && given() != 1)
      refuse(
          "exactly one of irange, istdev, sparse_init, glorot_uniform, glorot_normal, he_uniform "
          "and he_normal is needed, to say how the weights begin");
    if (!no_affine && sparse_init && *sparse_init > input.total_dimension())
      refuse("sparse_init " + to_text(*sparse_init) + ": 0 to " + to_text(input.total_dimension()) +
             ", the number of inputs");
    if (max_row_norm && max_col_norm) refuse("max_row_norm and max_col_norm exclude each other");
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
  constexpr AnyExpr W(const Place& at) const {
    return parameter_leaf(own(at, "W"), ir::make_shape(at.input.total_dimension(), outputs()));
  }
  constexpr AnyExpr b(const Place& at) const {
    return parameter_leaf(own(at, "b"), ir::make_shape(outputs()));
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    const AnyExpr x = format_as(below, vector_space(at.input.total_dimension())).value();
    AnyExpr z = x;
    if (!no_affine) z = matmul(x, W(at)) + b(at);
    if (non_redundant) {
      const AnyExpr first = slice(z, axis<0>, 0, 1);
      z = concatenate(where(first == first, 0, first), z);  // zeros, but a NaN stays one
    }
    return Signal(output_space(at.input), softmax(z));
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    if (no_affine) return;
    const auto add = [&](const char* name, const AnyExpr& value,
                         const std::optional<double>& scale) {
      ModelParameter p{own(at, name), value};
      if (scale) p.lr_scale = *scale, p.scaled = true;
      list.push_back(p);
    };
    add("b", b(at), b_lr_scale);
    add("W", W(at), W_lr_scale);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override;

  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    AnyExpr* w = updates.find(own(at, "W"));
    if (!w || no_affine) return;
    if (max_row_norm)
      *w = norm_constrained<1>(*w, constant(0), setting(at, "max_row_norm", *max_row_norm));
    if (max_col_norm)
      *w = norm_constrained<0>(*w, constant(0), setting(at, "max_col_norm", *max_col_norm));
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

  constexpr AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    if (no_affine) return constant_of(0);
    return coefficient * sum(square(W(at)));
  }
  constexpr AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    if (no_affine) return constant_of(0);
    return coefficient * sum(abs(W(at)));
  }

  constexpr void channels(const Place& at, const Signal&, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    if (!no_affine) Dense::norm_channels(W(at), list);
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
    key.required("n_classes", &Softmax::n_classes, "number of classes");
    SoftmaxBase::keys(key);
  }
  constexpr int classes() const override { return n_classes; }
};
template <class D, class... O>
Softmax(const char*, D, O...) -> Softmax<ir::dim_of<D>()>;

}  // namespace ansatz
