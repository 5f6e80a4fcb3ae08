// y_k = start + k step
#pragma once

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/linear/one_hot.hpp>

namespace ansatz {
namespace ir {

constexpr Value evenly(double start, double step, int n) {
  AnyExpr k(positions(n));
  if (step != 1) k *= step;
  if (start != 0) k += start;
  return k.value();
}

// How many numbers lie in [start, stop), `step` apart.
constexpr int steps_between(double start, double stop, double step) {
  if (!(step > 0 || step < 0)) graph_error("arange: the step must not be 0");
  const double n = (stop - start) / step;
  if (!(n > 0)) return 0;
  if (!(n < 0x7fffffff)) graph_error("arange: there may be 2147483647 numbers at most");
  const int whole = static_cast<int>(n);
  return whole + (whole < n);
}

}  // namespace ir

/// numpy.arange of integers: 0 .. N - 1, or Start, Start + Step, … below Stop. Positions beyond
/// 2^24 are rounded in a program of floats.
template <int N>
constexpr Expr<VectorSpace<N>> arange() {
  return Expr<VectorSpace<N>>(ir::evenly(0, 1, N));
}
template <int Start, int Stop, int Step = 1>
constexpr auto arange() {
  constexpr int n = ir::steps_between(Start, Stop, Step);
  return Expr<VectorSpace<n>>(ir::evenly(Start, Step, n));
}
/// The same with sizes known only at run time: `arange(n)`, `arange(start, stop, step)`.
constexpr Expr<VectorSpace<>> arange(int n) { return Expr<VectorSpace<>>(ir::evenly(0, 1, n)); }
constexpr Expr<VectorSpace<>> arange(double start, double stop, double step = 1) {
  return Expr<VectorSpace<>>(ir::evenly(start, step, ir::steps_between(start, stop, step)));
}

}  // namespace ansatz
