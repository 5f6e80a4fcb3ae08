#include "kernel_call.hpp"

#include <dsl/ops/image/convolve.hpp>

namespace kernel_test::convolution {

using namespace ansatz;

namespace {

struct Case {
  int images, rows, columns, in, out, kernel_rows, kernel_columns;
  ConvolveOptions options = {};
};

Shape image_shape(const Case& c, int images, int rows, int columns, int channels) {
  return c.options.axes == Axes::bc01 ? ir::make_shape(images, channels, rows, columns)
                                      : ir::make_shape(images, rows, columns, channels);
}
Shape kernel_shape(const Case& c) {
  return c.options.axes == Axes::bc01
             ? ir::make_shape(c.out, c.in, c.kernel_rows, c.kernel_columns)
             : ir::make_shape(c.kernel_rows, c.kernel_columns, c.in, c.out);
}
// Of one group.
Case grouped(Case c) {
  c.in /= c.options.groups;
  return c;
}
long at(const Case& c, const Shape& s, int image, int row, int column, int channel) {
  if (c.options.axes == Axes::bc01)
    return ((long{image} * s[1] + channel) * s[2] + row) * s[3] + column;
  return ((long{image} * s[1] + row) * s[2] + column) * s[3] + channel;
}
long kernel_at(const Case& c, int i, int j, int k, int o) {
  if (c.options.axes == Axes::bc01)
    return ((long{o} * c.in + k) * c.kernel_rows + i) * c.kernel_columns + j;
  return ((long{i} * c.kernel_columns + j) * c.in + k) * c.out + o;
}

// The zeros in front of a row of `kernel` pixels, and all zeros.
int zeros_before(Border border, int kernel, int padding) {
  return padding + (border == Border::full ? kernel - 1 : border == Border::same ? kernel / 2 : 0);
}
int pixels(Border border, int size, int kernel, int padding, int stride) {
  const int all = size + 2 * padding +
                  (border == Border::full   ? 2 * (kernel - 1)
                   : border == Border::same ? kernel - 1
                                            : 0);
  int n = 0;
  for (int start = 0; start + kernel <= all; start += stride) ++n;
  return n;
}

int reach(int kernel, int dilation) { return (kernel - 1) * dilation + 1; }

// y_rco = sum x_(r - before + i)(c - before + j)k w_(I-1-i)(J-1-j)ko, straight from the definition.
template <class T>
Array<double> reference(const Case& c, const Array<T>& x, const Array<T>& w) {
  const ConvolveOptions& o = c.options;
  const int tall = reach(c.kernel_rows, o.dilation_rows),
            wide = reach(c.kernel_columns, o.dilation_columns);
  const Shape s =
      image_shape(c, c.images, pixels(o.border, c.rows, tall, o.padding_rows, o.stride_rows),
                  pixels(o.border, c.columns, wide, o.padding_columns, o.stride_columns), c.out);
  const Case group = grouped(c);
  Array<double> y = zeros<double>(s);
  const int rows = o.axes == Axes::bc01 ? s[2] : s[1], columns = o.axes == Axes::bc01 ? s[3] : s[2];
  for (int n = 0; n < c.images; ++n)
    for (int r = 0; r < rows; ++r)
      for (int q = 0; q < columns; ++q)
        for (int p = 0; p < c.out; ++p)
          for (int i = 0; i < c.kernel_rows; ++i)
            for (int j = 0; j < c.kernel_columns; ++j) {
              const int row = r * o.stride_rows - zeros_before(o.border, tall, o.padding_rows) +
                              i * o.dilation_rows;
              const int column = q * o.stride_columns -
                                 zeros_before(o.border, wide, o.padding_columns) +
                                 j * o.dilation_columns;
              if (row < 0 || row >= c.rows || column < 0 || column >= c.columns) continue;
              const int ki = o.cross_correlation ? i : c.kernel_rows - 1 - i;
              const int kj = o.cross_correlation ? j : c.kernel_columns - 1 - j;
              const int first = p / (c.out / o.groups) * group.in;
              for (int k = 0; k < group.in; ++k)
                y[at(c, s, n, r, q, p)] += double(x[at(c, x.shape, n, row, column, first + k)]) *
                                           w[kernel_at(group, ki, kj, k, p)];
            }
  return y;
}

template <class T>
void check(const Case& c) {
  INFO("images " << c.images << ", " << c.rows << " x " << c.columns << ", channels " << c.in
                 << " -> " << c.out << ", kernel " << c.kernel_rows << " x " << c.kernel_columns
                 << ", border " << int(c.options.border) << ", stride " << c.options.stride_rows
                 << " x " << c.options.stride_columns << ", padding " << c.options.padding_rows
                 << " x " << c.options.padding_columns << ", dilation " << c.options.dilation_rows
                 << " x " << c.options.dilation_columns << ", groups " << c.options.groups
                 << ", axes " << int(c.options.axes) << ", cross-correlation "
                 << c.options.cross_correlation);
  const auto x = random_array<T>(image_shape(c, c.images, c.rows, c.columns, c.in), 1);
  const auto w = random_array<T>(kernel_shape(grouped(c)), 2);
  const ir::ConvolutionResult geometry = ir::convolution_of(x.shape, w.shape, c.options);
  REQUIRE(geometry.result.ok());
  const Attr attr = geometry.convolution.attr();
  const Array<double> expected = reference(c, x, w);
  const Array<T> y = call<ops::Convolve, T>(attr, {x, w});
  REQUIRE(y.shape == expected.shape);
  REQUIRE(y.shape == geometry.result.shape);
  CHECK(distance(y.values, expected.values) <= tolerance<T>);

  // A convolution is linear in x and in w; its gradients are its transposes in both.
  const auto g = random_array<T>(y.shape, 3);
  const Array<T> dx = call<ops::ConvolveInputGradient, T>(attr, {g, w});
  const Array<T> dw = call<ops::ConvolveWeightGradient, T>(attr, {x, g});
  REQUIRE(dx.shape == x.shape);
  REQUIRE(dw.shape == w.shape);
  const double total = static_cast<double>(g.values.size());
  CHECK(std::abs(dot(dx, x) - dot(g, y)) <= tolerance<T> * (1 + std::sqrt(total)));
  CHECK(std::abs(dot(dw, w) - dot(g, y)) <= tolerance<T> * (1 + std::sqrt(total)));
  // Equal inner products say little of a single number; a unit in x or w shows that one alone.
  if (!x.values.empty()) {
    const long places[] = {0, static_cast<long>(x.values.size()) / 2,
                           static_cast<long>(x.values.size()) - 1};
    for (long place : places) {
      Array<T> unit = zeros<T>(x.shape);
      unit[place] = 1;
      const Array<double> image = reference(c, unit, w);
      double sum = 0;
      for (std::size_t i = 0; i < image.values.size(); ++i) sum += image.values[i] * g.values[i];
      CHECK(std::abs(dx[place] - sum) <= tolerance<T>);
    }
  }
  const long places[] = {0, static_cast<long>(w.values.size()) / 3,
                         static_cast<long>(w.values.size()) - 1};
  for (long place : places) {
    Array<T> unit = zeros<T>(w.shape);
    unit[place] = 1;
    const Array<double> image = reference(c, x, unit);
    double sum = 0;
    for (std::size_t i = 0; i < image.values.size(); ++i) sum += image.values[i] * g.values[i];
    CHECK(std::abs(dw[place] - sum) <= tolerance<T> * (1 + std::sqrt(total)));
  }
  // Threads divide dw into parts; where BLAS has no part in it, with the bits that one thread
  // gives.
  const ir::OpInfo& op = *ir::info_of<ops::ConvolveWeightGradient>;
  const Shape shapes[] = {x.shape, g.shape};
  const long parts = op.parts(shapes, 2, attr);
  std::vector<T> together(dw.values.size(), T(0));
  for (int part = 0; part < 3; ++part) {
    const Array<T> some = call<T>(op, attr, {x, g}, parts * part / 3, parts * (part + 1) / 3);
    for (std::size_t i = 0; i < together.size(); ++i)
      if (!std::isnan(some.values[i])) together[i] += some.values[i];
  }
  if (geometry.convolution.tiled(c.out / c.options.groups))
    CHECK(together == dw.values);
  else
    CHECK(distance(together, std::vector<double>(dw.values.begin(), dw.values.end())) <=
          tolerance<T> * (1 + std::sqrt(total)));
}

void check_all(Case c) {
  for (Axes axes : {Axes::b01c, Axes::bc01})
    for (bool cross_correlation : {false, true}) {
      c.options.axes = axes;
      c.options.cross_correlation = cross_correlation;
      check<float>(c);
      check<double>(c);
    }
}

}  // namespace

TEST_CASE("convolve: every border, of images and kernels of odd sizes", "[kernel][convolve]") {
  for (Border border : {Border::valid, Border::full, Border::same}) {
    check_all({2, 7, 6, 3, 5, 3, 2, {.border = border}});
    check_all({1, 5, 5, 1, 1, 4, 5, {.border = border}});
    check_all({3, 4, 9, 17, 2, 1, 3, {.border = border}});
  }
}

TEST_CASE("convolve: no image, and images of one pixel", "[kernel][convolve]") {
  for (Border border : {Border::valid, Border::full}) {
    check_all({0, 5, 4, 2, 3, 2, 2, {.border = border}});
    check_all({1, 1, 1, 1, 1, 1, 1, {.border = border}});
    check_all({5, 1, 1, 3, 2, 1, 1, {.border = border}});
  }
  check_all({2, 1, 1, 2, 2, 3, 3, {.border = Border::full}});
}

TEST_CASE("convolve: strides, also larger than the kernel, and padding", "[kernel][convolve]") {
  check_all({2, 9, 8, 2, 3, 3, 3, {.stride_rows = 2, .stride_columns = 3}});
  check_all({2, 9, 8, 2, 3, 2, 1, {.stride_rows = 4, .stride_columns = 5}});
  check_all({1, 6, 7, 3, 2, 3, 2, {.border = Border::full, .stride_rows = 2, .stride_columns = 2}});
  check_all({1, 6, 7, 3, 2, 3, 4, {.border = Border::same, .stride_rows = 3, .stride_columns = 2}});
  check_all({2, 3, 4, 2, 2, 5, 5, {.padding_rows = 3, .padding_columns = 1}});
  check_all({1, 4, 3, 1, 2, 2, 2, {.stride_columns = 3, .padding_rows = 4, .padding_columns = 5}});
}

TEST_CASE("convolve: kernels of one pixel", "[kernel][convolve]") {
  check_all({4, 6, 5, 7, 9, 1, 1, {}});
  check_all({2, 6, 5, 3, 2, 1, 1, {.stride_rows = 2, .stride_columns = 2}});
  check_all({2, 3, 3, 3, 2, 1, 1, {.padding_rows = 1, .padding_columns = 1}});
}

TEST_CASE("convolve: an image whose patches are laid out in parts", "[kernel][convolve]") {
  check_all({2, 61, 43, 8, 2, 3, 3, {}});
  check_all({1, 150, 120, 1, 2, 3, 3, {}});
  check_all({1, 80, 50, 20, 2, 5, 3, {.border = Border::same, .stride_rows = 2}});
}

TEST_CASE("convolve: many small images, of which several make one product", "[kernel][convolve]") {
  check_all({70, 9, 9, 6, 3, 3, 3, {}});
}

TEST_CASE("convolve: products that read the images where they lie", "[kernel][convolve]") {
  // Rows of every remainder of a tile, and channels of every number of registers.
  for (int columns : {4, 5, 11, 13, 25, 28}) check_all({2, 5, columns + 2, 3, 16, 3, 3, {}});
  for (int out : {1, 7, 16, 20, 33, 48, 64, 70}) check_all({1, 6, 9, 4, out, 3, 2, {}});
  check_all({3, 12, 12, 16, 32, 5, 5, {}});
  check_all({2, 9, 9, 1, 20, 5, 5, {.border = Border::same}});
  check_all({2, 9, 9, 1, 20, 3, 3, {}});
  check_all({2, 12, 9, 1, 6, 7, 7, {.padding_rows = 2, .padding_columns = 1}});
  // Depths of which the first-level cache does not hold the kernels.
  check_all({1, 8, 14, 40, 50, 3, 3, {.border = Border::same}});
}

TEST_CASE("convolve: dilation and groups", "[kernel][convolve]") {
  for (Border border : {Border::valid, Border::full, Border::same})
    check_all(
        {2, 11, 13, 3, 5, 3, 2, {.border = border, .dilation_rows = 2, .dilation_columns = 3}});
  check_all({2, 9, 12, 8, 12, 3, 3, {.stride_columns = 2, .dilation_columns = 2, .groups = 2}});
  check_all({2, 7, 8, 24, 16, 3, 3, {.border = Border::same, .groups = 2}});
  check_all({2, 7, 8, 6, 6, 3, 3, {.padding_rows = 1, .groups = 6}});
  check_all({1, 7, 8, 4, 8, 3, 3, {.stride_rows = 2, .groups = 4}});
}

TEST_CASE("convolve: batches of 1 to 256 images", "[kernel][convolve]") {
  for (int images : {1, 2, 31, 65, 256}) check_all({images, 8, 8, 2, 6, 3, 3, {}});
}

TEST_CASE("convolve: the kernel is flipped, as in Theano", "[kernel][convolve]") {
  Array<double> x = zeros<double>(ir::make_shape(1, 1, 3, 1)),
                w = zeros<double>(ir::make_shape(1, 2, 1, 1));
  x.values = {1, 2, 4};
  w.values = {1, 10};
  const auto run = [&](const ConvolveOptions& o) {
    return call<ops::Convolve, double>(ir::convolution_of(x.shape, w.shape, o).convolution.attr(),
                                       {x, w})
        .values;
  };
  CHECK(run({}) == std::vector<double>{12, 24});
  CHECK(run({.cross_correlation = true}) == std::vector<double>{21, 42});
  CHECK(run({.border = Border::full}) == std::vector<double>{1, 12, 24, 40});
  CHECK(run({.border = Border::same}) == std::vector<double>{1, 12, 24});
}

TEST_CASE("convolve: an image without a batch", "[kernel][convolve]") {
  for (Axes axes : {Axes::b01c, Axes::bc01}) {
    const bool first = axes == Axes::bc01;
    auto x =
        random_array<float>(first ? ir::make_shape(1, 2, 5, 4) : ir::make_shape(1, 5, 4, 2), 1);
    const auto w =
        random_array<float>(first ? ir::make_shape(3, 2, 2, 2) : ir::make_shape(2, 2, 2, 3), 2);
    const auto run = [&] {
      return call<ops::Convolve, float>(
          ir::convolution_of(x.shape, w.shape, {.axes = axes}).convolution.attr(), {x, w});
    };
    const auto batch = run();
    x.shape = ir::make_shape(x.shape[1], x.shape[2], x.shape[3]);
    const auto one = run();
    CHECK(one.values == batch.values);
    CHECK(one.shape == ir::make_shape(batch.shape[1], batch.shape[2], batch.shape[3]));
  }
}

TEST_CASE("convolve: the rule refuses what cannot be convolved", "[kernel][convolve]") {
  const Shape x = ir::make_shape(2, 5, 5, 3);
  const auto refused = [&](const Shape& w, const ConvolveOptions& o = {}) {
    return !ir::convolution_of(x, w, o).result.ok();
  };
  CHECK_FALSE(refused(ir::make_shape(5, 5, 3, 1)));
  CHECK(refused(ir::make_shape(6, 5, 3, 1)));
  CHECK_FALSE(refused(ir::make_shape(6, 5, 3, 1), {.padding_rows = 1}));
  CHECK(refused(ir::make_shape(2, 2, 4, 1)));
  CHECK(refused(ir::make_shape(2, 3, 1)));
  CHECK(refused(ir::make_shape(0, 2, 3, 1)));
  CHECK(refused(ir::make_shape(2, 2, 3, 1), {.stride_rows = 0}));
  CHECK(refused(ir::make_shape(2, 2, 3, 1), {.padding_columns = -1}));
  CHECK(refused(ir::make_shape(2, 2, 3, 1), {.stride_columns = 40000}));
}

}  // namespace kernel_test::convolution
