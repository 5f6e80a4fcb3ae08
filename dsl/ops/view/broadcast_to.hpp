// y = x repeated to a larger shape (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/reshape.hpp>

namespace ansatz {
namespace ir {

constexpr ShapeResult repeated(const Shape& x, const Shape& to) {
  if (!to.batched() && to.rank + x.batched() > max_rank) return refused(most_dimensions);
  Shape s = to;
  if (!to.batched()) s = with_batch_of(x, to);
  return ops::BroadcastTo::shape(&x, 1, shape_attr(s));
}

constexpr Value repeat_to(const Value& x, const Shape& to, const char* extent, CallSite at = {}) {
  const Shape from = x.shape();
  const ShapeResult r = repeated(from, to);
  if (!r.ok() || fixed_size(r.shape) == any) {
    const Shape both[] = {from, to};
    graph_error_shape("broadcast_to", "the new shape must be one the operand repeats to", both, 2,
                      at);
  }
  if (r.shape == from) return whole_view(x);
  const Value y = make(info_of<ops::BroadcastTo>, shape_attr(r.shape), x);
  // The extent may stand nowhere else in the graph.
  if (y.term() && extent) y.term()->extent = extent;
  return y;
}

// With unknown sizes what is known must not contradict.
constexpr bool repeated_shape_fits(const Shape& x, const Shape& to) {
  if (fixed_size(x) == any || fixed_size(to) == any)
    return broadcast(x, to.batched() ? to : with_batch_of(x, to)).ok();
  return repeated(x, to).ok();
}

// clang substitutes the result type Refused<…> of an overload before it looks at the overload's
// constraint, so this is also asked of expressions.
template <class X, class S>
consteval bool repeats_to() {
  if constexpr (any_unknown<X, S>)
    return true;
  else
    return X::dtype == DType::real && repeated_shape_fits(X::known, S::known);
}

template <class S>
constexpr const char* extent_name(const S&) {
  if constexpr (requires { S::extent::name; })
    return S::extent::name;
  else
    return nullptr;
}
template <class S>
constexpr const char* extent_name(const Expr<S>& e) {
  if constexpr (requires { S::extent::name; })
    return S::extent::name;
  else
    return extent_name_of(e.value());
}

template <class S, class X>
struct RepeatedTo {
  using type = in_batch_of<S, X>;
};
template <class S, class E, class X>
struct RepeatedTo<Batch<S, E>, X> {
  using type = Batch<S, E>;
};
template <class Y, class X>
struct RepeatedTo<Expr<Y>, X> {
  using type = Y;
};

// A Space, or an expression for its Space.
template <class To>
struct TargetOf {
  using type = To;
};
template <class Y>
struct TargetOf<Expr<Y>> {
  using type = Y;
};

}  // namespace ir

/// What must hold for broadcast_to: NumPy's rule leads from X to a Space, or to an expression's.
template <class X, class To>
concept RepeatsTo = ir::repeats_to<X, typename ir::TargetOf<To>::type>();

/// x repeated to Space S, by NumPy's rule on the features; a batch stays one:
/// `broadcast_to<Matrix<5, 3>>(row)`, `broadcast_to<Batch<VectorSpace<3>>>(row)`.
template <class S, class X>
constexpr Expr<typename ir::RepeatedTo<S, X>::type> broadcast_to(
    const Expr<X>& x, ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::RepeatedTo<S, X>::type>(
      ir::repeat_to(x.value(), S().shape(), ir::extent_name(S()), at));
}
template <class S, class X>
  requires(!RepeatsTo<X, S>)
constexpr Refused<RepeatsTo<X, S>> broadcast_to(const Expr<X>&, ir::CallSite = {}) = delete;

/// The same to sizes known only at run time, `broadcast_to(row, Matrix(n, 3))`, or to the shape of
/// another expression, `broadcast_to(row, y)`.
template <class X, class To>
constexpr Expr<typename ir::RepeatedTo<To, X>::type> broadcast_to(
    const Expr<X>& x, const To& to, ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::RepeatedTo<To, X>::type>(
      ir::repeat_to(x.value(), to.shape(), ir::extent_name(to), at));
}
template <class X, class To>
  requires(!RepeatsTo<X, To>)
constexpr Refused<RepeatsTo<X, To>> broadcast_to(const Expr<X>&, const To&,
                                                 ir::CallSite = {}) = delete;

}  // namespace ansatz
