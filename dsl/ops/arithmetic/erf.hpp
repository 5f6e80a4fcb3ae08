// y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x
#pragma once

#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Erf : Elementwise<Erf, 1> {
  static constexpr const char* name = "erf";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return erf(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) {
    constexpr double two_over_sqrt_pi = 1.1283791670955126;
    // Beyond 40 this is 0 in any precision; a derivative of it would be inf times 0 at infinity.
    return g * (two_over_sqrt_pi * exp(-square(clip(x, -40, 40))));
  }
};

}  // namespace ops

/// Error function, in [-1, 1].
template <class S>
constexpr Applied<ops::Erf, Expr<S>> erf(const Expr<S>& x) {
  return apply<ops::Erf>(x);
}

}  // namespace ansatz
