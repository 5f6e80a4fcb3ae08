// What loses digits or overflows as written becomes what does not:
//   log(softmax(x)) -> log_softmax(x)            exp(x) / sum(exp(x)) -> softmax(x)
//   log(sum(exp(x))) -> log_sum_exp(x)           cross_entropy(softmax(z), t) -> from z
//   log(sigmoid(x)) -> -softplus(-x)             binary_cross_entropy(sigmoid(z), t) -> from z
//   log(1 - sigmoid(x)) -> -softplus(x)          log(1 + exp(x)), log1p(exp(x)) -> softplus(x)
//   log(1 + x) -> log1p(x)                       log(1 - x) -> log1p(-x)
//   exp(x) - 1 -> expm1(x)
// Runs before gradients are expanded, so that the derivatives are those of the stable forms. A
// node that a gradient is taken with respect to stays as it is and is never looked through.
#pragma once

#include <dsl/grad.hpp>
#include <dsl/ops/binary_cross_entropy.hpp>
#include <dsl/ops/cross_entropy.hpp>
#include <dsl/ops/expm1.hpp>
#include <dsl/passes/rewrite.hpp>

namespace ansatz::ir {

class Stabilizer {
  // Templates come first: clang must have seen them before it evaluates what calls them.
  // Whether x may be looked through: a gradient with respect to x needs x to be used.
  template <class Op>
  constexpr bool is(int x) const {
    return g_.is(x, info_of<Op>) && !g_[x].wanted;
  }
  template <class Op, class... In>
  constexpr int apply(const Attr& attr, In... in) {
    const int operands[] = {in...};
    return g_.add(info_of<Op>, attr, operands, static_cast<int>(sizeof...(in)));
  }
  constexpr int negated(int x) { return apply<ops::Negate>({}, x); }

 public:
  constexpr explicit Stabilizer(Graph& out) : g_(out) {}

  /// The node for `n` applied to `in`, a stable one where a rule holds.
  constexpr int operator()(const Node& n, const List<int>& in) {
    int stable = -1;
    if (n.wanted) return copy_node(g_, n, in);
    if (n.op == info_of<ops::Log>) {
      stable = log(in[0]);
    } else if (n.op == info_of<ops::Log1p>) {
      if (is<ops::Exp>(in[0])) stable = apply<ops::Softplus>({}, g_.in(in[0], 0));
    } else if (n.op == info_of<ops::Subtract>) {
      if (is<ops::Exp>(in[0]) && g_.is_literal(in[1], 1))
        stable = apply<ops::Expm1>({}, g_.in(in[0], 0));
    } else if (n.op == info_of<ops::Divide>) {
      stable = quotient(in[0], in[1]);
    } else if (n.op == info_of<ops::CrossEntropy>) {
      const int last = 1 << (g_[in[0]].shape.rank - 1);
      if (is<ops::Softmax>(in[0]) && g_[in[0]].attr.i[0] == last)
        stable = apply<ops::SoftmaxCrossEntropy>(n.attr, g_.in(in[0], 0), in[1]);
    } else if (n.op == info_of<ops::BinaryCrossEntropy>) {
      if (is<ops::Sigmoid>(in[0]))
        stable = apply<ops::SigmoidBinaryCrossEntropy>(n.attr, g_.in(in[0], 0), in[1]);
    }
    return stable >= 0 ? stable : copy_node(g_, n, in);
  }

 private:
  // A stable form of log(x), -1 if there is none.
  constexpr int log(int x) {
    if (is<ops::Softmax>(x)) return apply<ops::LogSoftmax>(g_[x].attr, g_.in(x, 0));
    if (is<ops::Sigmoid>(x)) return negated(apply<ops::Softplus>({}, negated(g_.in(x, 0))));
    if (is<ops::Sum>(x) && is<ops::Exp>(g_.in(x, 0)))
      return apply<ops::LogSumExp>(g_[x].attr, g_.in(g_.in(x, 0), 0));
    if (is<ops::Add>(x)) {
      if (g_.is_literal(g_.in(x, 0), 1)) return log_of_one_plus(g_.in(x, 1));
      if (g_.is_literal(g_.in(x, 1), 1)) return log_of_one_plus(g_.in(x, 0));
    }
    if (is<ops::Subtract>(x) && g_.is_literal(g_.in(x, 0), 1)) {
      const int y = g_.in(x, 1);
      if (is<ops::Sigmoid>(y)) return negated(apply<ops::Softplus>({}, g_.in(y, 0)));
      return apply<ops::Log1p>({}, negated(y));
    }
    return -1;
  }
  constexpr int log_of_one_plus(int x) {
    if (is<ops::Exp>(x)) return apply<ops::Softplus>({}, g_.in(x, 0));
    return apply<ops::Log1p>({}, x);
  }

  constexpr int quotient(int a, int b) {
    if (!is<ops::Exp>(a) || !is<ops::Sum>(b) || g_.in(b, 0) != a) return -1;
    const Attr& sum = g_[b].attr;
    if (!sum.i[1] && !meets_itself(g_[a].shape, sum.i[0])) return -1;
    return apply<ops::Softmax>(reduce_attr(sum.i[0], true), g_.in(a, 0));
  }
  // Whether a sum over `mask` whose axes are gone broadcasts back to where its terms were: no
  // feature axis is left before one that is gone.
  static constexpr bool meets_itself(const Shape& s, int mask) {
    bool left = false;
    for (int k = s.batched(); k < s.rank; ++k) {
      const bool gone = mask >> k & 1;
      if (left && gone) return false;
      left = left || !gone;
    }
    return true;
  }

  Graph& g_;
};

constexpr Graph stabilize(Graph g) {
  for (int id = 0; id < g.size(); ++id)
    if (g[id].op->kind == OpKind::gradient) g.nodes[g.in(id, 1)].wanted = true;
  return in_reading_order(rewrite(g, [&](Graph& out, int id, const List<int>& in) {
    Stabilizer s(out);
    return s(g[id], in);
  }));
}

}  // namespace ansatz::ir
