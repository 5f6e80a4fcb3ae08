#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/image/tiled_convolve.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace {

using namespace ansatz;

template <class X, class W, class... Option>
using Filtered = typename decltype(tiled_convolve(std::declval<Expr<X>>(), std::declval<Expr<W>>(),
                                                  Option{}...))::space;

struct Geometry {
  int top = 0, left = 0, stride_rows = 1, stride_columns = 1;
  int rows, columns;  // of the result
  int tile_rows, tile_columns;
  bool flip = true, first = false;
};

// By the definition: x [n, 5, 4, 2], or [n, 2, 5, 4], w [tile, 2, 3, 2, 3].
op_test::Array reference(const std::vector<op_test::Array>& in, const Geometry& g) {
  const op_test::Array &x = in[0], &w = in[1];
  op_test::Array y{{x.dims[0], g.rows, g.columns, 3}, {}};
  if (g.first) y.dims = {x.dims[0], 3, g.rows, g.columns};
  y.values.resize(static_cast<std::size_t>(x.dims[0] * g.rows * g.columns * 3));
  for (int n = 0; n < x.dims[0]; ++n)
    for (int r = 0; r < g.rows; ++r)
      for (int c = 0; c < g.columns; ++c)
        for (int o = 0; o < 3; ++o) {
          const int kernel = r % g.tile_rows * g.tile_columns + c % g.tile_columns;
          double sum = 0;
          for (int i = 0; i < 2; ++i)
            for (int j = 0; j < 3; ++j)
              for (int k = 0; k < 2; ++k) {
                const int row = r * g.stride_rows - g.top + (g.flip ? 1 - i : i);
                const int column = c * g.stride_columns - g.left + (g.flip ? 2 - j : j);
                if (row < 0 || row >= 5 || column < 0 || column >= 4) continue;
                const int at = g.first ? ((n * 2 + k) * 5 + row) * 4 + column
                                       : ((n * 5 + row) * 4 + column) * 2 + k;
                sum += x.values[static_cast<std::size_t>(at)] *
                       w.values[static_cast<std::size_t>((((kernel * 2 + i) * 3 + j) * 2 + k) * 3 +
                                                         o)];
              }
          const int to = g.first ? ((n * 3 + o) * g.rows + r) * g.columns + c
                                 : ((n * g.rows + r) * g.columns + c) * 3 + o;
          y.values[static_cast<std::size_t>(to)] = sum;
        }
  return y;
}

op_test::ArrayRow row(const Geometry& g, op_test::Build op) {
  op_test::Dimensions x = {op_test::B, 5, 4, 2};
  if (g.first) x = {op_test::B, 2, 5, 4};
  return {.operands = {{.dims = x}, {.dims = {g.tile_rows * g.tile_columns, 2, 3, 2, 3}}},
          .op = std::move(op),
          .reference = [g](auto& in) { return reference(in, g); }};
}

}  // namespace

TEST_CASE("tiled_convolve: the result is an image with the same axes", "[op][tiled_convolve]") {
  using X = Batch<Conv2DSpace<9, 8, 3>>;
  STATIC_REQUIRE(std::is_same_v<Filtered<X, Tensor<30, 5, 3, 3, 8>>, Batch<Conv2DSpace<5, 6, 8>>>);
  STATIC_REQUIRE(
      std::is_same_v<Filtered<X, Tensor<6, 5, 3, 3, 8>, Tile<2, 3>>, Batch<Conv2DSpace<5, 6, 8>>>);
  using First = Batch<Conv2DSpace<9, 8, 2, Axes::bc01>>;
  STATIC_REQUIRE(std::is_same_v<Filtered<First, Tensor<4, 3, 3, 2, 4>, Tile<2, 2>, Stride<2, 2>>,
                                Batch<Conv2DSpace<4, 3, 4, Axes::bc01>>>);
}

TEST_CASE("tiled_convolve: kernels for each place of the tile, with the images' channels",
          "[op][tiled_convolve]") {
  using X = Batch<Conv2DSpace<9, 8, 3>>;
  STATIC_REQUIRE(TiledKernelsFit<X, Tensor<30, 5, 3, 3, 8>>);
  STATIC_REQUIRE_FALSE(TiledKernelsFit<X, Tensor<29, 5, 3, 3, 8>>);
  STATIC_REQUIRE_FALSE(TiledKernelsFit<X, Tensor<30, 5, 3, 2, 8>>);
  STATIC_REQUIRE_FALSE(TiledKernelsFit<X, Tensor<5, 3, 3, 8>>);
  STATIC_REQUIRE_FALSE(TiledKernelsFit<X, Tensor<6, 5, 3, 3, 8>, Tile<2, 2>>);
  const auto x = input("x", Conv2DSpace(9, 8, 3));
  CHECK_THROWS_AS(tiled_convolve(x, parameter<Tensor<29, 5, 3, 3, 8>>("w")), ShapeError);
  TiledConvolveOptions options;
  options.groups = 3;
  CHECK_THROWS_AS(tiled_convolve(x, parameter<Tensor<30, 5, 3, 3, 8>>("w"), options), ShapeError);
}

TEST_CASE("tiled_convolve: values and derivatives, no kernel shared", "[op][tiled_convolve]") {
  op_test::check(row({.rows = 4, .columns = 2, .tile_rows = 4, .tile_columns = 2},
                     [](auto& x) { return tiled_convolve(x[0], x[1]); }));
}

TEST_CASE("tiled_convolve: values and derivatives, tiles, full, with strides",
          "[op][tiled_convolve]") {
  op_test::check(row(
      {.top = 1,
       .left = 2,
       .stride_rows = 2,
       .stride_columns = 3,
       .rows = 3,
       .columns = 2,
       .tile_rows = 2,
       .tile_columns = 1},
      [](auto& x) { return tiled_convolve(x[0], x[1], tile<2, 1>, border::full, stride<2, 3>); }));
}

TEST_CASE("tiled_convolve: values and derivatives, channels first, not flipped",
          "[op][tiled_convolve]") {
  op_test::check(row({.top = 1,
                      .left = 1,
                      .rows = 6,
                      .columns = 4,
                      .tile_rows = 2,
                      .tile_columns = 3,
                      .flip = false,
                      .first = true},
                     [](auto& x) {
                       TiledConvolveOptions o;
                       o.axes = Axes::bc01;
                       o.padding_rows = o.padding_columns = 1;
                       o.cross_correlation = true;
                       o.tile_rows = 2;
                       o.tile_columns = 3;
                       return tiled_convolve(x[0], x[1], o);
                     }));
}

TEST_CASE("tiled_convolve: of a nonlinear function of itself, to the second order",
          "[op][tiled_convolve]") {
  const Geometry g{.rows = 4, .columns = 2, .tile_rows = 3, .tile_columns = 2};
  op_test::check({
      .operands = {{.dims = {op_test::B, 5, 4, 2}, .range = {-0.5, 0.5}},
                   {.dims = {6, 2, 3, 2, 3}, .range = {-0.5, 0.5}}},
      .op = [](auto& x) { return square(tiled_convolve(x[0], x[1], tile<3, 2>)); },
      .reference =
          [g](auto& in) {
            op_test::Array y = reference(in, g);
            for (double& v : y.values) v *= v;
            return y;
          },
  });
}
