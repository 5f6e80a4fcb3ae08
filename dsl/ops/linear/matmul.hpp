// y = a b, the matrix product
#pragma once

#include <dsl/ops/arithmetic/cast.hpp>
#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace ops {

/// attr: i[0], i[1]: whether a, b are transposed first.
struct MatMul {
  static constexpr const char* name = "matmul";

  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::Shape &a = in[0], &b = in[1];
    if (a.rank != 2 || b.rank != 2) return ir::refused("both operands must be matrices");
    const int m = attr.i[0] ? a[1] : a[0], ka = attr.i[0] ? a[0] : a[1];
    const int kb = attr.i[1] ? b[1] : b[0], n = attr.i[1] ? b[0] : b[1];
    if (!ir::dims_agree(ka, kb)) return ir::refused("inner dimensions must agree");
    if (ir::is_extent(m) && ir::is_extent(n)) return ir::refused(ir::one_extent);
    return {ir::make_shape(m, n)};
  }

  static constexpr void vjp(ir::VjpContext& c) {
    const bool ta = c.attr().i[0], tb = c.attr().i[1];
    const ir::Value a = c.in(0).value(), b = c.in(1).value(), g = c.g().value();
    if (ta)
      c.give(0, product(b, tb, g, true));
    else
      c.give(0, product(g, false, b, !tb));
    if (tb)
      c.give(1, product(g, true, a, ta));
    else
      c.give(1, product(a, !ta, g, false));
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

  static constexpr ir::Value product(const ir::Value& a, bool ta, const ir::Value& b, bool tb) {
    ir::Attr attr;
    attr.i[0] = ta;
    attr.i[1] = tb;
    return ir::make(ir::info_of<MatMul>, attr, a, b);
  }
};

}  // namespace ops

namespace ir {

// numpy.matmul's treatment of vectors: a is a row, b a column, and that axis goes again.
constexpr ShapeResult matmul_shape(const Shape& a, const Shape& b) {
  if (a.rank < 1 || a.rank > 2 || b.rank < 1 || b.rank > 2)
    return refused("both operands must be vectors or matrices");
  const Shape in[] = {a.rank == 1 ? make_shape(1, a[0]) : a, b.rank == 1 ? make_shape(b[0], 1) : b};
  ShapeResult r = ops::MatMul::shape(in, 2, {});
  if (!r.ok()) return r;
  Shape s;
  if (a.rank == 2) s[s.rank++] = r.shape[0];
  if (b.rank == 2) s[s.rank++] = r.shape[1];
  return {s};
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

constexpr Value matrix_product(const Value& a, const Value& b, const char* file = nullptr,
                               int line = 0) {
  const Shape sa = a.shape(), sb = b.shape();
  const ShapeResult r = matmul_shape(sa, sb);
  if (!r.ok()) {
    const Shape both[] = {sa, sb};
    graph_error_shape("matmul", r.error, both, 2, file, line);
  }
  Value left = as_numbers(a), right = as_numbers(b);
  if (sa.rank == 1) left = make(info_of<ops::Reshape>, shape_attr(make_shape(1, sa[0])), left);
  if (sb.rank == 1) right = make(info_of<ops::Reshape>, shape_attr(make_shape(sb[0], 1)), right);
  const Value y = ops::MatMul::product(left, false, right, false);
  if (sa.rank == 2 && sb.rank == 2) return y;
  return make(info_of<ops::Reshape>, shape_attr(r.shape), y);
}

}  // namespace ir

/// What must hold for matmul: the last dimension of a is the first of b.
template <class A, class B>
concept InnerDimensionsAgree = ir::inner_dimensions_agree<A, B>();

/// Matrix product: [m, k] by [k, n] is [m, n], m usually the batch. A vector is a row on the left
/// and a column on the right, as in numpy.matmul. Labels are numbers in it.
template <class A, class B>
constexpr Expr<typename ir::MatMulSpace<A, B>::type> matmul(const Expr<A>& a, const Expr<B>& b,
                                                            const char* file = __builtin_FILE(),
                                                            int line = __builtin_LINE()) {
  return Expr<typename ir::MatMulSpace<A, B>::type>(
      ir::matrix_product(a.value(), b.value(), file, line));
}
template <class A, class B>
  requires(!InnerDimensionsAgree<A, B>)
constexpr Refused<InnerDimensionsAgree<A, B>> matmul(const Expr<A>&, const Expr<B>&,
                                                     const char* = "", int = 0) = delete;

}  // namespace ansatz
