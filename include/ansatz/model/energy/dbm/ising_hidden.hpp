// IsingHidden, BoltzmannIsingHidden: hidden units of -1 and 1
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/energy/dbm/ising_visible.hpp>
#include <ansatz/model/layers/dense.hpp>
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
  constexpr ir::List<AnyExpr> activities(const SpaceInfo&, const UnitState& s) const override {
    ir::List<AnyExpr> list;
    list.push_back(s.down);
    return list;
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
/// / 4, the biases b / 2 plus a quarter of the sum of a unit's weights, on both sides of it. Limits
/// of these, and noise that they have where units are drawn, anew in every draw, are this layer's.
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
        "the BoltzmannIsingVisible below; accepted: the DBM knows it");
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
  constexpr void modify_updates(const SpaceInfo& below, UpdateList& updates) const override {
    if (AnyExpr* const next = updates.find(layer_name + "_beta")) *next = clip(*next, 1, 1000);
    IsingHidden::modify_updates(below, updates);
  }
  constexpr bool has_limits() const override {
    return min_ising_b || max_ising_b || min_ising_W || max_ising_W;
  }
  constexpr LimitedWeights limited_weights(const SpaceInfo& below,
                                           UpdateList& updates) const override {
    // As the update says, or as they are.
    const AnyExpr* const next = updates.find(layer_name + "_W");
    const AnyExpr now = .25 * (next ? *next : W(at(below)));
    return {true, now, ising::within(now, min_ising_W, max_ising_W)};
  }
  constexpr void limit(const SpaceInfo& below, const LimitedWeights& above,
                       UpdateList& updates) const override {
    const LimitedWeights own = limited_weights(below, updates);
    ising::limit_bias(updates.find(layer_name + "_b"), own, above, min_ising_b, max_ising_b);
    if (AnyExpr* const next = updates.find(layer_name + "_W"); next && has_limits())
      *next = 4 * own.after;
  }
  constexpr void channels(const SpaceInfo& below, ChannelList& list) const override {
    ChannelList norms;
    norm_channels(at(below), norms);
    list.add("boltzmann_", norms);
    list.add("beta", temperature());
    const AnyExpr W_there = ising_W(below);
    list.add("ising_W_min", min(W_there));
    list.add("ising_W_max", max(W_there));
  }
  constexpr void bias_channels(const SpaceInfo& below, const LimitedWeights& above,
                               ChannelList& list) const override {
    UpdateList none;
    ising::bias_channels(b(), limited_weights(below, none), above, list);
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

}  // namespace ansatz
