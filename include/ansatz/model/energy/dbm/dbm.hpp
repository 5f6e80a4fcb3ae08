// DBM: a deep Boltzmann machine
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/constant/full.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <utility>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The states of a DBM's layers: v, and one of each hidden layer.
struct DBMState {
  AnyExpr v;
  ir::List<UnitState> hidden;
};

/// A deep Boltzmann machine (Salakhutdinov and Hinton 2009): a visible layer and any number of
/// hidden ones, each connected with its neighbours; with one, a restricted Boltzmann machine. Given
/// v, and labels where the last layer has classes, `niter` rounds of mean field updates find the
/// means of the hidden units: first each layer from below, with twice the input where there is a
/// layer above of which nothing is known yet; then the even layers, then the odd ones.
/// VariationalPCD and its kin train it.
///
///     DBM(BinaryVector(784), niter(5), BinaryVectorMaxPool("h0", 500, pool_size(1), irange(.05)),
///         BinaryVectorMaxPool("h1", 1000, pool_size(1), irange(.05)))
///
/// Its output are the means of the last layer. Functions beside "predict": "reconstruct", E(v | h0)
/// at the means of the first layer.
class DBM : public Model {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.DBM";
  static constexpr const char* also[] = {"pylearn2.models.dbm.dbm.DBM"};
  static constexpr const char* doc = "deep Boltzmann machine";
  int fixed_batch_size = 0, niter = 1;
  Shared<DBMVisibleLayer> visible_layer;
  ir::List<Shared<DBMHiddenLayer>> hidden_layers;

