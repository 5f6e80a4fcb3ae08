// SparseTransform: y = x W, W a matrix of which only some numbers are there
#pragma once

#include <ansatz/base/seed.hpp>
#include <ansatz/linear/linear_transform.hpp>
#include <ansatz/spaces/rows_columns.hpp>
#include <dsl/ops/constant/arange.hpp>
#include <dsl/ops/linear/sparse_matmul.hpp>
#include <dsl/ops/view/reshape.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Sparse receptive fields: each unit sees a few inputs, which need not lie side by side. What is
/// not seen has no weight, so that memory and work are those of `num_inputs` weights a unit. The
/// weights are [units, num_inputs]; which input each belongs to is told by `indices`, a file, or is
/// drawn by `rng`: any inputs, or, of images, those of a window `rf_shape` at a random place (as
/// Pylearn2's make_local_rfs would have it where no stride is given). Inputs of an image are
/// counted by rows, columns, channels.
///
///     RectifiedLinear("h", 500, transform(SparseTransform(50)), istdev(.1))
class SparseTransform : public LinearTransform {
 public:
  static constexpr const char* yaml = "ansatz.linear.SparseTransform";
  static constexpr const char* doc = "each unit sees a few inputs";
  int num_inputs = 0;
  String indices;
  RowsColumns rf_shape;
  Seed rng;

  constexpr SparseTransform() {}
  template <KeyOf<SparseTransform>... O>
  constexpr explicit SparseTransform(int inputs_of_a_unit, const O&... options)
      : num_inputs(inputs_of_a_unit) {
    give(*this, options...);
  }
  constexpr ~SparseTransform() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_inputs", &SparseTransform::num_inputs, "inputs that a unit sees").at_least(1);
    key("indices", &SparseTransform::indices,
        "file (.npy) of whole numbers [units, num_inputs]: which inputs; default: drawn by rng")
        .is_path();
    key("rf_shape", &SparseTransform::rf_shape,
        "rows and columns of a window at a random place of the image, which a unit sees; "
        "default: any inputs");
    key("rng", &SparseTransform::rng, "seed of what is drawn; default [2012, 7, 18]")
        .not_with("indices");
  }

  constexpr String fault(const SpaceInfo& input, int) const override {
    const int dim = input.total_dimension();
    if (num_inputs < 1 || num_inputs > dim)
      return "num_inputs " + to_text(num_inputs) + ": 1 to " + to_text(dim) +
             ", the number of inputs, is needed";
    if (dim > 1 << 24) return "more than 16777216 inputs: their numbers would be rounded";
    if (!rf_shape) return "";
    if (!indices.empty()) return "rf_shape and indices exclude each other";
    if (input.kind != SpaceKind::conv2d)
      return "rf_shape needs an image, a Conv2DSpace, below it; found " + to_text(input);
    if (rf_shape.rows < 1 || rf_shape.columns < 1 || rf_shape.rows > input.rows() ||
        rf_shape.columns > input.columns())
      return "rf_shape " + to_text(rf_shape) + " does not lie in " + to_text(input).view();
    const int numbers = rf_shape.rows * rf_shape.columns * input.channels();
    if (num_inputs != numbers)
      return "num_inputs " + to_text(num_inputs) + ": a window has " + to_text(numbers).view() +
             " numbers";
    return "";
  }
  /// An image stays one, so that windows can be drawn on it; its numbers are a vector to the
  /// product.
  constexpr SpaceInfo input_space(const SpaceInfo& below) const override {
    if (rf_shape && below.kind == SpaceKind::conv2d)
      return conv2d_space(below.rows(), below.columns(), below.channels());
    return vector_space(below.total_dimension());
  }

  constexpr ir::Shape shape(const Between& at) const override {
    return ir::make_shape(at.output.total_dimension(), num_inputs);
  }
  constexpr AnyExpr lmul(const Between& at, const AnyExpr& W, const AnyExpr& x) const override {
    return sparse_matmul(vectors(x, at), W, table(at, 0));
  }
  constexpr AnyExpr lmul_T(const Between& at, const AnyExpr& W, const AnyExpr& y) const override {
    const AnyExpr x = sparse_matmul_transposed(y, W, table(at, 0), at.input.total_dimension());
    if (at.input.kind == SpaceKind::vector) return x;
    return AnyExpr(ir::reshape_features(x.value(), at.input.shape));
  }

  constexpr Filters filters(const Between& at) const override {
    const int outputs = at.output.total_dimension();
    const long long count = 1LL * outputs * num_inputs, inputs = at.input.total_dimension();
    return {num_inputs, outputs, static_cast<int>((count + inputs - 1) / inputs), true};
  }
  constexpr AnyExpr column_norms(const Between&, const AnyExpr& W) const override {
    return norm(W, axis<1>);
  }
  constexpr AnyExpr row_norms(const Between& at, const AnyExpr& W) const override {
    const AnyExpr ones = 0. * AnyExpr(arange(at.output.total_dimension()).value()) + 1.;
    return sqrt(
        sparse_matmul_transposed(ones, square(W), table(at, 0), at.input.total_dimension()));
  }
  constexpr AnyExpr limited_columns(const Between&, const AnyExpr& W, const Expr<Scalar>& low,
                                    const Expr<Scalar>& high) const override {
    return norm_constrained<1>(W, low, high);
  }

  constexpr ir::List<Table> tables(const Between& at) const override {
    ir::List<Table> list;
    list.push_back({"inputs", shape(at)});
    return list;
  }
  std::vector<double> numbers(const Between&, int k, std::string_view owner) const override;

 private:
  static constexpr AnyExpr vectors(const AnyExpr& x, const Between& at) {
    return AnyExpr(ir::reshape_features(x.value(), ir::make_shape(at.input.total_dimension())));
  }
};

}  // namespace ansatz
