// y = one number everywhere: zeros, ones, full
#pragma once

#include <dsl/ops/view/broadcast_to.hpp>

namespace ansatz {
namespace ir {

constexpr Value filled(const Shape& s, double x, const char* extent) {
  if (s.rank == 0) return constant(x).value();
  const Value y = make(info_of<ops::BroadcastTo>, shape_attr(s), Value(x));
  if (y.term() && extent) y.term()->extent = extent;
  return y;
}

template <class S>
struct LikeSpace {
  using type = space_from<S::known, S>;
};
template <class S>
  requires is_any_space<S>
struct LikeSpace<S> {
  using type = AnySpace;
};

}  // namespace ir

/// Numbers of the shape of an Expr<S>.
template <class S>
using Like = Expr<typename ir::LikeSpace<S>::type>;

/// A Space full of x: `full<Matrix<3, 4>>(0.5)`, or at run time `full(Matrix(rows, columns), 0.5)`.
/// Takes no memory where it meets another operand.
template <class S>
constexpr Expr<S> full(S space, double x) {
  return Expr<S>(ir::filled(space.shape(), x, ir::extent_name(space)));
}
template <class S>
constexpr Expr<S> full(double x) {
  return full(S(), x);
}
template <class S>
  requires(!SizesKnown<S> || !StoresNumbers<S>)
constexpr Refused<SizesKnown<S> && StoresNumbers<S>> full(double) = delete;

/// `zeros<Matrix<3, 4>>()`, `zeros(Matrix(rows, columns))`.
template <class S>
constexpr Expr<S> zeros(S space) {
  return full(space, 0);
}
template <class S>
constexpr Expr<S> zeros() {
  return full(S(), 0);
}
template <class S>
  requires(!SizesKnown<S> || !StoresNumbers<S>)
constexpr Refused<SizesKnown<S> && StoresNumbers<S>> zeros() = delete;

/// `ones<Matrix<3, 4>>()`, `ones(Matrix(rows, columns))`.
template <class S>
constexpr Expr<S> ones(S space) {
  return full(space, 1);
}
template <class S>
constexpr Expr<S> ones() {
  return full(S(), 1);
}
template <class S>
  requires(!SizesKnown<S> || !StoresNumbers<S>)
constexpr Refused<SizesKnown<S> && StoresNumbers<S>> ones() = delete;

/// As many numbers as x has, in x's shape; of labels as many numbers, too.
template <class S>
constexpr Like<S> full_like(const Expr<S>& x, double number) {
  return Like<S>(ir::filled(x.shape(), number, ir::extent_name(x)));
}
template <class S>
constexpr Like<S> zeros_like(const Expr<S>& x) {
  return full_like(x, 0);
}
template <class S>
constexpr Like<S> ones_like(const Expr<S>& x) {
  return full_like(x, 1);
}

}  // namespace ansatz
