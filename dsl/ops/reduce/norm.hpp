// y = (sum of x^2 over the axes)^(1/2)
#pragma once

#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/sign.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/composite.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {
namespace ops {

/// attr as of a reduction: i[0] the mask of axes, i[1] whether they are kept.
struct Norm : Composite<Norm, 1> {
  static constexpr const char* name = "norm";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::reduced(in[0], attr);
  }
  static constexpr AnyExpr expand(const AnyExpr& x, const ir::Attr& attr) {
    return sqrt(AnyExpr(ir::reduce<Sum>(square(x).value(), attr.i[0], attr.i[1])));
  }
  // dy/dx = x / y; 0 where y = 0, the sign of an infinite x. Two wheres, so that the derivative of
  // this has no 0 times inf.
  static constexpr void vjp(ir::VjpContext& c) {
    const ir::Shape full = c.in(0).shape();
    const AnyExpr x = c.in(0), y = c.out();
    const AnyExpr scaled = c.g() * where(y == 0, 0, 1 / where(y == 0, 1, y));
    const AnyExpr g(ir::with_axes(c.g().value(), full, c.attr()));
    const AnyExpr finite = AnyExpr(ir::with_axes(scaled.value(), full, c.attr())) * x;
    c.give(0, where(abs(x) == __builtin_inf(), g * sign(x), finite));
  }
};

}  // namespace ops

/// Euclidean norm, by default over everything; axes as in `sum`. The derivative at 0 is 0.
template <class S, class... A>
constexpr Reduced<S, OverAll, A...> norm(const Expr<S>& x, A...) {
  return ir::reduce_over<ops::Norm, OverAll, A...>(x);
}
template <class A, class B = DropAxes>
  requires(ir::one_or_two<A, B>)
constexpr AnyExpr norm(const AnyExpr& x, A, B = {}, ir::CallSite at = ir::CallSite::here()) {
  return ir::reduce_over<ops::Norm, OverAll, A, B>(x, at);
}
template <class S, class... A>
  requires(!HasAxes<S, A...>)
constexpr Refused<HasAxes<S, A...>> norm(const Expr<S>&, A...) = delete;

}  // namespace ansatz
