// IsingHidden, BoltzmannIsingHidden: hidden units of -1 and 1
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/energy/dbm/ising_visible.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Hidden units of -1 and 1 with the energy -beta (u W h + b h), u being what is seen of the layer
/// below. Parameters "<layer>_W" [below, dim], "<layer>_b" and "<layer>_beta". Where all layers of
/// a model have one beta it is that of Pylearn2, which gives each unit its own layer's.
class IsingHidden : public DBMHiddenLayer, public Weights {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.ising.IsingHidden";
  static constexpr const char* doc = "hidden units of -1 and 1";
  int dim = 0;
  double beta = 1;
  bool learn_beta = false;
  Numbers init_bias = 0.;
  std::optional<double> b_lr_scale;

  constexpr IsingHidden() {}
  constexpr ~IsingHidden() override {}
  template <KeyOf<IsingHidden>... O>
  constexpr IsingHidden(const char* name, int units_here, double inverse_temperature,
                        const O&... options)
      : dim(units_here), beta(inverse_temperature) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = IsingHidden;
    DBMHiddenLayer::keys(key);
    key.required("dim", &Self::dim, "number of units").at_least(1);
    key.required("beta", &Self::beta,
                 "inverse temperature, a factor of the layer's part of the energy")
        .above(0);
    key("learn_beta", &Self::learn_beta, "whether it is learned");
    weight_keys(key);
    key("init_bias", &Self::init_bias, "first value of the biases: one, or one a unit");
    key("b_lr_scale", &Self::b_lr_scale, "factor of the learning rate for the biases").at_least(0);
  }
  void check_on(const SpaceInfo& below) const override;

  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return vector_space(dim); }
  constexpr SpaceInfo state_space(const SpaceInfo&) const override { return vector_space(dim); }
  constexpr UnitState state_of(const SpaceInfo&, const AnyExpr& drawn) const override {
    return {drawn, drawn};
  }
  constexpr AnyExpr b() const { return parameter_leaf(layer_name + "_b", ir::make_shape(dim)); }
  constexpr AnyExpr temperature() const {
    return parameter_leaf(layer_name + "_beta", ir::make_shape());
  }
  constexpr WeightsAt at(const SpaceInfo& below) const {
    return {between(below, dim), layer_name + "_W", layer_name};
  }
  constexpr void parameters(const SpaceInfo& below, ir::List<ModelParameter>& list) const override {
    add_parameters(at(below), list);
    ModelParameter bias{layer_name + "_b", b()};
    if (b_lr_scale) bias.lr_scale = *b_lr_scale, bias.scaled = true;
    list.push_back(bias);
    list.push_back(ising::temperature(layer_name + "_beta", learn_beta));
    add_frozen_parameters(at(below), list);
  }
  void initialize(const SpaceInfo& below, InitialValues& values, RandomState& rng) const override;

  /// What units get from below and by themselves, with the factor beta.
  constexpr virtual AnyExpr field(const SpaceInfo& below, const AnyExpr& u) const {
    return temperature() * (product(below, W(at(below)), u) + b());
  }
  /// The same where units are drawn.
  constexpr virtual AnyExpr sampling_field(const SpaceInfo& below, const AnyExpr& u) const {
    return field(below, u);
  }
  constexpr UnitState mf_update(const SpaceInfo& below, const AnyExpr& u, const AnyExpr* message,
                                bool double_weights = false) const override {
    AnyExpr seen = u;
    if (double_weights) seen = 2 * u;
    return both(ising::mean_of(with(field(below, seen), message)));
  }
  constexpr UnitState sample(const SpaceInfo& below, const AnyExpr& u,
                             const AnyExpr* message) const override {
    return both(ising::draw(with(sampling_field(below, u), message)));
  }
  constexpr UnitState sample_alone(const SpaceInfo& below, const AnyExpr& like) const override {
    return both(ising::draw(alone(below, like)));
  }
  constexpr UnitState mf_alone(const SpaceInfo& below, const AnyExpr& like) const override {
    return both(ising::mean_of(alone(below, like)));
  }
  constexpr AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const override {
    return temperature() * product_T(below, W(at(below)), seen);
  }
  constexpr AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                const UnitState& s) const override {
    return -sum(s.down * field(below, u), units);
  }

  constexpr void weights(const SpaceInfo& below, ir::List<ModelWeights>& list) const override {
    list.push_back(named(at(below), layer_name));
  }
  constexpr void modify_updates(const SpaceInfo& below, UpdateList& updates) const override {
    constrain(at(below), updates);
  }
  constexpr void channels(const SpaceInfo& below, ChannelList& list) const override {
    norm_channels(at(below), list);
    list.add("beta", temperature());
  }
  constexpr void state_channels(const SpaceInfo&, const UnitState& s,
                                ChannelList& list) const override {
    Dense::activity_channels(s.up, "_x.", list);
  }
  constexpr AnyExpr l2_act_cost(const UnitState& s, const AnyExpr& target,
                                const AnyExpr& coefficient) const override {
    return coefficient * mean(square(mean(s.down, batch) - target));
  }
  constexpr AnyExpr l1_act_cost(const UnitState& s, const AnyExpr& target,
                                const AnyExpr& coefficient, const AnyExpr& eps) const override {
    return coefficient * mean(relu(abs(mean(s.down, batch) - target) - eps));
  }
  constexpr AnyExpr linear_feed_forward(const SpaceInfo& below, const AnyExpr& u) const override {
    return field(below, u);
  }

 protected:
  static constexpr UnitState both(const AnyExpr& h) { return {h, h}; }
  /// What units get that see nothing of others.
  constexpr virtual AnyExpr alone(const SpaceInfo&, const AnyExpr& like) const {
    return 0 * like + temperature() * b();
  }
  /// u times weights between the layers, and the transposed product.
  constexpr AnyExpr product(const SpaceInfo& below, const AnyExpr& with_W, const AnyExpr& u) const {
    const WeightsAt here = at(below);
    const AnyExpr x = format_as(Signal(below, u), here.between.input).value();
    const Signal y(here.between.output, map(here)->lmul(named_between(here), with_W, x));
    return format_as(y, vector_space(dim)).value();
  }
  constexpr AnyExpr product_T(const SpaceInfo& below, const AnyExpr& with_W,
                              const AnyExpr& h) const {
    const WeightsAt here = at(below);
    const AnyExpr y = format_as(Signal(vector_space(dim), h), here.between.output).value();
    const Signal x(here.between.input, map(here)->lmul_T(named_between(here), with_W, y));
    return format_as(x, below).value();
  }

 private:
  static constexpr AnyExpr with(const AnyExpr& z, const AnyExpr* message) {
    if (message) return z + *message;
    return z;
  }
};

