// Where a gradient is known to be zero, so that nothing the side of a `where` that was not chosen
// comes to, be it infinite or NaN, reaches a gradient.
//
// The rule of `where` gives each side `where(c, g, 0)`. What follows multiplies that by derivatives
// of the side, and 0 times inf or NaN is NaN. So a node whose adjoint is zero wherever a condition
// does not hold has that condition as its guard: what its rule gives the operands is taken only
// where the guard holds, and the operands have guards in their turn, through reductions, views and
// products. Rules that are made of `where` (maximum, clip, max) guard in the same way, and so do
// those of a derivative that is differentiated again.
//
// A product takes what rows of one operand have from rows of the result. So the guard of a result's
// elements becomes one of rows, where it may matter: where a `where` as the user wrote it leaves
// out examples, or asks what a product came to. Another mask, such as that of dropout, says nothing
// about infinity, and a network would pay for it.
#pragma once

#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/arithmetic/not_equal.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/loss/cross_entropy.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/view/concatenate.hpp>
#include <dsl/passes/graph/stable.hpp>

namespace ansatz::ir {

/// Conditions of wheres as they were written that may know of infinity and NaN, and what was made
/// of them.
class Choices {
 public:
  /// Takes note of the condition of a where as written.
  constexpr void see(const Graph& g, int condition) {
    for (int id = of_product_.size(); id <= condition; ++id) {
      const OpKind kind = g[id].op->kind;
      char found = kind == OpKind::matmul || kind == OpKind::kernel;
      const bool passes = (kind == OpKind::elementwise || kind == OpKind::view ||
                           g.is(id, info_of<ops::Sum>) || kind == OpKind::composite) &&
                          !g.is(id, info_of<ops::StopGradient>);
      for (int k = 0; k < g[id].count && passes && !found; ++k) found = of_product_[g.in(id, k)];
      of_product_.push_back(found);
    }
    const Shape s = g[condition].shape;
    if (of_product_[condition] || (s.batched() && fixed_size(s) == 1)) add(condition);
  }
  constexpr void add(int condition) {
    while (chosen_.size() <= condition) chosen_.push_back(0);
    chosen_[condition] = 1;
  }
  constexpr bool has(int condition) const {
    return condition >= 0 && condition < chosen_.size() && chosen_[condition];
  }

 private:
  List<char> of_product_, chosen_;  // of each node
};

class Guards {
  // A template comes first: clang must have seen it before it evaluates what calls it.
  template <class Op>
  constexpr int made(int a, int b) {
    const int in[] = {a, b};
    return g_.add(info_of<Op>, {}, in, 2);
  }

 public:
  static constexpr int none = -1;  ///< the adjoint may be anything

  constexpr Guards(Graph& g, int size, Choices& choices) : g_(g), size_(size), choices_(choices) {}

  /// Gives the rule of a product or kernel operands without the examples (of a product: rows or
  /// columns) that no gradient comes from: their inf and NaN would be multiplied by 0.
  constexpr void replace_operands(VjpContext& c) {
    const int guard = of(c.node);
    const OpKind kind = g_[c.node].op->kind;
    if (guard < 0 || (kind != OpKind::matmul && kind != OpKind::kernel)) return;
    const Shape s = g_[guard].shape;
    const bool rows = of_examples(guard) || (s.rank == 2 && s[1] == 1);
    const bool columns = !rows && !s.batched() && (s.rank == 1 || (s.rank == 2 && s[0] == 1));
    const bool elements = !rows && !columns && choices_.has(guard);
    for (int k = 0; k < 2 && k < g_[c.node].count; ++k) {
      const int in = g_.in(c.node, k);
      if (of_stacks(c.node)) {
        const bool passes = of_examples(guard) || elements;
        const int condition = passes ? passed(c.node, k, guard) : none;
        if (condition >= 0) c.instead[k] = chosen(condition, in);
        continue;
      }
      if (kind == OpKind::matmul ? k == 0 ? rows || elements : columns || (elements && !s.batched())
                                 : (of_examples(guard) || elements) && g_[in].type == DType::real &&
                                       g_[in].shape.batched())
        if (const int condition = passed(c.node, k, guard); condition >= 0)
          c.instead[k] = chosen(condition, in);
    }
  }

