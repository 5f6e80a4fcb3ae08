// DBMCompositeLayer: hidden layers of a deep Boltzmann machine side by side
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/view/concatenate.hpp>
#include <dsl/ops/view/slice.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Layers side by side, all of which stand on the layer below and under the layer above, such as
/// units with pools and without. What others see of it, and its state, are the numbers of its
/// components one behind the other, a vector. Parameters and channels are the components'.
///
///     DBMCompositeLayer("h0", BinaryVectorMaxPool("a", 50), BinaryVectorMaxPool("b", 20))
class DBMCompositeLayer : public DBMHiddenLayer {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.CompositeLayer";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.CompositeLayer"};
  static constexpr const char* doc = "hidden layers of a DBM side by side";
  ir::List<Shared<DBMHiddenLayer>> components;

  constexpr DBMCompositeLayer() {}
  constexpr ~DBMCompositeLayer() override {}
  template <class... L>
  constexpr explicit DBMCompositeLayer(const char* name, const L&... parts) {
    layer_name = name;
    (components.push_back(Shared<DBMHiddenLayer>(parts)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    DBMHiddenLayer::keys(key);
    key.required("components", &DBMCompositeLayer::components, "the layers");
  }
  void check_on(const SpaceInfo& below) const override;

  constexpr SpaceInfo output_space(const SpaceInfo& below) const override {
    int count = 0;
    for (const auto& each : components) count += each->output_space(below).total_dimension();
    return vector_space(count);
  }
  constexpr SpaceInfo state_space(const SpaceInfo& below) const override {
    int count = 0;
    for (const auto& each : components) count += each->state_space(below).total_dimension();
    return vector_space(count);
  }
  constexpr UnitState state_of(const SpaceInfo& below, const AnyExpr& drawn) const override {
    return {
        joined([&](int i) { return components[i]->state_of(below, state_in(below, drawn, i)); }).up,
        drawn};
  }
  constexpr void parameters(const SpaceInfo& below, ir::List<ModelParameter>& list) const override {
    for (const auto& each : components) each->parameters(below, list);
  }
  void initialize(const SpaceInfo& below, InitialValues& values, RandomState& rng) const override {
    for (const auto& each : components) each->initialize(below, values, rng);
  }
  constexpr UnitState mf_update(const SpaceInfo& below, const AnyExpr& u, const AnyExpr* message,
                                bool double_weights = false) const override {
    return joined([&](int i) {
      if (!message) return components[i]->mf_update(below, u, nullptr, double_weights);
      const AnyExpr own = output_in(below, *message, i);
      return components[i]->mf_update(below, u, &own, double_weights);
    });
  }
  constexpr UnitState sample(const SpaceInfo& below, const AnyExpr& u,
                             const AnyExpr* message) const override {
    return joined([&](int i) {
      if (!message) return components[i]->sample(below, u, nullptr);
      const AnyExpr own = output_in(below, *message, i);
      return components[i]->sample(below, u, &own);
    });
  }
  constexpr UnitState sample_alone(const SpaceInfo& below, const AnyExpr& like) const override {
    return joined(
        [&](int i) { return components[i]->sample_alone(below, state_in(below, like, i)); });
  }
  constexpr UnitState mf_alone(const SpaceInfo& below, const AnyExpr& like) const override {
    return joined([&](int i) { return components[i]->mf_alone(below, state_in(below, like, i)); });
  }
  constexpr AnyExpr upward(const SpaceInfo& below, const UnitState& s) const override {
    return beside([&](int i) { return components[i]->upward(below, part(below, s, i)); });
  }
  constexpr AnyExpr downward(const SpaceInfo& below, const UnitState& s) const override {
    return beside([&](int i) { return components[i]->downward(below, part(below, s, i)); });
  }
  constexpr AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const override {
    if (none()) return seen;
    AnyExpr total = components[0]->message(below, state_in(below, seen, 0));
    for (int i = 1; i < components.size(); ++i)
      total = total + components[i]->message(below, state_in(below, seen, i));
    return total;
  }
  constexpr AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                const UnitState& s) const override {
    if (none()) return u;
    AnyExpr total = components[0]->energy_term(below, u, part(below, s, 0));
    for (int i = 1; i < components.size(); ++i)
      total = total + components[i]->energy_term(below, u, part(below, s, i));
    return total;
  }
  constexpr void weights(const SpaceInfo& below, ir::List<ModelWeights>& list) const override {
    for (const auto& each : components) each->weights(below, list);
  }
  constexpr void modify_updates(const SpaceInfo& below, UpdateList& updates) const override {
    for (const auto& each : components) each->modify_updates(below, updates);
  }
  constexpr bool has_limits() const override {
    bool any_limit = false;
    for (const auto& each : components) any_limit = any_limit || each->has_limits();
    return any_limit;
  }
  /// Side by side, of those components that have any.
  constexpr LimitedWeights limited_weights(const SpaceInfo& below,
                                           UpdateList& updates) const override {
    LimitedWeights joined_W;
    for (const auto& each : components) {
      const LimitedWeights own = each->limited_weights(below, updates);
      if (!own.there) continue;
      if (!joined_W.there) {
        joined_W = own;
        continue;
      }
      joined_W.before = concatenate(axis<1>, joined_W.before, own.before);
      joined_W.after = concatenate(axis<1>, joined_W.after, own.after);
    }
    return joined_W;
  }
  constexpr void limit(const SpaceInfo& below, const LimitedWeights& above,
                       UpdateList& updates) const override {
    for (int i = 0; i < components.size(); ++i)
      components[i]->limit(below, rows_in(below, above, i), updates);
  }
  constexpr void bias_channels(const SpaceInfo& below, const LimitedWeights& above,
                               ChannelList& list) const override {
    for (int i = 0; i < components.size(); ++i) {
      ChannelList own;
      components[i]->bias_channels(below, rows_in(below, above, i), own);
      list.add(components[i]->layer_name + "_", own);
    }
  }
  constexpr void channels(const SpaceInfo& below, ChannelList& list) const override {
    for (const auto& each : components) {
      ChannelList own;
      each->channels(below, own);
      list.add(each->layer_name + "_", own);
    }
  }
  constexpr void state_channels(const SpaceInfo& below, const UnitState& s,
                                ChannelList& list) const override {
    for (int i = 0; i < components.size(); ++i) {
      ChannelList own;
      components[i]->state_channels(below, part(below, s, i), own);
      list.add(components[i]->layer_name + "_", own);
    }
  }

  /// Those of the components in turn.
  constexpr ir::List<AnyExpr> activities(const SpaceInfo& below,
                                         const UnitState& s) const override {
    return each_of(below, s, [&](const DBMHiddenLayer& one, const UnitState& own) {
      return one.activities(below, own);
    });
  }
  constexpr ir::List<AnyExpr> rewarded(const SpaceInfo& below, const UnitState& s) const override {
    return each_of(below, s, [&](const DBMHiddenLayer& one, const UnitState& own) {
      return one.rewarded(below, own);
    });
  }
  constexpr AnyExpr linear_feed_forward(const SpaceInfo& below, const AnyExpr& u) const override {
    return beside([&](int i) { return components[i]->linear_feed_forward(below, u); });
  }

 private:
  template <class F>
  constexpr ir::List<AnyExpr> each_of(const SpaceInfo& below, const UnitState& s, F of) const {
    ir::List<AnyExpr> list;
    for (int i = 0; i < components.size(); ++i)
      for (const AnyExpr& each : of(*components[i], part(below, s, i))) list.push_back(each);
    return list;
  }
  constexpr bool none() const {
    if (components.empty()) graph_error("a CompositeLayer of a DBM needs at least one layer");
    return components.empty();
  }
  // Of numbers one behind the other, those from `begin` on, as they are in `space`.
  static constexpr AnyExpr taken(const AnyExpr& x, int begin, const SpaceInfo& space) {
    const AnyExpr own = slice(x, axis<0>, begin, begin + space.total_dimension());
    if (space.shape.rank < 2) return own;
    return AnyExpr(ir::reshape_features(own.value(), space.shape));
  }
  constexpr AnyExpr state_in(const SpaceInfo& below, const AnyExpr& x, int i) const {
    int begin = 0;
    for (int k = 0; k < i; ++k) begin += components[k]->state_space(below).total_dimension();
    return taken(x, begin, components[i]->state_space(below));
  }
  constexpr AnyExpr output_in(const SpaceInfo& below, const AnyExpr& x, int i) const {
    int begin = 0;
    for (int k = 0; k < i; ++k) begin += components[k]->output_space(below).total_dimension();
    return taken(x, begin, components[i]->output_space(below));
  }
  // Of weights that a layer above has, those of component i.
  constexpr LimitedWeights rows_in(const SpaceInfo& below, const LimitedWeights& of, int i) const {
    if (!of.there) return of;
    int begin = 0;
    for (int k = 0; k < i; ++k) begin += components[k]->output_space(below).total_dimension();
    const int end = begin + components[i]->output_space(below).total_dimension();
    return {true, slice(of.before, axis<0>, begin, end), slice(of.after, axis<0>, begin, end)};
  }
  constexpr UnitState part(const SpaceInfo& below, const UnitState& s, int i) const {
    return {output_in(below, s.up, i), state_in(below, s.down, i)};
  }
  static constexpr AnyExpr flat(const AnyExpr& x) {
    if (x.shape().rank < 3) return x;
    int count = 1;
    for (int d = 1; d < x.shape().rank; ++d) count *= x.shape()[d];
    return AnyExpr(ir::reshape_features(x.value(), ir::make_shape(count)));
  }
  template <class F>
  constexpr AnyExpr beside(F each) const {
    if (none()) return {};
    AnyExpr whole = flat(each(0));
    for (int i = 1; i < components.size(); ++i) whole = concatenate(axis<0>, whole, flat(each(i)));
    return whole;
  }
  template <class F>
  constexpr UnitState joined(F each) const {
    ir::List<UnitState> of;
    for (int i = 0; i < components.size(); ++i) of.push_back(each(i));
    if (none()) return {};
    return {beside([&](int i) { return of[i].up; }), beside([&](int i) { return of[i].down; })};
  }
};

}  // namespace ansatz
