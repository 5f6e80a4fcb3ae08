// DBM: a deep Boltzmann machine
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <ansatz/model/inputs_of.hpp>
#include <dsl/ops/activation/softmax.hpp>
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

#include <optional>
#include <utility>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The states of a DBM's layers: v, and one of each hidden layer.
struct DBMState {
  AnyExpr v;
  ir::List<UnitState> hidden;
};

/// An example of which inference is not shown all: where a mask is 1, the number is to be found.
struct MaskedExample {
  AnyExpr v, drop_mask;                   ///< in the visible Space
  std::optional<AnyExpr> y, drop_mask_y;  ///< one-hot labels, and a number for each, [rows]
  bool noise = false;                     ///< hidden pixels begin as noise
  int niter = 0, block_grad = 0;          ///< rounds, 0: the model's; how many gradients pass by
};

/// What inference knows after a round: means, in which v and labels that were shown are as they
/// were, and what they were found by.
struct InpaintedState {
  DBMState means;
  AnyExpr message, class_input;  ///< of which v and labels are the means
};

class DBM;

/// In which order mean field finds the means of a DBM's hidden units, and what it begins with.
class InferenceProcedure : public Object {
 public:
  static constexpr const char* kind_name = "inference procedure of a DBM";
  static constexpr bool outlives_faults = true;

  /// The means after each round, given v and, if not null, labels.
  constexpr virtual ir::List<DBMState> mean_field(const DBM& dbm, const AnyExpr& v,
                                                  const AnyExpr* y) const = 0;
  /// The same where not all of an example is shown, which then is found as well: what
  /// MultiPrediction trains.
  constexpr virtual ir::List<InpaintedState> do_inpainting(const DBM& dbm,
                                                           const MaskedExample& given) const = 0;
};

/// Gibbs sampling as DBM::gibbs_step does it.
class GibbsEvenOdd : public Object {
 public:
  static constexpr const char* kind_name = "sampling procedure of a DBM";
  static constexpr const char* yaml = "pylearn2.models.dbm.sampling_procedure.GibbsEvenOdd";
  static constexpr const char* doc = "the even hidden layers are drawn, then v and the odd ones";

  constexpr GibbsEvenOdd() {}
  constexpr ~GibbsEvenOdd() override {}
  template <class K>
  static constexpr void keys(K&) {}
};

