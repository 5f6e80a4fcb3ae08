// What Linear, Sigmoid, Tanh, RectifiedLinear, Softplus, LWTA and LinearGaussian share.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// y = activation(x W + b), x a vector: W [input, units] named "<layer>_W", b [units] named
/// "<layer>_b". Pylearn2's Linear and its children (Goodfellow et al. 2013). With another
/// `transform` than a matrix x and W have the forms that it wants.
class Dense : public Layer, public Weights {
 public:
  Numbers init_bias = 0.;
  std::optional<double> b_lr_scale;
  bool copy_input = false;
  bool use_abs_loss = false;
  bool use_bias = true;

  template <class K>
  static constexpr void keys(K& key) {
    affine_keys(key);
    key("copy_input", &Dense::copy_input, "append the input to the output");
    key("use_abs_loss", &Dense::use_abs_loss, "the cost is the absolute error, not the square");
    key("use_bias", &Dense::use_bias, "whether there are biases");
  }
  /// The keys that all these layers have, whatever they make of z.
  template <class K>
  static constexpr void affine_keys(K& key) {
    Layer::keys(key);
    weight_keys(key);
    key("b_lr_scale", &Dense::b_lr_scale, "factor of the learning rate for the biases")
        .at_least(0)
        .only_with("use_bias");
    key("init_bias", &Dense::init_bias, "first value of the biases: one, or one a unit")
        .only_with("use_bias");
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
    const int biases = init_bias.list.size();
    if (use_bias && biases != 1 && biases != units())
      refuse("init_bias has " + to_text(biases) + " numbers; give one, or " + to_text(units()) +
             ", one a unit");
    if (const String why = fault(input, units()); !why.empty()) refuse(why);
  }

  constexpr WeightsAt weights_at(const Place& at) const {
    return {between(at.input, units()), own(at, "W"), at.place_of(part(), layer_name)};
  }
  constexpr AnyExpr W(const Place& at) const { return Weights::W(weights_at(at)); }
  constexpr AnyExpr b(const Place& at) const {
    return parameter_leaf(own(at, "b"), ir::make_shape(units()));
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    AnyExpr y = activation(at, pre_activation(at, below));
    if (copy_input) y = concatenate(y, format_as(below, vector_space(inputs(at))).value());
    return Signal(output_space(at.input), y);
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    const WeightsAt w = weights_at(at);
    add_parameters(w, list);
    if (use_bias) add_parameter(list, own(at, "b"), b(at), b_lr_scale);
    add_frozen_parameters(w, list);
  }
  void initialize(const Place&, InitialValues&, RandomState&) const override;

  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    constrain(weights_at(at), updates);
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

  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    list.push_back(named(weights_at(at), path));
  }

  constexpr void channels(const Place& at, const Signal&, const Signal& output, const Signal*,
                          ChannelList& list) const override {
    norm_channels(weights_at(at), list);
    activity_channels(output.value(), "_x_", list);
  }

 protected:
  /// The pre-activation x W + b, [batch, units].
  constexpr AnyExpr pre_activation(const Place& at, const Signal& below) const {
    AnyExpr z = format_as(lmul(weights_at(at), below), vector_space(units())).value();
    if (use_bias) z = z + b(at);
    return z;
  }
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

 public:
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
