// LogPenalty: c sum_W sum log(1 + W^2)
#pragma once

#include <ansatz/job/cost.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {

/// A penalty of all parameters that hardly grows where they are large: the negative logarithm of
/// a Cauchy distribution.
class LogPenalty : public Cost {
 public:
  static constexpr const char* yaml = "ansatz.costs.cost.LogPenalty";
  static constexpr const char* doc = "logarithms of one and the squares of parameters";
  double strength = 0;

  constexpr LogPenalty() {}
  constexpr explicit LogPenalty(double c) : strength(c) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("strength", &LogPenalty::strength, "factor of the sum").from_to(0, 100);
  }
  constexpr bool supervised() const override { return false; }
  constexpr void data_specs(const Model&, Data&) const override {}
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    const ir::List<ModelParameter> known = model.parameters();
    AnyExpr sum = penalty(known[0].value);
    for (int i = 1; i < known.size(); ++i) sum = sum + penalty(known[i].value);
    return strength * sum;
  }

 private:
  static constexpr AnyExpr penalty(const AnyExpr& v) { return sum(log1p(square(v))); }
};

}  // namespace ansatz
