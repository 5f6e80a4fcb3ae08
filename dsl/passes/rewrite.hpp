// What every graph pass does: copy the nodes that are needed, one by one, through a rule.
#pragma once

#include <dsl/ir/graph.hpp>

namespace ansatz::ir {

/// Which nodes some root needs.
constexpr List<char> reachable(const Graph& g) {
  List<char> needed;
  needed.assign(g.size(), 0);
  for (const GraphRoot& r : g.roots) {
    needed[r.value] = 1;
    if (r.target >= 0) needed[r.target] = 1;
  }
  for (int id = g.size() - 1; id >= 0; --id) {
    if (!needed[id]) continue;
    const Node& n = g[id];
    for (int k = 0; k < n.count; ++k) needed[g.operands[n.first + k]] = 1;
  }
  return needed;
}

/// The same graph with its nodes in the order in which a reader meets them: from the roots down,
/// operands in their order, then the node. Rules such as `a(x) - b(x)` may make a's nodes first or
/// b's, as the compiler likes, and g++ likes the one in constant expressions and the other at run
/// time; without this, plans of the two would differ.
constexpr Graph in_reading_order(const Graph& g) {
  struct Visit {
    int node = -1;
    int next = 0;
  };
  Graph out = g.like();
  List<int> map, in;
  List<Visit> stack;
  map.assign(g.size(), -1);
  const auto copy = [&](int root) {
    if (map[root] < 0) stack.push_back({root, 0});
    while (!stack.empty()) {
      Visit& top = stack.back();
      const Node& n = g[top.node];
      if (top.next < n.count) {
        const int operand = g.operands[n.first + top.next++];
        if (map[operand] < 0) stack.push_back({operand, 0});
        continue;
      }
      if (map[top.node] < 0) {
        in.clear();
        for (int k = 0; k < n.count; ++k) in.push_back(map[g.operands[n.first + k]]);
        map[top.node] = out.add(n, in.data(), in.size());
      }
      stack.pop_back();
    }
    return map[root];
  };
  for (GraphRoot r : g.roots) {
    if (r.target >= 0) r.target = copy(r.target);
    r.value = copy(r.value);
    out.roots.push_back(r);
  }
  return out;
}

/// A graph in which node `id` of `g` became `rule(out, id, in)`: its operands, in the new graph,
/// are in[0], in[1], …. The rule returns the new node. Dead nodes go; names, extents and roots
/// stay.
template <class Rule>
constexpr Graph rewrite(const Graph& g, Rule rule) {
  Graph out = g.like();
  const List<char> needed = reachable(g);
  List<int> map, in;
  map.assign(g.size(), -1);
  for (int id = 0; id < g.size(); ++id) {
    if (!needed[id]) continue;
    const Node& n = g[id];
    in.clear();
    for (int k = 0; k < n.count; ++k) in.push_back(map[g.operands[n.first + k]]);
    map[id] = rule(out, id, in);
  }
  for (GraphRoot r : g.roots) {
    r.value = map[r.value];
    if (r.target >= 0) r.target = map[r.target];
    out.roots.push_back(r);
  }
  return in_reading_order(out);
}

/// The rule that changes nothing.
constexpr int copy_node(Graph& out, const Node& n, const List<int>& in) {
  return out.add(n, in.data(), in.size());
}

/// A fault of the compiler, not of its user: operands that come after their node, arities that are
/// wrong, shapes that do not follow. Runs between passes in the tests and at run time in debug
/// builds.
constexpr bool well_formed(const Graph& g) {
  for (int id = 0; id < g.size(); ++id) {
    const Node& n = g[id];
    if (!n.op) return false;
    if (n.op->arity >= 0 && n.op->kind != OpKind::leaf && n.count != n.op->arity) return false;
    List<Shape> shapes;
    for (int k = 0; k < n.count; ++k) {
      const int in = g.operands[n.first + k];
      if (in < 0 || in >= id) return false;
      shapes.push_back(g[in].shape);
    }
    if (n.op->shape) {
      const ShapeResult r = n.op->shape(shapes.data(), n.count, n.attr);
      if (!r.ok() || !(r.shape == n.shape)) return false;
    }
    for (int k = 0; k < n.shape.rank; ++k)
      if (n.shape[k] == any) return false;
  }
  for (const GraphRoot& r : g.roots)
    if (r.value < 0 || r.value >= g.size() || r.target >= g.size()) return false;
  return true;
}

}  // namespace ansatz::ir
