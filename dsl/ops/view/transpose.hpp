// y = x with its axes in another order (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace ir {

constexpr ShapeResult transposed(const Shape& x, const Attr& order, int count, bool features) {
  const int batch = features && x.batched();
  if (x.rank != count + batch)
    return refused(features ? "there must be as many axes as the operand has features' axes"
                            : "the operand must be a matrix, or a batch of vectors");
  int seen = 0;
  for (int k = 0; k < count; ++k) {
    const int from = order.i[k];
    if (from < 0 || from >= count || seen >> from & 1)
      return refused("each axis must be named once, from 0");
    seen |= 1 << from;
  }
  Shape s = x;
  for (int k = 0; k < count; ++k) s[batch + k] = x[batch + order.i[k]];
  return {s};
}

template <int... A>
constexpr Attr axes_attr() {
  const int axes[] = {A...};
  Attr a;
  for (int k = 0; k < static_cast<int>(sizeof...(A)) && k < max_rank; ++k) a.i[k] = axes[k];
  return a;
}

constexpr Value transpose_axes(const Value& x, const Attr& order, int count, bool features,
                               CallSite at = {}) {
  const Shape from = x.shape();
  const ShapeResult r = transposed(from, order, count, features);
  if (!r.ok()) graph_error_shape("transpose", r.error, &from, 1, at);
  const int batch = features && from.batched();
  Attr full;
  for (int k = 0; k < count; ++k) full.i[batch + k] = batch + order.i[k];
  return make(info_of<ops::Transpose>, full, x);
}

// Without axes the two axes of a matrix, or of a batch of vectors, change places.
template <class X, int... A>
consteval ShapeResult transposed_space() {
  if constexpr (sizeof...(A) == 0)
    return transposed(X::known, axes_attr<1, 0>(), 2, false);
  else
    return transposed(X::known, axes_attr<A...>(), sizeof...(A), true);
}
template <class X, int... A>
consteval bool axes_permute() {
  if constexpr (any_unknown<X>)
    return true;
  else
    return X::dtype == DType::real && transposed_space<X, A...>().ok();
}

// Never the operand's own Space, even where the shape is the same: its axes mean something else.
template <class X, int... A>
struct Transposed {
  using type = AnySpace;
};
template <class X, int... A>
  requires(!any_unknown<X> && axes_permute<X, A...>())
struct Transposed<X, A...> {
  static constexpr Shape shape = transposed_space<X, A...>().shape;
  using type = std::remove_pointer_t<decltype(canonical_space<shape, X>())>;
};

}  // namespace ir

/// What must hold for transpose: each feature axis named once; or, with none named, two axes, the
/// batch counted.
template <class X, int... A>
concept AxesPermute = ir::axes_permute<X, A...>();

/// The transpose of a matrix [m, n], which is [n, m]. A batch of vectors [examples, N] becomes a
/// Tensor<N, examples{}>, and that a batch again.
///
/// With axes: the feature axes in another order, as numpy.transpose; axis k of the result is axis
/// A_k of x, and 0 is the first after the batch. `transpose<2, 0, 1>(x)`: [b, r, c, k] becomes
/// [b, k, r, c].
template <int... A, class X>
constexpr Expr<typename ir::Transposed<X, A...>::type> transpose(
    const Expr<X>& x, ir::CallSite at = ir::CallSite::here()) {
  using Result = Expr<typename ir::Transposed<X, A...>::type>;
  if constexpr (sizeof...(A) == 0)
    return Result(ir::transpose_axes(x.value(), ir::axes_attr<1, 0>(), 2, false, at));
  else
    return Result(ir::transpose_axes(x.value(), ir::axes_attr<A...>(), sizeof...(A), true, at));
}
template <int... A, class X>
  requires(!AxesPermute<X, A...>)
constexpr Refused<AxesPermute<X, A...>> transpose(const Expr<X>&, ir::CallSite = {}) = delete;

}  // namespace ansatz
