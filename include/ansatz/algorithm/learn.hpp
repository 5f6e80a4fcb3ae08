// learn(cost, Adam(), rate): a training step with a learning rule, in the language.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/learning_rule.hpp>
#include <dsl/grad.hpp>
#include <dsl/parameters.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A step that makes `cost`, a number, smaller: output "cost", and for each parameter that the cost
/// is computed from the updates of a learning rule (`Adam()`, `Momentum(.9)`, `AdaDelta()`, …). It
/// is a Function like any other, open to more:
///
///     auto step = compile([] {
///       auto cost = mean(cross_entropy(classify(input<Pixels>("x")), input<IndexSpace<10>>("y")));
///       return learn(cost, Adam(), .001).add(output("error", …));
///     });
///
/// A rule of one's own derives from LearningRule and writes `updates`; see extending.md. The state
/// of the rule is that of its jobs, such as "W.velocity". A rate that is a number becomes the named
/// scalar "learning_rate" with that default: `step({…, {"learning_rate", .0005}})`.
template <class S, class Rule>
  requires std::is_base_of_v<LearningRule, Rule>
constexpr Function learn(const Expr<S>& cost, const Rule& rule, const Expr<Scalar>& learning_rate) {
  // g++ 12 finds no destructor of the caller's rule in a constant expression unless some template
  // needs it.
  if constexpr (!std::is_abstract_v<Rule>) (void)Owned<Rule>(rule);
  Function f;
  f.add(output("cost", cost));
  UpdateList updates;
  for (const AnyExpr& w : parameters_of(cost)) {
    ModelParameter p;  // not const: g++ 12 would not let its members be made in a constant
    p.name = w.value().term()->name.data();
    p.value = w;
    rule.updates({p, AnyExpr(grad(cost, w)), AnyExpr(learning_rate)}, updates);
  }
  updates.give_to(f);
  return f;
}
template <class S, class Rule>
  requires std::is_base_of_v<LearningRule, Rule>
constexpr Function learn(const Expr<S>& cost, const Rule& rule, double learning_rate) {
  return learn(cost, rule, setting("learning_rate", learning_rate));
}

}  // namespace ansatz