/// IsingHidden whose parameters are those of the Boltzmann machine with units (h + 1) / 2 of 0 and
/// 1, the layer below being of -1 and 1 as well: with beta = 1 the probabilities are those of
/// BinaryVectorMaxPool on a BinaryVector with the same parameters. The weights of the energy are W
/// / 4, the biases b / 2 plus a quarter of the sum of a unit's weights, on both sides of W. Limits
/// of these, and noise that they have where units are drawn, anew in every draw, are this layer's;
/// a limit of biases is also that of `layer_below`, in a model of one hidden layer.
class BoltzmannIsingHidden : public IsingHidden {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.ising.BoltzmannIsingHidden";
  static constexpr const char* doc = "the same with the parameters of units that are 0 or 1";
  Shared<DBMVisibleLayer> layer_below;
  std::optional<double> beta_lr_scale, min_ising_b, max_ising_b, min_ising_W, max_ising_W;
  double sampling_W_stdev = 0, sampling_b_stdev = 0;

  constexpr BoltzmannIsingHidden() {}
  constexpr ~BoltzmannIsingHidden() override {}
  template <KeyOf<BoltzmannIsingHidden>... O>
  constexpr BoltzmannIsingHidden(const char* name, int units_here, double inverse_temperature,
                                 const O&... options) {
    layer_name = name;
    dim = units_here;
    beta = inverse_temperature;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = BoltzmannIsingHidden;
    IsingHidden::keys(key);
    key("layer_below", &Self::layer_below,
        "the BoltzmannIsingVisible below, whose biases the limits are also of");
    key("beta_lr_scale", &Self::beta_lr_scale, "factor of the learning rate for beta")
        .at_least(0)
        .only_with("learn_beta");
    key("min_ising_b", &Self::min_ising_b, "least bias of the energy").not_above("max_ising_b");
    key("max_ising_b", &Self::max_ising_b, "largest bias of the energy");
    key("min_ising_W", &Self::min_ising_W, "least weight of the energy").not_above("max_ising_W");
    key("max_ising_W", &Self::max_ising_W, "largest weight of the energy");
    key("sampling_W_stdev", &Self::sampling_W_stdev,
        "standard deviation of noise on the weights where units are drawn")
        .at_least(0);
    key("sampling_b_stdev", &Self::sampling_b_stdev,
        "the same of the biases, of each example's units")
        .at_least(0);
  }
  void check_on(const SpaceInfo& below) const override;

