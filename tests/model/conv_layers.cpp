// Convolutional layers: against plain loops in double, in both orders of axes.
#include "probe.hpp"
#include "sha256.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/conv_elemwise.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/maxout_conv_c01b.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/layers/window_layer.hpp>
#include <ansatz/model/mlp/mlp.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

using Vector = std::vector<double>;
constexpr Axes first = Axes::bc01, last = Axes::b01c;

// Images [examples, channels, rows, columns], whatever the layer's axes are.
struct Images {
  int examples = 0, channels = 0, rows = 0, columns = 0;
  Vector values = Vector(static_cast<std::size_t>(examples * channels * rows * columns));

  std::size_t at(int n, int c, int r, int k) const {
    return static_cast<std::size_t>(((n * channels + c) * rows + r) * columns + k);
  }
  double& operator()(int n, int c, int r, int k) { return values[at(n, c, r, k)]; }
  double operator()(int n, int c, int r, int k) const { return values[at(n, c, r, k)]; }
  /// 0 outside of the image.
  double padded(int n, int c, int r, int k) const {
    if (r < 0 || k < 0 || r >= rows || k >= columns) return 0;
    return (*this)(n, c, r, k);
  }
};
Images random_images(int examples, int channels, int rows, int columns, unsigned seed) {
  Images x{examples, channels, rows, columns};
  x.values = random_numbers(static_cast<int>(x.values.size()), seed);
  return x;
}
Vector with_axes(const Images& x, Axes axes) {
  if (axes == first) return x.values;
  Vector v;
  for (int n = 0; n < x.examples; ++n)
    for (int r = 0; r < x.rows; ++r)
      for (int k = 0; k < x.columns; ++k)
        for (int c = 0; c < x.channels; ++c) v.push_back(x(n, c, r, k));
  return v;
}

// Kernels [out, in, rows, columns]; the weights of a layer in its own order.
Vector weights(const Images& w, Axes axes) {
  if (axes == first) return w.values;
  Vector v;
  for (int r = 0; r < w.rows; ++r)
    for (int k = 0; k < w.columns; ++k)
      for (int i = 0; i < w.channels; ++i)
        for (int o = 0; o < w.examples; ++o) v.push_back(w(o, i, r, k));
  return v;
}

struct Geometry {
  int rows, columns, channels, out;
  RowsColumns kernel, stride = 1, before = 0, after = 0;
  bool flip = true;
};
Images convolved(const Images& x, const Images& w, const Geometry& c) {
  const int rows = (x.rows + c.before.rows + c.after.rows - c.kernel.rows) / c.stride.rows + 1;
  const int columns =
      (x.columns + c.before.columns + c.after.columns - c.kernel.columns) / c.stride.columns + 1;
  Images y{x.examples, c.out, rows, columns};
  for (int n = 0; n < x.examples; ++n)
    for (int o = 0; o < c.out; ++o)
      for (int r = 0; r < rows; ++r)
        for (int k = 0; k < columns; ++k)
          for (int i = 0; i < x.channels; ++i)
            for (int a = 0; a < c.kernel.rows; ++a)
              for (int b = 0; b < c.kernel.columns; ++b)
                y(n, o, r, k) += w(o, i, c.flip ? c.kernel.rows - 1 - a : a,
                                   c.flip ? c.kernel.columns - 1 - b : b) *
                                 x.padded(n, i, r * c.stride.rows + a - c.before.rows,
                                          k * c.stride.columns + b - c.before.columns);
  return y;
}
Images each(Images x, const std::function<double(double)>& f) {
  for (double& v : x.values) v = f(v);
  return x;
}
// Pylearn2's pools: ceil((size - window) / stride) + 1 of them, the last ones of fewer pixels.
Images pooled(const Images& x, RowsColumns window, RowsColumns stride, bool mean) {
  const auto count = [](int size, int of, int step) { return (size - of + step - 1) / step + 1; };
  Images y{x.examples, x.channels, count(x.rows, window.rows, stride.rows),
           count(x.columns, window.columns, stride.columns)};
  for (int n = 0; n < y.examples; ++n)
    for (int c = 0; c < y.channels; ++c)
      for (int r = 0; r < y.rows; ++r)
        for (int k = 0; k < y.columns; ++k) {
          double sum = 0, most = -1e300;
          int pixels = 0;
          for (int a = r * stride.rows; a < std::min(x.rows, r * stride.rows + window.rows); ++a)
            for (int b = k * stride.columns;
                 b < std::min(x.columns, k * stride.columns + window.columns); ++b) {
              sum += x(n, c, a, b);
              most = std::max(most, x(n, c, a, b));
              ++pixels;
            }
          y(n, c, r, k) = mean ? sum / pixels : most;
        }
  return y;
}

