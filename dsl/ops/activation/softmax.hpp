// y = e^x / sum e^x over the axes, shifted by the largest x
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/reduce/log_sum_exp.hpp>

namespace ansatz {
namespace ops {

/// attr.i[0]: the mask of axes that sum to one.
struct Softmax : Composite<Softmax, 1> {
  static constexpr const char* name = "softmax";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr AnyExpr expand(const AnyExpr& x, const ir::Attr& attr) {
    const AnyExpr e = exp(x - ir::shift_of(x, attr.i[0]));
    return e / AnyExpr(ir::reduce<Sum>(e.value(), attr.i[0], true));
  }
  // dcost/dx = y (g - sum g y)
  static constexpr void vjp(ir::VjpContext& c) {
    const AnyExpr y = c.out(), g = c.g();
    c.give(0, y * (g - AnyExpr(ir::reduce<Sum>((g * y).value(), c.attr().i[0], true))));
  }
};

}  // namespace ops

/// Softmax, by default over the units of each example.
template <class S, class A = OverUnits>
constexpr Expr<S> softmax(const Expr<S>& x, A over = {}, ir::CallSite at = ir::CallSite::here()) {
  const int mask = ir::checked_mask("softmax", x.shape(), over, at);
  return Expr<S>(ir::make(ir::info_of<ops::Softmax>, ir::reduce_attr(mask, true), x.value()));
}
template <class S, class A = OverUnits>
  requires(!HasAxes<S, A>)
constexpr Refused<HasAxes<S, A>> softmax(const Expr<S>&, A = {}, ir::CallSite = {}) = delete;

}  // namespace ansatz