  /// `part`, what operand k of a node with this adjoint gets, but 0 where the guard does not hold.
  constexpr int guarded(int node, int k, int adjoint, int part) {
    const int guard = of(node);
    if (guard < 0 || keeps_zero(part, adjoint, 8)) return part;
    // A sum of products with zeros: what of the operands is not needed was taken out before.
    const OpKind kind = g_[node].op->kind;
    if (kind == OpKind::matmul || kind == OpKind::kernel) return part;
    const bool same_element = is_elementwise(g_[node].op);
    if (!(g_[part].shape == g_[same_element ? node : g_.in(node, k)].shape)) return part;
    const int condition = same_element ? guard : passed(node, k, guard);
    if (condition >= 0 && choices_.has(guard)) choices_.add(condition);
    return condition < 0 ? part : chosen(condition, part);
  }

  /// Notes the guard of what operand k got, its first part or a further one.
  constexpr void note(int node, int k, int adjoint, int part, bool first) {
    const int in = g_.in(node, k), outer = of(node);
    if (g_[in].op->kind == OpKind::leaf) return;
    int guard = part == adjoint ? none : own_condition(node, part);
    if (of_.empty() && guard < 0) return;
    bool choice =
        choices_.has(outer) || choices_.has(guard) ||
        (guard >= 0 && g_.is(guard, info_of<ops::Equal>) && choices_.has(g_.in(guard, 0)));
    if (guard >= 0 && outer >= 0) {
      // The own condition is of the operand's elements, the other of the result's.
      const int passing = is_elementwise(g_[node].op) ? outer : passed(node, k, outer);
      if (passing >= 0) guard = chosen(passing, guard);
    }
    if (guard >= 0)
      guard = any_of(guard, g_[in].shape);
    else if (outer >= 0)
      guard = passed(node, k, outer);
    if (of_.empty()) of_.assign(size_, none);
    choice = choice || (!first && choices_.has(of_[in]));
    of_[in] = first ? guard : either(of_[in], guard);
    if (choice && of_[in] >= 0) choices_.add(of_[in]);
  }

 private:
  constexpr int of(int node) const { return of_.empty() ? none : of_[node]; }

  // Whether it is a product of stacks of matrices.
  constexpr bool of_stacks(int node) const {
    return g_[node].op->kind == OpKind::matmul && g_[g_.in(node, 0)].shape.rank > 2;
  }

  // ------------------------------------------------------------------ what is known of a part

  static constexpr bool is_elementwise(const OpInfo* op) {
    return op->kind == OpKind::elementwise || op == info_of<ops::BinaryCrossEntropy> ||
           op == info_of<ops::SigmoidBinaryCrossEntropy> || op == info_of<ops::Stable>;
  }

  // The condition of a part where(c, x, 0) or where(c, 0, x). That of a rectifier is left alone: a
  // network would compare twice, for the sake of derivatives that are infinite below it.
  constexpr int own_condition(int node, int part) {
    if (!g_.is(part, info_of<ops::Where>) || g_.is(node, info_of<ops::Relu>)) return none;
    const int c = g_.in(part, 0), zero = literal(0);
    if (g_.in(part, 2) == zero) return c;
    return g_.in(part, 1) == zero ? made<ops::Equal>(c, zero) : none;
  }

  // Whether a part is 0 for certain where the adjoint is, whatever the operands are.
  constexpr bool keeps_zero(int part, int adjoint, int depth) const {
    if (part == adjoint || g_.is_literal(part, 0)) return true;
    if (depth == 0) return false;
    const OpInfo* const op = g_[part].op;
    const auto keeps = [&](int k) { return keeps_zero(g_.in(part, k), adjoint, depth - 1); };
    if (op == info_of<ops::Negate> || (op->kind == OpKind::view && op != info_of<ops::Slice>))
      return keeps(0);
    if (op == info_of<ops::Add> || op == info_of<ops::Subtract>) return keeps(0) && keeps(1);
    if (op == info_of<ops::Where>) return keeps(1) && keeps(2);
    if (op == info_of<ops::Multiply>)
      return (is_number(g_.in(part, 1), depth) && keeps(0)) ||
             (is_number(g_.in(part, 0), depth) && keeps(1));
    if (op == info_of<ops::Divide>) return is_number(g_.in(part, 1), depth) && keeps(0);
    return false;
  }
  // A number that is the same for all elements, and neither 0 nor infinite in any precision, so
  // that times and over it 0 is 0. Named scalars and extents are taken for such; an input, or a
  // logarithm of a literal, may be NaN.
  constexpr bool is_number(int id, int depth, bool positive = false) const {
    const Node& n = g_[id];
    if (n.op == info_of<ops::Literal>) {
      const double x = n.attr.x < 0 ? -n.attr.x : n.attr.x;
      return x >= 1e-12 && x <= 1e12 && (n.attr.x > 0 || !positive);
    }
    if (n.op == info_of<ops::Extent> || n.op == info_of<ops::NamedScalar>) return true;
    if (depth == 0) return false;
    const auto operand = [&](int k, bool above_0) {
      return is_number(g_.in(id, k), depth - 1, above_0);
    };
    if (n.op->kind == OpKind::view) return operand(0, positive);
    if (n.op == info_of<ops::Negate>) return !positive && operand(0, false);
    if (n.op == info_of<ops::Square>) return operand(0, false);
    if (n.op == info_of<ops::Sqrt> || n.op == info_of<ops::Rsqrt>) return operand(0, true);
    if (n.op == info_of<ops::Multiply> || n.op == info_of<ops::Divide>)
      return operand(0, positive) && operand(1, positive);
    return false;
  }

