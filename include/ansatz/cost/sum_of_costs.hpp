// SumOfCosts: sum_i c_i cost_i
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A cost in a sum, with a coefficient or without one.
struct CostTerm {
  Shared<Cost> cost;
  std::optional<double> coefficient;
};
void write_value(Describer& to, const CostTerm& value);
template <class Value>
bool read_value(const Value& from, CostTerm& to) {
  if (!from.is_list()) return read_value(from, to.cost);
  const auto pair = from.items();
  if (pair.size() != 2) {
    from.refuse("a cost, or a pair [coefficient, cost]");
    return false;
  }
  const bool number = read_value(pair[0], to.coefficient);
  return read_value(pair[1], to.cost) && number;
}
inline const char* value_type(const CostTerm*) { return "cost, or pair [coefficient, cost]"; }

/// A cost with a coefficient: `SumOfCosts(Default(), scaled(.5, WeightDecay(1e-4)))`.
template <class C>
  requires std::is_base_of_v<Cost, C>
constexpr CostTerm scaled(double coefficient, const C& cost) {
  return {Shared<Cost>(cost), coefficient};
}

/// The sum of several costs. Coefficients are the named scalars "term_0.coefficient", ….
///
/// It has a value where all its terms have one; its gradients are the sums of theirs in any case.
/// Channels: those of the terms, and the value of each (without its coefficient) as "term_i", or
/// "term_i_NAME" for a cost that has a name, such as "term_1_weight_decay"; of equal names the last
/// stays, as in Pylearn2.
class SumOfCosts : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.cost.SumOfCosts";
  static constexpr const char* doc = "the sum of several costs, with coefficients";
  ir::List<CostTerm> costs;

  constexpr SumOfCosts() {}
  template <class First, class... More>
    requires(!std::is_same_v<First, SumOfCosts> || sizeof...(More) > 0)
  constexpr explicit SumOfCosts(const First& first, const More&... more) {
    add(first);
    (add(more), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("costs", &SumOfCosts::costs, "costs, or pairs [coefficient, cost]");
  }

  constexpr bool supervised() const override {
    for (const CostTerm& t : costs)
      if (t.cost->supervised()) return true;
    return false;
  }
  constexpr bool is_stochastic() const override {
    for (const CostTerm& t : costs)
      if (t.cost->is_stochastic()) return true;
    return false;
  }
  constexpr void data_specs(const Model& model, Data& data) const override {
    for (const CostTerm& t : costs) t.cost->data_specs(model, data);
  }

  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    check();
    AnyExpr sum;
    for (int i = 0; i < costs.size(); ++i) {
      const std::optional<AnyExpr> own = costs[i].cost->expr(model, data);
      if (!own) return {};
      const AnyExpr term = times_coefficient(i, *own);
      if (i == 0)
        sum = term;
      else
        sum = sum + term;
    }
    return sum;
  }

  constexpr GradientList gradients(const Model& model, const Data& data) const override {
    check();
    GradientList sum;
    for (int i = 0; i < costs.size(); ++i) {
      GradientList g = costs[i].cost->gradients(model, data);
      if (!g.value) g.value = costs[i].cost->expr(model, data);
      for (int k = 0; k < g.of.size(); ++k) {
        const AnyExpr own = times_coefficient(i, g.of[k]);
        if (i == 0)
          sum.of.push_back(own);
        else
          sum.of[k] = sum.of[k] + own;
      }
      if (!g.value)
        sum.value.reset();
      else if (i == 0)
        sum.value = times_coefficient(i, *g.value);
      else if (sum.value)
        sum.value = *sum.value + times_coefficient(i, *g.value);
      merge(sum.updates, g.updates);
    }
    return sum;
  }

  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    ir::List<Channel> found;
    const auto put = [&](const Channel& c) {
      for (Channel& each : found)
        if (each.name == c.name.view()) {
          each = c;
          return;
        }
      found.push_back(c);
    };
    for (int i = 0; i < costs.size(); ++i) {
      const Cost& cost = *costs[i].cost;
      ChannelList own;
      cost.channels(model, data, own);
      for (const Channel& c : own) put(c);
      const std::optional<AnyExpr> value = cost.expr(model, data);
      if (!value) continue;
      String name = "term_" + to_text(static_cast<long long>(i));
      if (!cost.name().empty()) name += "_" + cost.name();
      put({name, *value, "a term of the training cost"});
    }
    for (const Channel& c : found) list.add(c);
  }

  constexpr void states(const Model& model, StateList& list) const override {
    for (const CostTerm& t : costs) t.cost->states(model, list);
  }
  constexpr void functions(const Model& model, const Data& data,
                           FunctionList& list) const override {
    for (const CostTerm& t : costs) t.cost->functions(model, data, list);
  }

  constexpr FixedVarDescr fixed_variables(const Model& model, const Data& data) const override {
    FixedVarDescr all_terms;
    for (const CostTerm& t : costs)
      merge(all_terms.on_load_batch, t.cost->fixed_variables(model, data).on_load_batch);
    return all_terms;
  }

  constexpr void check() const {
    if (costs.empty()) graph_error("SumOfCosts needs at least one cost");
  }

 private:
  constexpr AnyExpr times_coefficient(int i, const AnyExpr& x) const {
    const std::optional<double>& c = costs[i].coefficient;
    if (!c) return x;
    return setting("term_" + to_text(static_cast<long long>(i)) + ".coefficient", *c) * x;
  }
  static constexpr void merge(UpdateList& into, const UpdateList& more) {
    for (const UpdateList::Entry& e : more.entries()) {
      if (into.find(e.name)) {
        const String text = "SumOfCosts: two of its costs update \"" + e.name + "\"";
        graph_error(text.c_str());
      }
      into.add(e.name, e.target, e.value);
    }
  }
  template <class C>
  constexpr void add(const C& term) {
    if constexpr (std::is_same_v<C, CostTerm>)
      costs.push_back(term);
    else
      costs.push_back({Shared<Cost>(term), {}});
  }
};

}  // namespace ansatz