// A cost of all outputs, none of which it leaves out.
struct Squares : Cost {
  constexpr bool supervised() const override { return false; }
  void data_specs(const Model& model, Data& data) const override {
    data.add("features", model.input_space());
  }
  std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const Signal y = model.output(data["features"]);
    return mean(sum(square(y.value() + .3), axis<0>, axis<1>, axis<2>));
  }
};

Vector output_of(const Shared<Model>& model, const Images& x, Axes axes, const Images& w,
                 const Vector& b) {
  const Squares cost;
  const Data data = data_of(*model, cost);
  Probe probe(*model, data, everything(*model, cost, data));
  probe.set("h_W", weights(w, axes));
  probe.set("h_b", b);
  Minibatch batch;
  batch.examples = x.examples;
  batch.numbers["features"] = with_axes(x, axes);
  return probe(batch)["y"];
}

}  // namespace

TEST_CASE("conv: the layer is pools of rectified convolutions, in both orders of axes",
          "[model][conv]") {
  const Geometry c{7, 8, 3, 4, {3, 2}};
  const Images x = random_images(5, 3, 7, 8, 1), w = random_images(4, 3, 3, 2, 2);
  Images b = random_images(1, 4, 5, 7, 3);
  Images z = convolved(x, w, c);
  for (int n = 0; n < 5; ++n)
    for (std::size_t i = 0; i < b.values.size(); ++i)
      z.values[static_cast<std::size_t>(n) * b.values.size() + i] += b.values[i];
  const Images y =
      pooled(each(z, [](double v) { return v > 0 ? v : .1 * v; }), {3, 2}, {2, 2}, false);
  for (const Axes axes : {first, last}) {
    ConvRectifiedLinear h("h", 4, {3, 2}, {3, 2}, {2, 2}, irange(.1), left_slope(.1));
    const Shared<Model> model = image_stack(7, 8, 3, axes, {h});
    CHECK(difference(output_of(model, x, axes, w, with_axes(b, axes)), with_axes(y, axes)) < 1e-12);
    Minibatch batch = random_batch(data_of(*model, Squares()), 4, 5);
    CHECK(gradient_error(*model, Squares(), batch) < 1e-6);
  }
}

