// y = x - log sum e^x over the axes, computed as (x - m) - log sum e^(x - m), m the largest x
#pragma once

#include <dsl/ops/reduce/log_sum_exp.hpp>

namespace ansatz {
namespace ops {

/// attr.i[0]: the mask of axes whose e^y sums to one.
struct LogSoftmax : Composite<LogSoftmax, 1> {
  static constexpr const char* name = "log_softmax";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr AnyExpr expand(const AnyExpr& x, const ir::Attr& attr) {
    // Not x - (m + log …): beside a large m the logarithm would lose its digits.
    const AnyExpr shifted = x - ir::shift_of(x, attr.i[0]);
    return shifted - log(AnyExpr(ir::reduce<Sum>(exp(shifted).value(), attr.i[0], true)));
  }
  // dcost/dx = g - e^y sum g
  static constexpr void vjp(ir::VjpContext& c) {
    const AnyExpr y = c.out(), g = c.g();
    c.give(0, g - exp(y) * AnyExpr(ir::reduce<Sum>(g.value(), c.attr().i[0], true)));
  }
};

}  // namespace ops

/// log(softmax(x)), by default over the units of each example; never log(0).
template <class S, class A = OverUnits>
constexpr Expr<S> log_softmax(const Expr<S>& x, A over = {},
                              ir::CallSite at = ir::CallSite::here()) {
  const int mask = ir::checked_mask("log_softmax", x.shape(), over, at);
  return Expr<S>(ir::make(ir::info_of<ops::LogSoftmax>, ir::reduce_attr(mask, true), x.value()));
}
template <class S, class A = OverUnits>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> log_softmax(const Expr<S>&, A = {}, ir::CallSite = {}) = delete;

}  // namespace ansatz
