// y = e^x - 1
#pragma once

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Expm1 : Elementwise<Expm1, 1> {
  static constexpr const char* name = "expm1";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return expm1(x);
  }
  static constexpr auto vjp(auto, auto y, auto g) { return g * (y + 1); }
};

}  // namespace ops

/// e^x - 1, exact also near 0. `exp(x) - 1` becomes this.
template <class S>
constexpr Applied<ops::Expm1, Expr<S>> expm1(const Expr<S>& x) {
  return apply<ops::Expm1>(x);
}

}  // namespace ansatz
