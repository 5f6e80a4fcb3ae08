// RMSProp: r <- decay r + (1 - decay) g^2;  p <- p - lr g / sqrt(r)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/learning_rule.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Steps divided by the root of a running mean of squared gradients (Tieleman, Hinton 2012,
/// lecture 6.5). The root counts as at least 1 / max_scaling. Channels, of each parameter that is
/// trained: mean_square_grad_<parameter>_{min,max,mean}.
class RMSProp : public LearningRule {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.learning_rule.RMSProp";
  static constexpr const char* doc = "gradients divided by their root mean square";
  double decay = .9;
  double max_scaling = 1e5;

  constexpr RMSProp() {}
  constexpr ~RMSProp() override {}  // g++ 12 wants it written where `learn` is evaluated
  template <KeyOf<RMSProp>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit RMSProp(const O&... options) {
    give(*this, options...);
    check();
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("decay", &RMSProp::decay, "what remains of the mean at each step, in [0, 1)");
    key("max_scaling", &RMSProp::max_scaling, "a step is scaled up by this factor at most")
        .or_infinity();
  }
  constexpr void check() const {
    if (!(decay >= 0 && decay < 1)) graph_error("RMSProp: decay must be at least 0 and below 1");
    if (!(max_scaling > 0)) graph_error("RMSProp: max_scaling must be above 0");
  }

  constexpr void states(const ir::List<ModelParameter>& of, StateList& list) const override {
    for (const ModelParameter& p : of) list.add_like(p, "mean_square_grad");
  }
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    check();
    const auto rho = setting("rmsprop.decay", decay);
    const AnyExpr r = c.state("mean_square_grad"), p = c.parameter.value;
    const AnyExpr next = rho * r + (1 - rho) * square(c.gradient);
    const AnyExpr scale = maximum(sqrt(next), 1 / setting("rmsprop.max_scaling", max_scaling));
    list.add(c.parameter.name + ".mean_square_grad", r, next);
    list.add(c.parameter.name, p, p - c.learning_rate * c.gradient / scale);
  }
  constexpr void channels(const ir::List<ModelParameter>& of, ChannelList& list) const override {
    for (const ModelParameter& p : of) {
      if (p.frozen) continue;
      const AnyExpr r = state_leaf(p.name + ".mean_square_grad", p.shape());
      const String name = "mean_square_grad_" + p.name;
      list.add(name + "_min", min(r));
      list.add(name + "_max", max(r));
      list.add(name + "_mean", mean(r));
    }
  }
};

}  // namespace ansatz
