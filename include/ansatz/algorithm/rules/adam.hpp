// Adam and AdamW: steps by estimates of the gradient's first two moments.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/learning_rule.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Algorithm 1 of Kingma and Ba (2015), t being the number of the step:
///
///     m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2
///     p <- p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
///
/// The numbers are the named scalars "adam.beta1", "adam.beta2" and "adam.epsilon".
class Adam : public LearningRule {
 public:
  static constexpr const char* yaml = "ansatz.training_algorithms.learning_rule.Adam";
  static constexpr const char* doc = "adaptive estimates of the gradient's moments";
  double beta1 = .9, beta2 = .999, epsilon = 1e-8;

  constexpr Adam() {}
  constexpr ~Adam() override {}  // g++ 12 wants it written where `learn` is evaluated
  template <KeyOf<Adam>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit Adam(const O&... options) {
    give(*this, options...);
    check();
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("beta1", &Adam::beta1, "what remains of the mean gradient at each step, in [0, 1)");
    key("beta2", &Adam::beta2, "what remains of the mean squared gradient, in [0, 1)");
    key("epsilon", &Adam::epsilon, "added to the root, above 0");
  }
  constexpr void check() const {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1))
      graph_error("Adam: beta1 and beta2 must be at least 0 and below 1");
    if (!(epsilon > 0)) graph_error("Adam: epsilon must be above 0");
  }

  constexpr void states(const ir::List<ModelParameter>& of, StateList& list) const override {
    list.add("adam.steps", ir::Shape());
    for (const ModelParameter& p : of) {
      list.add_like(p, "mean_grad");
      list.add_like(p, "mean_square_grad");
    }
  }
  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    const AnyExpr p = c.parameter.value;
    const AnyExpr step = adam_step(c, list);
    list.add(c.parameter.name, p, p - c.learning_rate * step);
  }

 protected:
  // The step without the learning rate; adds the updates of the moments and of t.
  constexpr AnyExpr adam_step(const RuleContext& c, UpdateList& list) const {
    check();
    const auto b1 = setting("adam.beta1", beta1), b2 = setting("adam.beta2", beta2);
    const AnyExpr before = state_leaf("adam.steps", ir::Shape());
    const AnyExpr t = before + 1;
    if (!list.find("adam.steps")) list.add("adam.steps", before, t);
    const AnyExpr m = c.state("mean_grad"), v = c.state("mean_square_grad");
    const AnyExpr next_m = b1 * m + (1 - b1) * c.gradient;
    const AnyExpr next_v = b2 * v + (1 - b2) * square(c.gradient);
    list.add(c.parameter.name + ".mean_grad", m, next_m);
    list.add(c.parameter.name + ".mean_square_grad", v, next_v);
    const AnyExpr first = 1 / (1 - pow(b1, t)), second = 1 / (1 - pow(b2, t));
    return next_m * first / (sqrt(next_v * second) + setting("adam.epsilon", epsilon));
  }
};

/// Adam with decoupled weight decay (Loshchilov, Hutter 2019, algorithm 2, their schedule
/// multiplier being the learning rate): p <- p - lr (step of Adam + weight_decay p). All
/// parameters decay, biases included.
class AdamW : public Adam {
 public:
  static constexpr const char* yaml = "ansatz.training_algorithms.learning_rule.AdamW";
  static constexpr const char* doc = "Adam with weight decay apart from the gradient";
  double weight_decay = .01;

  constexpr AdamW() {}
  template <KeyOf<AdamW>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit AdamW(const O&... options) {
    give(*this, options...);
    check();
  }
  template <class K>
  static constexpr void keys(K& key) {
    Adam::keys(key);
    key("weight_decay", &AdamW::weight_decay, "factor of the parameter in each step, at least 0");
  }
  constexpr void check() const {
    Adam::check();
    if (!(weight_decay >= 0)) graph_error("AdamW: weight_decay must be at least 0");
  }

  constexpr void updates(const RuleContext& c, UpdateList& list) const override {
    check();
    const AnyExpr p = c.parameter.value;
    const AnyExpr step = adam_step(c, list) + setting("adam.weight_decay", weight_decay) * p;
    list.add(c.parameter.name, p, p - c.learning_rate * step);
  }
};

}  // namespace ansatz