TEST_CASE("conv: strides, full borders, tied biases, means, and each nonlinearity",
          "[model][conv]") {
  const Images x = random_images(3, 2, 6, 5, 1), w = random_images(3, 2, 3, 3, 2);
  const Vector b = {.3, -.2, .1};
  const auto with_bias = [&](Images z) {
    for (int n = 0; n < z.examples; ++n)
      for (int o = 0; o < 3; ++o)
        for (int r = 0; r < z.rows; ++r)
          for (int k = 0; k < z.columns; ++k) z(n, o, r, k) += b[static_cast<std::size_t>(o)];
    return z;
  };
  const Images strided = with_bias(convolved(x, w, {6, 5, 2, 3, {3, 3}, {2, 1}}));
  const Images full = with_bias(convolved(x, w, {6, 5, 2, 3, {3, 3}, 1, 2, 2}));
  const Images same = with_bias(convolved(x, w, {6, 5, 2, 3, {3, 3}, 1, 1, 1}));
  for (const Axes axes : {first, last}) {
    const auto check = [&](const ConvElemwise& h, const Images& y) {
      const Shared<Model> model = image_stack(6, 5, 2, axes, {h});
      CHECK(difference(output_of(model, x, axes, w, b), with_axes(y, axes)) < 1e-12);
      Minibatch batch = random_batch(data_of(*model, Squares()), 3, 5);
      CHECK(gradient_error(*model, Squares(), batch) < 1e-6);
    };
    const auto layer = [](const auto& nonlinear, const auto&... options) {
      return ConvElemwise("h", 3, {3, 3}, nonlinear, irange(.1), tied_b(true), options...);
    };
    check(layer(IdentityConvNonlinearity(), kernel_stride(RowsColumns(2, 1))), strided);
    check(layer(TanhConvNonlinearity(), border_mode("full"), pool_type("mean"),
                pool_shape(RowsColumns(3)), pool_stride(RowsColumns(3, 2))),
          pooled(each(full, [](double v) { return std::tanh(v); }), 3, {3, 2}, true));
    check(layer(SigmoidConvNonlinearity(), border_mode("same"), pool_type("max"),
                pool_shape(RowsColumns(2)), pool_stride(RowsColumns(2))),
          pooled(each(same, [](double v) { return 1 / (1 + std::exp(-v)); }), 2, 2, false));
    check(layer(RectifierConvNonlinearity()), each(with_bias(convolved(x, w, {6, 5, 2, 3, {3, 3}})),
                                                   [](double v) { return std::max(v, 0.); }));
  }
}

TEST_CASE("conv: maxout takes the largest of neighbouring channels, places cover all pixels",
          "[model][conv]") {
  const Images x = random_images(4, 2, 8, 6, 1), w = random_images(6, 2, 3, 3, 2);
  // 8 + 2 rows: places at 0, 3, 6 and, as pixels would be left over, one more at 9.
  const Images z = convolved(x, w, {8, 6, 2, 6, {3, 3}, 3, 1, {3, 2}, false});
  REQUIRE(z.rows == 4);
  Images largest{4, 3, z.rows, z.columns};
  for (int n = 0; n < 4; ++n)
    for (int c = 0; c < 3; ++c)
      for (int r = 0; r < z.rows; ++r)
        for (int k = 0; k < z.columns; ++k)
          largest(n, c, r, k) = std::max({z(n, 2 * c, r, k), z(n, 2 * c + 1, r, k), 0.});
  const Images y = pooled(largest, 2, 1, false);
  for (const Axes axes : {first, last}) {
    const MaxoutConvC01B h("h", 3, 2, 3, 2, 1, irange(.1), pad(RowsColumns(1)),
                           kernel_stride(RowsColumns(3)), min_zero(true));
    const Shared<Model> model = image_stack(8, 6, 2, axes, {h});
    const Images b{1, 6, z.rows, z.columns};
    CHECK(difference(output_of(model, x, axes, w, b.values), with_axes(y, axes)) < 1e-12);
    Minibatch batch = random_batch(data_of(*model, Squares()), 3, 5);
    CHECK(gradient_error(*model, Squares(), batch) < 1e-6);
  }
}

