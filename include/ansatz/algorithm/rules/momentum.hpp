// Momentum: v <- m v - lr g;  p <- p + v
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/learning_rule.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Classical momentum (Polyak 1964), or Nesterov's: p <- p + m v_new - lr g (Nesterov 1983, in the
/// form of Bengio, Boulanger-Lewandowski and Pascanu 2013). m is the named scalar "momentum",
/// which MomentumAdjustor changes. Channel: momentum.
class Momentum : public LearningRule {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.learning_rule.Momentum";
  static constexpr const char* doc = "velocity: v <- m v - lr g; also Nesterov's";
  double init_momentum = 0;
  bool nesterov_momentum = false;

  constexpr Momentum() {}
  constexpr ~Momentum() override {}  // g++ 12 wants it written where `learn` is evaluated
  template <KeyOf<Momentum>... O>
  constexpr explicit Momentum(double m, const O&... options) : init_momentum(m) {
    give(*this, options...);
    check();
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("init_momentum", &Momentum::init_momentum, "m, from 0 to below 1")
        .at_least(0)
        .below(1);
    key("nesterov_momentum", &Momentum::nesterov_momentum, "take the gradient's step from there");
  }
  constexpr void check() const {
    if (!(init_momentum >= 0 && init_momentum < 1))
      graph_error("Momentum: init_momentum must be at least 0 and below 1");
  }

  constexpr void states(const ir::List<ModelParameter>& of, StateList& list) const override {
    for (const ModelParameter& p : of) list.add_like(p, "velocity");
  }
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    const auto m = setting("momentum", init_momentum);
    const AnyExpr v = c.state("velocity"), p = c.parameter.value;
    const AnyExpr next = m * v - c.learning_rate * c.gradient;
    list.add(c.parameter.name + ".velocity", v, next);
    if (nesterov_momentum)
      list.add(c.parameter.name, p, p + m * next - c.learning_rate * c.gradient);
    else
      list.add(c.parameter.name, p, p + next);
  }
  constexpr void channels(const ir::List<ModelParameter>&, ChannelList& list) const override {
    list.add("momentum", AnyExpr(setting("momentum", init_momentum).value()));
  }
};

/// p <- p - learning_rate g: what SGD does without a rule.
class PlainGradient : public LearningRule {
 public:
  constexpr PlainGradient() {}
  constexpr ~PlainGradient() override {}
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    const AnyExpr p = c.parameter.value;
    list.add(c.parameter.name, p, p - c.learning_rate * c.gradient);
  }
};

}  // namespace ansatz
