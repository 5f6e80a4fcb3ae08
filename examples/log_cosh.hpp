// y = log(cosh x): about x^2 / 2 near zero, |x| - log 2 far from it
//
// An op of one's own, in a file of one's own. The library is not touched.
#pragma once

#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>

namespace robust {

struct LogCosh : ansatz::Elementwise<LogCosh, 1> {
  static constexpr const char* name = "robust::log_cosh";

  // On a register of float or double. cosh as written overflows float above x = 89.4; here exp
  // never sees a positive number.
  template <class X>
  static X value(X x) {
    const X a = abs(x);
    return a + log1p(exp(X(-2) * a)) - X(0.6931471805599453);
  }

  // dy/dx = tanh x: an expression, so it is fused and differentiated again like any other.
  static constexpr auto vjp(auto x, auto /*y*/, auto g) { return g * tanh(x); }
};

template <class S>
constexpr ansatz::Applied<LogCosh, ansatz::Expr<S>> log_cosh(const ansatz::Expr<S>& x) {
  return ansatz::apply<LogCosh>(x);
}

}  // namespace robust
