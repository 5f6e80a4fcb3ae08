// What every graph pass does: copy the nodes that are needed, one by one, through a rule.
#pragma once

#include <dsl/ir/graph.hpp>
#include <dsl/ops/arithmetic/copy.hpp>

namespace ansatz::ir {

/// Which nodes some root needs.
constexpr List<char> reachable(const Graph& g) {
  List<char> needed;
  needed.assign(g.size(), 0);
  char* const need = needed.data();
  for (const GraphRoot& r : g.roots) {
    need[r.value] = 1;
    if (r.target >= 0) need[r.target] = 1;
  }
  const Node* const nodes = g.nodes.data();
  const int* const operands = g.operands.data();
  for (int id = g.size() - 1; id >= 0; --id) {
    if (!need[id]) continue;
    const int* in = operands + nodes[id].first;
    for (int n = nodes[id].count; n > 0; --n) need[*in++] = 1;
  }
  return needed;
}

/// The same graph with its nodes in the order in which a reader meets them: from the roots down,
/// operands in their order, then the node. Rules such as `a(x) - b(x)` may make a's nodes first or
/// b's, as the compiler likes, and g++ likes the one in constant expressions and the other at run
/// time; without this, plans of the two would differ. Dead nodes go.
/// @param instead  for each of the first nodes, the node that takes its place, or -1
constexpr Graph in_reading_order(const Graph& g, const List<int>& instead = {}) {
  Graph out = g.like();
  // A stack of the nodes on the way down from the root, and of their operands that come next.
  List<int> maps, ways, nexts, in;
  maps.assign(g.size(), -1);
  int* const map = maps.data();
  int* const way = ways.extend(g.size());
  int* const next = nexts.extend(g.size());
  const Node* const nodes = g.nodes.data();
  const int* const operands = g.operands.data();
  const int replaced = instead.size();
  const auto resolve = [&](int id) {
    while (id < replaced && instead[id] >= 0) id = instead[id];
    return id;
  };
  const auto copy = [&](int root) {
    if (replaced) root = resolve(root);
    if (map[root] >= 0) return map[root];
    int depth = 1;
    way[0] = root;
    next[0] = 0;
    while (depth > 0) {
      const int id = way[depth - 1];
      const Node& n = nodes[id];
      const int* const first = operands + n.first;
      int k = next[depth - 1], operand = -1;
      for (; k < n.count; ++k) {
        operand = replaced ? resolve(first[k]) : first[k];
        if (map[operand] < 0) break;
      }
      if (k < n.count) {
        next[depth - 1] = k + 1;
        way[depth] = operand;
        next[depth++] = 0;
        continue;
      }
      --depth;
      in.clear();
      int* to = in.extend(n.count);
      for (k = 0; k < n.count; ++k) to[k] = map[replaced ? resolve(first[k]) : first[k]];
      map[id] = replaced ? out.add(n, to, n.count) : out.append(n, to, n.count);
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
/// are in[0], in[1], …. The rule returns the new node. Names, extents and roots stay; dead nodes of
/// `g` are left out, those the rules leave behind are not.
template <class Rule>
constexpr Graph rewrite(const Graph& g, Rule rule) {
  Graph out = g.like();
  const List<char> reached = reachable(g);
  List<int> maps, in;
  const int size = g.size();
  int* const map = maps.extend(size);
  const char* const needed = reached.data();
  const Node* const nodes = g.nodes.data();
  const int* const operands = g.operands.data();
  for (int id = 0; id < size; ++id) {
    if (!needed[id]) continue;
    const int count = nodes[id].count;
    const int* from = operands + nodes[id].first;
    in.clear();
    int* to = in.extend(count);
    for (int k = count; k > 0; --k) *to++ = map[*from++];
    map[id] = rule(out, id, in);
  }
  for (GraphRoot r : g.roots) {
    r.value = map[r.value];
    if (r.target >= 0) r.target = map[r.target];
    out.roots.push_back(r);
  }
  return out;
}

/// The rule that changes nothing.
constexpr int copy_node(Graph& out, const Node& n, const List<int>& in) {
  return out.add(n, in.data(), in.size());
}

/// What is wrong with a node: its op's rule applied to its operands must give its shape and the
/// type of its elements. Null: nothing.
constexpr const char* fault_of(const Graph& g, int id) {
  const Node& n = g[id];
  if (!n.op) return "there is no op";
  if (n.op->kind != OpKind::leaf && n.op->arity >= 0 && n.count != n.op->arity)
    return "there are too many operands, or too few";
  Shape few[8];
  List<Shape> more;
  if (n.count > 8) more.resize(n.count);
  Shape* const shapes = n.count > 8 ? more.data() : few;
  for (int k = 0; k < n.count; ++k) {
    const int in = g.in(id, k);
    if (in < 0 || in >= id) return "an operand comes later";
    shapes[k] = g[in].shape;
    if (const char* fault = n.op->takes.fault(k, g[in].type)) return fault;
  }
  for (int k = 0; k < n.shape.rank; ++k)
    if (n.shape[k] == any) return "a size is not known";
  if (n.op->kind == OpKind::leaf) return nullptr;
  if (n.op->shape) {
    const ShapeResult r = n.op->shape(shapes, n.count, n.attr);
    if (!r.ok()) return r.error;
    if (!(r.shape == n.shape)) return "the shape is not the one that follows from the operands";
  }
  const bool keeps = n.op->kind == OpKind::view || n.op == info_of<ops::Copy>;
  if (n.type != (keeps ? g[g.in(id, 0)].type : n.op->result))
    return "the elements are not what follows from the operands";
  return nullptr;
}

/// A fault of the compiler, not of its user: a node that does not follow from its operands, or an
/// update whose value has not the shape of its target. The tests ask after each pass, every `build`
/// after the last.
constexpr const char* fault_of(const Graph& g) {
  for (int id = 0; id < g.size(); ++id)
    if (const char* fault = fault_of(g, id)) return fault;
  for (const GraphRoot& r : g.roots) {
    if (r.value < 0 || r.value >= g.size() || r.target >= g.size()) return "a root is no node";
    if (r.target < 0) continue;
    if (!(g[r.value].shape == g[r.target].shape))
      return "an update has another shape than its target";
    if (g[r.target].type != DType::real) return "an update's target does not hold numbers";
  }
  return nullptr;
}
constexpr bool well_formed(const Graph& g) { return !fault_of(g); }

}  // namespace ansatz::ir