  constexpr AnyExpr field(const SpaceInfo& below, const AnyExpr& u) const override {
    return temperature() * (product(below, ising_W(below), u + 1) + .5 * b());
  }
  constexpr AnyExpr sampling_field(const SpaceInfo& below, const AnyExpr& u) const override {
    const AnyExpr clean = field(below, u);
    return clean +
           temperature() * noise(clean, [&] { return product(below, noise_of_W(below), u); });
  }
  constexpr AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const override {
    return temperature() * product_T(below, ising_W(below), seen + 1);
  }
  constexpr AnyExpr sampling_message(const SpaceInfo& below, const AnyExpr& seen) const override {
    const AnyExpr clean = message(below, seen);
    return clean +
           temperature() * noise(clean, [&] { return product_T(below, noise_of_W(below), seen); });
  }
  /// The units' own part, and the biases that W is of the layer below.
  constexpr AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                const UnitState& s) const override {
    return IsingHidden::energy_term(below, u, s) -
           temperature() * sum(product(below, ising_W(below), u), units);
  }
  constexpr void parameters(const SpaceInfo& below, ir::List<ModelParameter>& list) const override {
    const int first = list.size();
    IsingHidden::parameters(below, list);
    for (int i = first; beta_lr_scale && i < list.size(); ++i)
      if (list[i].name == layer_name + "_beta")
        list[i].lr_scale = *beta_lr_scale, list[i].scaled = true;
  }
  constexpr void modify_updates(const SpaceInfo& below, UpdateList& updates) const override;
  constexpr void channels(const SpaceInfo& below, ChannelList& list) const override {
    ChannelList norms;
    norm_channels(at(below), norms);
    list.add("boltzmann_", norms);
    list.add("beta", temperature());
    const AnyExpr W_there = ising_W(below), b_there = .5 * b() + sum(W_there, axis<0>);
    list.add("ising_W_min", min(W_there));
    list.add("ising_W_max", max(W_there));
    list.add("ising_b_min", min(b_there));
    list.add("ising_b_max", max(b_there));
  }

 protected:
  constexpr AnyExpr alone(const SpaceInfo& below, const AnyExpr& like) const override {
    return 0 * like + temperature() * (.5 * b() + sum(ising_W(below), axis<0>));
  }

 private:
  constexpr AnyExpr ising_W(const SpaceInfo& below) const { return .25 * W(at(below)); }
  constexpr AnyExpr noise_of_W(const SpaceInfo& below) const {
    return setting(layer_name + ".sampling_W_stdev", sampling_W_stdev) * normal_like(W(at(below)));
  }
  template <class F>
  constexpr AnyExpr noise(const AnyExpr& like, F of_weights) const {
    AnyExpr total = 0 * like;
    if (sampling_W_stdev > 0) total = total + of_weights();
    if (sampling_b_stdev > 0)
      total =
          total + setting(layer_name + ".sampling_b_stdev", sampling_b_stdev) * normal_like(like);
    return total;
  }
};

constexpr void BoltzmannIsingHidden::modify_updates(const SpaceInfo& below,
                                                    UpdateList& updates) const {
  if (AnyExpr* const next = updates.find(layer_name + "_beta")) *next = clip(*next, 1, 1000);
  IsingHidden::modify_updates(below, updates);
  if (!min_ising_b && !max_ising_b && !min_ising_W && !max_ising_W) return;
  const auto within = [](const AnyExpr& x, const std::optional<double>& low,
                         const std::optional<double>& high) {
    return clip(x, low.value_or(-1e6), high.value_or(1e6));
  };
  // Each is what its update says, or as it was.
  AnyExpr* const new_W = updates.find(layer_name + "_W");
  AnyExpr* const new_b = updates.find(layer_name + "_b");
  AnyExpr* const new_v = layer_below ? updates.find("visible_bias") : nullptr;
  AnyExpr W_now = W(at(below));
  if (new_W) W_now = *new_W;
  const AnyExpr limited = within(.25 * W_now, min_ising_W, max_ising_W);
  if (new_b)
    *new_b = 2 * (within(.5 * *new_b + .25 * sum(W_now, axis<0>), min_ising_b, max_ising_b) -
                  sum(limited, axis<0>));
  if (new_v)
    *new_v = 2 * (within(.5 * *new_v + .25 * sum(W_now, axis<1>), min_ising_b, max_ising_b) -
                  sum(limited, axis<1>));
  if (new_W) *new_W = 4 * limited;
}

}  // namespace ansatz
