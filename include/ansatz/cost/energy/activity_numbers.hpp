// ActivityNumbers: what penalties of mean activities are told of a DBM's hidden layer
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/square.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A number for each of a layer's activities: one, or of a layer with pools two, of pools and of
/// detectors; of a CompositeLayer those of its components in turn, as lists in the list or not.
struct ActivityNumbers : Numbers {
  constexpr ActivityNumbers() {}
  constexpr ActivityNumbers(double x) : Numbers(x) {}
  constexpr ActivityNumbers(std::initializer_list<double> several) {
    for (const double x : several) list.push_back(x);
  }
  constexpr bool zero() const {
    for (const double x : list)
      if (x != 0) return false;
    return true;
  }
};
template <class Value>
bool add_numbers(const Value& from, ir::List<double>& to) {
  if (!from.is_list()) {
    const auto x = from.number();
    if (x) to.push_back(*x);
    return x.has_value();
  }
  bool good = true;
  for (const Value& each : from.items()) good = add_numbers(each, to) && good;
  return good;
}
template <class Value>
bool read_value(const Value& from, ActivityNumbers& to) {
  to.list = {};
  return add_numbers(from, to.list);
}
inline const char* value_type(const ActivityNumbers*) {
  return "number, or [of pools, of detectors]";
}

/// The mean of each unit over examples; at the places of an image, of each channel over these, too.
constexpr AnyExpr mean_activity(const AnyExpr& x) {
  if (x.shape().rank > 2) return mean(x, batch, axis<0>, axis<1>);
  return mean(x, batch);
}

/// The sum of what `penalty(activity, name, which)` says of each activity whose coefficient is not
/// 0. Settings of a layer with several are called `name` with ".0", ".1" behind it.
/// @param activities  asked for if there is such a one
template <class Activities, class Penalty>
constexpr AnyExpr of_activities(const DBMHiddenLayer& layer, const ActivityNumbers& coefficients,
                                const String& name, Activities activities, Penalty penalty) {
  AnyExpr total = constant(0);
  if (coefficients.zero()) return total;
  const ir::List<AnyExpr> each = activities();
  const int count = each.size();
  if (count != coefficients.list.size()) {
    const String text = "layer " + layer.layer_name + " has " + to_text(count) + " mean activit" +
                        (count == 1 ? "y" : "ies: pools, then detectors") + "; found " +
                        to_text(coefficients.list.size()) + " coefficients for it";
    graph_error(text.c_str());
    return total;
  }
  for (int k = 0; k < count; ++k) {
    if (coefficients.list[k] == 0) continue;
    String own = name;
    if (count > 1) own = name + "." + to_text(k);
    total = total + penalty(each[k], own, k);
  }
  return total;
}

/// Lists with an entry for each hidden layer, `wanted` being what messages call `noun`. Error where
/// they have not as many, or not as many numbers as the coefficients of a layer.
constexpr bool fit_layers(const DBM& dbm, const char* cost, const char* noun,
                          const ir::List<ActivityNumbers>& wanted,
                          const ir::List<ActivityNumbers>& coefficients) {
  const int layers = dbm.depth();
  if (wanted.size() != layers || coefficients.size() != layers) {
    const String text = String(cost) + " needs a number for each hidden layer, of which there " +
                        (layers == 1 ? "is " : "are ") + to_text(layers) + "; found " +
                        to_text(wanted.size()) + " " + noun + " and " +
                        to_text(coefficients.size()) + " coefficients";
    graph_error(text.c_str());
    return false;
  }
  for (int i = 0; i < layers; ++i) {
    const int found = wanted[i].list.size(), needed = coefficients[i].list.size();
    if (found == needed || coefficients[i].zero()) continue;
    const String text = String(cost) + ": layer " + dbm.hidden_layers[i]->layer_name + " has " +
                        to_text(found) + " " + noun + ", but " + to_text(needed) + " coefficients";
    graph_error(text.c_str());
    return false;
  }
  return true;
}

/// The sum over activities of c times the mean over units of (m - target)^2, m being the mean.
constexpr AnyExpr l2_act_cost(const DBM& dbm, int i, const UnitState& s, const String& name,
                              const ActivityNumbers& targets, const ActivityNumbers& coefficients) {
  const DBMHiddenLayer& layer = *dbm.hidden_layers[i];
  return of_activities(
      layer, coefficients, name, [&] { return layer.activities(dbm.below(i), s); },
      [&](const AnyExpr& x, const String& own, int k) {
        return setting(own, coefficients.list[k]) *
               mean(square(mean_activity(x) - setting(own + ".target", targets.list[k])));
      });
}
/// The same of max(|m - target| - eps, 0).
constexpr AnyExpr l1_act_cost(const DBM& dbm, int i, const UnitState& s, const String& name,
                              const ActivityNumbers& targets, const ActivityNumbers& coefficients,
                              const ActivityNumbers& eps) {
  const DBMHiddenLayer& layer = *dbm.hidden_layers[i];
  return of_activities(
      layer, coefficients, name, [&] { return layer.activities(dbm.below(i), s); },
      [&](const AnyExpr& x, const String& own, int k) {
        const AnyExpr off = abs(mean_activity(x) - setting(own + ".target", targets.list[k]));
        return setting(own, coefficients.list[k]) *
               mean(relu(off - setting(own + ".eps", eps.list[k])));
      });
}

}  // namespace ansatz
