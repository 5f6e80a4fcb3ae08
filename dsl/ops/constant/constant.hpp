// y = an array of numbers that stands in the program
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

#include <dsl/expr.hpp>

namespace ansatz {
namespace ir {

// The bits of a number, as the leaf's name holds them.
constexpr void add_digits(List<char>& text, double x) {
  const auto bits = __builtin_bit_cast(std::uint64_t, x);
  for (int shift = 60; shift >= 0; shift -= 4) {
    const auto digit = static_cast<int>(bits >> shift & 15);
    text.push_back(static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10));
  }
}

template <class T>
constexpr Value make_constant(const Shape& s, const T* numbers, long count) {
  bool extents = false;
  for (int k = 0; k < s.rank; ++k) extents = extents || is_extent(s[k]);
  if (extents || fixed_size(s) != count) {
    graph_error_shape("constant", "there must be as many numbers as the Space has", &s, 1);
    return {};
  }
  if (s.rank == 0) return constant(static_cast<double>(numbers[0])).value();
  List<char> text;
  text.reserve(static_cast<int>(16 * count + 1));
  for (long i = 0; i < count; ++i) add_digits(text, static_cast<double>(numbers[i]));
  text.push_back(0);
  return make_leaf(info_of<ops::ConstantArray>, s, DType::real, text.data());
}

}  // namespace ir

/// An array of the program: `constant({0.2, 0.6, 0.2})`, `constant({{1., 2.}, {3., 4.}})`, or a
/// std::array. Rounded to the program's precision.
template <int N>
constexpr Expr<VectorSpace<N>> constant(const double (&x)[N]) {
  return Expr<VectorSpace<N>>(ir::make_constant(ir::make_shape(N), x, N));
}
template <int R, int C>
constexpr Expr<Matrix<R, C>> constant(const double (&x)[R][C]) {
  double rows[R * C]{};
  for (int i = 0; i < R * C; ++i) rows[i] = x[i / C][i % C];
  return Expr<Matrix<R, C>>(ir::make_constant(ir::make_shape(R, C), rows, R * C));
}
template <class T, std::size_t N>
  requires std::is_arithmetic_v<T>
constexpr auto constant(const std::array<T, N>& x) {
  constexpr int n = static_cast<int>(N);
  return Expr<VectorSpace<n>>(ir::make_constant(ir::make_shape(n), x.data(), n));
}

/// The same of any Space, row-major: `constant<Conv2DSpace<3, 3, 1>>({…})`, or, with sizes known
/// only at run time, `constant(Matrix(rows, columns), numbers)`. ShapeError (or no compilation)
/// unless there are as many numbers as the Space has.
template <class S>
  requires StoresNumbers<S>
constexpr Expr<S> constant(std::initializer_list<double> x) {
  return Expr<S>(ir::make_constant(S().shape(), x.begin(), static_cast<long>(x.size())));
}
template <class S, class Numbers>
  requires StoresNumbers<S> && requires(const Numbers& x) { x.data() + x.size(); }
constexpr Expr<S> constant(S space, const Numbers& x) {
  return Expr<S>(ir::make_constant(space.shape(), x.data(), static_cast<long>(x.size())));
}

}  // namespace ansatz
