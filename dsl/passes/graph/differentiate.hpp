// Carries out every `grad`: reverse mode, one sweep a cost           (Linnainmaa 1970; Griewank
// 2000)
#pragma once

#include <dsl/grad.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/passes/graph/guards.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace ansatz::ir {

/// The gradients of one cost by all nodes that lead to it; -1 where there is none.
struct Sweep {
  List<int> adjoint;
};

// A contribution in the operand's shape: summed over what was repeated, repeated where it is one
// number for all; -1 when it is zero.
constexpr int fitted(Graph& g, int id, int operand) {
  if (g.is_literal(id, 0)) return -1;
  if (g[id].shape == g[operand].shape) return id;
  const Shape to = g[operand].shape;
  const int summed = g.import(sum_to(g.value(id), to));
  if (g[summed].shape == to) return summed;
  return g.add(info_of<ops::BroadcastTo>, shape_attr(to), &summed, 1);
}

/// @param wanted  nodes that gradients of the cost are taken by
constexpr Sweep sweep(Graph& g, int cost, const List<int>& wanted, Choices& choices) {
  // 1: wanted itself, 2: what is wanted lies below. Rules are called of the latter alone: that of
  // a loop refuses.
  List<char> all_needs;
  all_needs.assign(cost + 1, 0);
  char* const needs = all_needs.data();
  for (int by : wanted)
    if (by <= cost) needs[by] = 1;
  const Node* n = g.nodes.data();
  const int* const operands = g.operands.data();
  for (int id = 0; id <= cost; ++id, ++n) {
    if (n->op == info_of<ops::StopGradient>) continue;
    const int* in = operands + n->first;
    for (int k = n->count; k > 0; --k)
      if (needs[*in++]) {
        needs[id] |= 2;
        break;
      }
  }
  Sweep s;
  s.adjoint.assign(cost + 1, -1);
  int* const adjoints = s.adjoint.data();
  adjoints[cost] = g.add_literal(1);
  Guards guards(g, cost + 1, choices);
  for (int id = cost; id >= 0; --id) {
    const int adjoint = adjoints[id];
    if (adjoint < 0 || !(needs[id] & 2)) continue;
    const bool handle = g.is(id, info_of<ops::Handle>);
    if (!(g[id].op->vjp || handle)) continue;
    VjpContext c;
    c.graph = &g;
    c.node = id;
    c.grad = g.value(adjoint);
    for (int k = 0; k < 2 && k < g[id].count; ++k) c.unwanted[k] = !needs[g.in(id, k)];
    guards.replace_operands(c);
    if (handle)
      c.give(0, c.g());
    else
      g[id].op->vjp(c);
    const int count = g[id].count;
    for (int k = 0; k < count; ++k) {
      const int in = g.in(id, k);
      if (!c.has(k) || !needs[in] || g[in].type == DType::index) continue;
      const int given = c.of(k);
      const int part = fitted(g, guards.guarded(id, k, adjoint, given), in);
      if (part < 0) continue;
      const int both[] = {adjoints[in], part};
      guards.note(id, k, adjoint, given, both[0] < 0);
      adjoints[in] = both[0] < 0 ? part : g.add(info_of<ops::Add>, {}, both, 2);
    }
  }
  return s;
}

// One value may have several handle nodes of one number: where another gradient has been carried
// out and its handle is gone, the operand below is found in a stabler form, or was before. All of
// them are the same variable.
constexpr bool is_handle(const Graph& g, int id, int number) {
  return g.is(id, info_of<ops::Handle>) && g[id].attr.i[0] == number;
}

// The gradient by `by`, or by all handles of its number; -1 where there is none.
constexpr int adjoint_of(Graph& g, const Sweep& s, int by) {
  if (!g.is(by, info_of<ops::Handle>)) return by < s.adjoint.size() ? s.adjoint[by] : -1;
  int sum = -1;
  for (int id = s.adjoint.size() - 1; id >= 0; --id) {
    if (s.adjoint[id] < 0 || !is_handle(g, id, g[by].attr.i[0])) continue;
    const int both[] = {sum, s.adjoint[id]};
    sum = sum < 0 ? both[1] : g.add(info_of<ops::Add>, {}, both, 2);
  }
  return sum;
}

