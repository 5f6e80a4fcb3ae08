// y = e^x
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Exp : Elementwise<Exp, 1> {
  static constexpr const char* name = "exp";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return exp(x);
  }
  static constexpr auto vjp(auto, auto y, auto g) { return g * y; }
};

}  // namespace ops

/// y = e^x
template <class S>
constexpr Applied<ops::Exp, Expr<S>> exp(const Expr<S>& x) {
  return apply<ops::Exp>(x);
}

}  // namespace ansatz
