// TorontoSparsity: hidden units are to be active as often as told
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/cost/energy/activity_numbers.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <dsl/ops/control/stop_gradient.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A number with the gradients that penalties of mean activities would have if the means were
/// u W + b, so that they do not vanish where units are nearly always on or off.
/// @param held     the means, which gradients do not see
/// @param penalty  that of layer i, of its state; asked where its coefficient is not 0
template <class F>
constexpr AnyExpr as_if_linear(const DBM& dbm, const DBMState& held,
                               const ir::List<ActivityNumbers>& coefficients, F penalty) {
  AnyExpr total = constant(0);
  for (int i = 0; i < dbm.depth(); ++i) {
    if (coefficients[i].zero()) continue;
    const AnyExpr slope = grad(penalty(i, held.hidden[i]), held.hidden[i].down);
    const AnyExpr linear =
        dbm.hidden_layers[i]->linear_feed_forward(dbm.below(i), dbm.seen_below(held, i));
    total = total + sum(stop_gradient(slope) * linear);
  }
  return total;
}

/// The penalty of a DBM's mean activities: the sum over layers of coeffs times the mean over units
/// of the squared distance of targets and of their mean over the batch. Its gradient is that of
/// Salakhutdinov's program: as if the means were u W + b, so that it does not vanish where units
/// are nearly always on or off. A coefficient of 0 leaves a layer out. Layers with pools have no
/// such approximation; a CompositeLayer has a number for each of its components.
class TorontoSparsity : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.TorontoSparsity";
  static constexpr const char* doc = "mean activities of a DBM's hidden units are to be as told";
  ir::List<ActivityNumbers> targets, coeffs;
  bool supervised_cost = false;

  constexpr TorontoSparsity() {}
  constexpr ~TorontoSparsity() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = TorontoSparsity;
    key.required("targets", &Self::targets,
                 "the wanted mean activity of each hidden layer, of one with pools [of pools, of "
                 "detectors]")
        .from_to(-1, 1);
    key.required("coeffs", &Self::coeffs, "factor of each layer's penalty").at_least(0);
    key("supervised", &Self::supervised_cost, "whether labels are data, too");
  }
  constexpr bool supervised() const override { return supervised_cost; }

  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const DBM* const dbm = fitting(model);
    if (!dbm) return {};
    const DBMState s = inferred(*dbm, data);
    AnyExpr total = constant(0);
    for (int i = 0; i < dbm->depth(); ++i) total = total + penalty(*dbm, i, s.hidden[i]);
    return total;
  }
  constexpr GradientList gradients(const Model& model, const Data& data) const override {
    GradientList g;
    const DBM* const dbm = fitting(model);
    if (!dbm) return g;
    const DBMState s = DBM::held(inferred(*dbm, data));
    const AnyExpr linear = as_if_linear(
        *dbm, s, coeffs, [&](int i, const UnitState& of) { return penalty(*dbm, i, of); });
    for (const ModelParameter& p : model.parameters()) g.of.push_back(grad(linear, p.value));
    return g;
  }

 private:
  constexpr DBMState inferred(const DBM& dbm, const Data& data) const {
    const AnyExpr v = inputs_of(dbm, data);
    if (!supervised_cost) return dbm.mean_field(v).back();
    const AnyExpr y = dbm.labels(data);
    return dbm.mean_field(v, &y).back();
  }
  constexpr AnyExpr penalty(const DBM& dbm, int i, const UnitState& s) const {
    return l2_act_cost(dbm, i, s, "toronto_sparsity." + dbm.hidden_layers[i]->layer_name,
                       targets[i], coeffs[i]);
  }
  constexpr const DBM* fitting(const Model& model) const {
    const DBM* const dbm = model_as<DBM>(model);
    if (!dbm) {
      graph_error("TorontoSparsity needs a DBM for its model");
      return nullptr;
    }
    return fit_layers(*dbm, "TorontoSparsity", "targets", targets, coeffs) ? dbm : nullptr;
  }
};

}  // namespace ansatz