TEST_CASE("conv: locally connected maxout, with and without pools", "[model][conv]") {
  const Images x = random_images(4, 2, 5, 4, 1);
  Images largest{4, 2, 4, 3};
  const Vector w = random_numbers(12 * 2 * 2 * 2 * 4, 2);  // [places, rows, columns, in, out]
  for (int n = 0; n < 4; ++n)
    for (int r = 0; r < 4; ++r)
      for (int k = 0; k < 3; ++k)
        for (int c = 0; c < 2; ++c) {
          double z[2] = {};
          for (int piece = 0; piece < 2; ++piece)
            for (int a = 0; a < 2; ++a)
              for (int b = 0; b < 2; ++b)
                for (int i = 0; i < 2; ++i)
                  z[piece] += x(n, i, r + a, k + b) *
                              w[static_cast<std::size_t>(
                                  ((((r * 3 + k) * 2 + a) * 2 + b) * 2 + i) * 4 + 2 * c + piece)];
          largest(n, c, r, k) = std::max(z[0], z[1]);
        }
  for (const Axes axes : {first, last}) {
    const auto check = [&](const Shared<Layer>& h, const Images& y) {
      const Shared<Model> model = image_stack(5, 4, 2, axes, {h});
      const Squares cost;
      const Data data = data_of(*model, cost);
      Probe probe(*model, data, everything(*model, cost, data));
      probe.set("h_W", w);
      Minibatch batch;
      batch.examples = 4;
      batch.numbers["features"] = with_axes(x, axes);
      CHECK(difference(probe(batch)["y"], with_axes(y, axes)) < 1e-12);
      CHECK(gradient_error(*model, cost, random_batch(data, 3, 5)) < 1e-6);
    };
    check(MaxoutLocalC01B("h", 2, 2, 2, irange(.1)), largest);
    check(MaxoutLocalC01B("h", 2, 2, 2, irange(.1), pool_shape(RowsColumns(2)),
                          pool_stride(RowsColumns(2))),
          pooled(largest, 2, 2, false));
  }
}

TEST_CASE("conv: normalisation across channels is its formula", "[model][conv]") {
  // Fact 23.
  const Images x = random_images(3, 7, 2, 3, 4);
  for (const int n : {1, 3, 5, 15})
    for (const Axes axes : {first, last}) {
      Images y = x;
      for (int i = 0; i < 3; ++i)
        for (int c = 0; c < 7; ++c)
          for (int r = 0; r < 2; ++r)
            for (int k = 0; k < 3; ++k) {
              double squares = 0;
              for (int d = std::max(0, c - n / 2); d <= std::min(6, c + n / 2); ++d)
                squares += x(i, d, r, k) * x(i, d, r, k);
              y(i, c, r, k) = x(i, c, r, k) / std::pow(1.5 + .7 * squares, .75);
            }
      const SpaceInfo space = conv2d_space(2, 3, 7, axes);
      CrossChannelNormalization normal;
      normal.alpha = .7;
      normal.k = 1.5;
      normal.n = n;
      Data data;
      data.add("x", space);
      Function f;
      f.add(output("y", normal.apply(data["x"].value(), space)));
      Probe probe(*stack(1, {Linear("h", 1, irange(.1))}), data, f);
      Minibatch batch;
      batch.examples = 3;
      batch.numbers["x"] = with_axes(x, axes);
      CHECK(difference(probe(batch)["y"], with_axes(y, axes)) < 1e-13);
    }
}

TEST_CASE("conv: kernels as large as the image make a dense layer", "[model][conv]") {
  // Fact 12: the same outputs, cost and gradient as an MLP of vectors.
  const Shared<Model> conv = image_stack(
      4, 3, 2, last,
      {ConvElemwise("h", 5, {4, 3}, SigmoidConvNonlinearity(), irange(.1), tied_b(true))});
  const Shared<Model> dense = stack(24, {Sigmoid("h", 5, irange(.1))});
  const Default cost;
  const Data data = data_of(*conv, cost), flat = data_of(*dense, cost);
  Probe a(*conv, data, everything(*conv, cost, data)),
      b(*dense, flat, everything(*dense, cost, flat));
  const Images w = random_images(5, 2, 4, 3, 7);
  a.set("h_W", weights(w, last));
  Vector matrix(24 * 5);
  for (int o = 0; o < 5; ++o)
    for (int r = 0; r < 4; ++r)
      for (int k = 0; k < 3; ++k)
        for (int i = 0; i < 2; ++i)  // flipped
          matrix[static_cast<std::size_t>(((r * 3 + k) * 2 + i) * 5 + o)] = w(o, i, 3 - r, 2 - k);
  b.set("h_W", matrix);
  const Vector bias = random_numbers(5, 9);
  a.set("h_b", bias);
  b.set("h_b", bias);
  Minibatch batch;
  batch.examples = 6;
  batch.numbers["features"] = random_numbers(6 * 24, 11);
  for (double v : random_numbers(30, 12)) batch.numbers["targets"].push_back((v + 1) / 2);
  const Computed of_conv = a(batch), of_dense = b(batch);
  CHECK(difference(of_conv.at("y"), of_dense.at("y")) < 1e-12);
  CHECK(difference(of_conv.at("cost"), of_dense.at("cost")) < 1e-12);
  CHECK(difference(of_conv.at("grad.h_b"), of_dense.at("grad.h_b")) < 1e-12);
}

