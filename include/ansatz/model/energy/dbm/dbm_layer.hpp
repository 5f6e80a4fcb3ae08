// DBMLayer: a layer of a deep Boltzmann machine
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <ansatz/job/channel.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The state of a layer, drawn or a mean: `up` is what the layer above sees of it, `down` what the
/// layer below does. They differ where units are pooled: pools up, detectors down.
struct UnitState {
  AnyExpr up, down;
};

/// The mean of so many draws: of units that stand for as many `copies` with the same weights.
template <class F>
constexpr AnyExpr mean_of_draws(int copies, F draw) {
  AnyExpr total = draw();
  for (int i = 1; i < copies; ++i) total = total + draw();
  if (copies == 1) return total;
  return total / copies;
}
/// What others see of a mean of copies.
constexpr AnyExpr of_copies(int copies, const AnyExpr& mean) {
  if (copies == 1) return mean;
  return copies * mean;
}

/// Weights between units of -1 and 1 as an update makes them, and after their limits: of a layer
/// whose parameters are those of units of 0 and 1, in which biases depend on weights. Others have
/// none.
struct LimitedWeights {
  bool there = false;
  AnyExpr before, after;
};

/// The visible units of a deep Boltzmann machine. They see the first hidden layer through a
/// message, what its weights make of its state.
class DBMVisibleLayer : public Object {
 public:
  static constexpr const char* kind_name = "visible layer of a DBM";
  static constexpr bool outlives_faults = true;

  constexpr virtual SpaceInfo space() const = 0;
  constexpr virtual void parameters(ir::List<ModelParameter>& list) const = 0;
  virtual void initialize(InitialValues& values) const = 0;
  /// What the first hidden layer sees of v.
  constexpr virtual AnyExpr upward(const AnyExpr& v) const = 0;
  /// E(v | h), of h's message.
  constexpr virtual AnyExpr mean_of(const AnyExpr& message) const = 0;
  /// A draw of p(v | h).
  constexpr virtual AnyExpr sample(const AnyExpr& message) const = 0;
  /// As many draws as `like` has rows, of units that see nothing.
  constexpr virtual AnyExpr sample_alone(const AnyExpr& like) const = 0;
  /// The terms of the energy that v alone has, one number a row.
  constexpr virtual AnyExpr energy_term(const AnyExpr& v) const = 0;
  /// Whether the energy of a mean is the mean of energies.
  constexpr virtual bool has_linear_energy() const { return true; }
  /// What stands for units that inference is not shown, before it has begun: their means where they
  /// see nothing, in the shape of `like`, or with `noise` a draw about nothing.
  constexpr virtual AnyExpr init_inpainting_state(const AnyExpr& like, bool noise) const = 0;
  /// How far v is from what the message says of it, number by number: -log p(v_i | message), or of
  /// noise that was normal at first.
  constexpr virtual AnyExpr recons_cost(const AnyExpr& v, const AnyExpr& message) const = 0;
  constexpr virtual void modify_updates(UpdateList&) const {}
  /// Whether the energy's weights or biases have limits; and these, behind all other changes of
  /// updates.
  constexpr virtual bool has_limits() const { return false; }
  constexpr virtual void limit(const LimitedWeights& /*above*/, UpdateList&) const {}
  constexpr virtual void bias_channels(const LimitedWeights& /*above*/, ChannelList&) const {}
  constexpr virtual void channels(ChannelList&) const {}
};

