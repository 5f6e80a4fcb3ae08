// Scales and sums around matrix products become part of the product (BLAS's alpha, beta and C):
//   a A B + b P, new value of P      -> gemm(A, B, a, P, b), in place
//   a A B + c C D [+ b P]            -> gemm(C, D, c, gemm(A, B, a, …), 1)
//   a transpose(A B) + …             -> gemm(B', A', a, …): tied weights get two of them
//   a A B + c C D + r, new value     -> gemm(C, D, c, gemm(A, B, a, r, 1), 1), r being computed in
//                                       place by a loop
// Only where nobody else needs the products, and where all have the shape of the sum: BLAS repeats
// nothing.
#pragma once

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace ansatz {
namespace ops {

/// alpha op(A) op(B) + beta C: operands A, B, alpha, C, beta; attr as of MatMul. C is a literal 0
/// when there is nothing to add to.
struct Gemm {
  static constexpr const char* name = "gemm";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::ShapeResult product = MatMul::shape(in, 2, attr);
    if (in[2].rank != 0 || in[4].rank != 0) return ir::refused("the scales must be numbers");
    if (product.ok() && in[3].rank != 0 && !(in[3] == product.shape))
      return ir::refused("what is added must have the shape of the product");
    return product;
  }
  static constexpr ir::OpInfo make_info() {
    return {.name = name,
            .kind = ir::OpKind::matmul,
            .arity = 5,
            .id = ir::hash_text(name),
            .takes = ir::Elements::numbers,
            .shape = &shape};
  }
};

}  // namespace ops

namespace ir {

constexpr List<int> use_counts(const Graph& g) {
  List<int> uses;
  uses.assign(g.size(), 0);
  const List<char> needed = reachable(g);
  const int size = g.size();
  for (int id = 0; id < size; ++id) {
    if (!needed[id]) continue;
    const int* in = g.operands.data() + g[id].first;
    for (int n = g[id].count; n > 0; --n) ++uses[*in++];
  }
  for (const GraphRoot& r : g.roots) ++uses[r.value];
  return uses;
}

/// A sum of coefficient times tensor.
struct Combination {
  struct Term {
    int coefficient = -1;  ///< a node of no dimension
    int tensor = -1;
    bool product = false;  ///< else what a loop computes
  };
  List<Term> terms;
};

class FoldProducts {
 public:
  constexpr FoldProducts(const Graph& g) : g_(g), uses_(use_counts(g)) {
    to_.assign(g.size(), -1);
    blocked_.assign(g.size(), 0);
    inner_.assign(g.size(), 0);
    find_targets();
    find_inner();
  }

  constexpr Graph run() {
    return rewrite(g_, [&](Graph& out, int id, const List<int>& in) {
      const int made = fold(out, id);
      to_[id] = made >= 0 ? made : copy_node(out, g_[id], in);
      return to_[id];
    });
  }

 private:
  constexpr void find_targets() {
    targets_.assign(g_.size(), -1);
    for (const GraphRoot& r : g_.roots) {
      int& target = targets_[r.value];
      target = target == -1 && r.target >= 0 ? r.target : several;
    }
  }
  // The parameter or state whose new value node `id` is, and is only.
  constexpr int target_of(int id) const {
    const int target = targets_[id];
    return target == several ? -1 : target;
  }

  constexpr bool is_sum(const Node& n) const {
    return n.op == info_of<ops::Add> || n.op == info_of<ops::Subtract>;
  }
  // Finds the sums that the sum of their only user takes in, so that each term of a long chain of
  // sums is looked at once, not once for each sum over it.
  constexpr void find_inner() {
    List<char> only_products;  // of the shape of the sum, and used by it alone: always folded
    only_products.assign(g_.size(), 0);
    for (int id = 0; id < g_.size(); ++id) {
      const Node& n = g_[id];
      if (n.shape.rank < 2 || !is_sum(n)) continue;
      bool all = true;
      for (int k = 0; k < 2; ++k) {
        const int x = g_.in(id, k);
        all = all && uses_[x] == 1 && g_[x].shape == n.shape &&
              (only_products[x] || product_behind(x) >= 0);
      }
      only_products[id] = all;
      for (int k = 0; all && k < 2; ++k) inner_[g_.in(id, k)] = only_products[g_.in(id, k)];
    }
  }

  constexpr int fold(Graph& out, int id) {
    const Node& n = g_[id];
    if (n.shape.rank < 2 || n.op->kind != OpKind::elementwise) return -1;
    const int target = target_of(id);
    // An inner node of a combination is left for the sum it belongs to.
    if (inner_[id] || (target < 0 && !is_sum(n))) return -1;
    Combination c;
    shape_ = n.shape;
    others_ = target >= 0;
    if (!collect(out, id, out.add_literal(1), true, c)) {
      blocked_[id] = 1;
      return -1;
    }
    int products = 0, base = -1, others = 0;
    for (int k = 0; k < c.terms.size(); ++k) {
      if (c.terms[k].product)
        ++products;
      else if (c.terms[k].tensor == target && base < 0)
        base = k;
      else
        ++others;
    }
    if (products == 0 || (target < 0 && products < 2)) return -1;
    // One product and a loop are as well off with the loop last.
    if (others > 0 && (products < 2 || base < 0)) {
      blocked_[id] = 1;
      return -1;
    }
    int sum = out.add_literal(0), beta = out.add_literal(0);
    if (others > 0)
      sum = sum_of_others(out, c), beta = out.add_literal(1);
    else if (base >= 0)
      sum = to_[c.terms[base].tensor], beta = c.terms[base].coefficient;
    for (const auto& t : c.terms) {
      if (!t.product) continue;
      const int product = product_behind(t.tensor);
      int a = to_[g_.in(product, 0)], b = to_[g_.in(product, 1)];
      Attr attr = g_[product].attr;
      if (product != t.tensor) {
        const int left = a, transpose_left = attr.i[0];
        a = b, b = left;
        attr.i[0] = !attr.i[1];
        attr.i[1] = !transpose_left;
      }
      const int in[] = {a, b, t.coefficient, sum, beta};
      sum = out.add(info_of<ops::Gemm>, attr, in, 5);
      beta = out.add_literal(1);
    }
    return sum;
  }

