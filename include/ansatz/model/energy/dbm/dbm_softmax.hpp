// DBMSoftmax: one hidden variable of several classes
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/random/multinomial.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The top of a deep Boltzmann machine with labels: one variable of `n_classes` classes, one-hot.
/// Parameters softmax_b, softmax_W [below, n_classes], as Pylearn2 calls them. With `copies` the
/// state is the mean of so many such variables of the same weights, as the words of a text are
/// (Salakhutdinov and Hinton 2009, "Replicated Softmax").
class DBMSoftmax : public DBMHiddenLayer, public Weights {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.Softmax";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.Softmax"};
  static constexpr const char* doc = "a variable of several classes, the top of a DBM";
  int n_classes = 0, copies = 1;
  double sparse_istdev = 1;
  std::optional<double> b_lr_scale;
  bool center = false, learn_init_inpainting_state = true;

  constexpr DBMSoftmax() {}
  constexpr ~DBMSoftmax() override {}
  template <KeyOf<DBMSoftmax>... O>
  constexpr DBMSoftmax(const char* name, int classes, const O&... options) : n_classes(classes) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = DBMSoftmax;
    DBMHiddenLayer::keys(key);
    key.required("n_classes", &Self::n_classes, "number of classes").at_least(2);
    weight_keys(key);
    key("sparse_istdev", &Self::sparse_istdev, "another name of sparse_stdev")
        .at_least(0)
        .only_with("sparse_init");
    key("b_lr_scale", &Self::b_lr_scale, "factor of the learning rate for the biases").at_least(0);
    key("center", &Self::center, "whether others see the classes minus their first means");
    key("copies", &Self::copies, "variables of the same weights that the state is the mean of")
        .from_to(1, 1000);
    key("learn_init_inpainting_state", &Self::learn_init_inpainting_state,
        "whether gradients see what MultiPrediction begins hidden labels with");
  }
  void check_on(const SpaceInfo& below) const override;

  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return classes(); }
  constexpr SpaceInfo state_space(const SpaceInfo&) const override { return classes(); }
  constexpr SpaceInfo classes() const { return vector_space(n_classes); }
  constexpr UnitState state_of(const SpaceInfo&, const AnyExpr& drawn) const override {
    return {drawn, drawn};
  }
  constexpr bool has_classes() const override { return true; }

  constexpr AnyExpr b() const { return parameter_leaf("softmax_b", ir::make_shape(n_classes)); }
  constexpr WeightsAt at(const SpaceInfo& below) const {
    return {between(below, n_classes), "softmax_W", layer_name};
  }
  constexpr void parameters(const SpaceInfo& below, ir::List<ModelParameter>& list) const override {
    ModelParameter bias{"softmax_b", b()};
    if (b_lr_scale) bias.lr_scale = *b_lr_scale, bias.scaled = true;
    list.push_back(bias);
    add_parameters(at(below), list);
    add_frozen_parameters(at(below), list);
  }
  void initialize(const SpaceInfo& below, InitialValues& values, RandomState& rng) const override;

  constexpr AnyExpr pre(const SpaceInfo& below, const AnyExpr& u) const {
    return format_as(lmul(at(below), Signal(below, u)), classes()).value() + b();
  }
  constexpr UnitState mf_update(const SpaceInfo& below, const AnyExpr& u, const AnyExpr* message,
                                bool double_weights = false) const override {
    if (message || double_weights) graph_error("a DBM's Softmax must be its last layer");
    const AnyExpr y = softmax(pre(below, u));
    return {y, y};
  }
  constexpr UnitState sample(const SpaceInfo& below, const AnyExpr& u,
                             const AnyExpr* message) const override {
    const AnyExpr p = mf_update(below, u, message).up;
    const AnyExpr y = mean_of_draws(copies, [&] { return AnyExpr(multinomial(p)); });
    return {y, y};
  }
  constexpr UnitState sample_alone(const SpaceInfo&, const AnyExpr& like) const override {
    const AnyExpr p = softmax(0 * like + b());
    const AnyExpr y = mean_of_draws(copies, [&] { return AnyExpr(multinomial(p)); });
    return {y, y};
  }
  constexpr UnitState mf_alone(const SpaceInfo&, const AnyExpr& like) const override {
    const AnyExpr y = softmax(0 * like + b());
    return {y, y};
  }
  constexpr AnyExpr class_input(const SpaceInfo& below, const AnyExpr& u) const override {
    return pre(below, u);
  }
  constexpr AnyExpr class_input_alone(const AnyExpr& like) const override {
    const AnyExpr z = 0 * like + b();
    if (learn_init_inpainting_state) return z;
    return stop_gradient(z);
  }
  constexpr AnyExpr upward(const SpaceInfo&, const UnitState& s) const override {
    return centered(s.up);
  }
  constexpr AnyExpr downward(const SpaceInfo&, const UnitState& s) const override {
    return centered(s.down);
  }
  constexpr AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const override {
    return format_as(lmul_T(at(below), Signal(classes(), seen)), below).value();
  }
  constexpr AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                const UnitState& s) const override {
    return -sum(downward(below, s) * pre(below, u), units);
  }

  constexpr void weights(const SpaceInfo& below, ir::List<ModelWeights>& list) const override {
    list.push_back(named(at(below), layer_name));
  }
  constexpr void modify_updates(const SpaceInfo& below, UpdateList& updates) const override {
    constrain(at(below), updates);
  }
  constexpr void state_channels(const SpaceInfo&, const UnitState& s,
                                ChannelList& list) const override {
    const AnyExpr largest = max(s.up, axis<0>);
    list.add("mean_max_class", mean(largest));
    list.add("max_max_class", max(largest));
    list.add("min_max_class", min(largest));
  }

 private:
  // The biases begin at zero, so that the first means are equal.
  constexpr AnyExpr centered(const AnyExpr& s) const {
    if (center) return of_copies(copies, s - 1. / n_classes);
    return of_copies(copies, s);
  }
};

}  // namespace ansatz
