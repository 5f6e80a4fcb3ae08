// Puts the expression of each composite in its place            softmax(x) -> e^(x - max) / sum, …
#pragma once

#include <dsl/passes/graph/rewrite.hpp>

namespace ansatz::ir {

constexpr Graph expand(Graph g) {
  bool any_composite = false;
  for (const Node& n : g.nodes) any_composite = any_composite || n.op->kind == OpKind::composite;
  if (!any_composite) return g;
  const List<char> needed = reachable(g);
  const int before = g.size();
  List<int> instead;
  // The loop comes to the composites that an expression holds, too.
  for (int id = 0; id < g.size(); ++id) {
    if (g[id].op->kind != OpKind::composite || (id < before && !needed[id])) continue;
    List<Value> operands;
    const int count = g[id].count;
    for (int k = 0; k < count; ++k) operands.push_back(g.value(g.in(id, k)));
    const Attr attr = g[id].attr;
    const int made = g.import(g[id].op->expand(operands.data(), count, attr));
    while (instead.size() <= id) instead.push_back(-1);
    instead[id] = made;
  }
  if (instead.empty()) return g;
  return in_reading_order(g, instead);
}

}  // namespace ansatz::ir
