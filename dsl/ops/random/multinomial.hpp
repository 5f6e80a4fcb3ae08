// y = 1 at one position of the last axis, drawn with probability p, and 0 elsewhere; no derivative
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/random/uniform.hpp>
#include <dsl/ops/reduce/argmax.hpp>

namespace ansatz {
namespace ir {

template <class S>
consteval bool has_classes() {
  if constexpr (is_any_space<S>)
    return true;
  else
    return S::dtype == DType::real && S::known.rank - S::known.batched() > 0;
}

// Of independent exponential variables with rates p the first to arrive is k with probability
// p_k / sum p: the Gumbel-max trick, without its outer logarithms.
constexpr Value draw_position(const AnyExpr& p) {
  // u = 0 arrives at time 0; kept above it, a class with p = 0 has 0 / time = 0 and never wins.
  const AnyExpr time = maximum(-log1p(-uniform_like(p)), 1e-30);
  return reduce<ops::ArgMax>((p / time).value(), 1 << (p.shape().rank - 1), false);
}

}  // namespace ir

/// What must hold for multinomial: a probability for each class, along the last axis.
template <class S>
concept HasClasses = ir::has_classes<S>();

/// One draw for each row of p, as a row with a single 1. p need not sum to one: only ratios count;
/// a class with p = 0 is never drawn.
template <class S>
constexpr Expr<S> multinomial(const Expr<S>& p, ir::CallSite at = ir::CallSite::here()) {
  const ir::Shape s = p.shape();
  if (s.rank - s.batched() <= 0)
    graph_error_shape("multinomial", "there must be a probability for each class", &s, 1, at);
  ir::Attr classes;
  classes.i[0] = s[s.rank - 1];
  const ir::Value position = ir::draw_position(AnyExpr(p.value()));
  return Expr<S>(ir::make(ir::info_of<ops::OneHot>, classes, position));
}
template <class S>
  requires(!HasClasses<S>)
constexpr Refused<HasClasses<S>> multinomial(const Expr<S>&, ir::CallSite = {}) = delete;

}  // namespace ansatz
