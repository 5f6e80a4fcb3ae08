// y = the position of the largest x over the axes; no derivative
#pragma once

#include <dsl/ops/reduce/index_reduce.hpp>

namespace ansatz {
namespace ops {

struct ArgMax : ReduceOp<ArgMax, ir::DType::index> {
  static constexpr const char* name = "argmax";
  static constexpr auto vjp = no_derivative;
};

}  // namespace ops

/// Position of the largest element, by default among the units of each example: labels, of
/// Space Batch<IndexSpace<N>> for an x of Batch<VectorSpace<N>>. Of equal elements the first, of
/// NaNs the first NaN, as numpy.argmax. Axes as in `max`; with several, the position is that in
/// row-major order of them. With `keep_axes` the Space is known when the graph is built.
template <class S, class A = OverUnits, KeepOrDrop K = DropAxes>
constexpr IndexReduced<S, A, K> argmax(const Expr<S>& x, A over = {}, K = {}) {
  const int mask = ir::checked_mask("argmax", x.shape(), over);
  return IndexReduced<S, A, K>(ir::position<ops::ArgMax, true>(x.value(), mask, K::keep));
}
template <class S, class A = OverUnits, KeepOrDrop K = DropAxes>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> argmax(const Expr<S>&, A = {}, K = {}) = delete;

}  // namespace ansatz
