// y = log(1 + x)
#pragma once

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Log1p : Elementwise<Log1p, 1> {
  static constexpr const char* name = "log1p";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return log1p(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g / (1 + x); }
};

}  // namespace ops

/// log(1 + x), exact also near 0; -inf at -1, NaN below. `log(1 + x)` becomes this.
template <class S>
constexpr Applied<ops::Log1p, Expr<S>> log1p(const Expr<S>& x) {
  return apply<ops::Log1p>(x);
}

}  // namespace ansatz
