// y = (e^x - e^-x) / (e^x + e^-x)
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Tanh : Elementwise<Tanh, 1> {
  static constexpr const char* name = "tanh";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return tanh(x);
  }
  static constexpr auto vjp(auto, auto y, auto g) { return g * (1 - y * y); }
};

}  // namespace ops

/// Hyperbolic tangent, in (-1, 1).
template <class S>
constexpr Applied<ops::Tanh, Expr<S>> tanh(const Expr<S>& x) {
  return apply<ops::Tanh>(x);
}

}  // namespace ansatz
