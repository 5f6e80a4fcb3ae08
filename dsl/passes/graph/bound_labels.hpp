// An input of any labels that are rows of a matrix, classes, or positions of a vector: the input
// says how many there may be, so that a call refuses another before its first step.
#pragma once

#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/ops/loss/cross_entropy.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace ansatz::ir {

constexpr void bound_labels(Graph& g) {
  bool any_labels = false;
  for (const Node& n : g.nodes)
    any_labels = any_labels || (n.op == info_of<ops::Input> && n.type == DType::index);
  if (!any_labels) return;
  for (int id = 0; id < g.size(); ++id) {
    const bool rows = g.is(id, info_of<ops::TakeRows>), vectors = g.is(id, info_of<ops::OneHot>);
    if (!rows && !vectors && !g.is(id, info_of<ops::CrossEntropy>) &&
        !g.is(id, info_of<ops::SoftmaxCrossEntropy>))
      continue;
    const Shape& of = g[g.in(id, 0)].shape;
    const int limit = vectors ? g[id].attr.i[0] : of[rows ? 0 : of.rank - 1];
    // A slice reads some of the labels; what the others are does not matter to it.
    int labels = g.in(id, vectors ? 0 : 1);
    while (g[labels].op->kind == OpKind::view && !g.is(labels, info_of<ops::Slice>))
      labels = g.in(labels, 0);
    if (!g.is(labels, info_of<ops::Input>) || g[labels].type != DType::index || limit <= 0)
      continue;
    int& known = g.nodes[labels].attr.i[0];
    if (known <= 0 || known > limit) known = limit;
  }
}

}  // namespace ansatz::ir
