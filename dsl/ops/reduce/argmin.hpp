// y = the position of the smallest x over the axes; no derivative
#pragma once

#include <dsl/ops/reduce/index_reduce.hpp>

namespace ansatz {
namespace ops {

struct ArgMin : ReduceOp<ArgMin, ir::DType::index> {
  static constexpr const char* name = "argmin";
  static constexpr auto vjp = no_derivative;
};

}  // namespace ops

/// Position of the smallest element, by default among the units of each example: labels, of
/// Space Batch<IndexSpace<N>> for an x of Batch<VectorSpace<N>>. Of equal elements the first, of
/// NaNs the first NaN, as numpy.argmin. One of units, batch, all and
/// axis<A>; of units with several axes the position is that in row-major order. With `keep_axes`
/// the Space is known when the graph is built.
template <class S, class A = OverUnits, class... K>
constexpr IndexReduced<S, A, K...> argmin(const Expr<S>& x, A = {}, K...) {
  const ir::Attr over = ir::reduction_of<OverUnits, A, K...>("argmin", x.shape(), {});
  return IndexReduced<S, A, K...>(
      ir::position<ops::ArgMin, false>(x.value(), over.i[0], over.i[1]));
}
template <class A = OverUnits, class K = DropAxes>
  requires(ir::one_axis_kept_or_not<A, K>)
constexpr AnyExpr argmin(const AnyExpr& x, A = {}, K = {}, ir::CallSite at = ir::CallSite::here()) {
  const ir::Attr over = ir::reduction_of<OverUnits, A, K>("argmin", x.shape(), at);
  return AnyExpr(ir::position<ops::ArgMin, false>(x.value(), over.i[0], over.i[1]));
}
template <class S, class A = OverUnits, class... K>
  requires(!HasAxes<S, A> || !OneAxis<A, K...>)
constexpr Refused<HasAxes<S, A> && OneAxis<A, K...>> argmin(const Expr<S>&, A = {}, K...) = delete;

}  // namespace ansatz