  // ------------------------------------------------------------------ conditions

  constexpr int literal(double x) { return g_.add_literal(x); }
  // x where the condition holds, else 0.
  constexpr int chosen(int condition, int x) {
    const int in[] = {condition, x, literal(0)};
    return g_.add(info_of<ops::Where>, {}, in, 3);
  }
  constexpr int either(int a, int b) {
    if (a < 0 || b < 0) return none;
    if (a == b) return a;
    // Both sides of one where: all elements.
    if (is_opposite(a, b) || is_opposite(b, a)) return none;
    const int in[] = {a, literal(1), b};
    return g_.add(info_of<ops::Where>, {}, in, 3);
  }
  constexpr bool is_opposite(int a, int b) const {
    return g_.is(b, info_of<ops::Equal>) && g_.in(b, 0) == a && g_.is_literal(g_.in(b, 1), 0);
  }
  // One condition an example, [B] or [B, 1, …]: it meets whatever is batched.
  constexpr bool of_examples(int guard) const {
    const Shape s = g_[guard].shape;
    return s.batched() && fixed_size(s) == 1;
  }

  // One condition an example for an operand of fewer axes than it.
  constexpr int within_rank(int guard, Shape to) {
    const Shape s = g_[guard].shape;
    return s.rank > to.rank ? shaped(guard, make_shape(s[0])) : guard;
  }

  constexpr int shaped(int x, Shape s) {
    if (g_[x].shape == s) return x;
    return g_.add(info_of<ops::Reshape>, shape_attr(s), &x, 1);
  }
  constexpr int spread(int x, Shape s) {
    if (g_[x].shape == s) return x;
    return g_.add(info_of<ops::BroadcastTo>, shape_attr(s), &x, 1);
  }
  // Whether any condition along the axes of the mask holds; the axes stay, with size 1. Of no
  // examples the largest is -inf, which would hold: there it is their sum.
  constexpr int any_over(int guard, int mask) {
    int x = made<ops::NotEqual>(guard, literal(0));
    for (int k = g_[x].shape.rank - 1; k >= 0; --k) {
      int run = 0;
      for (; k >= 0 && mask >> k & 1; --k) run |= 1 << k;
      bool may_be_empty = false;
      for (int j = 0; j < g_[x].shape.rank; ++j)
        may_be_empty = may_be_empty || (run >> j & 1 && g_[x].shape[j] <= 0);
      const OpInfo* const op = may_be_empty ? info_of<ops::Sum> : info_of<ops::Max>;
      if (run) x = g_.add(op, reduce_attr(run, true), &x, 1);
    }
    return x;
  }
  // One condition an example for a value of this shape, batched.
  constexpr int any_of_examples(int guard, Shape s) {
    const int some = any_over(spread(guard, s), (1 << s.rank) - 2);
    return shaped(some, make_shape(s[0]));
  }
  // A guard for an operand of shape `to` that was repeated to the guard's.
  constexpr int any_of(int guard, Shape to) {
    const Shape from = g_[guard].shape;
    const int batch_from = from.batched(), batch_to = to.batched();
    Shape left;
    int mask = 0;
    for (int k = 0; k < from.rank; ++k) {
      const bool is_batch = batch_from && k == 0;
      const int end = from.rank - k;  // from the last axis, 1
      const bool there = is_batch ? batch_to : end <= to.rank - batch_to;
      if (!there || (!is_batch && to[to.rank - end] == 1)) mask |= from[k] == 1 ? 0 : 1 << k;
      if (there) left[left.rank++] = mask >> k & 1 ? 1 : from[k];
    }
    if (left == from) return guard;
    return shaped(mask ? any_over(guard, mask) : guard, left);
  }
  // A guard for what a reduction took together.
  constexpr int before_reduction(int guard, Shape result, Shape operand, Attr attr) {
    if (of_examples(guard) && operand.batched() && !(attr.i[0] & 1)) return guard;
    Shape s = operand;
    for (int k = 0; k < s.rank; ++k)
      if (attr.i[0] >> k & 1) s[k] = 1;
    return shaped(spread(guard, result), s);
  }

