// MatrixTransform: y = x W, W a matrix [input, output]
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/linear_transform.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/view/transpose.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Every input has a weight to every output: what layers have unless they are told otherwise.
class MatrixTransform : public LinearTransform {
 public:
  static constexpr const char* yaml = "pylearn2.linear.matrixmul.MatrixMul";
  static constexpr const char* doc = "a matrix of weights: each input to each output";

  constexpr MatrixTransform() {}
  constexpr ~MatrixTransform() override {}
  template <class K>
  static constexpr void keys(K&) {}

  constexpr ir::Shape shape(const Between& at) const override {
    return ir::make_shape(at.input.total_dimension(), at.output.total_dimension());
  }
  constexpr AnyExpr lmul(const Between&, const AnyExpr& W, const AnyExpr& x) const override {
    return matmul(x, W);
  }
  constexpr AnyExpr lmul_T(const Between&, const AnyExpr& W, const AnyExpr& y) const override {
    return matmul(y, transpose(W));
  }
  constexpr AnyExpr row_norms(const Between&, const AnyExpr& W) const override {
    return norm(W, axis<1>);
  }
  constexpr bool limits_rows() const override { return true; }
  constexpr AnyExpr limited_rows(const Between&, const AnyExpr& W, const Expr<Scalar>& low,
                                 const Expr<Scalar>& high) const override {
    return norm_constrained<1>(W, low, high);
  }
};

}  // namespace ansatz