TEST_CASE("conv: a last layer of identities has the squared error", "[model][conv]") {
  const Shared<Model> model =
      image_stack(3, 3, 1, last, {ConvElemwise("h", 2, 2, IdentityConvNonlinearity(), irange(.5))});
  const Default cost;
  const Data data = data_of(*model, cost);
  Probe probe(*model, data, everything(*model, cost, data));
  Minibatch batch;
  batch.examples = 5;
  batch.numbers["features"] = random_numbers(5 * 9, 1);
  batch.numbers["targets"] = random_numbers(5 * 8, 2);
  const Computed found = probe(batch);
  double squares = 0;
  for (std::size_t i = 0; i < 40; ++i)
    squares += std::pow(found.at("y")[i] - batch.numbers["targets"][i], 2) / 5;
  CHECK(found.at("cost")[0] == Approx(squares));
  CHECK(gradient_error(*model, cost, batch) < 1e-6);
  CHECK_THAT(message_of([] {
               const Shared<Model> none = image_stack(
                   3, 3, 1, last, {ConvElemwise("h", 2, 2, TanhConvNonlinearity(), irange(.5))});
               (void)data_of(*none, Default());
               const Data d = data_of(*none, Default());
               (void)Default().expr(*none, d);
             }),
             Contains("cost"));
}

TEST_CASE("conv: the tutorial's network begins as in Pylearn2", "[model][conv][initialize]") {
  const Shared<Model> model =
      image_stack(28, 28, 1, last,
                  {ConvRectifiedLinear("h2", 64, 5, 4, 2, irange(.05), max_kernel_norm(1.9365)),
                   ConvRectifiedLinear("h3", 64, 5, 4, 2, irange(.05), max_kernel_norm(1.9365)),
                   Softmax("y", 10, istdev(.05), max_col_norm(1.9365))});
  const Values values(*model);
  // Digests are of kernels [out, in, rows, columns]; a layer of axes b01c has them the other way.
  const auto kernels = [&](const char* name, int out, int in) {
    const Vector& w = values.of.at(name);
    Vector turned;
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        for (int p = 0; p < 25; ++p)
          turned.push_back(w[static_cast<std::size_t>((p * in + i) * out + o)]);
    return digest(turned);
  };
  CHECK(kernels("h2_W", 64, 1) == "025b23e38b5de754");
  CHECK(kernels("h3_W", 64, 64) == "9634adc2323e6bb0");
  CHECK(digest(values.of.at("h2_b")) == "8123c216413f82bb");
  CHECK(digest(values.of.at("h3_b")) == "e927bd27935ebbe2");
  CHECK(digest(values.of.at("softmax_W")) == "177ebaa1126f177d");
}

