// AdaGrad: s <- s + g^2;  p <- p - lr g / sqrt(s)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/learning_rule.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Steps divided by the root of the sum of all squared gradients so far (Duchi, Hazan, Singer
/// 2011). The root counts as at least 1 / max_scaling.
class AdaGrad : public LearningRule {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.learning_rule.AdaGrad";
  static constexpr const char* doc = "learning rates that fall with the squared gradients so far";
  double max_scaling = 1e5;

  constexpr AdaGrad() {}
  constexpr ~AdaGrad() override {}  // g++ 12 wants it written where `learn` is evaluated
  template <KeyOf<AdaGrad>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit AdaGrad(const O&... options) {
    give(*this, options...);
    check();
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("max_scaling", &AdaGrad::max_scaling, "a step is scaled up by this factor at most")
        .or_infinity();
  }
  constexpr void check() const {
    if (!(max_scaling > 0)) graph_error("AdaGrad: max_scaling must be above 0");
  }

  constexpr void states(const ir::List<ModelParameter>& of, StateList& list) const override {
    for (const ModelParameter& p : of) list.add_like(p, "sum_square_grad");
  }
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    check();
    const AnyExpr s = c.state("sum_square_grad"), p = c.parameter.value;
    const AnyExpr next = s + square(c.gradient);
    const AnyExpr scale = maximum(sqrt(next), 1 / setting("adagrad.max_scaling", max_scaling));
    list.add(c.parameter.name + ".sum_square_grad", s, next);
    list.add(c.parameter.name, p, p - c.learning_rate / scale * c.gradient);
  }
};

}  // namespace ansatz
