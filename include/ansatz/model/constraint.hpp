// Limits on the norms of filters: Pylearn2's ConstrainFilterL2Norm.
#pragma once

#include <ansatz/model/parameter_list.hpp>
#include <dsl/ops/clip.hpp>
#include <dsl/ops/maximum.hpp>
#include <dsl/ops/multiply.hpp>
#include <dsl/ops/sqrt.hpp>
#include <dsl/ops/square.hpp>
#include <dsl/ops/sum.hpp>

#include <optional>

namespace ansatz {

/// W * clip(|w|, low, high) / max(|w|, 1e-7), |w| the length of each column (axis 0) or row
/// (axis 1): columns longer than `high` are shortened to it, shorter than `low` made longer.
template <int Axis>
constexpr AnyExpr norm_constrained(const AnyExpr& W, const Expr<Scalar>& low,
                                   const Expr<Scalar>& high) {
  const auto length = sqrt(sum(square(W), axis<Axis>, keep_axes));
  return W * (clip(length, low, high) / maximum(length, 1e-7));
}

}  // namespace ansatz
