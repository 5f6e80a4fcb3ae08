// y normal with mean 0 and variance 1, independent; no derivative
#pragma once

#include <dsl/ops/random/random.hpp>

namespace ansatz {

/// Standard normal random numbers of a Space: `normal<Batch<VectorSpace<500>>>()`, or with sizes
/// known at run time `normal(Batch(VectorSpace(n)))`.
template <class S>
constexpr Expr<S> normal(S space = {}) {
  return Expr<S>(ir::make_random(space.shape(), 1, ir::batch_extent<S>()));
}

/// As many as x has elements, in x's shape.
template <class S>
constexpr RandomLike<S> normal_like(const Expr<S>& x) {
  return RandomLike<S>(ir::make_random(x.shape(), 1, ir::batch_extent_of(x)));
}

}  // namespace ansatz
