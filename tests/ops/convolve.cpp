#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace {

using namespace ansatz;

struct Photo : Conv2DSpace<28, 28, 3> {};

template <class X, class W, class... Option>
using Filtered = typename decltype(convolve(std::declval<Expr<X>>(), std::declval<Expr<W>>(),
                                            Option{}...))::space;
using Full = BorderOption<Border::full>;
using Same = BorderOption<Border::same>;

// x [n, 5, 4, 2], w [2, 3, 2, 3], axes b01c: what is before the image, and how far windows are
// apart, is given; the definition does the rest.
op_test::Array reference(const std::vector<op_test::Array>& in, int rows, int columns, int top,
                         int left, int stride_rows, int stride_columns) {
  const op_test::Array &x = in[0], &w = in[1];
  op_test::Array y{{x.dims[0], rows, columns, 3}, {}};
  for (int n = 0; n < x.dims[0]; ++n)
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c)
        for (int o = 0; o < 3; ++o) {
          double sum = 0;
          for (int i = 0; i < 2; ++i)
            for (int j = 0; j < 3; ++j)
              for (int k = 0; k < 2; ++k) {
                const int at_row = r * stride_rows - top + 1 - i;
                const int at_column = c * stride_columns - left + 2 - j;
                if (at_row < 0 || at_row >= 5 || at_column < 0 || at_column >= 4) continue;
                sum +=
                    x.values[static_cast<std::size_t>(((n * 5 + at_row) * 4 + at_column) * 2 + k)] *
                    w.values[static_cast<std::size_t>(((i * 3 + j) * 2 + k) * 3 + o)];
              }
          y.values.push_back(sum);
        }
  return y;
}

op_test::ArrayRow row(op_test::Build op,
                      std::function<op_test::Array(const std::vector<op_test::Array>&)> expected) {
  return {.operands = {{.dims = {op_test::B, 5, 4, 2}}, {.dims = {2, 3, 2, 3}}},
          .op = std::move(op),
          .reference = std::move(expected)};
}

}  // namespace

TEST_CASE("convolve: the result is an image with the same axes", "[op][convolve]") {
  using X = Batch<Photo>;
  using W = Tensor<5, 5, 3, 8>;
  STATIC_REQUIRE(std::is_same_v<Filtered<X, W>, Batch<Conv2DSpace<24, 24, 8>>>);
  STATIC_REQUIRE(std::is_same_v<Filtered<X, W, Full>, Batch<Conv2DSpace<32, 32, 8>>>);
  STATIC_REQUIRE(std::is_same_v<Filtered<X, W, Same, Stride<2, 3>>, Batch<Conv2DSpace<14, 10, 8>>>);
  STATIC_REQUIRE(std::is_same_v<Filtered<X, W, Padding<1, 0>>, Batch<Conv2DSpace<26, 24, 8>>>);
  // With nothing changed the user's own name is kept.
  STATIC_REQUIRE(std::is_same_v<Filtered<X, Tensor<3, 3, 3, 3>, Same>, X>);
  using First = Batch<Conv2DSpace<9, 8, 2, Axes::bc01>>;
  STATIC_REQUIRE(std::is_same_v<Filtered<First, Tensor<4, 2, 3, 3>, CrossCorrelation>,
                                Batch<Conv2DSpace<7, 6, 4, Axes::bc01>>>);
  STATIC_REQUIRE(std::is_same_v<Filtered<Batch<Tensor<9, 8, 2>>, Tensor<3, 3, 2, 4>>,
                                Batch<Conv2DSpace<7, 6, 4>>>);
  STATIC_REQUIRE(
      std::is_same_v<Filtered<Batch<Conv2DSpace<any, 28, 3>>, W>, Batch<Conv2DSpace<any, 24, 8>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(convolve(std::declval<Expr<X>>(), std::declval<Expr<W>>(),
                                                  ConvolveOptions{}))::space,
                                Batch<Conv2DSpace<any, any, 8>>>);
}

TEST_CASE("convolve: channels must agree, and the kernel fit", "[op][convolve]") {
  using X = Batch<Photo>;
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<5, 5, 1, 8>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<29, 5, 3, 8>>);
  STATIC_REQUIRE(KernelsFit<X, Tensor<29, 5, 3, 8>, Full>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Matrix<5, 5>>);
  STATIC_REQUIRE_FALSE(KernelsFit<Batch<VectorSpace<784>>, Tensor<5, 5, 1, 8>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<5, 5, 3, 8>, Stride<0, 1>>);
  const auto x = input("x", Conv2DSpace(9, 9, 3));
  CHECK_THROWS_AS(convolve(x, parameter<Tensor<5, 5, 1, 8>>("w")), ShapeError);
  CHECK_THROWS_AS(convolve(x, parameter<Tensor<10, 5, 3, 8>>("w")), ShapeError);
}

TEST_CASE("convolve: values and derivatives, valid", "[op][convolve]") {
  op_test::check(row([](auto& x) { return convolve(x[0], x[1]); },
                     [](auto& in) { return reference(in, 4, 2, 0, 0, 1, 1); }));
}

TEST_CASE("convolve: values and derivatives, full, with strides", "[op][convolve]") {
  op_test::check(row([](auto& x) { return convolve(x[0], x[1], border::full, stride<2, 3>); },
                     [](auto& in) { return reference(in, 3, 2, 1, 2, 2, 3); }));
}

TEST_CASE("convolve: values and derivatives, same, padded", "[op][convolve]") {
  op_test::check(row([](auto& x) { return convolve(x[0], x[1], border::same, padding<1, 0>); },
                     [](auto& in) { return reference(in, 7, 4, 2, 1, 1, 1); }));
}

TEST_CASE("convolve: of a nonlinear function of itself, to the second order", "[op][convolve]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 5, 4, 2}, .range = {-0.5, 0.5}},
                   {.dims = {2, 3, 2, 3}, .range = {-0.5, 0.5}}},
      .op = [](auto& x) { return square(convolve(x[0], x[1])); },
      .reference =
          [](auto& in) {
            op_test::Array y = reference(in, 4, 2, 0, 0, 1, 1);
            for (double& v : y.values) v *= v;
            return y;
          },
  });
}
