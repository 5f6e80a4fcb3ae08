// y = a b, the matrix product
#pragma once

#include <dsl/ops/arithmetic/cast.hpp>
#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace ops {

// Of more than two axes an operand is a stack of matrices, outermost axes first:
//   each     matrix by matrix, as many in a as in b                  [.., m, k] [.., k, n]
//   joined   its rows are those of one matrix: one product           [.., k] [k, n]
//            or, a transposed, the sum over all of them              [.., m]' [.., n]
// Either form's derivatives have the same form.

/// attr: i[0], i[1]: whether a, b are transposed first; i[2]: matrix by matrix.
struct MatMul {
  static constexpr const char* name = "matmul";

  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::Shape &a = in[0], &b = in[1];
    if (a.rank < 2 || b.rank < 2) return ir::refused("both operands must be matrices");
    if (a.rank > 2 || b.rank > 2) return of_stacks(a, b, attr);
    const int m = attr.i[0] ? a[1] : a[0], ka = attr.i[0] ? a[0] : a[1];
    const int kb = attr.i[1] ? b[1] : b[0], n = attr.i[1] ? b[0] : b[1];
    if (!ir::dims_agree(ka, kb)) return ir::refused("inner dimensions must agree");
    if (ir::is_extent(m) && ir::is_extent(n)) return ir::refused(ir::one_extent);
    return {ir::make_shape(m, n)};
  }

  static constexpr ir::ShapeResult of_stacks(const ir::Shape& a, const ir::Shape& b,
                                             const ir::Attr& attr) {
    const bool ta = attr.i[0], tb = attr.i[1], each = attr.i[2];
    // The axes that both share: all but a matrix's two, or but the columns where all rows meet.
    const int shared = each ? a.rank - 2 : ta ? a.rank - 1 : 0;
    if ((each || ta) && a.rank != b.rank) return ir::refused(as_many);
    for (int d = 0; d < shared; ++d)
      if (!ir::dims_agree(a[d], b[d])) return ir::refused(as_many);
    ir::Shape y = a;
    if (each) {
      const int r = a.rank - 2, last = a.rank - 1;
      if (!ir::dims_agree(a[ta ? r : last], b[tb ? last : r]))
        return ir::refused("inner dimensions must agree");
      for (int d = 0; d < r; ++d) y[d] = ir::known_of(a[d], b[d]);
      y[r] = a[ta ? last : r], y[last] = b[tb ? r : last];
    } else if (ta) {
      if (tb) return ir::refused(as_many);
      y = ir::make_shape(a[a.rank - 1], b[b.rank - 1]);
    } else {
      if (b.rank != 2) return ir::refused(as_many);
      if (!ir::dims_agree(a[a.rank - 1], b[tb ? 1 : 0]))
        return ir::refused("inner dimensions must agree");
      y[y.rank - 1] = b[tb ? 0 : 1];
    }
    int extents = 0;
    for (int d = 0; d < y.rank; ++d) extents += ir::is_extent(y[d]);
    if (extents > 1) return ir::refused(ir::one_extent);
    return {y};
  }
  static constexpr const char* as_many =
      "a stack of matrices is multiplied by one matrix on its right, or by a stack of as many";

  static constexpr void vjp(ir::VjpContext& c) {
    const bool ta = c.attr().i[0], tb = c.attr().i[1], each = c.attr().i[2];
    const ir::Value a = c.in(0).value(), b = c.in(1).value(), g = c.g().value();
    if (!c.unwanted[0])
      c.give(0, ta ? product(b, tb, g, true, each) : product(g, false, b, !tb, each));
    if (!c.unwanted[1])
      c.give(1, tb ? product(g, true, a, ta, each) : product(a, !ta, g, false, each));
  }

  static constexpr ir::OpInfo make_info() {
    return {.name = name,
            .kind = ir::OpKind::matmul,
            .arity = 2,
            .id = ir::hash_text(name),
            .takes = ir::Elements::numbers,
            .shape = &shape,
            .vjp = &vjp};
  }

  static constexpr ir::Value product(const ir::Value& a, bool ta, const ir::Value& b, bool tb,
                                     bool each = false) {
    ir::Attr attr;
    attr.i[0] = ta;
    attr.i[1] = tb;
    attr.i[2] = each;
    return ir::make(ir::info_of<MatMul>, attr, a, b);
  }
};

}  // namespace ops

