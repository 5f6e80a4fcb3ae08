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

namespace {

// By the definition, whatever the options: the matrix that takes the images' numbers to those of
// the result, for kernels w.
struct Dense {
  int images = 0, in_size = 0, out_size = 0;
  op_test::Dimensions dims;
  std::vector<double> matrix;  // [out_size, in_size]
  double operator()(int to, int from) const {
    return matrix[static_cast<std::size_t>(to) * static_cast<std::size_t>(in_size) +
                  static_cast<std::size_t>(from)];
  }
};

Dense dense(const op_test::Array& x, const op_test::Array& w, const ConvolveOptions& o) {
  const bool first = o.axes == Axes::bc01;
  const int size[] = {x.dims[first ? 2 : 1], x.dims[first ? 3 : 2]};
  const int kernel[] = {w.dims[first ? 2 : 0], w.dims[first ? 3 : 1]};
  const int in = x.dims[first ? 1 : 3], out = w.dims[first ? 0 : 3], own = w.dims[first ? 1 : 2];
  const int stride_of[] = {o.stride_rows, o.stride_columns};
  const int apart[] = {o.dilation_rows, o.dilation_columns};
  const int zeros_of[] = {o.padding_rows, o.padding_columns};
  int before[2], count[2];
  for (int d = 0; d < 2; ++d) {
    const int reach = 1 + (kernel[d] - 1) * apart[d];
    const int more = o.border == Border::full   ? 2 * (reach - 1)
                     : o.border == Border::same ? reach - 1
                                                : 0;
    before[d] = zeros_of[d] + (o.border == Border::same ? reach / 2 : more / 2);
    count[d] = (size[d] + 2 * zeros_of[d] + more - reach) / stride_of[d] + 1;
  }
  Dense m{x.dims[0], size[0] * size[1] * in, count[0] * count[1] * out, {}, {}};
  m.dims = first ? op_test::Dimensions{x.dims[0], out, count[0], count[1]}
                 : op_test::Dimensions{x.dims[0], count[0], count[1], out};
  m.matrix.resize(static_cast<std::size_t>(m.in_size * m.out_size));
  const auto place = [&](const int* sides, int channels, int r, int c, int k) {
    return first ? (k * sides[0] + r) * sides[1] + c : (r * sides[1] + c) * channels + k;
  };
  for (int r = 0; r < count[0]; ++r)
    for (int c = 0; c < count[1]; ++c)
      for (int to = 0; to < out; ++to)
        for (int i = 0; i < kernel[0]; ++i)
          for (int j = 0; j < kernel[1]; ++j)
            for (int k = 0; k < own; ++k) {
              const int y = r * stride_of[0] - before[0] + i * apart[0];
              const int z = c * stride_of[1] - before[1] + j * apart[1];
              if (y < 0 || y >= size[0] || z < 0 || z >= size[1]) continue;
              const int group = to / (out / o.groups), from = group * own + k;
              const int a = o.cross_correlation ? i : kernel[0] - 1 - i;
              const int b = o.cross_correlation ? j : kernel[1] - 1 - j;
              const int weight = first ? ((to * own + k) * kernel[0] + a) * kernel[1] + b
                                       : ((a * kernel[1] + b) * own + k) * out + to;
              m.matrix[static_cast<std::size_t>(place(count, out, r, c, to) * m.in_size +
                                                place(size, in, y, z, from))] =
                  w.values[static_cast<std::size_t>(weight)];
            }
  return m;
}

op_test::Array by_matrix(const std::vector<op_test::Array>& in, const ConvolveOptions& o) {
  const Dense m = dense(in[0], in[1], o);
  op_test::Array y{m.dims, {}};
  for (int n = 0; n < m.images; ++n)
    for (int to = 0; to < m.out_size; ++to) {
      double sum = 0;
      for (int from = 0; from < m.in_size; ++from)
        sum += m(to, from) * in[0].values[static_cast<std::size_t>(n * m.in_size + from)];
      y.values.push_back(sum);
    }
  return y;
}

void check_options(const op_test::Dimensions& x, const op_test::Dimensions& w,
                   const ConvolveOptions& o) {
  op_test::check({.operands = {{.dims = x}, {.dims = w}},
                  .op = [=](auto& in) { return convolve(in[0], in[1], o); },
                  .reference = [=](auto& in) { return by_matrix(in, o); }});
}

}  // namespace

