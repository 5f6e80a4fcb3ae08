// Cost: what training makes small.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model.hpp>
#include <dsl/grad.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What is drawn once for a batch and stays fixed while a line search evaluates the cost again and
/// again: state that the cost declares, renewed by a function of its own when a batch is loaded.
struct FixedVarDescr {
  UpdateList on_load_batch;  ///< new values of the fixed variables, computed from the data
  constexpr bool empty() const { return on_load_batch.entries().empty(); }
};

/// A cost of a model on data, as Pylearn2's. A cost has a value (`expr`), or only gradients
/// (`gradients`): it writes one of the two. See SurrogateCost for the latter.
class Cost : public Object {
 public:
  static constexpr const char* kind_name = "cost";
  static constexpr bool outlives_faults = true;

  /// Whether the cost reads the targets.
  constexpr virtual bool supervised() const { return true; }
  /// The sources the cost reads, with their Spaces.
  constexpr virtual void data_specs(const Model& model, Data& data) const {
    data.add(model.input_source(), model.input_space());
    if (supervised() && model.target_space().kind != SpaceKind::null)
      data.add(model.target_source(), model.target_space());
  }
  /// Whether `expr` draws random numbers; a line search needs one that does not.
  constexpr virtual bool is_stochastic() const { return false; }

  /// The value: one number for a batch. None where none can be computed, as for the likelihood of
  /// an RBM.
  constexpr virtual std::optional<AnyExpr> expr(const Model&, const Data&) const { return {}; }

  /// The derivatives with respect to the model's parameters, by default those of the value. Zero
  /// where the cost does not depend on one.
  constexpr virtual GradientList gradients(const Model& model, const Data& data) const {
    GradientList g;
    g.value = expr(model, data);
    if (!g.value) {
      graph_error(
          "the cost has neither a value nor gradients: it must write `expr` or `gradients`");
      return g;
    }
    for (const ModelParameter& p : model.parameters()) g.of.push_back(grad(*g.value, p.value));
    return g;
  }

  /// Declares the state that its expressions keep: chains, fixed variables.
  constexpr virtual void states(const Model&, StateList&) const {}
  /// Contributes functions of its own, where it is the cost that the job trains with.
  constexpr virtual void functions(const Model&, const Data&, FunctionList&) const {}
  /// Channels beside the objective.
  constexpr virtual void channels(const Model&, const Data&, ChannelList&) const {}
  /// The name a SumOfCosts puts behind "term_i_"; empty: none.
  constexpr virtual String name() const { return ""; }
  constexpr virtual FixedVarDescr fixed_variables(const Model&, const Data&) const { return {}; }
};

constexpr Shared<Cost> Model::default_cost() const { return nullptr; }

}  // namespace ansatz
