// y_ij = 1 where i = j, else 0
#pragma once

#include <dsl/ops/linear/one_hot.hpp>

namespace ansatz {
namespace ir {

constexpr Value diagonal(int rows, int columns) {
  const Value down = make(info_of<ops::Reshape>, shape_attr(make_shape(rows, 1)), positions(rows));
  return make(info_of<ops::Equal>, Attr{}, down, positions(columns));
}

}  // namespace ir

/// The unit matrix, of N rows and columns, or of R rows and C columns; at run time `eye(n)`,
/// `eye(rows, columns)`. Nothing of it lies in memory where a loop reads it.
template <int R, int C = R>
constexpr Expr<Matrix<R, C>> eye() {
  return Expr<Matrix<R, C>>(ir::diagonal(R, C));
}
constexpr Expr<Matrix<>> eye(int rows, int columns) {
  return Expr<Matrix<>>(ir::diagonal(rows, columns));
}
constexpr Expr<Matrix<>> eye(int n) { return eye(n, n); }

}  // namespace ansatz
