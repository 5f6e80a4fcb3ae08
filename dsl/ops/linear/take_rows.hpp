// y_i = row indices_i of W                                   (an embedding; Bengio et al. 2003)
#pragma once

#include <dsl/ir/labels.hpp>
#include <dsl/ops/kernel.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void take_rows(const ir::KernelArgs<T>&);
template <class T>
void add_rows(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// Operands W [rows, …] and indices […]; the result has the axes of the indices, then those of a
/// row.
struct TakeRows : KernelOp<TakeRows> {
  static constexpr const char* name = "take_rows";
  static constexpr ir::Takes takes{ir::Elements::numbers, ir::Elements::labels};
  static constexpr int arity = 2;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::take_rows<T>;

  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    const ir::Shape &w = in[0], &indices = in[1];
    if (w.rank < 1) return ir::refused("the first operand must have rows");
    for (int k = 0; k < w.rank; ++k)
      if (ir::is_extent(w[k])) return ir::refused("the rows must not be a batch");
    if (indices.rank + w.rank - 1 > ir::max_rank) return ir::refused(ir::most_dimensions);
    ir::Shape s = indices;
    for (int k = 1; k < w.rank; ++k) s[s.rank++] = w[k];
    return {s};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::elements(shape(in, 2, attr).shape);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands g, indices: zeros [attr.i[0], …] to whose rows indices_i each g_i was added, in the
/// order of i, so that the sum does not depend on anything but its operands.
struct AddRows : KernelOp<AddRows> {
  static constexpr const char* name = "add_rows";
  static constexpr ir::Takes takes{ir::Elements::numbers, ir::Elements::labels};
  static constexpr int arity = 2;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::add_rows<T>;

  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::Shape &g = in[0], &indices = in[1];
    if (g.rank < indices.rank) return ir::refused("there must be a row for each index");
    for (int k = 0; k < indices.rank; ++k)
      if (!ir::dims_agree(g[k], indices[k]))
        return ir::refused("there must be a row for each index");
    ir::Shape s = ir::make_shape(attr.i[0]);
    for (int k = indices.rank; k < g.rank; ++k) s[s.rank++] = g[k];
    return {s};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return ir::elements(in[0]);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    c.give(0, ir::make(ir::info_of<TakeRows>, ir::Attr{}, c.g().value(), c.in(1).value()));
  }
};

constexpr void TakeRows::vjp(ir::VjpContext& c) {
  ir::Attr rows;
  rows.i[0] = c.in(0).shape()[0];
  c.give(0, ir::make(ir::info_of<AddRows>, rows, c.g().value(), c.in(1).value()));
}

}  // namespace ops

namespace ir {

// The types may not say how many labels there are, but the graph may.
constexpr void require_rows(const Value& w, const Value& indices, CallSite at) {
  const Shape both[] = {w.shape(), indices.shape()};
  if (both[0].rank > 0 && both[0][0] >= 0 && label_limit(indices) > both[0][0])
    graph_error_shape("take_rows", "there must be a row for each label", both, 2, at);
}

template <class W, class I>
consteval bool rows_fit() {
  if constexpr (any_unknown<W, I>)
    return true;
  else
    return W::dtype == DType::real && I::dtype == DType::index &&
           rule<ops::TakeRows, Attr{}, W, I>().ok() &&
           (I::labels <= 0 || W::known[0] == any || I::labels <= W::known[0]);
}

template <class W, class I>
struct TakenRows {
  using type = AnySpace;
};
template <class W, class I>
  requires(!any_unknown<W, I> && rows_fit<W, I>())
struct TakenRows<W, I> {
  static constexpr Shape shape = rule<ops::TakeRows, Attr{}, W, I>().shape;
  using type = std::remove_pointer_t<decltype(canonical_space<shape, I, W>())>;
};

}  // namespace ir

/// What must hold for take_rows: the indices are labels, of which W has a row each.
template <class W, class I>
concept RowsFit = ir::rows_fit<W, I>();

/// The rows of W [rows, …] that `indices`, labels 0 .. rows - 1, name: an embedding. Indices
/// [b, n] of a matrix [rows, d] give [b, n, d]. In the derivative by W, what belongs to one row is
/// added in the order of the indices. ShapeError (or no compilation) when there are more labels
/// than rows; ValueError from the call when an index is not a row of W.
template <class W, class I>
constexpr Expr<typename ir::TakenRows<W, I>::type> take_rows(
    const Expr<W>& w, const Expr<I>& indices, ir::CallSite at = ir::CallSite::here()) {
  ir::require_type("take_rows", w.value(), ir::DType::real, "rows must be numbers, not labels", at);
  ir::require_type("take_rows", indices.value(), ir::DType::index,
                   "the indices must be labels (an IndexSpace)", at);
  ir::require_rows(w.value(), indices.value(), at);
  return Expr<typename ir::TakenRows<W, I>::type>(
      ir::make_at(at, ir::info_of<ops::TakeRows>, ir::Attr{}, w.value(), indices.value()));
}
template <class W, class I>
  requires(!RowsFit<W, I>)
constexpr Refused<RowsFit<W, I>> take_rows(const Expr<W>&, const Expr<I>&,
                                           ir::CallSite = {}) = delete;

}  // namespace ansatz
