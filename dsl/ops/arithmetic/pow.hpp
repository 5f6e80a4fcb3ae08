// y = a^b
#pragma once

#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/greater_equal.hpp>
#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Pow : Elementwise<Pow, 2> {
  static constexpr const char* name = "pow";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X a, X b) {
    return pow(a, b);
  }
  // dy/da = b a^(b - 1), 0 where b = 0, also at a = 0: no 0 times inf there, and nowhere else a
  // condition, since its derivative by b at b = 0 is 1 / a;
  // dy/db = y log a, 0 where a = 0: no 0 times inf. Where a = 0 the derivative of dy/da by
  // b is 0 as well, so that the order of differentiation makes no difference. For the same reason
  // dy/db at a = inf is written so that its derivatives are the limits, not y / a = inf / inf. A y
  // that rounds to 0 is no reason for 0: the derivative by a, a^(b - 1) (1 + b log a), may be far
  // from it, and lacks no more than the 1.
  static constexpr auto vjp(auto a, auto b, auto y, auto g) {
    const auto log_a = log(where(a == 0, 1, a));
    constexpr double inf = __builtin_inf();
    const auto finite_a = where(a == 0, 0, y * log_a);
    if (is_literal(b.value())) {
      const auto exponent = where(b == 0, 1, b) - 1;
      return gradients(g * (b * pow(a, exponent)), g * finite_a);
    }
    if (is_literal(a.value())) return gradients(0, g * where((a == 0) + (y == 0), 0, y * log_a));
    const auto infinite_a = where(b < 0, 0, inf * (b + 1)) + where(b >= 1, inf * a, 0);
    const auto by_b = g * where(a == inf, infinite_a, finite_a);
    const auto c = where(a == 0, stop_gradient(b), b);
    const auto power = pow(a, c - 1);
    const auto undefined = where(b == 0, abs(power) == inf, (abs(b) == inf) * (power == 0));
    return gradients(g * where(undefined, 0, c * power), by_b);
  }

 private:
  static constexpr bool is_literal(const ir::Value& v) {
    return v.is_literal() || (v.graph() && v.graph()->is_literal(v.id()));
  }
};

}  // namespace ops

/// a to the power of b, as C's pow: 1 for b = 0, NaN for a negative a with a fractional b.
template <class A, class B>
  requires ir::Operands<A, B>
constexpr Applied<ops::Pow, A, B> pow(const A& a, const B& b,
                                      ir::CallSite at = ir::CallSite::here()) {
  return apply_at<ops::Pow>(at, a, b);
}
template <class A, class B>
  requires(ir::Operands<A, B> && !OperandsBroadcast<A, B>)
constexpr Refused<OperandsBroadcast<A, B>> pow(const A&, const B&, ir::CallSite = {}) = delete;

}  // namespace ansatz
