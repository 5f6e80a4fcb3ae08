// y = -(t log p + (1 - t) log(1 - p)), element by element
#pragma once

#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/composite.hpp>
#include <dsl/ops/control/stop_gradient.hpp>

namespace ansatz {
namespace ops {

struct BinaryCrossEntropy : Composite<BinaryCrossEntropy, 2> {
  static constexpr const char* name = "binary_cross_entropy";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return ir::broadcast(in[0], in[1]);
  }
  static constexpr AnyExpr expand(const AnyExpr& p, const AnyExpr& t, const ir::Attr&) {
    // 0 log 0 = 0
    return -(where(t == 0, 0, t * log(p)) + where(t == 1, 0, (1 - t) * log1p(-p)));
  }
  static constexpr void vjp(ir::VjpContext& c) {
    const AnyExpr p = c.in(0), t = c.in(1), g = c.g();
    // 0 / 0 = 0; where only the numerator is 0 its derivative by t is not. Where both are 0 the
    // derivative of either by the other is 0, in both orders of differentiation.
    const AnyExpr ones = (t == 1) * (p == 1), zeros = (t == 0) * (p == 0);
    c.give(0, g * (where(ones, 0, (1 - t) / (1 - p)) - where(zeros, 0, t / p)));
    const AnyExpr fixed = stop_gradient(p);
    c.give(1, g * (log1p(-where(ones, fixed, p)) - log(where(zeros, fixed, p))));
  }
};

/// The same from the sigmoid's operand z: log(1 + e^z) - t z, at infinite z 0 or inf. It is
/// computed as max(z, 0) - t z + log(1 + e^-|z|), so that what is left of a sure and right answer
/// keeps its digits: log(1 + e^z) would have rounded them away beside z.
struct SigmoidBinaryCrossEntropy : Composite<SigmoidBinaryCrossEntropy, 2> {
  static constexpr const char* name = "sigmoid_binary_cross_entropy";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return ir::broadcast(in[0], in[1]);
  }
  static constexpr AnyExpr expand(const AnyExpr& z, const AnyExpr& t, const ir::Attr&) {
    const AnyExpr infinite = where(t == (z > 0), 0, abs(z));
    const AnyExpr finite = z * ((z > 0) - t) + softplus(-abs(z));
    return where(abs(z) == __builtin_inf(), infinite, finite);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    const AnyExpr z = c.in(0), t = c.in(1), g = c.g();
    c.give(0, g * (sigmoid(z) - t));
    c.give(1, -g * z);
  }
};

}  // namespace ops

/// Cross entropy of independent bits: p their probabilities, usually sigmoid(z), in which case z
/// is used and nothing is lost to rounding; t targets in [0, 1]. As many numbers as p and t have
/// when broadcast: sum over the units for one number an example.
template <class P, class T>
constexpr Applied<ops::BinaryCrossEntropy, Expr<P>, Expr<T>> binary_cross_entropy(
    const Expr<P>& p, const Expr<T>& t, ir::CallSite at = ir::CallSite::here()) {
  return apply_at<ops::BinaryCrossEntropy>(at, p, t);
}
template <class P, class T>
  requires(!ShapesBroadcast<P, T>)
constexpr Refused<ShapesBroadcast<P, T>> binary_cross_entropy(const Expr<P>&, const Expr<T>&,
                                                              ir::CallSite = {}) = delete;

/// binary_cross_entropy(sigmoid(z), t), which becomes this.
template <class Z, class T>
constexpr Applied<ops::SigmoidBinaryCrossEntropy, Expr<Z>, Expr<T>> sigmoid_binary_cross_entropy(
    const Expr<Z>& z, const Expr<T>& t, ir::CallSite at = ir::CallSite::here()) {
  return apply_at<ops::SigmoidBinaryCrossEntropy>(at, z, t);
}
template <class Z, class T>
  requires(!ShapesBroadcast<Z, T>)
constexpr Refused<ShapesBroadcast<Z, T>> sigmoid_binary_cross_entropy(const Expr<Z>&,
                                                                      const Expr<T>&,
                                                                      ir::CallSite = {}) = delete;

}  // namespace ansatz