  // The guard of operand k of a node that has one.
  constexpr int passed(int node, int k, int guard) {
    const Node n = g_[node];
    const Shape to = g_[g_.in(node, k)].shape;
    const int mask = n.attr.i[0];  // of a concatenation: the axis
    switch (n.op->kind) {
      case OpKind::elementwise:
        return any_of(guard, to);
      case OpKind::reduce:
        return before_reduction(guard, n.shape, to, n.attr);
      case OpKind::view:
        if (n.op == info_of<ops::Handle>) return guard;
        if (n.op == info_of<ops::BroadcastTo>) return any_of(guard, to);
        if (n.op == info_of<ops::Reshape>) {
          if (of_examples(guard) && to.batched()) return within_rank(guard, to);
          return shaped(spread(guard, n.shape), to);
        }
        if (n.op == info_of<ops::Transpose>) {
          if (of_examples(guard) && to.batched() && n.attr.i[0] == 0) return guard;
          Attr inverse;
          for (int j = 0; j < to.rank; ++j) inverse.i[n.attr.i[j]] = j;
          const int x = spread(guard, n.shape);
          return g_.add(n.op, inverse, &x, 1);
        }
        if (n.op == info_of<ops::Slice>) {
          if (of_examples(guard)) return guard;
          Attr whole = n.attr;
          whole.i[3] = to[n.attr.i[0]];
          const int x = spread(made<ops::NotEqual>(guard, literal(0)), n.shape);
          return g_.add(info_of<ops::Unslice>, whole, &x, 1);
        }
        return none;
      case OpKind::matmul: {
        if (of_stacks(node)) {
          // Examples of the result are made of the same examples; of others nothing is known.
          if (!n.shape.batched() || !to.batched()) return none;
          if (of_examples(guard)) return within_rank(guard, to);
          return choices_.has(guard) ? any_of_examples(guard, n.shape) : none;
        }
        // A row of a gets something from a row of the result, a column of b from a column.
        if (k == 0 && !n.attr.i[0] && of_examples(guard)) return guard;
        const int full = spread(guard, n.shape);
        const int some = any_over(full, k == 0 ? 2 : 1);
        Shape s = g_[some].shape;
        if (n.attr.i[k]) {
          const int rows = s[0];
          s[0] = s[1], s[1] = rows;
        }
        return shaped(some, s);
      }
      case OpKind::kernel: {
        if (n.op == info_of<ops::Concatenate> || n.op == info_of<ops::Unslice>) {
          if (of_examples(guard)) return guard;
          Attr part = n.attr;
          part.i[3] = to[mask];
          if (n.op == info_of<ops::Concatenate>) {
            part.i[2] = 1;
            for (int j = 0; j < k; ++j) part.i[1] += g_[g_.in(node, j)].shape[mask];
          }
          const int x = spread(guard, n.shape);
          return g_.add(info_of<ops::Slice>, part, &x, 1);
        }
        if (!n.shape.batched() || !to.batched() || n.shape[0] != to[0]) return none;
        if (of_examples(guard)) return within_rank(guard, to);
        return any_of_examples(guard, n.shape);
      }
      case OpKind::composite:
        if (is_elementwise(n.op)) return any_of(guard, to);
        if (n.op == info_of<ops::Norm> || n.op == info_of<ops::LogSumExp>)
          return before_reduction(guard, n.shape, to, n.attr);
        if (n.op == info_of<ops::Softmax> || n.op == info_of<ops::LogSoftmax>) {
          if (of_examples(guard) && !(mask & 1)) return guard;
          return any_over(spread(guard, n.shape), mask);
        }
        if (n.op == info_of<ops::CrossEntropy> || n.op == info_of<ops::SoftmaxCrossEntropy>)
          return before_reduction(guard, n.shape, to, reduce_attr(1 << (to.rank - 1), false));
        return any_of(guard, {});
      default:
        return none;
    }
  }

  Graph& g_;
  int size_;
  Choices& choices_;
  List<int> of_;  // of each node the condition outside which its adjoint is 0, or `none`
};

}  // namespace ansatz::ir
