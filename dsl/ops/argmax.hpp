// y = the position of the largest x over the axes; no derivative
#pragma once

#include <dsl/ops/index_reduce.hpp>

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
/// row-major order of them.
template <class S, class A = OverUnits>
constexpr IndexReduced<S, A> argmax(const Expr<S>& x, A over = {}) {
  const int mask = ir::checked_mask("argmax", x.shape(), over);
  return IndexReduced<S, A>(ir::position<ops::ArgMax, true>(x.value(), mask));
}
template <class S, class A = OverUnits>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> argmax(const Expr<S>&, A = {}) = delete;

}  // namespace ansatz
