// y_j = sum_k x_i W_jk, i = inputs_jk: a matrix of which each column has a few numbers only
#pragma once

#include <dsl/ir/refusal.hpp>
#include <dsl/ops/kernel.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void sparse_matmul(const ir::KernelArgs<T>&);
template <class T>
void sparse_matmul_transposed(const ir::KernelArgs<T>&);
template <class T>
void sparse_matmul_weight_gradient(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ir {

// W and inputs are [units, inputs of a unit].
constexpr const char* sparse_fault(const Shape& w, const Shape& inputs) {
  if (w.rank != 2 || is_extent(w[0]) || is_extent(w[1]))
    return "weights must be [units, inputs of a unit]";
  if (!(w == inputs)) return "there must be an input for each weight";
  return nullptr;
}
constexpr bool is_vectors(const Shape& x) {
  return (x.rank == 1 && !x.batched()) || (x.rank == 2 && !is_extent(x[1]));
}
/// Examples that a kernel takes at a time, for products and for the gradient of the weights: side
/// by side, so that one weight meets all of them.
inline constexpr long sparse_chunk = 16, sparse_gradient_chunk = 64;
constexpr long sparse_scratch(const Shape& x, const Shape& y, long chunk) {
  const auto width = [](const Shape& s) { return static_cast<long>(s[s.rank - 1]); };
  return (width(x) + width(y)) * chunk;
}
/// [units] or [batch, units], as x is.
constexpr Shape with_units(Shape x, int units) {
  x[x.rank - 1] = units;
  return x;
}

}  // namespace ir

namespace ops {

// The three are closed under differentiation. Inputs are whole numbers, stored as numbers; a result
// that one outside 0 .. inputs - 1 has a part in is NaN throughout.

template <class Op>
struct SparseOp : KernelOp<Op> {
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
  static constexpr int arity = 3;
};

/// Operands x, W, inputs.
struct SparseMatmul : SparseOp<SparseMatmul> {
  static constexpr const char* name = "sparse_matmul";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::sparse_matmul<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    if (!ir::is_vectors(in[0])) return ir::refused("the first operand must be vectors");
    if (const char* why = ir::sparse_fault(in[1], in[2])) return ir::refused(why);
    return {ir::with_units(in[0], in[1][0])};
  }
  static constexpr long scratch(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::sparse_scratch(in[0], shape(in, 3, attr).shape, ir::sparse_chunk);
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return 2 * ir::elements(in[1]);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands y, W, inputs: the transposed product, x_i the sum of y_j W_jk over inputs_jk = i;
/// attr.i[0] such x.
struct SparseMatmulTransposed : SparseOp<SparseMatmulTransposed> {
  static constexpr const char* name = "sparse_matmul_transposed";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::sparse_matmul_transposed<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    if (!ir::is_vectors(in[0])) return ir::refused("the first operand must be vectors");
    if (const char* why = ir::sparse_fault(in[1], in[2])) return ir::refused(why);
    if (!ir::dims_agree(in[0][in[0].rank - 1], in[1][0]))
      return ir::refused("there must be weights for each unit");
    return {ir::with_units(in[0], attr.i[0])};
  }
  static constexpr long scratch(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::sparse_scratch(in[0], shape(in, 3, attr).shape, ir::sparse_chunk);
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return 2 * ir::elements(in[1]);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

/// Operands x, g (like the product), inputs: what W gets of g, x_i g_j summed over the examples.
struct SparseMatmulWeightGradient : SparseOp<SparseMatmulWeightGradient> {
  static constexpr const char* name = "sparse_matmul_weight_gradient";
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::sparse_matmul_weight_gradient<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    if (!ir::is_vectors(in[0]) || !ir::is_vectors(in[1]) || in[0].rank != in[1].rank ||
        (in[0].rank == 2 && in[0][0] != in[1][0]))
      return ir::refused("there must be a gradient for each vector");
    if (const char* why = ir::sparse_fault(in[2], in[2])) return ir::refused(why);
    if (!ir::dims_agree(in[1][in[1].rank - 1], in[2][0]))
      return ir::refused("there must be inputs for each unit");
    return {in[2]};
  }
  static constexpr long scratch(const ir::Shape* in, int, const ir::Attr&) {
    return ir::sparse_scratch(in[0], in[1], ir::sparse_gradient_chunk);
  }
  static constexpr long parts(const ir::Shape* in, int, const ir::Attr&) { return in[2][0]; }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return 2 * ir::elements(in[2]);
  }
  static constexpr void vjp(ir::VjpContext& c);
};

constexpr ir::Attr so_many_inputs(int n) {
  ir::Attr attr;
  attr.i[0] = n;
  return attr;
}
constexpr void SparseMatmul::vjp(ir::VjpContext& c) {
  const ir::Value x = c.in(0).value(), w = c.in(1).value(), i = c.in(2).value(), g = c.g().value();
  const int inputs = x.shape()[x.shape().rank - 1];
  c.give(0, ir::make(ir::info_of<SparseMatmulTransposed>, so_many_inputs(inputs), g, w, i));
  c.give(1, ir::make(ir::info_of<SparseMatmulWeightGradient>, ir::Attr{}, x, g, i));
}
constexpr void SparseMatmulTransposed::vjp(ir::VjpContext& c) {
  const ir::Value y = c.in(0).value(), w = c.in(1).value(), i = c.in(2).value(), g = c.g().value();
  c.give(0, ir::make(ir::info_of<SparseMatmul>, ir::Attr{}, g, w, i));
  c.give(1, ir::make(ir::info_of<SparseMatmulWeightGradient>, ir::Attr{}, g, y, i));
}
constexpr void SparseMatmulWeightGradient::vjp(ir::VjpContext& c) {
  const ir::Value x = c.in(0).value(), g = c.in(1).value(), i = c.in(2).value(), h = c.g().value();
  const int inputs = x.shape()[x.shape().rank - 1];
  c.give(0, ir::make(ir::info_of<SparseMatmulTransposed>, so_many_inputs(inputs), g, h, i));
  c.give(1, ir::make(ir::info_of<SparseMatmul>, ir::Attr{}, x, h, i));
}

}  // namespace ops

namespace ir {

template <class X, class W, class I>
consteval bool inputs_fit() {
  if constexpr (any_unknown<X, W, I>)
    return true;
  else
    return X::dtype == DType::real && W::dtype == DType::real && I::dtype == DType::real &&
           rule<ops::SparseMatmul, Attr{}, X, W, I>().ok();
}
template <class X, class W, class I>
struct SparseProduct {
  using type = AnySpace;
};
template <class X, class W, class I>
  requires(!any_unknown<X, W, I> && inputs_fit<X, W, I>())
struct SparseProduct<X, W, I> {
  static constexpr Shape shape = rule<ops::SparseMatmul, Attr{}, X, W, I>().shape;
  using type = std::remove_pointer_t<decltype(canonical_space<shape, X>())>;
};

}  // namespace ir

/// What must hold for sparse_matmul: weights [units, inputs of a unit], and an input for each.
template <class X, class W, class I>
concept InputsFit = ir::inputs_fit<X, W, I>();

/// Vectors times a matrix of which only some numbers are there: unit j sees the elements
/// `inputs[j]` of x, whole numbers 0 .. dim - 1 (stored as numbers; one that x has not makes the
/// result NaN), with the weights W[j]. W and inputs are [units, inputs of a unit]; x is [dim] or a
/// batch of such.
template <class X, class W, class I>
  requires InputsFit<X, W, I>
constexpr Expr<typename ir::SparseProduct<X, W, I>::type> sparse_matmul(
    const Expr<X>& x, const Expr<W>& w, const Expr<I>& inputs,
    ir::CallSite at = ir::CallSite::here()) {
  for (const ir::Value* v : {&x.value(), &w.value(), &inputs.value()})
    ir::require_numbers("sparse_matmul", *v, at);
  return Expr<typename ir::SparseProduct<X, W, I>::type>(ir::make_at(
      at, ir::info_of<ops::SparseMatmul>, ir::Attr{}, x.value(), w.value(), inputs.value()));
}
template <class X, class W, class I>
  requires(!InputsFit<X, W, I>)
constexpr Refused<InputsFit<X, W, I>> sparse_matmul(const Expr<X>&, const Expr<W>&, const Expr<I>&,
                                                    ir::CallSite = {}) = delete;

/// The product of y, [units] or a batch of such, with the transpose of that matrix: `dim` numbers
/// each.
constexpr AnyExpr sparse_matmul_transposed(const AnyExpr& y, const AnyExpr& w,
                                           const AnyExpr& inputs, int dim) {
  return AnyExpr(ir::make(ir::info_of<ops::SparseMatmulTransposed>, ops::so_many_inputs(dim),
                          y.value(), w.value(), inputs.value()));
}

}  // namespace ansatz