/// A hidden layer: weights from the layer below, given as a Space, and biases. Its conditional
/// distribution is computed from what it sees below, u, and the message from above.
class DBMHiddenLayer : public Object {
 public:
  static constexpr const char* kind_name = "hidden layer of a DBM";
  static constexpr bool outlives_faults = true;
  String layer_name;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("layer_name", &DBMHiddenLayer::layer_name, "name of the layer");
  }
  /// KeyFaults, where the layer cannot stand on `below`.
  virtual void check_on(const SpaceInfo& below) const = 0;

  /// What the layer above sees of it, where it stands on `below`.
  constexpr virtual SpaceInfo output_space(const SpaceInfo& below) const = 0;
  /// What is drawn and kept: of pooled units the detectors.
  constexpr virtual SpaceInfo state_space(const SpaceInfo& below) const = 0;
  constexpr virtual UnitState state_of(const SpaceInfo& below, const AnyExpr& drawn) const = 0;

  constexpr virtual void parameters(const SpaceInfo& below,
                                    ir::List<ModelParameter>& list) const = 0;
  virtual void initialize(const SpaceInfo& below, InitialValues& values,
                          RandomState& rng) const = 0;
  /// The means given u and, if not null, the message from above. `double_weights` sees 2 u instead
  /// of a message: what stands for a layer above of which nothing is known yet.
  constexpr virtual UnitState mf_update(const SpaceInfo& below, const AnyExpr& u,
                                        const AnyExpr* message,
                                        bool double_weights = false) const = 0;
  constexpr virtual UnitState sample(const SpaceInfo& below, const AnyExpr& u,
                                     const AnyExpr* message) const = 0;
  /// As many draws as `like` has rows, of units that see nothing; `like` is in the state's Space.
  constexpr virtual UnitState sample_alone(const SpaceInfo& below, const AnyExpr& like) const = 0;
  /// What a layer above, or below, sees of a state.
  constexpr virtual AnyExpr upward(const SpaceInfo&, const UnitState& s) const { return s.up; }
  constexpr virtual AnyExpr downward(const SpaceInfo&, const UnitState& s) const { return s.down; }
  /// What the layer below gets of `downward`.
  constexpr virtual AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const = 0;
  /// The same where the layer below is drawn.
  constexpr virtual AnyExpr sampling_message(const SpaceInfo& below, const AnyExpr& seen) const {
    return message(below, seen);
  }
  /// The terms of the energy with this layer and the one below, one number a row: of means, too,
  /// as it is linear in each.
  constexpr virtual AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                        const UnitState& s) const = 0;
  constexpr virtual void weights(const SpaceInfo& below, ir::List<ModelWeights>& list) const = 0;
  constexpr virtual void modify_updates(const SpaceInfo& below, UpdateList& updates) const = 0;
  /// As of a DBMVisibleLayer, with the weights on either side.
  constexpr virtual bool has_limits() const { return false; }
  constexpr virtual LimitedWeights limited_weights(const SpaceInfo&, UpdateList&) const {
    return {};
  }
  constexpr virtual void limit(const SpaceInfo&, const LimitedWeights& /*above*/,
                               UpdateList&) const {}
  constexpr virtual void bias_channels(const SpaceInfo&, const LimitedWeights& /*above*/,
                                       ChannelList&) const {}
  /// Channels of the parameters, and of a state.
  constexpr virtual void channels(const SpaceInfo&, ChannelList&) const {}
  constexpr virtual void state_channels(const SpaceInfo&, const UnitState&, ChannelList&) const {}
  /// The means of units that see nothing, as many rows as `like` has.
  constexpr virtual UnitState mf_alone(const SpaceInfo& below, const AnyExpr& like) const = 0;
  /// Whether its units are the classes of the model's targets. Such a layer has `class_input`, of
  /// which its means are the softmax, and `class_input_alone`, that of units which see nothing.
  constexpr virtual bool has_classes() const { return false; }
  constexpr virtual AnyExpr class_input(const SpaceInfo&, const AnyExpr& u) const {
    graph_error("this layer of a DBM has no classes");
    return u;
  }
  constexpr virtual AnyExpr class_input_alone(const AnyExpr& like) const {
    graph_error("this layer of a DBM has no classes");
    return like;
  }
  /// What penalties of mean activities are of: the units, or pools and detectors. Error for layers
  /// that have none.
  constexpr virtual ir::List<AnyExpr> activities(const SpaceInfo&, const UnitState&) const {
    const String text = "layer " + layer_name + " has no penalty of its activities";
    graph_error(text.c_str());
    return {};
  }
  /// The same of what MultiPrediction rewards the range of: units between 0 and 1.
  constexpr virtual ir::List<AnyExpr> rewarded(const SpaceInfo&, const UnitState&) const {
    const String text = "layer " + layer_name + " has no rewards of its activities";
    graph_error(text.c_str());
    return {};
  }
  /// u W + b: what TorontoSparsity takes for the state. Error for layers that have none.
  constexpr virtual AnyExpr linear_feed_forward(const SpaceInfo&, const AnyExpr& u) const {
    const String text = "layer " + layer_name + " has no linear approximation";
    graph_error(text.c_str());
    return u;
  }
};

}  // namespace ansatz
