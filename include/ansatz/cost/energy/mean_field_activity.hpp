// MF_L1_ActCost, MF_L2_ActCost: mean activities of a DBM's layers are to be as told
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What both penalties share: the means of mean field, of the batch, and a target and a factor for
/// each hidden layer. A factor of 0 leaves a layer out.
class MeanFieldActivity : public Cost {
 public:
  ir::List<double> targets, coeffs;
  bool supervised_cost = false;

  template <class K>
  static constexpr void keys(K& key) {
    using Self = MeanFieldActivity;
    key.required("targets", &Self::targets, "the wanted mean activity of each hidden layer")
        .from_to(0, 1);
    key.required("coeffs", &Self::coeffs, "factor of each layer's penalty").at_least(0);
  }
  constexpr bool supervised() const override { return supervised_cost; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const DBM* const dbm = model_as<DBM>(model);
    if (!dbm) {
      graph_error("this cost needs a DBM for its model");
      return {};
    }
    if (targets.size() != dbm->depth() || coeffs.size() != dbm->depth() || !eps_fit(dbm->depth())) {
      graph_error("a penalty of mean activities needs a number for each hidden layer");
      return {};
    }
    const AnyExpr v = inputs_of(*dbm, data);
    DBMState s;
    if (supervised_cost) {
      const AnyExpr y = format_as(data[dbm->target_source()], dbm->target_space()).value();
      s = dbm->mean_field(v, &y).back();
    } else {
      s = dbm->mean_field(v).back();
    }
    AnyExpr total = constant(0);
    for (int i = 0; i < dbm->depth(); ++i) {
      if (coeffs[i] == 0) continue;
      const DBMHiddenLayer& layer = *dbm->hidden_layers[i];
      const String name = "activity." + layer.layer_name;
      total = total + of_layer(layer, i, s.hidden[i], setting(name + ".target", targets[i]),
                               setting(name, coeffs[i]));
    }
    return total;
  }

 protected:
  constexpr virtual AnyExpr of_layer(const DBMHiddenLayer& layer, int i, const UnitState& s,
                                     const AnyExpr& target, const AnyExpr& coefficient) const = 0;
  constexpr virtual bool eps_fit(int) const { return true; }
};

/// The sum over layers of c times the mean over units of max(|m - target| - eps, 0), m being the
/// mean of a unit over the batch.
class MF_L1_ActCost : public MeanFieldActivity {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.MF_L1_ActCost";
  static constexpr const char* doc =
      "distances of a DBM's mean activities from what they should be";
  ir::List<double> eps;

  constexpr MF_L1_ActCost() {}
  constexpr ~MF_L1_ActCost() override {}
  template <class K>
  static constexpr void keys(K& key) {
    MeanFieldActivity::keys(key);
    key.required("eps", &MF_L1_ActCost::eps, "distance of each layer that costs nothing")
        .at_least(0);
    key.required("supervised", &MF_L1_ActCost::supervised_cost, "whether labels are data, too");
  }

 protected:
  constexpr AnyExpr of_layer(const DBMHiddenLayer& layer, int i, const UnitState& s,
                             const AnyExpr& target, const AnyExpr& coefficient) const override {
    return layer.l1_act_cost(s, target, coefficient,
                             setting("activity." + layer.layer_name + ".eps", eps[i]));
  }
  constexpr bool eps_fit(int depth) const override { return eps.size() == depth; }
};

/// The sum over layers of c times the mean over units of (m - target)^2.
class MF_L2_ActCost : public MeanFieldActivity {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.MF_L2_ActCost";
  static constexpr const char* doc = "squared distances of a DBM's mean activities from the wanted";

  constexpr MF_L2_ActCost() {}
  constexpr ~MF_L2_ActCost() override {}
  template <class K>
  static constexpr void keys(K& key) {
    MeanFieldActivity::keys(key);
    key("supervised", &MF_L2_ActCost::supervised_cost, "whether labels are data, too");
  }

 protected:
  constexpr AnyExpr of_layer(const DBMHiddenLayer& layer, int, const UnitState& s,
                             const AnyExpr& target, const AnyExpr& coefficient) const override {
    return layer.l2_act_cost(s, target, coefficient);
  }
};

}  // namespace ansatz
