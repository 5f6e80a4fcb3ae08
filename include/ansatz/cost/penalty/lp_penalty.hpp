// LpPenalty: sum over parameters of sum |v|^p
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/unknown_name.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

constexpr Given<"variables", ir::List<String>> variables(std::initializer_list<const char*> names) {
  ir::List<String> list;
  for (const char* each : names) list.push_back(each);
  return {list};
}

/// A penalty of parameters, given by their names. Its derivative at 0 is 0. Throws NameError, with
/// the parameters there are, for another name.
///
///     LpPenalty(1, variables({"h0_W", "softmax_W"}))
class LpPenalty : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.cost.LpPenalty";
  static constexpr const char* doc = "powers of absolute values of parameters";
  ir::List<String> variables;
  double p = 0;

  constexpr LpPenalty() {}
  template <KeyOf<LpPenalty>... O>
  constexpr explicit LpPenalty(double power, const O&... options) : p(power) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("variables", &LpPenalty::variables, "names of parameters");
    key.required("p", &LpPenalty::p, "the power, at least 1");
  }

  constexpr bool supervised() const override { return false; }
  constexpr void data_specs(const Model&, Data&) const override {}
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    if (!(p >= 1 && p < __builtin_inf())) graph_error("LpPenalty: p must be at least 1");
    if (variables.empty()) graph_error("LpPenalty: variables must name at least one parameter");
    const ir::List<ModelParameter> known = model.parameters();
    AnyExpr sum;
    for (int i = 0; i < variables.size(); ++i) {
      const AnyExpr own = penalty(find(variables[i], known));
      if (i == 0)
        sum = own;
      else
        sum = sum + own;
    }
    return sum;
  }

 private:
  constexpr AnyExpr penalty(const AnyExpr& v) const {
    if (p == 1) return ansatz::sum(abs(v));
    if (p == 2) return ansatz::sum(square(v));
    return ansatz::sum(pow(abs(v), p));
  }
  static constexpr AnyExpr find(const String& name, const ir::List<ModelParameter>& known) {
    for (const ModelParameter& each : known)
      if (each.name == name.view()) return each.value;
    ir::List<String> names;
    for (const ModelParameter& each : known) names.push_back(each.name);
    unknown_name("LpPenalty: the model has no parameter", name, names);
    return {};
  }
};

}  // namespace ansatz
