#include "graph.hpp"

#include <cmath>

#include <dsl/ir/refusal.hpp>
#include <dsl/ops/activation/log_softmax.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/log_sum_exp.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/passes/graph/fold_products.hpp>
#include <dsl/passes/graph/rewrite.hpp>

#include "../text.hpp"

namespace ansatz::explaining {

using ir::Graph;
using ir::info_of;
using ir::OpKind;

namespace {

std::string axis_list(int mask, int rank) {
  std::string list;
  int count = 0;
  for (int k = 0; k < rank; ++k)
    if (mask >> k & 1) list += (count++ ? ", " : "") + std::to_string(k);
  if (count == rank) return "";
  return count == 1 ? list : "(" + list + ")";
}

// What stands behind the operands: axes, slices, and whatever other numbers an op has.
std::string variant_text(const Graph& g, int id) {
  const ir::Node& n = g[id];
  const int rank = n.count ? g[g.in(id, 0)].shape.rank : 0;
  std::string out;
  const bool along_axes = n.op == info_of<ops::Softmax> || n.op == info_of<ops::LogSoftmax> ||
                          n.op == info_of<ops::LogSumExp>;
  if (n.op->kind == OpKind::reduce || along_axes) {
    const std::string axes = axis_list(n.attr.i[0], rank);
    if (!axes.empty()) out += ", axis=" + axes;
    if (n.attr.i[1] && !(n.shape == g[g.in(id, 0)].shape)) out += ", keep_axes";
    return out;
  }
  if (n.op == info_of<ops::Transpose>) {
    if (rank == 2) return out;
    for (int k = 0; k < rank; ++k) out += ", " + std::to_string(n.attr.i[k]);
    return out;
  }
  // The shape stands on the right of the line anyway.
  if (n.op == info_of<ops::Reshape> || n.op == info_of<ops::BroadcastTo>) return out;
  if (n.op->kind == OpKind::gradient || n.op->kind == OpKind::matmul) return out;
  if (n.op->text) {
    ir::RefusalNote words;
    n.op->text(words, n.attr);
    return words.text;
  }
  int used = 8;
  while (used > 0 && n.attr.i[used - 1] == 0) --used;
  for (int k = 0; k < used; ++k)
    out += (k ? " " : "; ") + (ir::is_extent(n.attr.i[k]) ? "extent" : std::to_string(n.attr.i[k]));
  if (n.attr.x != 0) out += "; " + running::number_text(n.attr.x);
  return out;
}

Phrase transposed(Phrase p, bool transpose) {
  if (!transpose) return p;
  return {in_parentheses_below(p, Phrase::atom) + ".T"};
}

std::string slice_text(const Graph& g, int id, const std::string& operand) {
  const int* i = g[id].attr.i;
  std::string out = operand + "[";
  for (int k = 0; k < g[id].shape.rank; ++k) {
    if (k) out += ", ";
    if (k != i[0]) {
      out += ":";
      continue;
    }
    out += std::to_string(i[1]) + ":" + std::to_string(i[1] + i[2] * (i[3] - 1) + 1);
    if (i[2] != 1) out += ":" + std::to_string(i[2]);
  }
  return out + "]";
}

std::string gemm_text(const std::vector<Phrase>& in, const ir::Attr& attr) {
  const Phrase product =
      phrase_of("matmul", {transposed(in[0], attr.i[0]), transposed(in[1], attr.i[1])});
  std::string out = in[2].text == "1" ? "" : in_parentheses_below(in[2], 4) + " * ";
  out += product.text;
  if (in[3].text == "0") return out;
  out += " + ";
  if (in[4].text != "1") out += in_parentheses_below(in[4], 4) + " * ";
  return out + in_parentheses_below(in[3], 4);
}

std::string root_name(const Graph& g, const ir::GraphRoot& r) {
  return r.target >= 0 ? std::string("update ") + g.name(r.target)
                       : std::string("output ") + (g.text.data() + r.name);
}

std::string kind_of_leaf(const ir::OpInfo* op) {
  if (op == info_of<ops::Input>) return "input";
  if (op == info_of<ops::Parameter>) return "parameter";
  if (op == info_of<ops::State>) return "state";
  if (op == info_of<ops::NamedScalar>) return "scalar";
  return "";
}

std::string scalar_note(double initial) {
  return std::isnan(initial) ? "given at the first call"
                             : "by default " + running::number_text(initial);
}

std::string labels_note(ir::DType type, int labels) {
  if (type != ir::DType::index) return "";
  return labels > 0 ? "labels below " + grouped(labels) : "labels";
}

}  // namespace

bool is_named(const Graph& g, int id) {
  const ir::OpInfo* op = g[id].op;
  return op == info_of<ops::Literal> || op == info_of<ops::Extent> || !kind_of_leaf(op).empty();
}

Phrase node_name(const Graph& g, int id, const Extents& extents) {
  const ir::OpInfo* op = g[id].op;
  if (op == info_of<ops::Literal>) {
    const double x = g.literal(id);
    return {running::number_text(x), std::signbit(x) ? 5 : Phrase::atom};
  }
  if (op == info_of<ops::Extent>) return {extents.dimension(g[id].attr.i[0])};
  if (!kind_of_leaf(op).empty()) return {g.name(id)};
  return {"%" + std::to_string(id)};
}

std::string node_text(const Graph& g, int id, const Extents& extents) {
  const ir::Node& n = g[id];
  if (n.op == info_of<ops::RandomSite>)
    return std::string(n.attr.i[1] ? "normal" : "uniform") + "(site " +
           std::to_string(n.attr.i[0]) + ")";
  if (n.op == info_of<ops::ConstantArray>) return n.op->name;
  if (n.op == info_of<ops::Iota>) return "position(axis=" + std::to_string(n.attr.i[0]) + ")";
  std::vector<Phrase> in;
  for (int k = 0; k < n.count; ++k) in.push_back(node_name(g, g.in(id, k), extents));
  if (n.op == info_of<ops::MatMul>)
    return phrase_of("matmul", {transposed(in[0], n.attr.i[0]), transposed(in[1], n.attr.i[1])})
        .text;
  if (n.op == info_of<ops::Gemm>) return gemm_text(in, n.attr);
  if (n.op == info_of<ops::Slice>)
    return slice_text(g, id, in_parentheses_below(in[0], Phrase::atom));
  if (n.op == info_of<ops::Transpose> && n.shape.rank == 2) return transposed(in[0], true).text;
  std::string text = phrase_of(n.op->name, in).text;
  const std::string variant = n.op->kind == OpKind::elementwise ? "" : variant_text(g, id);
  if (!variant.empty() && text.back() == ')') text.insert(text.size() - 1, variant);
  return text;
}

std::string graph_text(const Graph& g) {
  const Extents extents(g);
  const ir::List<char> needed = ir::reachable(g);
  Table table("rlll");
  for (int id = 0; id < g.size(); ++id)
    if (needed[id] && !is_named(g, id))
      table.row({"%" + std::to_string(id), "= " + node_text(g, id, extents),
                 extents.shape(g[id].shape), g[id].type == ir::DType::index ? "labels" : ""});
  std::string out = table.text();
  Table roots("ll");
  for (const ir::GraphRoot& r : g.roots)
    roots.row(
        {root_name(g, r), (r.target >= 0 ? "<- " : "=  ") + node_name(g, r.value, extents).text});
  return out + "\n" + roots.text();
}

int graph_size(const Graph& g) {
  const ir::List<char> needed = ir::reachable(g);
  int n = 0;
  for (int id = 0; id < g.size(); ++id) n += needed[id] && !is_named(g, id);
  return n;
}

std::string leaves_text(const Graph& g) {
  const Extents extents(g);
  Table table("llll");
  for (const char* kind : {"input", "parameter", "state", "scalar"})
    for (int id = 0; id < g.size(); ++id) {
      const ir::Node& n = g[id];
      if (kind_of_leaf(n.op) != kind) continue;
      const bool number = n.op == info_of<ops::NamedScalar>;
      table.row({kind, g.name(id), extents.shape(n.shape),
                 number ? scalar_note(n.attr.x) : labels_note(n.type, n.attr.i[0])});
    }
  return table.text();
}

std::string leaves_text(const ir::PlanView& plan) {
  const Extents extents(plan);
  Table table("llll");
  for (const char* kind : {"input", "parameter", "state", "scalar"})
    for (const ir::Leaf& l : plan.leaves) {
      const char* mine = l.where == ir::Where::input    ? "input"
                         : l.where == ir::Where::scalar ? "scalar"
                         : l.state                      ? "state"
                                                        : "parameter";
      if (std::string(mine) != kind) continue;
      std::string note =
          l.where == ir::Where::scalar ? scalar_note(l.initial) : labels_note(l.type, l.labels);
      if (l.unused) note += note.empty() ? "not used" : ", not used";
      table.row({kind, plan.text.data + l.name, extents.shape(l.shape), note});
    }
  return table.text();
}

}  // namespace ansatz::explaining
