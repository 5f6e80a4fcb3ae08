// y = x / (1 + |x|)                                          (Bergstra et al. 2009)
#pragma once

#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Softsign : Elementwise<Softsign, 1> {
  static constexpr const char* name = "softsign";
  template <class X>
  static X value(X x) {
    return x / (X(1) + abs(x));
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g / square(1 + abs(x)); }
};

}  // namespace ops

/// Like tanh, with slower tails.
template <class S>
constexpr Applied<ops::Softsign, Expr<S>> softsign(const Expr<S>& x) {
  return apply<ops::Softsign>(x);
}

}  // namespace ansatz
