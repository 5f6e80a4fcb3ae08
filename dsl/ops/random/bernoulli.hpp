// y = 1 with probability p, else 0, independent; no derivative
#pragma once

#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/random/uniform.hpp>

namespace ansatz {

/// A draw for each element of p, the probability of a 1: exactly 0 gives 0, exactly 1 gives 1.
template <class S>
constexpr Applied<ops::Less, RandomLike<S>, Expr<S>> bernoulli(const Expr<S>& p) {
  return uniform_like(p) < p;
}

/// As many draws as x has elements, in x's shape, all with probability p (a number or expression):
/// `x * bernoulli_like(x, 0.5) * 2` is dropout.
template <class S, class P>
  requires ir::ExprOrNumber<P>
constexpr Applied<ops::Less, RandomLike<S>, P> bernoulli_like(const Expr<S>& x, const P& p) {
  return uniform_like(x) < p;
}
template <class S, class P>
  requires(ir::ExprOrNumber<P> && !OperandsBroadcast<Expr<S>, P>)
constexpr Refused<OperandsBroadcast<Expr<S>, P>> bernoulli_like(const Expr<S>&, const P&) = delete;

}  // namespace ansatz
