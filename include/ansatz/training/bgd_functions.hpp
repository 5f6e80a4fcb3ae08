// The functions of BGD: objective, direction, steps along it.
#pragma once

#include <ansatz/compiled_once.hpp>
#include <ansatz/train/train.hpp>
#include <ansatz/training/bgd.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

// State `<parameter>.direction`: d, scaled to length 1. With `conjugate`, o being d times the
// length it had ("line_search.old_norm"):
//
//     beta = max(0, (g g - g o) / (o o + 1e-7));  d <- g + beta o
//
// For lbfgs: state `<parameter>.gradient` <- g; result "slope": derivative of the objective
// along -d.
constexpr Function BGD::direction(const Model& model, const Cost& of, const Data& data) const {
  Function f;
  const GradientList gradients = of.gradients(model, data);
  UpdateList updates = gradients.updates;
  const ir::List<ModelParameter> whole = model.parameters();
  ir::List<AnyExpr> g, old;
  ir::List<ModelParameter> parameters;
  for (int i = 0; i < whole.size(); ++i) {
    if (whole[i].frozen) continue;
    parameters.push_back(whole[i]);
    g.push_back(gradients.of[i]);
    old.push_back(state_of(whole[i], "direction"));
  }
  const auto dot = [](const ir::List<AnyExpr>& a, const ir::List<AnyExpr>& b) {
    AnyExpr total(ir::Value(0.));
    for (int i = 0; i < a.size(); ++i) total = total + sum(a[i] * b[i]);
    return total;
  };
  if (lbfgs()) {
    f.add(output("objective", of.expr(model, data)));
    f.add(output("slope", -dot(g, old)));
    f.add(output("norm", sqrt(dot(g, g))));
    for (int i = 0; i < g.size(); ++i)
      updates.add(parameters[i].name + ".gradient", state_of(parameters[i], "gradient"), g[i]);
    updates.give_to(f);
    return f;
  }
  if (conjugate) {
    const auto length = setting("line_search.old_norm", 0);
    for (AnyExpr& each : old) each = each * length;
    const AnyExpr beta = (dot(g, g) - dot(g, old)) / (dot(old, old) + 1e-7);
    for (int i = 0; i < g.size(); ++i) g[i] = g[i] + maximum(beta, 0) * old[i];
  }
  const AnyExpr norm = sqrt(dot(g, g));
  f.add(output("norm", norm));
  for (int i = 0; i < g.size(); ++i)  // where the norm is 0, the run does not use the direction
    updates.add(parameters[i].name + ".direction", state_of(parameters[i], "direction"),
                g[i] / maximum(norm, 1e-30));
  updates.give_to(f);
  return f;
}

// p <- saved - alpha scale d, and the model's constraints.
constexpr Function BGD::go_to(const Model& model) const {
  const AnyExpr alpha(setting("line_search.alpha", 0).value());
  UpdateList updates;
  for (const ModelParameter& p : trained(model)) {
    AnyExpr scaled = alpha;
    if (p.scaled && !lbfgs()) scaled = alpha * setting(p.name + ".lr_scale", p.lr_scale);
    updates.add(p.name, p.value, state_of(p, "saved") - scaled * state_of(p, "direction"));
  }
  model.modify_updates(updates);
  Function f;
  updates.give_to(f);
  return f;
}

constexpr Function BGD::save_point(const Model& model) {
  Function f;
  for (const ModelParameter& p : trained(model)) f.add(update(state_of(p, "saved"), p.value));
  return f;
}

constexpr NamedFunction BGD::function(const Train& train, int index) const {
  const Model& model = *train.model;
  const Shared<Cost> c = cost_of(model);
  if (!c) {
    graph_error("BGD: the model has no cost of its own; name one");
    return {};
  }
  if (c->is_stochastic())
    graph_error("BGD: the cost draws random numbers anew at each evaluation, so that no line "
                "search can compare its values; use SGD");
  if (!c->has_value(model))
    graph_error("BGD: the cost has no value that can be computed, which line searches need; "
                "use SGD");
  const Data data = train.data();
  Function f;
  switch (index) {
    case 0:
      f.add(output("objective", c->expr(model, data)));
      return {"objective", f};
    case 1: return {"direction", direction(model, *c, data)};
    case 2: return {"go_to", go_to(model)};
    case 3: return {"save_point", save_point(model)};
    default:
      const FixedVarDescr fixed = c->fixed_variables(model, data);
      fixed.on_load_batch.give_to(f);
      return {"load_batch", f};
  }
}

}  // namespace ansatz
