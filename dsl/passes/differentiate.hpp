// Carries out every `grad`: reverse mode, one sweep a cost           (Linnainmaa 1970; Griewank
// 2000)
#pragma once

#include <dsl/grad.hpp>
#include <dsl/ops/add.hpp>
#include <dsl/ops/sum.hpp>
#include <dsl/passes/rewrite.hpp>

namespace ansatz::ir {

/// The gradients of one cost by all nodes that lead to it; -1 where there is none.
struct Sweep {
  int cost = -1;
  List<int> adjoint;
};

// A contribution in the operand's shape: summed over what was repeated, repeated where it is one
// number for all; -1 when it is zero.
constexpr int fitted(Graph& g, const Value& part, int operand) {
  const int id = g.import(part);
  if (g.is_literal(id, 0)) return -1;
  const Shape to = g[operand].shape;
  const int summed = g.import(sum_to(g.value(id), to));
  if (g[summed].shape == to) return summed;
  return g.add(info_of<ops::BroadcastTo>, shape_attr(to), &summed, 1);
}

constexpr Sweep sweep(Graph& g, int cost) {
  List<char> needs;
  needs.assign(cost + 1, 0);
  for (int id = 0; id <= cost; ++id) {
    const Node& n = g[id];
    bool need = n.wanted;
    for (int k = 0; k < n.count; ++k) need = need || needs[g.operands[n.first + k]];
    needs[id] = need;
  }
  Sweep s;
  s.cost = cost;
  s.adjoint.assign(cost + 1, -1);
  s.adjoint[cost] = g.add_literal(1);
  for (int id = cost; id >= 0; --id) {
    if (s.adjoint[id] < 0 || !needs[id] || !g[id].op->vjp) continue;
    VjpContext c;
    c.graph = &g;
    c.node = id;
    c.grad = g.value(s.adjoint[id]);
    g[id].op->vjp(c);
    const int count = g[id].count;
    for (int k = 0; k < count; ++k) {
      const int in = g.in(id, k);
      if (!c.has(k) || !needs[in] || g[in].type == DType::index) continue;
      const int part = fitted(g, c.of(k), in);
      if (part < 0) continue;
      const int both[] = {s.adjoint[in], part};
      s.adjoint[in] = both[0] < 0 ? part : g.add(info_of<ops::Add>, {}, both, 2);
    }
  }
  return s;
}

constexpr Graph differentiate(Graph g) {
  bool any_gradient = false;
  for (int id = 0; id < g.size(); ++id) {
    if (g[id].op->kind != OpKind::gradient) continue;
    any_gradient = true;
    g.nodes[g.in(id, 1)].wanted = true;
  }
  if (!any_gradient) return g;
  List<Sweep> done;
  return rewrite(g, [&](Graph& out, int id, const List<int>& in) {
    const Node& n = g[id];
    if (n.op->kind != OpKind::gradient) return copy_node(out, n, in);
    const int cost = in[0], by = in[1];
    out.nodes[by].wanted = true;
    int at = -1;
    for (int k = 0; k < done.size(); ++k)
      if (done[k].cost == cost) at = k;
    if (at < 0) {
      at = done.size();
      done.push_back(sweep(out, cost));
    }
    const int adjoint = by <= cost ? done[at].adjoint[by] : -1;
    if (adjoint >= 0) return adjoint;
    if (n.attr.i[0]) graph_error("grad: the cost does not depend on the variable");
    const int zero = out.add_literal(0);
    if (n.shape.rank == 0) return zero;
    return out.add(info_of<ops::BroadcastTo>, shape_attr(n.shape), &zero, 1);
  });
}

}  // namespace ansatz::ir
