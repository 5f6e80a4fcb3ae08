// AdaDelta: steps in the units of the parameter.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/learning_rule.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Zeiler's rule (2012), without a learning rate of its own:
///
///     E[g^2] <- decay E[g^2] + (1 - decay) g^2
///     d = -sqrt(E[d^2] + e) / sqrt(E[g^2] + e) g
///     E[d^2] <- decay E[d^2] + (1 - decay) d^2;  p <- p + d
///
/// As in Pylearn2, the algorithm's learning_rate, times the parameter's scale, is e.
class AdaDelta : public LearningRule {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.learning_rule.AdaDelta";
  static constexpr const char* doc =
      "learning rates from running averages of squared gradients and steps";
  double decay = .95;

  constexpr AdaDelta() {}
  constexpr ~AdaDelta() override {}  // g++ 12 wants it written where `learn` is evaluated
  template <KeyOf<AdaDelta>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit AdaDelta(const O&... options) {
    give(*this, options...);
    check();
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("decay", &AdaDelta::decay, "what remains of both averages at each step, in [0, 1)");
  }
  constexpr void check() const {
    if (!(decay >= 0 && decay < 1)) graph_error("AdaDelta: decay must be at least 0 and below 1");
  }

  constexpr void states(const ir::List<ModelParameter>& of, StateList& list) const override {
    for (const ModelParameter& p : of) {
      list.add_like(p, "mean_square_grad");
      list.add_like(p, "mean_square_dx");
    }
  }
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    check();
    const auto rho = setting("adadelta.decay", decay);
    const AnyExpr g2 = c.state("mean_square_grad"), d2 = c.state("mean_square_dx");
    const AnyExpr p = c.parameter.value, e = c.learning_rate;
    const AnyExpr next_g2 = rho * g2 + (1 - rho) * square(c.gradient);
    const AnyExpr d = -(sqrt(d2 + e) / sqrt(next_g2 + e) * c.gradient);
    list.add(c.parameter.name + ".mean_square_grad", g2, next_g2);
    list.add(c.parameter.name + ".mean_square_dx", d2, rho * d2 + (1 - rho) * square(d));
    list.add(c.parameter.name, p, p + d);
  }
};

}  // namespace ansatz
