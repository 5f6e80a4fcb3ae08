// y = x with other dimensions, the elements in the same order (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace ir {

// `features` with its one `any`, if there is one, set so that it has as many elements as x.
constexpr Shape inferred(const Shape& x, const Shape& features) {
  const std::int64_t n = fixed_size(x);
  std::int64_t others = 1;
  int open = -1;
  for (int k = 0; k < features.rank; ++k) {
    if (features[k] != any)
      others *= features[k];
    else if (open < 0)
      open = k;
    else
      return features;
  }
  Shape s = features;
  const bool divides = n != any && others > 0 && n % others == 0;
  if (open >= 0 && divides) s[open] = static_cast<int>(n / others);
  return s;
}

// The features in front of which stands x's batch, if it has one.
constexpr Shape with_batch_of(const Shape& x, const Shape& features) {
  if (!x.batched()) return features;
  Shape s;
  s[s.rank++] = x[0];
  for (int k = 0; k < features.rank; ++k) s[s.rank++] = features[k];
  return s;
}

constexpr ShapeResult reshaped(const Shape& x, const Shape& to) {
  if (to.rank + x.batched() > max_rank) return refused(most_dimensions);
  const Shape features = inferred(x, to);
  if (features.batched()) return refused("a reshape is of the features; the batch is kept");
  const Shape s = with_batch_of(x, features);
  return ops::Reshape::shape(&x, 1, shape_attr(s));
}

constexpr Value reshape_features(const Value& x, const Shape& to, CallSite at = {}) {
  const Shape from = x.shape();
  const ShapeResult r = reshaped(from, to);
  const Shape both[] = {from, to};
  if (!r.ok()) graph_error_shape("reshape", r.error, both, 2, at);
  if (fixed_size(r.shape) == any)
    graph_error_shape("reshape", "the new shape must have as many elements", both, 2, at);
  if (r.shape == from) return whole_view(x);
  return make(info_of<ops::Reshape>, shape_attr(r.shape), x);
}

}  // namespace ir

/// What must hold for what names dimensions: VectorSpace(n), Conv2DSpace<28, 28, 1>, …
template <class S>
concept ASpace = requires { S::known; };
/// And not the sizes alone.
template <class... Sizes>
concept GivenAsASpace = sizeof...(Sizes) < 2 || !(std::is_integral_v<Sizes> && ...);

namespace ir {

template <class X, class S>
consteval bool same_elements() {
  if constexpr (!ASpace<S>)
    return false;
  else if constexpr (any_unknown<X>)
    return true;
  else
    return X::dtype == S::dtype && X::labels == S::labels && reshaped(X::known, S::known).ok();
}

// Space S for each example, if X is a batch.
template <class S, class X>
struct InBatchOf {
  using type = S;
};
template <class S, class B, class E>
struct InBatchOf<S, Batch<B, E>> {
  using type = Batch<S, E>;
};
template <class S>
struct InBatchOf<S, AnySpace> {
  using type = AnySpace;
};
template <class S, class X>
using in_batch_of = typename InBatchOf<S, X>::type;

}  // namespace ir

/// What must hold for reshape: as many elements an example, of the same type; the batch is kept.
template <class X, class S>
concept SameElements = ir::same_elements<X, S>();

/// x seen as a value of Space S: `reshape<Conv2DSpace<28, 28, 1>>(x)`, or, where the sizes are
/// known only at run time, `reshape(x, VectorSpace(n))`. Of a batch, each example is reshaped. One
/// dimension may be `any` and follows from the others, as -1 does in NumPy. ShapeError (or no
/// compilation) when the numbers of elements differ.
template <class S, class X>
constexpr Expr<ir::in_batch_of<S, X>> reshape(const Expr<X>& x, S space = {},
                                              ir::CallSite at = ir::CallSite::here()) {
  return Expr<ir::in_batch_of<S, X>>(ir::reshape_features(x.value(), space.shape(), at));
}
template <class S, class X>
  requires(!SameElements<X, S>)
constexpr Refused<SameElements<X, S>> reshape(const Expr<X>&, S = {}, ir::CallSite = {}) = delete;
/// Sizes as NumPy takes them: here they are those of a Space.
template <class X, class... Sizes>
  requires(!GivenAsASpace<Sizes...>)
constexpr Refused<GivenAsASpace<Sizes...>> reshape(const Expr<X>&, Sizes...) = delete;
template <class X, int N>
constexpr Refused<ASpace<int[N]>> reshape(const Expr<X>&, const int (&)[N]) = delete;

}  // namespace ansatz
