// y = log sum e^x over the axes, computed as m + log sum e^(x - m), m the largest x
#pragma once

#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/composite.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {
namespace ir {

// The largest x over the axes, kept: what softmax and log_sum_exp shift by, so that they share
// e^(x - m). A row of -inf has no shift: -inf - -inf is NaN, and its log_sum_exp must be -inf.
constexpr AnyExpr shift_of(const AnyExpr& x, int mask) {
  const AnyExpr largest(reduce<ops::Max>(x.value(), mask, true));
  return where(abs(largest) < __builtin_inf(), largest, 0);
}

}  // namespace ir

namespace ops {

/// attr as of a reduction: i[0] the mask of axes, i[1] whether they are kept.
struct LogSumExp : Composite<LogSumExp, 1> {
  static constexpr const char* name = "log_sum_exp";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::reduced(in[0], attr);
  }
  static constexpr AnyExpr expand(const AnyExpr& x, const ir::Attr& attr) {
    const AnyExpr m = ir::shift_of(x, attr.i[0]);
    const AnyExpr e(ir::reduce<Sum>(exp(x - m).value(), attr.i[0], true));
    const AnyExpr y = log(e) + m;
    const ir::Shape s = ir::reduced(x.shape(), attr).shape;
    if (s == y.shape()) return y;
    return AnyExpr(ir::make(ir::info_of<Reshape>, ir::shape_attr(s), y.value()));
  }
  // dy/dx = softmax(x) = e^(x - y); 0 where all x are -inf, 1 where x is inf
  static constexpr void vjp(ir::VjpContext& c) {
    const ir::Shape full = c.in(0).shape();
    const AnyExpr y(ir::with_axes(c.out().value(), full, c.attr()));
    const AnyExpr g(ir::with_axes(c.g().value(), full, c.attr()));
    constexpr double inf = __builtin_inf();
    c.give(0, g * where(c.in(0) == inf, 1, exp(c.in(0) - where(y == -inf, 0, y))));
  }
};

}  // namespace ops

/// log of the sum of e^x, by default over the units of each example; never overflows.
template <class S, class A = OverUnits, class... More>
constexpr Reduced<S, OverUnits, A, More...> log_sum_exp(const Expr<S>& x, A = {}, More...) {
  return ir::reduce_over<ops::LogSumExp, OverUnits, A, More...>(x);
}
template <class A = OverUnits, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr log_sum_exp(const AnyExpr& x, A = {}, B = {},
                              ir::CallSite at = ir::CallSite::here()) {
  return ir::reduce_over<ops::LogSumExp, OverUnits, A, B>(x, at);
}
template <class S, class A = OverUnits, class... More>
  requires(!HasAxes<S, A, More...>)
constexpr Refused<HasAxes<S, A, More...>> log_sum_exp(const Expr<S>&, A = {}, More...) = delete;

}  // namespace ansatz