TEST_CASE("conv: kernels are shortened to their limit, whole", "[model][conv]") {
  for (const Axes axes : {first, last}) {
    const ConvRectifiedLinear h("h", 3, 2, 2, 1, irange(.5), max_kernel_norm(.5));
    const Shared<Model> model = image_stack(4, 4, 2, axes, {h});
    UpdateList updates;
    for (const ModelParameter& p : model->parameters()) updates.add(p.name, p.value, 2 * p.value);
    model->modify_updates(updates);
    Function f;
    updates.give_to(f);
    Probe probe(*model, {}, f);
    const Images w = random_images(3, 2, 2, 2, 4);
    probe.set("h_W", weights(w, axes));
    Images limited = w;
    for (int o = 0; o < 3; ++o) {
      double squares = 0;
      for (int p = 0; p < 8; ++p)
        squares += 4 * std::pow(w.values[static_cast<std::size_t>(o * 8 + p)], 2);
      const double length = std::sqrt(squares);
      for (int p = 0; p < 8; ++p)
        limited.values[static_cast<std::size_t>(o * 8 + p)] *= 2 * std::min(length, .5) / length;
    }
    probe(Minibatch());
    CHECK(difference(probe.get("h_W"), weights(limited, axes)) < 1e-12);
  }
}

TEST_CASE("conv: channels have Pylearn2's names", "[model][conv]") {
  const Shared<Model> rectified =
      image_stack(6, 6, 1, last, {ConvRectifiedLinear("h", 2, 3, 2, 2, irange(.1))});
  CHECK(channel_names(*rectified, false) ==
        std::vector<std::string>{"h_kernel_norms_max", "h_kernel_norms_mean", "h_kernel_norms_min",
                                 "h_max_x_max_u", "h_max_x_mean_u", "h_max_x_min_u",
                                 "h_mean_x_max_u", "h_mean_x_mean_u", "h_mean_x_min_u",
                                 "h_min_x_max_u", "h_min_x_mean_u", "h_min_x_min_u",
                                 "h_range_x_max_u", "h_range_x_mean_u", "h_range_x_min_u"});
  const Shared<Model> maxout =
      image_stack(6, 6, 1, last, {MaxoutConvC01B("h", 2, 2, 3, 2, 2, irange(.1))});
  CHECK(channel_names(*maxout, false).at(3) == "h_p_max_x.max_u");
}

TEST_CASE("conv: what does not fit is refused with its numbers", "[model][conv]") {
  const auto error = [](const Shared<Layer>& layer) {
    return message_of([&] { image_stack(6, 6, 1, last, {layer}); });
  };
  CHECK_THAT(error(ConvRectifiedLinear("h", 2, 7, 2, 2, irange(.1))),
             Contains("layer h") && Contains("7 x 7") && Contains("Conv2DSpace(6, 6, 1)"));
  CHECK_THAT(error(ConvRectifiedLinear("h", 2, 3, 5, 2, irange(.1))),
             Contains("pool_shape 5 x 5") && Contains("4 x 4 detectors"));
  CHECK_THAT(error(ConvRectifiedLinear("h", 2, 3, 2, 2)), Contains("irange"));
  CHECK_THAT(
      error(ConvElemwise("h", 2, 3, TanhConvNonlinearity(), irange(.1), pool_type("median"))),
      Contains("median") && Contains("max"));
  CHECK_THAT(error(MaxoutConvC01B("h", 2, 2, 3, 2, 3, irange(.1))), Contains("fix_pool_stride"));
  CHECK_THAT(error(ConvElemwise("h", 2147483647, 3, TanhConvNonlinearity(), irange(.1))),
             Contains("2147483647 detectors"));
  CHECK_THAT(error(Tanh("h", 36, irange(.1), transform(Conv2D(RowsColumns(-1))))),
             Contains("-1 x -1"));
  ConvElemwise even("h", 2, 3, TanhConvNonlinearity(), irange(.1));
  even.output_normalization = CrossChannelNormalization(n(4));
  CHECK_THAT(error(even), Contains("n 4") && Contains("odd"));
  CHECK_THAT(message_of([] { stack(4, {ConvRectifiedLinear("h", 2, 1, 1, 1, irange(.1))}); }),
             Contains("VectorSpace(4)") && Contains("Conv2DSpace"));
}