  constexpr int sum_of_others(Graph& out, const Combination& c) const {
    int sum = -1;
    for (const auto& t : c.terms) {
      if (t.product) continue;
      const int both[] = {sum, product(out, t.coefficient, to_[t.tensor])};
      sum = sum < 0 ? both[1] : out.add(info_of<ops::Add>, {}, both, 2);
    }
    return sum;
  }

  // The product that this node is, or is the transpose of; -1 if neither.
  constexpr int product_behind(int id) const {
    if (g_.is(id, info_of<ops::Transpose>) && g_[id].shape.rank == 2) {
      const int x = g_.in(id, 0);
      return g_.is(x, info_of<ops::MatMul>) && uses_[x] == 1 ? x : -1;
    }
    return g_.is(id, info_of<ops::MatMul>) ? id : -1;
  }

  constexpr int scalar_behind(int id) const {
    while (g_[id].op->kind == OpKind::view && g_[id].op != info_of<ops::Slice>) id = g_.in(id, 0);
    return g_[id].shape.rank == 0 && g_[id].type == DType::real ? id : -1;
  }

  constexpr int product(Graph& out, int a, int b) const {
    if (out.is_literal(a, 1)) return b;
    if (out.is_literal(b, 1)) return a;
    if (out.is_literal(a) && out.is_literal(b))
      return out.add_literal(out.literal(a) * out.literal(b));
    const int in[] = {a, b};
    return out.add(info_of<ops::Multiply>, {}, in, 2);
  }
  constexpr int negated(Graph& out, int a) const {
    if (out.is_literal(a)) return out.add_literal(-out.literal(a));
    return out.add(info_of<ops::Negate>, {}, &a, 1);
  }

  // Adds coefficient * node to the combination, looking through sums and scales that nobody else
  // uses; false when a term turns up that cannot belong to one.
  constexpr bool collect(Graph& out, int id, int coefficient, bool top, Combination& c) const {
    const Node& n = g_[id];
    const bool leaf = n.op->kind == OpKind::leaf;
    if (!(n.shape == shape_) || (!top && !leaf && uses_[id] != 1))
      return add_other(id, coefficient, c);
    if (!top && blocked_[id] && !others_) return false;
    if (n.op == info_of<ops::Add> || n.op == info_of<ops::Subtract>) {
      const int right = n.op == info_of<ops::Subtract> ? negated(out, coefficient) : coefficient;
      return collect(out, g_.in(id, 0), coefficient, false, c) &&
             collect(out, g_.in(id, 1), right, false, c);
    }
    if (n.op == info_of<ops::Negate>)
      return collect(out, g_.in(id, 0), negated(out, coefficient), false, c);
    if (n.op == info_of<ops::Multiply>) {
      for (int k = 0; k < 2; ++k) {
        const int s = scalar_behind(g_.in(id, k));
        if (s >= 0)
          return collect(out, g_.in(id, 1 - k), product(out, coefficient, to_[s]), false, c);
      }
      return add_other(id, coefficient, c);
    }
    const bool is_product = product_behind(id) >= 0;
    if (!leaf && !is_product) return add_other(id, coefficient, c);
    for (auto& t : c.terms) {
      if (t.tensor != id) continue;
      const int in[] = {t.coefficient, coefficient};
      t.coefficient = out.is_literal(in[0]) && out.is_literal(in[1])
                          ? out.add_literal(out.literal(in[0]) + out.literal(in[1]))
                          : out.add(info_of<ops::Add>, {}, in, 2);
      return true;
    }
    c.terms.push_back({coefficient, id, is_product});
    return true;
  }
  constexpr bool add_other(int id, int coefficient, Combination& c) const {
    if (others_) c.terms.push_back({coefficient, id});
    return others_;
  }

  static constexpr int several = -2;

  const Graph& g_;
  List<int> uses_;
  List<int> targets_;
  List<char> blocked_;   // has a term that belongs to no combination, and so has every sum over it
  List<char> inner_;     // belongs to a sum that is folded as a whole
  Shape shape_;          // of the combination
  bool others_ = false;  // whether it may have terms that are computed by a loop
  List<int> to_;         // node of the new graph for each node of the old
};

constexpr Graph fold_products(Graph g) {
  bool any_product = false;
  for (const Node& n : g.nodes) any_product = any_product || n.op == info_of<ops::MatMul>;
  if (!any_product) return g;
  return FoldProducts(g).run();
}

}  // namespace ir
}  // namespace ansatz