TEST_CASE("convolve: dilated, values and derivatives", "[op][convolve]") {
  using op_test::B;
  check_options({B, 6, 5, 2}, {2, 3, 2, 3}, {.dilation_rows = 3, .dilation_columns = 2});
  check_options({B, 6, 5, 1}, {2, 2, 1, 2}, {.dilation_rows = 2, .dilation_columns = 3});
  check_options({B, 5, 4, 2}, {3, 2, 2, 2},
                {.border = Border::same, .dilation_rows = 2, .dilation_columns = 3});
  check_options({B, 5, 4, 2}, {2, 2, 2, 2},
                {.border = Border::full,
                 .stride_rows = 2,
                 .stride_columns = 3,
                 .dilation_rows = 2,
                 .dilation_columns = 2,
                 .cross_correlation = true});
  check_options({B, 2, 5, 6}, {3, 2, 2, 3},
                {.padding_rows = 1, .dilation_rows = 2, .dilation_columns = 2, .axes = Axes::bc01});
}

TEST_CASE("convolve: in groups, values and derivatives", "[op][convolve]") {
  using op_test::B;
  check_options({B, 4, 4, 4}, {2, 3, 2, 6}, {.groups = 2});
  check_options({B, 4, 3, 3}, {2, 2, 1, 6}, {.stride_rows = 2, .groups = 3});
  check_options({B, 4, 3, 3}, {3, 2, 1, 3}, {.border = Border::same, .groups = 3});
  check_options({B, 3, 3, 4}, {1, 1, 2, 4}, {.groups = 2});
  check_options(
      {B, 4, 4, 3}, {6, 2, 2, 2},
      {.border = Border::full, .groups = 2, .cross_correlation = true, .axes = Axes::bc01});
  check_options({B, 4, 3, 3}, {4, 2, 1, 1}, {.groups = 2, .axes = Axes::bc01});
  check_options({B, 3, 5, 4}, {3, 1, 2, 2},
                {.dilation_rows = 2, .dilation_columns = 2, .groups = 3, .axes = Axes::bc01});
  check_options({B, 5, 5, 4}, {2, 2, 2, 4},
                {.border = Border::same, .dilation_rows = 2, .dilation_columns = 2, .groups = 2});
}

TEST_CASE("convolve: groups and dilation are known to the type", "[op][convolve]") {
  using X = Batch<Conv2DSpace<9, 8, 4>>;
  STATIC_REQUIRE(std::is_same_v<Filtered<X, Tensor<3, 3, 2, 6>, Groups<2>, Dilation<2, 1>>,
                                Batch<Conv2DSpace<5, 6, 6>>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<3, 3, 4, 6>, Groups<2>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<3, 3, 2, 5>, Groups<2>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<3, 3, 1, 6>, Groups<3>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<3, 3, 4, 6>, Dilation<5, 1>>);
  STATIC_REQUIRE_FALSE(KernelsFit<X, Tensor<3, 3, 4, 6>, Dilation<0, 1>>);
  using Catch::Matchers::Contains;
  const AnyExpr x = input<Conv2DSpace<9, 8, 4>>("x"), w = parameter<Tensor<3, 3, 2, 6>>("w");
  CHECK_THROWS_WITH(convolve(x, w, groups<3>), Contains("the groups must divide the channels"));
  CHECK_THROWS_WITH(convolve(x, w, groups<4>), Contains("the groups must divide the channels"));
  CHECK_THROWS_WITH(convolve(x, w), Contains("as the images have channels"));
  CHECK_THROWS_WITH(convolve(x, w, groups<2>, dilation<0>), Contains("at least one pixel"));
}