namespace ir {

constexpr bool stacks_multiply(const Shape& a, const Shape& b) {
  if (b.rank <= 2) return true;
  if (a.rank != b.rank) return false;
  for (int d = 0; d < a.rank - 2; ++d)
    if (!dims_agree(a[d], b[d])) return false;
  return true;
}

// numpy.matmul's treatment of vectors: a is a row, b a column, and that axis goes again.
constexpr ShapeResult matmul_shape(const Shape& a, const Shape& b) {
  if (a.rank < 1 || b.rank < 1) return refused("both operands must be vectors, matrices or stacks");
  if (!stacks_multiply(a, b)) return refused(ops::MatMul::as_many);
  const Shape in[] = {a.rank == 1 ? make_shape(1, a[0]) : a, b.rank == 1 ? make_shape(b[0], 1) : b};
  Attr attr;
  attr.i[2] = b.rank > 2;
  const ShapeResult r = ops::MatMul::shape(in, 2, attr);
  if (!r.ok()) return r;
  Shape s;
  for (int d = a.rank == 1; d < r.shape.rank - (b.rank == 1); ++d) s[s.rank++] = r.shape[d];
  return {s};
}

template <class A, class B>
consteval bool stacks_agree() {
  if constexpr (any_unknown<A, B>)
    return true;
  else
    return stacks_multiply(A::known, B::known);
}
template <class A, class B>
consteval bool inner_dimensions_agree() {
  if constexpr (any_unknown<A, B>)
    return true;
  else
    return matmul_shape(A::known, B::known).ok();
}

template <class A, class B>
struct MatMulSpace {
  using type = space_from<matmul_shape(A::known, B::known).shape, A, B>;
};
template <class A, class B>
  requires any_unknown<A, B>
struct MatMulSpace<A, B> {
  using type = AnySpace;
};

constexpr Value matrix_product(const Value& a, const Value& b, CallSite at = {}) {
  const Shape sa = a.shape(), sb = b.shape();
  const ShapeResult r = matmul_shape(sa, sb);
  if (!r.ok()) {
    const Shape both[] = {sa, sb};
    graph_error_shape("matmul", r.error, both, 2, at);
  }
  Value left = as_numbers(a), right = as_numbers(b);
  if (sa.rank == 1) left = make(info_of<ops::Reshape>, shape_attr(make_shape(1, sa[0])), left);
  if (sb.rank == 1) right = make(info_of<ops::Reshape>, shape_attr(make_shape(sb[0], 1)), right);
  const Value y = ops::MatMul::product(left, false, right, false, sb.rank > 2);
  if (sa.rank != 1 && sb.rank != 1) return y;
  return make(info_of<ops::Reshape>, shape_attr(r.shape), y);
}

}  // namespace ir

/// What must hold for matmul of stacks: the right operand is one matrix, or a stack of as many.
template <class A, class B>
concept StacksAgree = ir::stacks_agree<A, B>();
/// What must hold for matmul: the last dimension of a is the first of b's matrices.
template <class A, class B>
concept InnerDimensionsAgree = ir::inner_dimensions_agree<A, B>();

/// Matrix product: [m, k] by [k, n] is [m, n], m usually the batch. A vector is a row on the left
/// and a column on the right, as in numpy.matmul. A stack of matrices is multiplied by one matrix
/// on its right, [.., m, k] by [k, n], or matrix by matrix with a stack of as many, [.., m, k] by
/// [.., k, n]: the axes before the last two, the batch among them, are the same in both and not
/// repeated. Labels are numbers in it.
template <class A, class B>
constexpr Expr<typename ir::MatMulSpace<A, B>::type> matmul(
    const Expr<A>& a, const Expr<B>& b, ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::MatMulSpace<A, B>::type>(ir::matrix_product(a.value(), b.value(), at));
}
template <class A, class B>
  requires(!StacksAgree<A, B> || !InnerDimensionsAgree<A, B>)
constexpr Refused<StacksAgree<A, B> && InnerDimensionsAgree<A, B>> matmul(
    const Expr<A>&, const Expr<B>&, ir::CallSite = {}) = delete;

}  // namespace ansatz
