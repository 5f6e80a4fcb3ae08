// y = log(1 + e^x)                                    (Dugas et al. 2001)
#pragma once

#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Softplus : Elementwise<Softplus, 1> {
  static constexpr const char* name = "softplus";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    // log(1 + e^x) as written overflows float above x = 88.7; here exp sees no positive number.
    return max(x, X(0)) + log1p(exp(-abs(x)));
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g * sigmoid(x); }
};

}  // namespace ops

/// Smooth rectifier: log(1 + e^x); never overflows. `log(1 + exp(x))` becomes this.
template <class S>
constexpr Applied<ops::Softplus, Expr<S>> softplus(const Expr<S>& x) {
  return apply<ops::Softplus>(x);
}

}  // namespace ansatz
