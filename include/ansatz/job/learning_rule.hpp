// LearningRule: from gradients to steps.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/job/channel.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/job/state_list.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What a learning rule sees of one parameter.
struct RuleContext {
  const ModelParameter& parameter;
  AnyExpr gradient;
  AnyExpr learning_rate;  ///< times the parameter's scale

  /// State of the parameter's shape, "h0_W.velocity" for "velocity", which the rule declares.
  constexpr AnyExpr state(const char* what) const {
    return state_leaf(parameter.name + "." + what, parameter.shape());
  }
};

/// How SGD turns a gradient into a new value of the parameter.
class LearningRule : public Object {
 public:
  static constexpr const char* kind_name = "learning rule";
  static constexpr bool outlives_faults = true;

  /// Declares the rule's state for the parameters that are trained: StateList::add_like.
  constexpr virtual void states(const ir::List<ModelParameter>&, StateList&) const {}
  /// Adds the new values of the parameter and of the rule's state.
  constexpr virtual void updates(const RuleContext& c, UpdateList& list) const = 0;
  constexpr virtual void channels(const ir::List<ModelParameter>&, ChannelList&) const {}
};

}  // namespace ansatz
