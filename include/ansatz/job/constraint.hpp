// Limits on the norms of filters: Pylearn2's ConstrainFilterL2Norm.
#pragma once

#include <ansatz/job/parameter_list.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <optional>

namespace ansatz {

/// W * clip(|w|, low, high) / max(|w|, 1e-7), |w| the length over the axes, of a matrix of each
/// column (axis 0) or row (axis 1): those longer than `high` are shortened to it, those shorter
/// than `low` made longer.
template <int... Axes>
constexpr AnyExpr norm_constrained(const AnyExpr& W, const Expr<Scalar>& low,
                                   const Expr<Scalar>& high) {
  const auto length = sqrt(sum(square(W), axis<Axes>..., keep_axes));
  return W * (clip(length, low, high) / maximum(length, 1e-7));
}

}  // namespace ansatz
