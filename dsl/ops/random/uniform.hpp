// y uniform in [0, 1), independent; no derivative
#pragma once

#include <dsl/ops/random/random.hpp>

namespace ansatz {

/// Uniform random numbers in [0, 1) of a Space: `uniform<Batch<VectorSpace<500>>>()`, or with
/// sizes known at run time `uniform(Batch(VectorSpace(n)))`.
template <class S>
constexpr Expr<S> uniform(S space = {}) {
  return Expr<S>(ir::make_random(space.shape(), 0, ir::batch_extent<S>()));
}

/// As many as x has elements, in x's shape. Where x stands nowhere else in the function it is no
/// argument; the size of its batch then is, by name: `{"examples", 100}`.
template <class S>
constexpr RandomLike<S> uniform_like(const Expr<S>& x) {
  return RandomLike<S>(ir::make_random(x.shape(), 0, ir::batch_extent_of(x)));
}

}  // namespace ansatz
