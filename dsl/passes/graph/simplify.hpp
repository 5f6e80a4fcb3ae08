// Algebra that keeps every bit:
//   literals are computed      x * 1, x / 1, x + 0, x - 0 -> x      x * -1 -> -x
//   -(-x) -> x      a + (-b) -> a - b      a - (-b) -> a + b      (-a) * b, a * (-b) -> -(a * b)
//   reshape(reshape(x)), transpose(transpose(x)) -> one of them, or x
//   stop_gradient(x), handle(x) -> x      a sum over axes of size 1, which stay, or over none -> x
//   op(broadcast_to(x), y) -> op(x, y) where y has the shape      matmul(transpose(a), b) -> flags
//   a value of one element, however reshaped and repeated -> broadcast_to(x), x of no dimension
//   op(broadcast_to(x), broadcast_to(y)), x, y of one element -> broadcast_to(op(x, y))
// 0 * x stays: it is NaN where x is. 0 - x stays: at 0 it is 0, and -x is -0. (x + 0 should make 0
// of -0, too; as in Theano it does not, for sums that begin with 0 are many.)
#pragma once

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/cast.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace ansatz::ir {

class Simplifier {
 public:
  constexpr explicit Simplifier(Graph& out) : g_(out) {}

  constexpr int operator()(const Node& n, List<int>& in) {
    switch (n.op->kind) {
      case OpKind::elementwise:
        skip_broadcasts(n, in);
        return elementwise(n, in);
      case OpKind::view:
        return view(n, in);
      case OpKind::matmul:
        return matmul(n, in);
      case OpKind::reduce:
        if (n.op == info_of<ops::Sum> && g_[in[0]].shape == n.shape &&
            g_[in[0]].type == DType::real)
          return in[0];
        return copy_node(g_, n, in);
      default:
        return copy_node(g_, n, in);
    }
  }

 private:
  // An operand that was repeated only to meet another of the full shape need not be.
  constexpr void skip_broadcasts(const Node& n, List<int>& operands) {
    int* const in = operands.data();
    for (int k = 0; k < n.count; ++k) {
      if (!g_.is(in[k], info_of<ops::BroadcastTo>)) continue;
      const int kept = in[k];
      in[k] = g_.in(kept, 0);
      ShapeResult r{g_[in[0]].shape};
      for (int j = 1; j < n.count && r.ok(); ++j) r = broadcast(r.shape, g_[in[j]].shape);
      if (!r.ok() || !(r.shape == n.shape)) in[k] = kept;
    }
  }

  // x where it stands for a node of numbers of shape s.
  constexpr int shaped(int x, Shape s) {
    if (g_[x].type == DType::index) x = g_.add(info_of<ops::Cast>, {}, &x, 1);
    if (g_[x].shape == s) return x;
    return g_.add(info_of<ops::BroadcastTo>, shape_attr(s), &x, 1);
  }
  constexpr int negated(int x) {
    if (g_.is_literal(x)) return g_.add_literal(-g_.literal(x));
    if (g_.is(x, info_of<ops::Negate>)) return g_.in(x, 0);
    return g_.add(info_of<ops::Negate>, {}, &x, 1);
  }
  constexpr int binary(const OpInfo* op, int a, int b) {
    const int in[] = {a, b};
    return g_.add(op, {}, in, 2);
  }

  // The value of no dimension behind one that was made by repeating it; -1 if there is none.
  constexpr int one_element(int x) const {
    for (;;) {
      const Node& n = g_[x];
      if (n.op != info_of<ops::BroadcastTo> && n.op != info_of<ops::Reshape>)
        return n.shape.rank == 0 ? x : -1;
      x = g_.in(x, 0);
    }
  }
  constexpr int repeated(int x, Shape s) {
    if (s.rank == 0) return x;
    return g_.add(info_of<ops::BroadcastTo>, shape_attr(s), &x, 1);
  }

  constexpr int elementwise(const Node& n, List<int>& in) {
    if (n.shape.rank > 0) {
      bool all_one = true;
      const int* x = in.data();
      for (int k = n.count; k > 0 && all_one; --k) all_one = one_element(*x++) >= 0;
      if (all_one) {
        for (int& each : in) each = one_element(each);
        Node one = n;
        one.shape = {};
        return repeated(elementwise(one, in), n.shape);
      }
    }
    if (n.op == info_of<ops::Negate>) return shaped(negated(in[0]), n.shape);
    if (n.count != 2) return copy_node(g_, n, in);
    const int a = in.data()[0], b = in.data()[1];
    const bool la = g_.is_literal(a), lb = g_.is_literal(b);
    const double x = la ? g_.literal(a) : 0, y = lb ? g_.literal(b) : 0;
    if (n.op == info_of<ops::Add>) {
      if (la && lb) return g_.add_literal(x + y);
      if (la && x == 0) return shaped(b, n.shape);
      if (lb && y == 0) return shaped(a, n.shape);
      if (g_.is(b, info_of<ops::Negate>)) return binary(info_of<ops::Subtract>, a, g_.in(b, 0));
    } else if (n.op == info_of<ops::Subtract>) {
      if (la && lb) return g_.add_literal(x - y);
      if (lb && y == 0) return shaped(a, n.shape);
      if (g_.is(b, info_of<ops::Negate>)) return binary(info_of<ops::Add>, a, g_.in(b, 0));
    } else if (n.op == info_of<ops::Multiply>) {
      if (la && lb) return g_.add_literal(x * y);
      if (la && x == 1) return shaped(b, n.shape);
      if (lb && y == 1) return shaped(a, n.shape);
      if (la && x == -1) return shaped(negated(b), n.shape);
      if (lb && y == -1) return shaped(negated(a), n.shape);
      if (g_.is(a, info_of<ops::Negate>) && !lb)
        return shaped(negated(binary(n.op, g_.in(a, 0), b)), n.shape);
      if (g_.is(b, info_of<ops::Negate>) && !la)
        return shaped(negated(binary(n.op, a, g_.in(b, 0))), n.shape);
    } else if (n.op == info_of<ops::Divide>) {
      if (la && lb && y != 0) return g_.add_literal(x / y);
      if (lb && y == 1) return shaped(a, n.shape);
    }
    return copy_node(g_, n, in);
  }

  constexpr int view(const Node& n, const List<int>& in) {
    const int x = in[0];
    if (n.op == info_of<ops::StopGradient> || n.op == info_of<ops::Handle>) return x;
    if (n.op == info_of<ops::Slice>) return copy_node(g_, n, in);
    if (n.op == info_of<ops::Transpose>) {
      Attr order = n.attr;
      int from = x;
      if (g_.is(x, info_of<ops::Transpose>)) {
        from = g_.in(x, 0);
        for (int k = 0; k < n.shape.rank; ++k) order.i[k] = g_[x].attr.i[n.attr.i[k]];
      }
      bool identity = true;
      for (int k = 0; k < n.shape.rank; ++k) identity = identity && order.i[k] == k;
      if (identity) return from;
      return g_.add(n.op, order, &from, 1);
    }
    if (n.op == info_of<ops::Reshape> && g_.is(x, info_of<ops::Reshape>)) {
      const int from = g_.in(x, 0);
      if (g_[from].shape == n.shape) return from;
      return g_.add(n.op, n.attr, &from, 1);
    }
    if (g_[x].shape == n.shape) return x;
    if (one_element(x) >= 0) return repeated(one_element(x), n.shape);
    if (n.op == info_of<ops::BroadcastTo> && g_.is(x, info_of<ops::BroadcastTo>)) {
      const int from = g_.in(x, 0);
      return g_.add(n.op, n.attr, &from, 1);
    }
    return copy_node(g_, n, in);
  }

  // Whether a transpose is that of a matrix, or of each of a stack that is multiplied one by one.
  constexpr bool swaps_matrices(int x, const Attr& product) const {
    const int rank = g_[x].shape.rank;
    if (rank == 2) return true;
    for (int d = 0; d < rank - 2; ++d)
      if (g_[x].attr.i[d] != d) return false;
    return product.i[2] && g_[x].attr.i[rank - 1] == rank - 2;
  }

  constexpr int matmul(const Node& n, List<int>& in) {
    Attr attr = n.attr;
    for (int k = 0; k < 2; ++k) {
      if (!g_.is(in[k], info_of<ops::Transpose>) || !swaps_matrices(in[k], attr)) continue;
      in[k] = g_.in(in[k], 0);
      attr.i[k] = !attr.i[k];
    }
    return g_.add(n.op, attr, in.data(), 2);
  }

  Graph& g_;
};

constexpr Graph simplify(const Graph& g) {
  return rewrite(g, [&](Graph& out, int id, List<int>& in) {
    Simplifier s(out);
    return s(g[id], in);
  });
}

}  // namespace ansatz::ir
