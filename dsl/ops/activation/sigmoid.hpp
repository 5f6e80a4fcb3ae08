// y = 1 / (1 + e^-x)
#pragma once

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Sigmoid : Elementwise<Sigmoid, 1> {
  static constexpr const char* name = "sigmoid";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return X(1) / (X(1) + exp(-x));
  }
  static constexpr auto vjp(auto, auto y, auto g) { return g * (y * (1 - y)); }
};

}  // namespace ops

/// Logistic function: 1 / (1 + e^-x), in (0, 1).
template <class S>
constexpr Applied<ops::Sigmoid, Expr<S>> sigmoid(const Expr<S>& x) {
  return apply<ops::Sigmoid>(x);
}

}  // namespace ansatz