TEST_CASE("conv: a window is the rows and columns that it names", "[model][conv]") {
  const Images x = random_images(3, 2, 5, 6, 1);
  Images y{3, 2, 3, 2};
  for (int n = 0; n < 3; ++n)
    for (int c = 0; c < 2; ++c)
      for (int r = 0; r < 3; ++r)
        for (int k = 0; k < 2; ++k) y(n, c, r, k) = x(n, c, r + 1, k + 3);
  for (const Axes axes : {first, last}) {
    const Shared<Model> model = image_stack(5, 6, 2, axes, {WindowLayer("h", {1, 3, 3, 4})});
    const Squares cost;
    const Data data = data_of(*model, cost);
    Probe probe(*model, data, everything(*model, cost, data));
    Minibatch batch;
    batch.examples = 3;
    batch.numbers["features"] = with_axes(x, axes);
    CHECK(probe(batch)["y"] == with_axes(y, axes));
  }
  const auto error = [](std::initializer_list<int> window) {
    return message_of([&] { image_stack(5, 6, 2, last, {WindowLayer("h", window)}); });
  };
  CHECK_THAT(error({1, 3, 5, 4}), Contains("layer h") && Contains("[1, 3, 5, 4]"));
  CHECK_THAT(error({3, 3, 1, 4}), Contains("Conv2DSpace(5, 6, 2)"));
  CHECK_THAT(error({1, 2}), Contains("four numbers"));
}

TEST_CASE("conv: what is too large becomes as large as there is room, where it may",
          "[model][conv]") {
  const Images x = random_images(2, 1, 4, 3, 1), w = random_images(2, 1, 4, 3, 2);
  const Images z = convolved(x, w, {4, 3, 1, 2, {4, 3}, 1, 0, 0, false});
  Images y{2, 1, 1, 1};
  for (int n = 0; n < 2; ++n) y(n, 0, 0, 0) = std::max(z(n, 0, 0, 0), z(n, 1, 0, 0)) + .25;
  MaxoutConvC01B h("h", 1, 2, RowsColumns(9), RowsColumns(5), RowsColumns(6), irange(.1),
                   init_bias(.25));
  const auto refused = [&](const char* why) {
    CHECK_THAT(message_of([&] { image_stack(4, 3, 1, last, {h}); }), Contains(why));
  };
  refused("pool_stride 6 x 6 is larger");
  h.fix_pool_stride = true;
  refused("9 x 9");
  h.fix_kernel_shape = true;
  refused("pool_shape 5 x 5");
  h.fix_pool_shape = true;
  const Shared<Model> model = image_stack(4, 3, 1, last, {h});
  CHECK(Values(*model).of.at("h_b") == Vector{.25, .25});
  CHECK(difference(output_of(model, x, last, w, {.25, .25}), with_axes(y, last)) < 1e-12);
}

TEST_CASE("conv: normalisations of the input, the detectors and the pools", "[model][conv]") {
  const Images x = random_images(2, 3, 4, 4, 1), w = random_images(4, 3, 2, 2, 2);
  // With k = 4 and no squares each divides by 4^.5.
  CrossChannelNormalization half;
  half.alpha = 0;
  half.k = 4;
  half.beta = .5;
  const MaxoutConvC01B plain("h", 2, 2, 2, 2, 1, irange(.1));
  const Vector b(36), y = output_of(image_stack(4, 4, 3, last, {plain}), x, last, w, b);
  for (const int which : {0, 1, 2, 3}) {
    MaxoutConvC01B h = plain;
    if (which == 0 || which == 3) h.input_normalization = half;
    if (which == 1 || which == 3) h.detector_normalization = half;
    if (which == 2 || which == 3) h.output_normalization = half;
    Vector wanted = y;
    for (double& v : wanted) v /= which == 3 ? 8 : 2;
    CHECK(difference(output_of(image_stack(4, 4, 3, last, {h}), x, last, w, b), wanted) < 1e-13);
  }
}
