// y = cos x
#pragma once

#include <dsl/ops/elementwise.hpp>
#include <dsl/ops/multiply.hpp>
#include <dsl/ops/negate.hpp>
#include <dsl/ops/sin.hpp>

namespace ansatz {
namespace ops {

struct Cos : Elementwise<Cos, 1> {
  static constexpr const char* name = "cos";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return cos(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) { return -(g * sin(x)); }
};

}  // namespace ops

/// Cosine, x in radians.
template <class S>
constexpr Applied<ops::Cos, Expr<S>> cos(const Expr<S>& x) {
  return apply<ops::Cos>(x);
}

}  // namespace ansatz
