// Graphs as text, for tests that say what a pass makes of an expression.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/ops.hpp>
#include <dsl/passes/lower.hpp>

namespace pass_test {

using namespace ansatz;

/// The expression at a node: op(operands); leaves by their names, numbers as they are, a
/// transposed operand of a product with '.
inline std::string text_of(const ir::Graph& g, int id) {
  const ir::Node& n = g[id];
  if (g.is_literal(id)) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", g.literal(id));
    return text;
  }
  if (n.name >= 0) return g.name(id);
  std::string operands;
  for (int k = 0; k < n.count; ++k) {
    const bool transposed = n.op->kind == ir::OpKind::matmul && k < 2 && n.attr.i[k];
    operands += (k ? ", " : "") + text_of(g, g.in(id, k)) + (transposed ? "'" : "");
  }
  return n.op->name + (n.count ? "(" + operands + ")" : "");
}

/// The expression that leaves the graph, or the `which`-th one.
inline std::string text_of(const ir::Graph& g) { return text_of(g, g.roots[0].value); }
inline std::string root_text(const ir::Graph& g, int which) {
  return text_of(g, g.roots[which].value);
}

template <class... S>
constexpr ir::Graph graph_of(const Expr<S>&... roots) {
  return ir::graph_of(function(outputs(roots...)));
}

/// How many nodes that a root needs are this op.
template <class Op>
int count_of(const ir::Graph& g) {
  const ir::List<char> needed = ir::reachable(g);
  int n = 0;
  for (int id = 0; id < g.size(); ++id) n += needed[id] && g.is(id, ir::info_of<Op>);
  return n;
}

/// The plan's steps by their kinds, in order: l a loop, g a product, k a kernel.
inline std::string steps_of(const ir::Plan& plan) {
  std::string text;
  for (const ir::Step& s : plan.steps)
    text += s.kind == ir::StepKind::loop ? 'l' : s.kind == ir::StepKind::gemm ? 'g' : 'k';
  return text;
}
template <class... Part>
ir::Plan plan_of(const Part&... part) {
  return ir::lower(function(part...));
}

}  // namespace pass_test
