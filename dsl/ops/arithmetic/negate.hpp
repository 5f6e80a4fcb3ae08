// y = -x
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

struct Negate : Elementwise<Negate, 1> {
  static constexpr const char* name = "negate";
  template <class X>
  static X value(X x) {
    return -x;
  }
  static constexpr auto vjp(auto, auto, auto g);
};

}  // namespace ops

template <class S>
constexpr Applied<ops::Negate, Expr<S>> operator-(const Expr<S>& x) {
  return apply<ops::Negate>(x);
}

constexpr auto ops::Negate::vjp(auto, auto, auto g) { return -g; }

}  // namespace ansatz
