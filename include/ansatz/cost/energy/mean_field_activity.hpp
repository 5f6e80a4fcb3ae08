// MF_L1_ActCost, MF_L2_ActCost: mean activities of a DBM's layers are to be as told
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/cost/energy/activity_numbers.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What both penalties share: the means of mean field, of the batch, and a target and a factor for
/// each hidden layer, of one with pools [of pools, of detectors]. A factor of 0 leaves these out.
class MeanFieldActivity : public Cost {
 public:
  ir::List<ActivityNumbers> targets, coeffs;
  bool supervised_cost = false;

  template <class K>
  static constexpr void keys(K& key) {
    using Self = MeanFieldActivity;
    key.required("targets", &Self::targets,
                 "the wanted mean activity of each hidden layer, of one with pools [of pools, of "
                 "detectors]")
        .from_to(-1, 1);
    key.required("coeffs", &Self::coeffs, "factor of each layer's penalty").at_least(0);
  }
  constexpr bool supervised() const override { return supervised_cost; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const DBM* const dbm = model_as<DBM>(model);
    if (!dbm) {
      graph_error("this cost needs a DBM for its model");
      return {};
    }
    if (!fit_layers(*dbm, "a penalty of mean activities", "targets", targets, coeffs) ||
        !eps_fit(*dbm))
      return {};
    const AnyExpr v = inputs_of(*dbm, data);
    DBMState s;
    if (supervised_cost) {
      const AnyExpr y = dbm->labels(data);
      s = dbm->mean_field(v, &y).back();
    } else {
      s = dbm->mean_field(v).back();
    }
    AnyExpr total = constant(0);
    for (int i = 0; i < dbm->depth(); ++i)
      total =
          total + of_layer(*dbm, i, s.hidden[i], "activity." + dbm->hidden_layers[i]->layer_name);
    return total;
  }

 protected:
  constexpr virtual AnyExpr of_layer(const DBM& dbm, int i, const UnitState& s,
                                     const String& name) const = 0;
  constexpr virtual bool eps_fit(const DBM&) const { return true; }
};

/// The sum over layers of c times the mean over units of max(|m - target| - eps, 0), m being the
/// mean of a unit over the batch.
class MF_L1_ActCost : public MeanFieldActivity {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.MF_L1_ActCost";
  static constexpr const char* doc =
      "distances of a DBM's mean activities from what they should be";
  ir::List<ActivityNumbers> eps;

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
  constexpr AnyExpr of_layer(const DBM& dbm, int i, const UnitState& s,
                             const String& name) const override {
    return l1_act_cost(dbm, i, s, name, targets[i], coeffs[i], eps[i]);
  }
  constexpr bool eps_fit(const DBM& dbm) const override {
    return fit_layers(dbm, "a penalty of mean activities", "eps", eps, coeffs);
  }
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
  constexpr AnyExpr of_layer(const DBM& dbm, int i, const UnitState& s,
                             const String& name) const override {
    return l2_act_cost(dbm, i, s, name, targets[i], coeffs[i]);
  }
};

}  // namespace ansatz