// The node `root` with x in the place of each handle(x) of this number.
constexpr int without_handle(Graph& g, int root, int number) {
  int handle = 0;
  while (handle <= root && !is_handle(g, handle, number)) ++handle;
  if (root < handle) return root;
  List<char> below;
  below.assign(root + 1 - handle, 0);
  below[root - handle] = 1;
  for (int id = root; id > handle; --id)
    for (int k = 0; below[id - handle] && k < g[id].count; ++k)
      if (g.in(id, k) >= handle) below[g.in(id, k) - handle] = 1;
  List<int> to;
  to.assign(root + 1 - handle, -1);
  for (int id = handle; id <= root; ++id) {
    if (!below[id - handle]) continue;
    const Node n = g[id];
    List<int> in;
    bool changed = false;
    for (int k = 0; k < n.count; ++k) {
      const int operand = g.in(id, k), now = operand < handle ? operand : to[operand - handle];
      changed = changed || now != operand;
      in.push_back(now);
    }
    if (is_handle(g, id, number))
      to[id - handle] = in[0];
    else
      to[id - handle] = changed ? g.add(n, in.data(), in.size()) : id;
  }
  return to[root - handle];
}

constexpr Graph differentiate(Graph g) {
  bool any_gradient = false;
  for (const Node& n : g.nodes) any_gradient = any_gradient || n.op->kind == OpKind::gradient;
  if (!any_gradient) return g;
  // The sweep of a cost, as it was numbered before, serves all gradients of it.
  struct Done {
    int cost = -1;
    Sweep sweep;
  };
  List<Done> done;
  Choices choices;
  List<int> maps;
  maps.assign(g.size(), -1);
  return rewrite(g, [&](Graph& out, int id, const List<int>& in) {
    const Node& n = g[id];
    if (n.op == info_of<ops::Where>) choices.see(out, in[0]);
    if (n.op->kind != OpKind::gradient) return maps[id] = copy_node(out, n, in);
    const int cost = g.in(id, 0);
    int at = -1;
    for (int k = 0; k < done.size(); ++k)
      if (done[k].cost == cost) at = k;
    if (at < 0) {
      // What the cost depends on has been copied; by anything else its gradient is 0.
      List<int> wanted;
      for (int k = 0; k < g.size(); ++k) {
        if (g[k].op->kind != OpKind::gradient || g.in(k, 0) != cost) continue;
        const int by = g.in(k, 1);
        if (g.is(by, info_of<ops::Handle>)) {
          for (int j = 0; j <= in[0]; ++j)
            if (is_handle(out, j, g[by].attr.i[0])) wanted.push_back(j);
        } else if (maps[by] >= 0) {
          wanted.push_back(maps[by]);
        }
      }
      at = done.size();
      done.push_back({cost, sweep(out, in[0], wanted, choices)});
    }
    const int by = in[1], adjoint = adjoint_of(out, done[at].sweep, by);
    if (adjoint >= 0)
      return maps[id] = n.attr.i[1] ? without_handle(out, adjoint, out[by].attr.i[0]) : adjoint;
    if (n.attr.i[0]) {
      RefusalNote words;
      words.add("grad: the cost does not depend on the variable: ");
      if (out[by].name >= 0)
        add_named(words, out.name(by), n.shape);
      else
        words.add(out[by].op->name), words.add(", of "), add_shape(words, n.shape);
      graph_error(words.text);
    }
    const int zero = out.add_literal(0);
    if (n.shape.rank == 0) return maps[id] = zero;
    return maps[id] = out.add(info_of<ops::BroadcastTo>, shape_attr(n.shape), &zero, 1);
  });
}

}  // namespace ansatz::ir