/// A deep Boltzmann machine (Salakhutdinov and Hinton 2009): a visible layer and any number of
/// hidden ones, each connected with its neighbours; with one, a restricted Boltzmann machine. Given
/// v, and labels where the last layer has classes, `niter` rounds of mean field updates find the
/// means of the hidden units: first each layer from below, with twice the input where there is a
/// layer above of which nothing is known yet; then the even layers, then the odd ones. That is
/// WeightDoubling; an `inference_procedure` may say otherwise. VariationalPCD and its kin train it,
/// and MultiPrediction.
///
/// Layers that were trained one by one, each on what the one below makes of the data, begin with
/// `rbm_list` as Salakhutdinov and Hinton have it: with half of their weights in the first and in
/// the last layer, which had no layer on one side to share with, and with the mean of what a
/// layer's biases were as hidden and as visible units. Pylearn2's stitch_rbms.
///
///     DBM(BinaryVector(784), niter(5), BinaryVectorMaxPool("h0", 500, pool_size(1), irange(.05)),
///         BinaryVectorMaxPool("h1", 1000, pool_size(1), irange(.05)))
///
/// Its output are the means of the last layer. Functions beside "predict": "reconstruct", E(v | h0)
/// at the means of the first layer; "gibbs", one step of Gibbs sampling of chains: v, and what was
/// drawn of each hidden layer, "chains." with its name; "begin_gibbs", the same with hidden layers
/// drawn given v.
class DBM : public Model {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.DBM";
  static constexpr const char* also[] = {"pylearn2.models.dbm.dbm.DBM"};
  static constexpr const char* doc = "deep Boltzmann machine";
  int fixed_batch_size = 0, niter = 1;
  Shared<DBMVisibleLayer> visible_layer;
  ir::List<Shared<DBMHiddenLayer>> hidden_layers;
  Shared<InferenceProcedure> inference_procedure;
  Shared<GibbsEvenOdd> sampling_procedure;
  ir::List<Shared<Model>> rbm_list;

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
    key("inference_procedure", &DBM::inference_procedure,
        "the order of mean field's updates; default: WeightDoubling");
    key("sampling_procedure", &DBM::sampling_procedure,
        "the order in which layers are drawn; default: GibbsEvenOdd, the only one");
    key("rbm_list", &DBM::rbm_list,
        "trained DBMs of one hidden layer each, that of the same name here, which the layers begin "
        "as; with a Softmax the last one has it, too");
  }
  /// KeyFaults: layers that cannot stand on each other, of one name, or too few rounds for several;
  /// an `rbm_list` of other models.
  void check() const;

  constexpr SpaceInfo input_space() const override { return visible_layer->space(); }
  constexpr bool has_classes() const { return depth() > 0 && hidden_layers.back()->has_classes(); }
  constexpr SpaceInfo target_space() const override {
    if (has_classes()) return output_space_of(depth() - 1);
    return {};
  }
  /// The labels of a batch, as the last layer has them. Error where that has no classes.
  constexpr AnyExpr labels(const Data& data) const {
    if (!has_classes()) {
      graph_error("a supervised cost needs a DBM whose last layer is a Softmax");
      return inputs_of(*this, data);
    }
    return format_as(data[target_source()], target_space()).value();
  }
  constexpr int batch_size() const override { return fixed_batch_size; }
  constexpr int depth() const { return hidden_layers.size(); }
  /// The Space below hidden layer i.
  constexpr SpaceInfo below(int i) const { return i == 0 ? input_space() : output_space_of(i - 1); }
  /// What is above hidden layer i, and what is drawn of it.
  constexpr SpaceInfo output_space_of(int i) const {
    return hidden_layers[i]->output_space(below(i));
  }
  constexpr SpaceInfo state_space(int i) const { return hidden_layers[i]->state_space(below(i)); }

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
    if (inference_procedure) return inference_procedure->mean_field(*this, v, y);
    return by_weight_doubling(v, y);
  }
  /// What inference finds of an example that it is not shown all of, after each round.
  constexpr ir::List<InpaintedState> do_inpainting(const MaskedExample& given) const {
    if (inference_procedure) return inference_procedure->do_inpainting(*this, given);
    return inpainted_by_weight_doubling(given);
  }
  constexpr ir::List<DBMState> by_weight_doubling(const AnyExpr& v, const AnyExpr* y) const {
    DBMState s{v, {}};
    for (int i = 0; i < depth(); ++i) {
      if (y && i == depth() - 1) {
        s.hidden.push_back({*y, *y});
      } else if (y && i == depth() - 2) {
        const AnyExpr message = hidden_layers[i + 1]->message(
            below(i + 1), hidden_layers[i + 1]->downward(below(i + 1), {*y, *y}));
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
  /// Of labels, all of what begins is the biases of the last layer; with `labels_from_below` what
  /// the layers below make of it.
  constexpr ir::List<InpaintedState> inpainted_by_weight_doubling(
      const MaskedExample& given, bool labels_from_below = false) const {
    InpaintedState now = inpainting_begun(given);
    for (int i = 0; i < depth(); ++i)
      now.means.hidden.push_back(hidden_layers[i]->mf_update(below(i), seen_below(now.means, i),
                                                             nullptr, i + 1 < depth()));
    if (given.y && labels_from_below) {
      inpaint_layer(now, given, depth() - 1);
    } else if (given.y) {
      now.class_input = hidden_layers.back()->class_input_alone(rows_of(given.v, depth() - 1));
      show_labels(now, given);
      if (depth() > 1) now.means.hidden[depth() - 2] = mf_update(now.means, depth() - 2);
    }
    ir::List<InpaintedState> history;
    remember(now, given, history);
    for (int round = 1; round < rounds_of(given); ++round) {
      for (int i = 0; i < depth(); i += 2) inpaint_layer(now, given, i);
      inpaint_visible(now, given);
      for (int i = 1; i < depth(); i += 2) inpaint_layer(now, given, i);
      remember(now, given, history);
    }
    return history;
  }

  /// What the last layer is of v by multi-inference (Goodfellow et al. 2013): mean field by
  /// weight doubling that sees, in place of v, the mean of v and of what the hidden units make of
  /// it. At first that is what inpainting begins with.
  constexpr AnyExpr multi_infer(const AnyExpr& v) const {
    DBMState s{.5 * v + .5 * visible_layer->init_inpainting_state(v, false), {}};
    for (int i = 0; i < depth(); ++i)
      s.hidden.push_back(
          hidden_layers[i]->mf_update(below(i), seen_below(s, i), nullptr, i + 1 < depth()));
    for (int round = 1; round < niter; ++round) {
      for (int i = 0; i < depth(); i += 2) s.hidden[i] = mf_update(s, i);
      s.v = .5 * v + .5 * mean_of_v(s);
      for (int i = 1; i < depth(); i += 2) s.hidden[i] = mf_update(s, i);
    }
    return s.hidden.back().up;
  }

  /// Steps that procedures are made of. What v is before any round, with no hidden layer yet.
  constexpr InpaintedState inpainting_begun(const MaskedExample& given) const {
    InpaintedState now;
    const AnyExpr begin = visible_layer->init_inpainting_state(given.v, given.noise);
    now.means.v = given.drop_mask * begin + (1 - given.drop_mask) * given.v;
    now.message = 0 * given.v;
    return now;
  }
  constexpr void inpaint_visible(InpaintedState& now, const MaskedExample& given) const {
    now.message = message_to(now.means, -1);
    now.means.v =
        given.drop_mask * visible_layer->mean_of(now.message) + (1 - given.drop_mask) * given.v;
  }
  constexpr void inpaint_layer(InpaintedState& now, const MaskedExample& given, int i) const {
    if (!given.y || i + 1 < depth()) {
      now.means.hidden[i] = mf_update(now.means, i);
      return;
    }
    now.class_input = hidden_layers[i]->class_input(below(i), seen_below(now.means, i));
    show_labels(now, given);
  }
  /// The last layer: what was found of labels, where they are not shown.
  constexpr void show_labels(InpaintedState& now, const MaskedExample& given) const {
    const AnyExpr y =
        *given.drop_mask_y * softmax(now.class_input) + (1 - *given.drop_mask_y) * *given.y;
    now.means.hidden[depth() - 1] = {y, y};
  }
  constexpr int rounds_of(const MaskedExample& given) const {
    return given.niter > 0 ? given.niter : niter;
  }
  /// Adds a round to its history, and holds it where gradients are to go no further back.
  static constexpr void remember(InpaintedState& now, const MaskedExample& given,
                                 ir::List<InpaintedState>& history) {
    if (given.block_grad > 0 && history.size() + 1 == given.block_grad) {
      now.means = held(now.means);
      now.message = stop_gradient(now.message);
      if (given.y) now.class_input = stop_gradient(now.class_input);
    }
    history.push_back(now);
  }
  constexpr UnitState mf_update(const DBMState& s, int i) const { return updated(s, i, false); }
  /// E(v | h)
  constexpr AnyExpr mean_of_v(const DBMState& s) const {
    return visible_layer->mean_of(message_to(s, -1));
  }
  /// Zeros in hidden layer i's state Space, as many rows as v has.
  constexpr AnyExpr rows_of(const AnyExpr& v, int i) const {
    AnyExpr rows = sum(0 * v, units, keep_axes);
    if (v.shape().rank > 2) rows = AnyExpr(ir::reshape_features(rows.value(), ir::make_shape(1)));
    const SpaceInfo space = state_space(i);
    const AnyExpr vectors = rows + AnyExpr(zeros(VectorSpace(space.total_dimension())));
    if (space.shape.rank < 2) return vectors;
    return AnyExpr(ir::reshape_features(vectors.value(), space.shape));
  }

  /// One step of Gibbs sampling: the even hidden layers, then v and the odd ones. What is clamped
  /// stays.
  constexpr DBMState gibbs_step(DBMState s, bool clamp_v = false, bool clamp_top = false) const {
    const int free = clamp_top ? depth() - 1 : depth();
    for (int i = 0; i < free; i += 2) s.hidden[i] = updated(s, i, true);
    if (!clamp_v) s.v = visible_layer->sample(message_to(s, -1, true));
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
    for (int i = 0; i < depth(); ++i)
      s.hidden.push_back(hidden_layers[i]->sample_alone(below(i), rows_of(v, i)));
    return s;
  }
  constexpr AnyExpr reconstruction(const AnyExpr& v) const {
    return mean_of_v(mean_field(v).back());
  }

  constexpr Signal output(const Signal& v) const override {
    if (depth() < 1) {
      graph_error("a DBM needs at least one hidden layer");
      return v;
    }
    return Signal(output_space_of(depth() - 1),
                  mean_field(format_as(v, input_space()).value()).back().hidden.back().up);
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    list.add("reconstruct", [&] {
      Function f;
      f.add(ansatz::output("v", reconstruction(inputs_of(*this, data))));
      return f;
    });
    list.add("begin_gibbs", [&] {
      return chains_function(gibbs_step(mean_field(inputs_of(*this, data)).back(), true));
    });
    list.add("gibbs", [&] {
      DBMState s{inputs_of(*this, data), {}};
      Data drawn;
      for (int i = 0; i < depth(); ++i) drawn.add(chains_name(i), state_space(i));
      for (int i = 0; i < depth(); ++i)
        s.hidden.push_back(
            hidden_layers[i]->state_of(below(i), drawn[chains_name(i).view()].value()));
      return chains_function(gibbs_step(s));
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
    bool limits = visible_layer->has_limits();
    for (int i = 0; i < depth(); ++i) {
      hidden_layers[i]->modify_updates(below(i), updates);
      limits = limits || hidden_layers[i]->has_limits();
    }
    if (!limits) return;
    const ir::List<LimitedWeights> W = limited_weights(updates);
    visible_layer->limit(W[0], updates);
    for (int i = 0; i < depth(); ++i) hidden_layers[i]->limit(below(i), W[i + 1], updates);
  }
  /// Of each layer: norms of its weights, and of its means ("mf_<layer>_") what layers of an MLP
  /// tell of their outputs; of several layers how far the last round moved the means.
  constexpr void channels(const Data& data, ChannelList& list) const override {
    const ir::List<DBMState> history = mean_field(inputs_of(*this, data));
    ChannelList visible;
    visible_layer->channels(visible);
    UpdateList none;
    const ir::List<LimitedWeights> W = limited_weights(none);
    visible_layer->bias_channels(W[0], visible);
    list.add("vis_", visible);
    for (int i = 0; i < depth(); ++i) {
      const DBMHiddenLayer& layer = *hidden_layers[i];
      ChannelList own, of_state;
      layer.channels(below(i), own);
      layer.bias_channels(below(i), W[i + 1], own);
      layer.state_channels(below(i), history.back().hidden[i], of_state);
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
    return hidden_layers[i - 1]->upward(below(i - 1), s.hidden[i - 1]);
  }

 private:
  // Of each hidden layer as updates make them, before any limit; above the last there are none.
  constexpr ir::List<LimitedWeights> limited_weights(UpdateList& updates) const {
    ir::List<LimitedWeights> W;
    for (int i = 0; i < depth(); ++i)
      W.push_back(hidden_layers[i]->limited_weights(below(i), updates));
    W.push_back({});
    return W;
  }
  constexpr String chains_name(int i) const { return "chains." + hidden_layers[i]->layer_name; }
  constexpr Function chains_function(const DBMState& s) const {
    Function f;
    f.add(ansatz::output("v", s.v));
    for (int i = 0; i < depth(); ++i)
      f.add(ansatz::output(chains_name(i).c_str(), s.hidden[i].down));
    return f;
  }
  // What layer i gets from above; -1: the visible one.
  constexpr AnyExpr message_to(const DBMState& s, int i, bool to_draw = false) const {
    if (i + 1 >= depth()) {
      graph_error("a DBM needs at least one hidden layer");
      return s.v;
    }
    const DBMHiddenLayer& above = *hidden_layers[i + 1];
    const AnyExpr seen = above.downward(below(i + 1), s.hidden[i + 1]);
    if (to_draw) return above.sampling_message(below(i + 1), seen);
    return above.message(below(i + 1), seen);
  }
  constexpr UnitState updated(const DBMState& s, int i, bool draw) const {
    const DBMHiddenLayer& layer = *hidden_layers[i];
    const AnyExpr u = seen_below(s, i);
    AnyExpr from_above;
    const AnyExpr* message = nullptr;
    if (i + 1 < depth()) from_above = message_to(s, i, draw), message = &from_above;
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
      ((now.hidden.push_back(hidden_layers[i]->state_of(below(i), h)), ++i), ...);
      now = gibbs_step(now, clamp_v, clamp_top);
      return carry(now.v, now.hidden[I].down...);
    };
    const auto last = repeat(setting(called, steps), body, s.v, s.hidden[I].down...);
    DBMState now{last.template get<0>(), {}};
    (now.hidden.push_back(hidden_layers[I]->state_of(below(I), last.template get<I + 1>())), ...);
    return now;
  }
};

}  // namespace ansatz
