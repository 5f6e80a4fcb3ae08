// BinaryVectorMaxPool: hidden units 0 or 1, of each pool at most one on
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/image/probabilistic_max_pool.hpp>
#include <dsl/ops/random/bernoulli.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Binary hidden units, the detectors h, in pools p of `pool_size` neighbours, of which at most one
/// is on (Lee et al. 2009): the layer below sees detectors, the layer above sees pools, which are
/// on where one of theirs is. With pools of one, the units of a Boltzmann machine. Each pool may
/// stand for several, `copies`, of the same biases and weights: states are then their means, which
/// others see as often as there are copies. Parameters "<layer>_W" [below, detector_layer_dim],
/// "<layer>_b".
class BinaryVectorMaxPool : public DBMHiddenLayer, public Weights {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.BinaryVectorMaxPool";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.BinaryVectorMaxPool"};
  static constexpr const char* doc = "binary hidden units, pooled or not";
  int detector_layer_dim = 0, pool_size = 1, copies = 1;
  Numbers init_bias = 0.;
  std::optional<double> b_lr_scale;
  bool center = false;

  constexpr BinaryVectorMaxPool() {}
  constexpr ~BinaryVectorMaxPool() override {}
  template <KeyOf<BinaryVectorMaxPool>... O>
  constexpr BinaryVectorMaxPool(const char* name, int detectors, const O&... options)
      : detector_layer_dim(detectors) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = BinaryVectorMaxPool;
    DBMHiddenLayer::keys(key);
    key.required("detector_layer_dim", &Self::detector_layer_dim, "number of detectors")
        .at_least(1);
    key.required("pool_size", &Self::pool_size, "detectors of a pool").at_least(1);
    weight_keys(key);
    key("init_bias", &Self::init_bias, "first value of the biases: one, or one a detector");
    key("b_lr_scale", &Self::b_lr_scale, "factor of the learning rate for the biases").at_least(0);
    key("center", &Self::center, "whether others see h minus its first means");
    key("copies", &Self::copies, "units of the same weights that each state is the mean of")
        .from_to(1, 1000);
  }
  void check_on(const SpaceInfo& below) const override;

  constexpr SpaceInfo output_space(const SpaceInfo&) const override {
    return vector_space(detector_layer_dim / pool_size);
  }
  constexpr SpaceInfo state_space(const SpaceInfo&) const override { return detectors(); }
  constexpr SpaceInfo detectors() const { return vector_space(detector_layer_dim); }
  constexpr UnitState state_of(const SpaceInfo&, const AnyExpr& drawn) const override {
    return with_pools(drawn);
  }

  constexpr AnyExpr b() const {
    return parameter_leaf(layer_name + "_b", ir::make_shape(detector_layer_dim));
  }
  constexpr AnyExpr offset() const {
    return parameter_leaf(layer_name + "_offset", ir::make_shape(detector_layer_dim));
  }
  constexpr WeightsAt at(const SpaceInfo& below) const {
    return {between(below, detector_layer_dim), layer_name + "_W", layer_name};
  }
  constexpr void parameters(const SpaceInfo& below, ir::List<ModelParameter>& list) const override {
    add_parameters(at(below), list);
    ModelParameter bias{layer_name + "_b", b()};
    if (b_lr_scale) bias.lr_scale = *b_lr_scale, bias.scaled = true;
    list.push_back(bias);
    add_frozen_parameters(at(below), list);
    if (!center) return;
    ModelParameter own{layer_name + "_offset", offset()};
    own.frozen = true;
    list.push_back(own);
  }
  void initialize(const SpaceInfo& below, InitialValues& values, RandomState& rng) const override;

  /// u W + b, of twice u with `double_weights`.
  constexpr AnyExpr pre(const SpaceInfo& below, const AnyExpr& u, bool double_weights) const {
    AnyExpr seen = u;
    if (double_weights) seen = 2 * u;
    return format_as(lmul(at(below), Signal(below, seen)), detectors()).value() + biases();
  }
  constexpr UnitState mf_update(const SpaceInfo& below, const AnyExpr& u, const AnyExpr* message,
                                bool double_weights = false) const override {
    return means(pre(below, u, double_weights), message).state;
  }
  constexpr UnitState sample(const SpaceInfo& below, const AnyExpr& u,
                             const AnyExpr* message) const override {
    return drawn(pre(below, u, false), message);
  }
  constexpr UnitState sample_alone(const SpaceInfo&, const AnyExpr& like) const override {
    return drawn(0 * like + biases(), nullptr);
  }
  constexpr UnitState mf_alone(const SpaceInfo&, const AnyExpr& like) const override {
    return means(0 * like + biases(), nullptr).state;
  }
  constexpr AnyExpr upward(const SpaceInfo&, const UnitState& s) const override {
    return centered(s.up);
  }
  constexpr AnyExpr downward(const SpaceInfo&, const UnitState& s) const override {
    return centered(s.down);
  }
  constexpr AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const override {
    return format_as(lmul_T(at(below), Signal(detectors(), seen)), below).value();
  }
  constexpr AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                const UnitState& s) const override {
    return -sum(downward(below, s) * pre(below, u, false), units);
  }

  constexpr void weights(const SpaceInfo& below, ir::List<ModelWeights>& list) const override {
    list.push_back(named(at(below), layer_name));
  }
  constexpr void modify_updates(const SpaceInfo& below, UpdateList& updates) const override {
    constrain(at(below), updates);
  }
  constexpr void channels(const SpaceInfo& below, ChannelList& list) const override {
    norm_channels(at(below), list);
  }
  constexpr void state_channels(const SpaceInfo&, const UnitState& s,
                                ChannelList& list) const override {
    if (pool_size == 1) return Dense::activity_channels(s.up, "_x.", list);
    ChannelList pools, detectors;
    Dense::activity_channels(s.up, "_x.", pools);
    Dense::activity_channels(s.down, "_x.", detectors);
    list.add("p_", pools);
    list.add("h_", detectors);
  }
  /// Of pools and detectors; without pools detectors are all there is.
  constexpr ir::List<AnyExpr> activities(const SpaceInfo&, const UnitState& s) const override {
    ir::List<AnyExpr> list;
    if (pool_size != 1) list.push_back(s.up);
    list.push_back(s.down);
    return list;
  }
  constexpr ir::List<AnyExpr> rewarded(const SpaceInfo& below, const UnitState& s) const override {
    return activities(below, s);
  }
  constexpr AnyExpr linear_feed_forward(const SpaceInfo& below, const AnyExpr& u) const override {
    if (pool_size != 1) return DBMHiddenLayer::linear_feed_forward(below, u);
    return pre(below, u, false);
  }

 protected:
  /// What the units get beside u W.
  constexpr virtual AnyExpr biases() const { return b(); }

 private:
  struct Means {
    UnitState state;
    PooledUnits<AnySpace, AnySpace> pooled;  // of pools of several, as columns
  };
  constexpr UnitState with_pools(const AnyExpr& detectors_there) const {
    if (pool_size == 1) return {detectors_there, detectors_there};
    const AnyExpr pools(
        reshaped(detectors_there, ir::make_shape(detector_layer_dim / pool_size, pool_size)));
    return {sum(pools, axis<1>), detectors_there};
  }
  constexpr AnyExpr centered(const AnyExpr& s) const {
    if (center) return of_copies(copies, s - offset());
    return of_copies(copies, s);
  }
  constexpr PoolOptions windows() const {
    PoolOptions o;
    o.rows = pool_size;
    return o;
  }
  static constexpr AnyExpr reshaped(const AnyExpr& x, const ir::Shape& to) {
    return AnyExpr(ir::reshape_features(x.value(), to));
  }
  constexpr UnitState of_columns(const PooledUnits<AnySpace, AnySpace>& units_of) const {
    return {reshaped(units_of.p, ir::make_shape(detector_layer_dim / pool_size)),
            reshaped(units_of.h, detectors().shape)};
  }
  constexpr Means means(const AnyExpr& z, const AnyExpr* message) const {
    if (pool_size == 1) {
      AnyExpr input = z;
      if (message) input = z + *message;
      const AnyExpr h = sigmoid(input);
      return {{h, h}, {}};
    }
    const AnyExpr column = reshaped(z, ir::make_shape(detector_layer_dim, 1, 1));
    Means m;
    if (message)
      m.pooled = probabilistic_max_pool(
          column, reshaped(*message, ir::make_shape(detector_layer_dim / pool_size, 1, 1)),
          windows());
    else
      m.pooled = probabilistic_max_pool(column, windows());
    m.state = of_columns(m.pooled);
    return m;
  }
  constexpr UnitState drawn(const AnyExpr& z, const AnyExpr* message) const {
    const Means m = means(z, message);
    if (pool_size == 1) {
      const AnyExpr h = mean_of_draws(copies, [&] { return AnyExpr(bernoulli(m.state.down)); });
      return {h, h};
    }
    const auto draw = [&] { return of_columns(sample_pooled_units(m.pooled, windows())); };
    if (copies == 1) return draw();
    return with_pools(mean_of_draws(copies, [&] { return draw().down; }));
  }
};

}  // namespace ansatz
