// Puts the expression of each composite in its place            softmax(x) -> e^(x - max) / sum, …
#pragma once

#include <dsl/passes/rewrite.hpp>

namespace ansatz::ir {

constexpr Graph expand(Graph g) {
  // What a composite expands to may hold composites again.
  for (;;) {
    bool found = false;
    for (int id = 0; id < g.size() && !found; ++id) found = g[id].op->kind == OpKind::composite;
    if (!found) return g;
    g = rewrite(g, [&](Graph& out, int id, const List<int>& in) {
      const Node& n = g[id];
      if (n.op->kind != OpKind::composite) return copy_node(out, n, in);
      List<Value> operands;
      for (int k : in) operands.push_back(out.value(k));
      return out.import(n.op->expand(operands.data(), operands.size(), n.attr));
    });
  }
}

}  // namespace ansatz::ir
