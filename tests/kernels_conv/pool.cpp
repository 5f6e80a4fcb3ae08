#include "kernel_call.hpp"

#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

namespace kernel_test::pooling {

using namespace ansatz;

namespace {

struct Case {
  int images, rows, columns, channels;
  PoolOptions options;
};

Shape shape_of(const Case& c, int rows, int columns) {
  return c.options.axes == Axes::bc01 ? ir::make_shape(c.images, c.channels, rows, columns)
                                      : ir::make_shape(c.images, rows, columns, c.channels);
}
long at(const Case& c, const Shape& s, int image, int row, int column, int channel) {
  if (c.options.axes == Axes::bc01)
    return ((long{image} * s[1] + channel) * s[2] + row) * s[3] + column;
  return ((long{image} * s[1] + row) * s[2] + column) * s[3] + channel;
}

// Windows from 0, stride, … until one reaches the end (or the next would start beyond it).
int windows(int size, int window, int stride, bool valid) {
  int n = 0;
  for (int start = 0; start < size; start += stride) {
    if (valid && start + window > size) break;
    ++n;
    if (start + window >= size) break;
  }
  return n;
}

// All four results, number by number: max, mean, and what g gives to x through each.
struct Expected {
  Array<double> max, mean, max_gradient, mean_gradient, gathered;
};
template <class T>
Expected reference(const Case& c, const Array<T>& x, const Array<T>& g, const Array<T>& v) {
  const PoolOptions& o = c.options;
  Expected e;
  e.max = e.mean = e.gathered = zeros<double>(g.shape);
  e.max_gradient = e.mean_gradient = zeros<double>(x.shape);
  const bool first = o.axes == Axes::bc01;
  const int stride_rows = o.stride_rows ? o.stride_rows : o.rows;
  const int stride_columns = o.stride_columns ? o.stride_columns : o.columns;
  for (int n = 0; n < c.images; ++n)
    for (int k = 0; k < c.channels; ++k)
      for (int r = 0; r < g.shape[first ? 2 : 1]; ++r)
        for (int q = 0; q < g.shape[first ? 3 : 2]; ++q) {
          std::vector<long> seen;
          for (int i = 0; i < o.rows; ++i)
            for (int j = 0; j < o.columns; ++j) {
              const int row = r * stride_rows + i, column = q * stride_columns + j;
              if (row < c.rows && column < c.columns)
                seen.push_back(at(c, x.shape, n, row, column, k));
            }
          REQUIRE_FALSE(seen.empty());
          long best = seen[0];
          double sum = 0;
          for (long s : seen) {
            if (!std::isnan(x[best]) && (x[s] > x[best] || std::isnan(x[s]))) best = s;
            sum += x[s];
          }
          const long y = at(c, g.shape, n, r, q, k);
          e.max[y] = x[best];
          e.mean[y] = sum / static_cast<double>(seen.size());
          e.gathered[y] = v[best];
          e.max_gradient[best] += g[y];
          for (long s : seen) e.mean_gradient[s] += double(g[y]) / static_cast<double>(seen.size());
        }
  return e;
}

template <class T>
void check(const Case& c, bool coarse, bool with_nan) {
  INFO("images " << c.images << ", " << c.rows << " x " << c.columns << ", channels " << c.channels
                 << ", window " << c.options.rows << " x " << c.options.columns << ", stride "
                 << c.options.stride_rows << " x " << c.options.stride_columns << ", border "
                 << int(c.options.border) << ", axes " << int(c.options.axes) << ", coarse "
                 << coarse << ", NaN " << with_nan);
  auto x = random_array<T>(shape_of(c, c.rows, c.columns), 1, coarse);
  if (with_nan && x.values.size() > 4) {
    x.values[1] = x.values[x.values.size() / 2] = std::numeric_limits<T>::quiet_NaN();
    x.values[x.values.size() - 2] = -std::numeric_limits<T>::infinity();
  }
  const PoolOptions& o = c.options;
  const bool valid = o.border == Border::valid;
  const Shape pooled = shape_of(
      c, windows(c.rows, o.rows, o.stride_rows ? o.stride_rows : o.rows, valid),
      windows(c.columns, o.columns, o.stride_columns ? o.stride_columns : o.columns, valid));
  const auto g = random_array<T>(pooled, 2);
  const auto v = random_array<T>(x.shape, 3);
  const Expected e = reference(c, x, g, v);
  const Attr attr = ir::Pooling(o, x.shape).attr();
  const auto max = call<ops::MaxPool, T>(attr, {x});
  REQUIRE(max.shape == pooled);
  CHECK(distance(max.values, e.max.values) == 0);
  CHECK(distance(call<ops::MaxPoolGradient, T>(attr, {x, g}).values, e.max_gradient.values) <=
        tolerance<T>);
  CHECK(distance(call<ops::MaxPoolGather, T>(attr, {x, v}).values, e.gathered.values) == 0);
  if (with_nan) return;
  CHECK(distance(call<ops::MeanPool, T>(attr, {x}).values, e.mean.values) <= tolerance<T>);
  CHECK(distance(call<ops::MeanPoolGradient, T>(attr, {g}).values, e.mean_gradient.values) <=
        tolerance<T>);
}

void check_all(Case c) {
  for (Axes axes : {Axes::b01c, Axes::bc01})
    for (Border border : {Border::full, Border::valid})
      for (int kind = 0; kind < 3; ++kind) {
        c.options.axes = axes;
        c.options.border = border;
        check<float>(c, kind == 1, kind == 2);
        check<double>(c, kind == 1, kind == 2);
      }
}

}  // namespace

TEST_CASE("pool: windows side by side, with and without a partial one", "[kernel][pool]") {
  check_all({3, 6, 4, 3, {.rows = 2, .columns = 2}});
  check_all({2, 7, 6, 4, {.rows = 2, .columns = 2}});
  check_all({2, 5, 7, 1, {.rows = 3, .columns = 2}});
}

TEST_CASE("pool: channels that fill registers and leave a rest", "[kernel][pool]") {
  check_all({2, 5, 5, 16, {.rows = 2, .columns = 3}});
  check_all({2, 4, 5, 37, {.rows = 3, .columns = 3, .stride_rows = 1, .stride_columns = 2}});
}

TEST_CASE("pool: windows that overlap, and windows with gaps between them", "[kernel][pool]") {
  check_all({2, 8, 9, 3, {.rows = 3, .columns = 3, .stride_rows = 2, .stride_columns = 2}});
  check_all({1, 6, 6, 2, {.rows = 1, .columns = 2, .stride_rows = 4, .stride_columns = 3}});
  check_all({1, 7, 8, 2, {.rows = 2, .columns = 1, .stride_rows = 3, .stride_columns = 5}});
}

TEST_CASE("pool: no image, one pixel, a window as large as the image", "[kernel][pool]") {
  check_all({0, 4, 4, 3, {.rows = 2, .columns = 2}});
  check_all({1, 1, 1, 1, {}});
  check_all({2, 4, 3, 5, {.rows = 4, .columns = 3}});
}

TEST_CASE("pool: Pylearn2's example", "[kernel][pool]") {
  Array<double> x = zeros<double>(ir::make_shape(1, 6, 4, 1));
  x.values = {0, 1, 2, 3, 1, 2, 3, 4, 4, 5, 6, 7, 5, 6, 7, 8, 8, 9, 10, 11, 9, 10, 11, 12};
  const Attr attr = ir::Pooling({.rows = 2, .columns = 2}, x.shape).attr();
  CHECK(call<ops::MaxPool, double>(attr, {x}).values == std::vector<double>{2, 4, 6, 8, 10, 12});
  CHECK(call<ops::MeanPool, double>(attr, {x}).values == std::vector<double>{1, 3, 5, 7, 9, 11});
}

TEST_CASE("pool: of several largest pixels the first gets the gradient", "[kernel][pool]") {
  Array<float> x = zeros<float>(ir::make_shape(1, 2, 2, 1)),
               g = zeros<float>(ir::make_shape(1, 1, 1, 1));
  g.values = {3};
  const Attr attr = ir::Pooling({.rows = 2, .columns = 2}, x.shape).attr();
  const auto gradient = [&](std::vector<float> pixels) {
    x.values = std::move(pixels);
    return call<ops::MaxPoolGradient, float>(attr, {x, g}).values;
  };
  CHECK(gradient({1, 1, 1, 1}) == std::vector<float>{3, 0, 0, 0});
  CHECK(gradient({0, 1, 1, 1}) == std::vector<float>{0, 3, 0, 0});
  CHECK(gradient({0, -1, 0.5f, 0.5f}) == std::vector<float>{0, 0, 3, 0});
  const float lowest = -std::numeric_limits<float>::infinity();
  CHECK(gradient({lowest, lowest, lowest, lowest}) == std::vector<float>{3, 0, 0, 0});
}

TEST_CASE("pool: the rule refuses windows that do not fit", "[kernel][pool]") {
  const Shape x = ir::make_shape(2, 5, 4, 3);
  CHECK(ir::pooled(x, {.rows = 5, .columns = 4}).ok());
  CHECK_FALSE(ir::pooled(x, {.rows = 6, .columns = 1}).ok());
  CHECK_FALSE(ir::pooled(x, {.rows = 0, .columns = 1}).ok());
  CHECK_FALSE(ir::pooled(x, {.rows = 2, .columns = 2, .stride_rows = -1}).ok());
  CHECK_FALSE(ir::pooled(x, {.border = Border::same}).ok());
  CHECK_FALSE(ir::pooled(ir::make_shape(5, 4), {}).ok());
}

}  // namespace kernel_test::pooling
