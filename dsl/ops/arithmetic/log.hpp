// y = log x, natural
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Log : Elementwise<Log, 1> {
  static constexpr const char* name = "log";
  static constexpr bool expensive = true;
  template <class X>
  static X value(X x) {
    return log(x);
  }
  static constexpr auto vjp(auto x, auto, auto g) { return g / x; }
};

}  // namespace ops

/// Natural logarithm; -inf at 0, NaN below.
template <class S>
constexpr Applied<ops::Log, Expr<S>> log(const Expr<S>& x) {
  return apply<ops::Log>(x);
}

}  // namespace ansatz