  constexpr DBM() {}
  constexpr ~DBM() override {}
  template <class V, KeyOf<DBM> Rounds, class... L>
  constexpr DBM(const V& visible, const Rounds& rounds, const L&... layer)
      : visible_layer(visible) {
    give(*this, rounds);
    (hidden_layers.push_back(Shared<DBMHiddenLayer>(layer)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("batch_size", &DBM::fixed_batch_size, "examples of a batch; 0: any").at_least(0);
    key.required("visible_layer", &DBM::visible_layer, "the visible units");
    key.required("hidden_layers", &DBM::hidden_layers, "the hidden layers, from below");
    key.required("niter", &DBM::niter, "rounds of mean field updates").at_least(1);
  }
  /// KeyFaults: layers that cannot stand on each other, of one name, or too few rounds for several.
  void check() const;

  constexpr SpaceInfo input_space() const override { return visible_layer->space(); }
  constexpr bool has_classes() const { return hidden_layers.back()->has_classes(); }
  constexpr SpaceInfo target_space() const override {
    if (has_classes()) return hidden_layers.back()->output_space();
    return {};
  }
  constexpr int batch_size() const override { return fixed_batch_size; }
  constexpr int depth() const { return hidden_layers.size(); }
  /// The Space below hidden layer i.
  constexpr SpaceInfo below(int i) const {
    return i == 0 ? input_space() : hidden_layers[i - 1]->output_space();
  }

  /// E(v, h), one number a row; of means its expectation, as the energy is linear in each layer.
  constexpr AnyExpr energy(const DBMState& s) const {
    AnyExpr total = visible_layer->energy_term(s.v);
    for (int i = 0; i < depth(); ++i)
      total = total + hidden_layers[i]->energy_term(below(i), seen_below(s, i), s.hidden[i]);
    return total;
  }
  /// The means of the hidden units after each round, the last of which is what inference gives.
  /// @param y  one-hot labels that the last layer is held at; null: none
  constexpr ir::List<DBMState> mean_field(const AnyExpr& v, const AnyExpr* y = nullptr) const {
    DBMState s{v, {}};
    for (int i = 0; i < depth(); ++i) {
      if (y && i == depth() - 1) {
        s.hidden.push_back({*y, *y});
      } else if (y && i == depth() - 2) {
        const AnyExpr message =
            hidden_layers[i + 1]->message(below(i + 1), hidden_layers[i + 1]->downward({*y, *y}));
        s.hidden.push_back(hidden_layers[i]->mf_update(below(i), seen_below(s, i), &message));
      } else {
        s.hidden.push_back(
            hidden_layers[i]->mf_update(below(i), seen_below(s, i), nullptr, i + 1 < depth()));
      }
    }
    ir::List<DBMState> history;
    history.push_back(s);
    if (depth() == 1) return history;
    const int free = y ? depth() - 1 : depth();
    for (int round = 1; round < niter; ++round) {
      for (const int first : {0, 1})
        for (int i = first; i < free; i += 2) s.hidden[i] = updated(s, i, false);
      history.push_back(s);
    }
    return history;
  }
  /// One step of Gibbs sampling: the even hidden layers, then v and the odd ones. What is clamped
  /// stays.
  constexpr DBMState gibbs_step(DBMState s, bool clamp_v = false, bool clamp_top = false) const {
    const int free = clamp_top ? depth() - 1 : depth();
    for (int i = 0; i < free; i += 2) s.hidden[i] = updated(s, i, true);
    if (!clamp_v) s.v = visible_layer->sample(message_to(s, -1));
    for (int i = 1; i < free; i += 2) s.hidden[i] = updated(s, i, true);
    return s;
  }
  /// So many Gibbs steps: a loop, or, of more than six hidden layers, all of them written out.
  /// @param called  the named scalar that says how many
  constexpr DBMState after_gibbs_steps(const DBMState& s, int steps, const String& called,
                                       bool clamp_v = false, bool clamp_top = false) const {
    switch (depth()) {
      case 1:
        return looped<1>(s, steps, called, clamp_v, clamp_top);
      case 2:
        return looped<2>(s, steps, called, clamp_v, clamp_top);
      case 3:
        return looped<3>(s, steps, called, clamp_v, clamp_top);
      case 4:
        return looped<4>(s, steps, called, clamp_v, clamp_top);
      case 5:
        return looped<5>(s, steps, called, clamp_v, clamp_top);
      case 6:
        return looped<6>(s, steps, called, clamp_v, clamp_top);
      default:
        break;
    }
    DBMState now = s;
    for (int i = 0; i < steps; ++i) now = gibbs_step(now, clamp_v, clamp_top);
    return now;
  }
  /// Means and draws that gradients do not see.
  static constexpr DBMState held(const DBMState& s) {
    DBMState h{stop_gradient(s.v), {}};
    for (const UnitState& each : s.hidden)
      h.hidden.push_back({stop_gradient(each.up), stop_gradient(each.down)});
    return h;
  }
  /// Units that see nothing of others, as many rows as v has.
  constexpr DBMState alone(const AnyExpr& v) const {
    DBMState s{visible_layer->sample_alone(v), {}};
    for (int i = 0; i < depth(); ++i) {
      const AnyExpr rows = sum(0 * v, units, keep_axes);
      s.hidden.push_back(hidden_layers[i]->sample_alone(
          rows + AnyExpr(zeros(VectorSpace(hidden_layers[i]->state_space().total_dimension())))));
    }
    return s;
  }
  constexpr AnyExpr reconstruction(const AnyExpr& v) const {
    return visible_layer->mean_of(message_to(mean_field(v).back(), -1));
  }

  constexpr Signal output(const Signal& v) const override {
    return Signal(hidden_layers.back()->output_space(),
                  mean_field(format_as(v, input_space()).value()).back().hidden.back().up);
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    list.add("reconstruct", [&] {
      Function f;
      f.add(ansatz::output("v", reconstruction(data[input_source()].value())));
      return f;
    });
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    visible_layer->parameters(list);
    for (int i = 0; i < depth(); ++i) hidden_layers[i]->parameters(below(i), list);
  }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    for (int i = 0; i < depth(); ++i) hidden_layers[i]->weights(below(i), list);
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    visible_layer->modify_updates(updates);
    for (int i = 0; i < depth(); ++i) hidden_layers[i]->modify_updates(below(i), updates);
  }
  /// Of each layer: norms of its weights, and of its means ("mf_<layer>_") what layers of an MLP
  /// tell of their outputs; of several layers how far the last round moved the means.
  constexpr void channels(const Data& data, ChannelList& list) const override {
    const ir::List<DBMState> history = mean_field(data[input_source()].value());
    ChannelList visible;
    visible_layer->channels(visible);
    list.add("vis_", visible);
    for (int i = 0; i < depth(); ++i) {
      const DBMHiddenLayer& layer = *hidden_layers[i];
      ChannelList own, of_state;
      layer.channels(below(i), own);
      layer.state_channels(history.back().hidden[i], of_state);
      list.add(layer.layer_name + "_", own);
      list.add("mf_" + layer.layer_name + "_", of_state);
    }
    if (history.size() < 2) return;
    AnyExpr largest;
    for (int i = 0; i < depth(); ++i) {
      const AnyExpr moved =
          abs(history.back().hidden[i].down - history[history.size() - 2].hidden[i].down);
      if (i == 0)
        largest = max(moved);
      else
        largest = maximum(largest, max(moved));
      list.add("mean_" + hidden_layers[i]->layer_name + "_var_param_diff", mean(moved));
    }
    list.add("max_var_param_diff", largest);
  }

  /// What hidden layer i sees below.
  constexpr AnyExpr seen_below(const DBMState& s, int i) const {
    if (i == 0) return visible_layer->upward(s.v);
    return hidden_layers[i - 1]->upward(s.hidden[i - 1]);
  }

 private:
  // What layer i gets from above; -1: the visible one.
  constexpr AnyExpr message_to(const DBMState& s, int i) const {
    const DBMHiddenLayer& above = *hidden_layers[i + 1];
    return above.message(below(i + 1), above.downward(s.hidden[i + 1]));
  }
  constexpr UnitState updated(const DBMState& s, int i, bool draw) const {
    const DBMHiddenLayer& layer = *hidden_layers[i];
    const AnyExpr u = seen_below(s, i);
    AnyExpr from_above;
    const AnyExpr* message = nullptr;
    if (i + 1 < depth()) from_above = message_to(s, i), message = &from_above;
    if (draw) return layer.sample(below(i), u, message);
    return layer.mf_update(below(i), u, message);
  }
  // Hidden states go round as what was drawn of each.
  template <int Depth>
  constexpr DBMState looped(const DBMState& s, int steps, const String& called, bool clamp_v,
                            bool clamp_top) const {
    return looped(s, steps, called, clamp_v, clamp_top, std::make_integer_sequence<int, Depth>());
  }
  template <int... I>
  constexpr DBMState looped(const DBMState& s, int steps, const String& called, bool clamp_v,
                            bool clamp_top, std::integer_sequence<int, I...>) const {
    const auto body = [&](const AnyExpr& v, const auto&... h) {
      DBMState now{v, {}};
      int i = 0;
      (now.hidden.push_back(hidden_layers[i++]->state_of(h)), ...);
      now = gibbs_step(now, clamp_v, clamp_top);
      return carry(now.v, now.hidden[I].down...);
    };
    const auto last = repeat(setting(called, steps), body, s.v, s.hidden[I].down...);
    DBMState now{last.template get<0>(), {}};
    (now.hidden.push_back(hidden_layers[I]->state_of(last.template get<I + 1>())), ...);
    return now;
  }
};

}  // namespace ansatz
