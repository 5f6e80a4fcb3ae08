// A locally connected transform: each output sees its own window of the inputs.
#pragma once

#include <ansatz/linear/linear_transform.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/view/reshape.hpp>
#include <dsl/ops/view/slice.hpp>

namespace ansatz::testing {

/// Output j is the sum over k < window of x[j * stride + k] W[k, j]: a matrix of which only the
/// windows are there. W is [window, outputs].
class LocalTransform : public LinearTransform {
 public:
  static constexpr const char* yaml = "tests.LocalTransform";
  int window = 0, stride = 1;

  constexpr LocalTransform() {}
  constexpr LocalTransform(int of, int apart) : window(of), stride(apart) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("window", &LocalTransform::window, "inputs of an output");
    key("stride", &LocalTransform::stride, "distance of two windows");
  }

  constexpr String fault(const SpaceInfo& input, int outputs) const override {
    const int inputs = input.total_dimension();
    if (window < 1 || window > inputs)
      return "a window of " + to_text(window) + ": 1 to " + to_text(inputs) + " inputs";
    const int windows = (inputs - window) / stride + 1;
    if (windows == outputs) return "";
    return to_text(inputs) + " inputs have " + to_text(windows) + " windows, not " +
           to_text(outputs);
  }
  constexpr ir::Shape shape(const Between& at) const override {
    return ir::make_shape(window, at.output.total_dimension());
  }
  constexpr Filters filters(const Between& at) const override {
    return {window, at.output.total_dimension(), (window + stride - 1) / stride, false};
  }
  constexpr AnyExpr lmul(const Between& at, const AnyExpr& W, const AnyExpr& x) const override {
    const int last = (at.output.total_dimension() - 1) * stride;
    AnyExpr y;
    for (int k = 0; k < window; ++k)
      y = plus(k, y, slice(x, axis<0>, k, k + last + 1, stride) * row(at, W, k));
    return y;
  }
  constexpr AnyExpr lmul_T(const Between& at, const AnyExpr& W, const AnyExpr& y) const override {
    AnyExpr x;
    for (int k = 0; k < window; ++k) x = plus(k, x, spread(at, y * row(at, W, k), k));
    return x;
  }
  constexpr AnyExpr row_norms(const Between& at, const AnyExpr& W) const override {
    AnyExpr sum;
    for (int k = 0; k < window; ++k) sum = plus(k, sum, spread(at, square(row(at, W, k)), k));
    return sqrt(sum);
  }

 private:
  static constexpr AnyExpr plus(int k, const AnyExpr& sum, const AnyExpr& term) {
    if (k == 0) return term;
    return sum + term;
  }
  static constexpr AnyExpr row(const Between& at, const AnyExpr& W, int k) {
    const ir::Shape vector = ir::make_shape(at.output.total_dimension());
    return AnyExpr(ir::make(ir::info_of<ops::Reshape>, ir::shape_attr(vector),
                            slice(W, axis<0>, k, k + 1).value()));
  }
  // Zeros with the elements of the last axis where input k of each window is.
  constexpr AnyExpr spread(const Between& at, const AnyExpr& y, int k) const {
    ir::Attr attr;
    attr.i[0] = y.shape().rank - 1;
    attr.i[1] = k;
    attr.i[2] = stride;
    attr.i[3] = at.input.total_dimension();
    return AnyExpr(ir::make(ir::info_of<ops::Unslice>, attr, y.value()));
  }
};

}  // namespace ansatz::testing
