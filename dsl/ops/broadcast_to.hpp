// y = x repeated to a larger shape (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/reshape.hpp>
#include <dsl/ops/sum.hpp>

namespace ansatz {
namespace ir {

constexpr ShapeResult repeated(const Shape& x, const Shape& to) {
  if (!to.batched() && to.rank + x.batched() > max_rank)
    return refused("at most five dimensions, the batch among them");
  Shape s = to;
  if (!to.batched()) s = with_batch_of(x, to);
  return ops::BroadcastTo::shape(&x, 1, shape_attr(s));
}

constexpr Value repeat_to(const Value& x, const Shape& to, const char* extent) {
  const Shape from = x.shape();
  const ShapeResult r = repeated(from, to);
  if (!r.ok() || fixed_size(r.shape) == any) {
    const Shape both[] = {from, to};
    graph_error_shape("broadcast_to", "the new shape must be one the operand repeats to", both, 2);
  }
  if (r.shape == from) return x;
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
  if constexpr (is_expr<S> || any_unknown<X, S>)
    return true;
  else
    return X::dtype == DType::real && repeated_shape_fits(X::known, S::known);
}

template <class S>
constexpr const char* extent_name() {
  if constexpr (requires { S::extent::name; })
    return S::extent::name;
  else
    return nullptr;
}

template <class S, class X>
struct RepeatedTo {
  using type = in_batch_of<S, X>;
};
template <class S, class E, class X>
struct RepeatedTo<Batch<S, E>, X> {
  using type = Batch<S, E>;
};

}  // namespace ir

/// What must hold for broadcast_to: NumPy's rule leads from X to S.
template <class X, class S>
concept RepeatsTo = ir::repeats_to<X, S>();

/// x repeated to Space S, by NumPy's rule on the features; a batch stays one:
/// `broadcast_to<Matrix<5, 3>>(row)`, `broadcast_to<Batch<VectorSpace<3>>>(row)`, or at run time
/// `broadcast_to(row, Matrix(n, 3))`.
template <class S, class X>
  requires ir::IsSpace<S>
constexpr Expr<typename ir::RepeatedTo<S, X>::type> broadcast_to(const Expr<X>& x, S space = {}) {
  return Expr<typename ir::RepeatedTo<S, X>::type>(
      ir::repeat_to(x.value(), space.shape(), ir::extent_name<S>()));
}
template <class S, class X>
  requires(ir::IsSpace<S> && !RepeatsTo<X, S>)
constexpr Refused<RepeatsTo<X, S>> broadcast_to(const Expr<X>&, S = {}) = delete;

/// x repeated to the shape of y.
template <class X, class Y>
constexpr Expr<Y> broadcast_to(const Expr<X>& x, const Expr<Y>& y) {
  return Expr<Y>(ir::repeat_to(x.value(), y.shape(), ir::extent_name<Y>()));
}
template <class X, class Y>
  requires(!RepeatsTo<X, Y>)
constexpr Refused<RepeatsTo<X, Y>> broadcast_to(const Expr<X>&, const Expr<Y>&) = delete;

}  // namespace ansatz
