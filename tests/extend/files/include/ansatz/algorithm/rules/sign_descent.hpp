// SignDescent: p <- p - lr sign(g)
#pragma once

#include <ansatz/job/learning_rule.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/sign.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>

namespace ansatz {

/// Steps of one size, whatever the gradient's.
class SignDescent : public LearningRule {
 public:
  static constexpr const char* yaml = "ansatz.training_algorithms.learning_rule.SignDescent";
  static constexpr const char* doc = "steps of one size: the sign of the gradient";
  double step_factor = 1;

  template <class K>
  static constexpr void keys(K& key) {
    key("step_factor", &SignDescent::step_factor, "factor of the learning rate").above(0).below(10);
  }
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    const AnyExpr p = c.parameter.value;
    list.add(c.parameter.name, p, p - step_factor * c.learning_rate * sign(c.gradient));
  }
};

}  // namespace ansatz
