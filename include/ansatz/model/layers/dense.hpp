// What Linear, Sigmoid, Tanh, RectifiedLinear, Softplus, LWTA and LinearGaussian share.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/constraint.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// y = activation(x W + b), x a vector: W [input, units] named "<layer>_W", b [units] named
/// "<layer>_b". Pylearn2's Linear and its children (Goodfellow et al. 2013).
class Dense : public Layer, public Initialization {
 public:
  Numbers init_bias = 0.;
  std::optional<double> W_lr_scale, b_lr_scale;
  String mask_weights;
  std::optional<double> max_row_norm, max_col_norm, min_col_norm;
  bool copy_input = false;
  bool use_abs_loss = false;
  bool use_bias = true;

  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    weight_keys(key);
    key("init_bias", &Dense::init_bias, "first value of the biases: one, or one a unit");
    key("mask_weights", &Dense::mask_weights,
        "file (.npy) of a mask [input, units] that multiplies the weights after each update");
    key("min_col_norm", &Dense::min_col_norm, "columns of W are never shorter than this");
    key("copy_input", &Dense::copy_input, "append the input to the output");
    key("use_abs_loss", &Dense::use_abs_loss, "the cost is the absolute error, not the square");
    key("use_bias", &Dense::use_bias, "whether there are biases");
  }
  /// The keys that every layer with a matrix of weights has.
  template <class K>
  static constexpr void weight_keys(K& key) {
    initialization_keys<Dense>(key);
    key("W_lr_scale", &Dense::W_lr_scale, "factor of the learning rate for the weights");
    key("b_lr_scale", &Dense::b_lr_scale, "factor of the learning rate for the biases");
    key("max_row_norm", &Dense::max_row_norm, "rows of W are shortened to this length");
    key("max_col_norm", &Dense::max_col_norm, "columns of W are shortened to this length");
  }

  /// Number of outputs.
  constexpr virtual int units() const = 0;
  /// Of the pre-activation z [batch, units].
  constexpr virtual AnyExpr activation(const Place& at, const AnyExpr& z) const = 0;

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    check(input);
    return vector_space(units() + (copy_input ? input.total_dimension() : 0));
  }
  constexpr void check(const SpaceInfo& input) const {
    if (units() <= 0) refuse("dim must be at least 1");
    if (input.total_dimension() <= 0) refuse("the layer below has no output");
    if (given() != 1)
      refuse(
          "exactly one of irange, istdev, sparse_init, glorot_uniform, glorot_normal, he_uniform "
          "and he_normal is needed, to say how the weights begin");
    if (sparse_init && *sparse_init > input.total_dimension())
      refuse("sparse_init " + to_text(*sparse_init) + ": 0 to " + to_text(input.total_dimension()) +
             ", the number of inputs");
    const int biases = init_bias.list.size();
    if (use_bias && biases != 1 && biases != units())
      refuse("init_bias has " + to_text(biases) + " numbers; give one, or " + to_text(units()) +
             ", one a unit");
    if (max_row_norm && (max_col_norm || min_col_norm))
      refuse("max_row_norm and max_col_norm exclude each other");
  }

  constexpr AnyExpr W(const Place& at) const {
    return parameter_leaf(own(at, "W"), ir::make_shape(inputs(at), units()));
  }
  constexpr AnyExpr b(const Place& at) const {
    return parameter_leaf(own(at, "b"), ir::make_shape(units()));
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    const AnyExpr x = format_as(below, vector_space(inputs(at))).value();
    AnyExpr z = matmul(x, W(at));
    if (use_bias) z = z + b(at);
    AnyExpr y = activation(at, z);
    if (copy_input) y = concatenate(y, x);
    return Signal(output_space(at.input), y);
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    add_parameter(list, own(at, "W"), W(at), W_lr_scale);
    if (use_bias) add_parameter(list, own(at, "b"), b(at), b_lr_scale);
    if (!mask_weights.empty()) add_frozen(list, own(at, "W_mask"), W(at).shape());
  }
  void initialize(const Place&, InitialValues&, RandomState&) const override;

  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    AnyExpr* w = updates.find(own(at, "W"));
    if (!w) return;
    if (!mask_weights.empty()) *w = *w * parameter_leaf(own(at, "W_mask"), W(at).shape());
    constrain(at, *w);
  }

  constexpr bool has_cost() const override { return true; }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return mean(cost_per_example(at, targets, output));
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return sum(cost_matrix(at, targets, output), axis<0>);
  }
  constexpr AnyExpr cost_matrix(const Place&, const Signal& targets,
                                const Signal& output) const override {
    const AnyExpr error = format_as(targets, output.space).value() - output.value();
    if (use_abs_loss) return abs(error);
    return square(error);
  }

  constexpr AnyExpr weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    return coefficient * sum(square(W(at)));
  }
  constexpr AnyExpr l1_weight_decay(const Place& at, const AnyExpr& coefficient) const override {
    return coefficient * sum(abs(W(at)));
  }

  constexpr void channels(const Place& at, const Signal&, const Signal& output, const Signal*,
                          ChannelList& list) const override {
    norm_channels(W(at), list);
    activity_channels(output.value(), "_x_", list);
  }

 protected:
  constexpr int inputs(const Place& at) const { return at.input.total_dimension(); }

  static constexpr void add_parameter(ir::List<ModelParameter>& list, const String& name,
                                      const AnyExpr& value, const std::optional<double>& scale) {
    ModelParameter p{name, value};
    if (scale) p.lr_scale = *scale, p.scaled = true;
    list.push_back(p);
  }

  static constexpr void add_frozen(ir::List<ModelParameter>& list, const String& name,
                                   const ir::Shape& shape) {
    ModelParameter p{name, parameter_leaf(name, shape)};
    p.frozen = true;
    list.push_back(p);
  }

  constexpr void constrain(const Place& at, AnyExpr& w) const {
    if (max_row_norm)
      w = norm_constrained<1>(w, constant(0), setting(at, "max_row_norm", *max_row_norm));
    if (max_col_norm || min_col_norm) {
      Expr<Scalar> low = constant(0), high = constant(__builtin_inf());
      if (min_col_norm) low = setting(at, "min_col_norm", *min_col_norm);
      if (max_col_norm) high = setting(at, "max_col_norm", *max_col_norm);
      w = norm_constrained<0>(w, low, high);
    }
  }

 public:
  /// row_norms_* and col_norms_*: lengths of a unit's outgoing and incoming weights.
  static constexpr void norm_channels(const AnyExpr& w, ChannelList& list) {
    const auto add = [&](const char* min_name, const char* mean_name, const char* max_name,
                         const AnyExpr& norms) {
      list.add(min_name, min(norms));
      list.add(mean_name, mean(norms));
      list.add(max_name, max(norms));
    };
    add("row_norms_min", "row_norms_mean", "row_norms_max", norm(w, axis<1>));
    add("col_norms_min", "col_norms_mean", "col_norms_max", norm(w, axis<0>));
  }
  /// {max,mean,min,range}_x_{max,mean,min}_u: a statistic over the examples x, then over units u.
  static constexpr void activity_channels(const AnyExpr& y, const char* join, ChannelList& list) {
    const AnyExpr high = max(y, batch), low = min(y, batch);
    const auto add = [&](const char* over_examples, const AnyExpr& v) {
      const String name = String(over_examples) + join;
      list.add(name + "max_u", max(v));
      list.add(name + "mean_u", mean(v));
      list.add(name + "min_u", min(v));
    };
    add("max", high);
    add("mean", mean(y, batch));
    add("min", low);
    add("range", high - low);
  }
};

}  // namespace ansatz
