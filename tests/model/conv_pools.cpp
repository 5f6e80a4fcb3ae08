// Pools that draw, pools of probabilities, local contrast, cuda-convnet's normalisation: in layers,
// against plain loops.
#include "probe.hpp"

#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/conv_elemwise.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/projection_layer.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/softmax_pool.hpp>
#include <ansatz/model/mlp/mlp.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

using Vector = std::vector<double>;
// One kernel of one pixel and weight 1, so that the detectors are the image, of one channel.
template <class N>
ConvElemwise detectors(const N& nonlinearity, const char* pools, const RowsColumns& shape,
                       const RowsColumns& stride) {
  ConvElemwise h("h", 1, 1, nonlinearity, irange(1.), tied_b(true));
  h.pool_type = String(pools);
  h.pool_shape = shape;
  h.pool_stride = stride;
  return h;
}

// What comes out for an image [rows, columns], once of a batch that is trained on.
Vector output_of(const Shared<Model>& model, const Vector& image, bool training) {
  Data data;
  data.add("features", model->input_space());
  if (training) data = data.for_training();
  Function f;
  f.add(output("y", model->output(data["features"]).value()));
  Probe probe(*model, data, f);
  probe.set("h_W", {1});
  probe.set("h_b", {0});
  Minibatch batch;
  batch.examples = 1;
  batch.numbers["features"] = image;
  return probe(batch)["y"];
}

// Of one image [rows, columns, channels] or [channels, rows, columns].
struct Image {
  SpaceInfo space;
  Vector values = Vector(at(space.total_dimension()));
  std::size_t place(int r, int c, int k) const {
    if (space.axes == Axes::bc01) return at((k * space.rows() + r) * space.columns() + c);
    return at((r * space.columns() + c) * space.channels() + k);
  }
  double operator()(int r, int c, int k) const {
    if (r < 0 || c < 0 || r >= space.rows() || c >= space.columns()) return 0;
    return values[place(r, c, k)];
  }
};

Vector normalised(const ImageNormalization& by, const Image& x, double* gradient_error_ = nullptr) {
  Data data;
  data.add("x", x.space);
  Function f;
  const AnyExpr in = data["x"].value(), y = by.apply(in, x.space);
  const AnyExpr cost = sum(y * y * y);
  f.add(output("y", y));
  f.add(output("cost", cost));
  f.add(output("by_x", grad(cost, in)));
  Probe probe(*stack(1, {Linear("h", 1, irange(.1))}), data, f);
  Minibatch batch;
  batch.examples = 1;
  batch.numbers["x"] = x.values;
  const Computed found = probe(batch);
  if (gradient_error_) {
    Vector slopes;
    for (double& v : batch.numbers["x"]) {
      const double before = v, step = 1e-5;
      v = before + step;
      const double up = probe(batch)["cost"][0];
      v = before - step;
      slopes.push_back((up - probe(batch)["cost"][0]) / (2 * step));
      v = before;
    }
    *gradient_error_ = difference(found.at("by_x"), slopes);
  }
  return found.at("y");
}

}  // namespace

// Fact 10. Each block of 2 x 2 has the mean m and the largest number m + 1.
TEST_CASE("pools: the means and maxima of 6 x 4 pixels, and other windows of them",
          "[model][conv][pool]") {
  Vector image;
  for (int row = 0; row < 6; ++row)
    for (int column = 0; column < 4; ++column)
      image.push_back(1 + row / 2 * 4 + column / 2 * 2 + (row % 2 ? 0 : column % 2 ? 1 : -1));
  const auto pooled = [&](const char* pools, const RowsColumns& shape, const RowsColumns& stride) {
    const Shared<Model> model = image_stack(
        6, 4, 1, Axes::b01c, {detectors(IdentityConvNonlinearity(), pools, shape, stride)});
    return output_of(model, image, false);
  };
  CHECK(pooled("mean", 2, 2) == Vector{1, 3, 5, 7, 9, 11});
  CHECK(pooled("max", 2, 2) == Vector{2, 4, 6, 8, 10, 12});
  // What begins inside of the image is a window, also where it ends outside.
  const std::pair<RowsColumns, RowsColumns> others[] = {
      {1, 1}, {2, 1}, {{3, 2}, {2, 2}}, {{4, 3}, {3, 2}}, {{6, 4}, {1, 1}}, {{1, 3}, {1, 2}}};
  for (const auto& [shape, stride] : others) {
    CAPTURE(shape.rows, shape.columns, stride.rows, stride.columns);
    Vector largest, mean;
    const auto places = [](int size, int window, int step) {
      return (size - window + step - 1) / step + 1;
    };
    for (int i = 0; i < places(6, shape.rows, stride.rows); ++i)
      for (int j = 0; j < places(4, shape.columns, stride.columns); ++j) {
        double most = -100, sum = 0;
        int count = 0;
        for (int r = i * stride.rows; r < std::min(6, i * stride.rows + shape.rows); ++r)
          for (int c = j * stride.columns; c < std::min(4, j * stride.columns + shape.columns);
               ++c, ++count) {
            most = std::max(most, image[at(r * 4 + c)]);
            sum += image[at(r * 4 + c)];
          }
        largest.push_back(most);
        mean.push_back(sum / count);
      }
    CHECK(pooled("max", shape, stride) == largest);
    const Vector found = pooled("mean", shape, stride);
    REQUIRE(found.size() == mean.size());
    for (std::size_t k = 0; k < mean.size(); ++k) CHECK(found[k] == Approx(mean[k]));
  }
}

TEST_CASE("pools: stochastic ones draw in training, and are weighted means otherwise",
          "[model][conv][pool]") {
  const Vector image = {1, 2, 3, 0, 0, 4, -5, 6, 8};  // 3 x 3
  const ConvElemwise h = detectors(RectifierConvNonlinearity(), "stochastic", 2, 2);
  for (const Axes axes : {Axes::b01c, Axes::bc01}) {
    const Shared<Model> model = image_stack(3, 3, 1, axes, {Shared<Layer>(h)});
    const Vector y = output_of(model, image, false);
    CHECK(difference(y, {5. / 3, 25. / 7, 6, 8}) < 1e-12);
    const Vector drawn = output_of(model, image, true);
    CHECK((drawn[0] == 1 || drawn[0] == 2));
    CHECK((drawn[1] == 3 || drawn[1] == 4));
    CHECK(drawn[2] == 6);
    CHECK(drawn[3] == 8);
  }
  ConvRectifiedLinear r("h", 2, 2, 2, 1, irange(.5));
  r.pool_type = String("stochastic");
  const Shared<Model> model = image_stack(
      5, 5, 1, Axes::b01c, {Shared<Layer>(r), Shared<Layer>(Softmax("y", 2, irange(.5)))});
  const Shared<Cost> cost = model->default_cost();
  // What is predicted: its gradient.
  CHECK(gradient_error(*model, *cost, random_batch(data_of(*model, *cost), 4, 5)) < 1e-6);
}

TEST_CASE("pools: probabilistic ones, with partial windows", "[model][conv][pool]") {
  const Vector image = {.5, -1, 2, 0, 1, -2, 3, .1, -.3};
  const ConvElemwise h = detectors(IdentityConvNonlinearity(), "probabilistic", 2, 2);
  const auto p = [](std::initializer_list<double> z) {
    double all = 0;
    for (const double v : z) all += std::exp(v);
    return all / (1 + all);
  };
  for (const Axes axes : {Axes::b01c, Axes::bc01})
    CHECK(difference(output_of(image_stack(3, 3, 1, axes, {Shared<Layer>(h)}), image, false),
                     {p({.5, -1, 0, 1}), p({2, -2}), p({3, .1}), p({-.3})}) < 1e-12);
}

TEST_CASE("pools: what does not go together is told", "[model][conv][pool]") {
  const auto error = [](const Shared<Layer>& layer) {
    return message_of([&] { image_stack(6, 6, 1, Axes::b01c, {layer}); });
  };
  CHECK_THAT(error(detectors(TanhConvNonlinearity(), "stochastic", 2, 2)),
             Contains("stochastic") && Contains("RectifierConvNonlinearity"));
  CHECK_THAT(error(detectors(RectifierConvNonlinearity(), "probabilistic", 2, 2)),
             Contains("IdentityConvNonlinearity"));
  CHECK_THAT(error(detectors(IdentityConvNonlinearity(), "probabilistic", 3, 2)),
             Contains("pool_stride 2 x 2") && Contains("3 x 3"));
  ConvRectifiedLinear r("h", 2, 2, 2, 2, irange(.5));
  r.pool_type = String("probabilistic");
  CHECK_THAT(error(r), Contains("IdentityConvNonlinearity"));
  r.pool_type = String("stochastic");
  r.left_slope = .1;
  CHECK_THAT(error(r), Contains("left_slope"));
}

TEST_CASE("SoftmaxPool: the probability that one of a pool's units is on", "[model][pool]") {
  SoftmaxPool h("h", 6, irange(.5));
  h.pool_size = 3;
  const Shared<Model> model = stack(4, {h, Softmax("y", 2, irange(.5))});
  const Shared<Cost> cost = model->default_cost();
  CHECK(gradient_error(*model, *cost, random_batch(data_of(*model, *cost), 4, 5)) < 1e-6);
  const std::vector<std::string> names = channel_names(*model);
  CHECK(std::find(names.begin(), names.end(), "h_p_max_x.max_u") != names.end());

  const Shared<Model> alone = stack(2, {h});
  Data data;
  data.add("features", vector_space(2));
  Function f;
  f.add(output("y", alone->output(data["features"]).value()));
  Probe probe(*alone, data, f);
  const Vector w = random_numbers(12, 1), b = random_numbers(6, 2), x = random_numbers(2, 3);
  probe.set("h_W", w);
  probe.set("h_b", b);
  Minibatch batch;
  batch.examples = 1;
  batch.numbers["features"] = x;
  const Vector z = affine(x, w, b, 2);
  Vector wanted;
  for (int k = 0; k < 2; ++k) {
    double all = 0;
    for (int i = 0; i < 3; ++i) all += std::exp(z[at(3 * k + i)]);
    wanted.push_back(all / (1 + all));
  }
  CHECK(difference(probe(batch)["y"], wanted) < 1e-12);
  h.pool_size = 4;
  CHECK_THAT(message_of([&] { stack(2, {h}); }), Contains("6") && Contains("4"));
}

TEST_CASE("normalisation: local contrast is its formula, in both orders of axes",
          "[model][conv][normalization]") {
  for (const Axes axes : {Axes::b01c, Axes::bc01})
    for (const bool across : {false, true})
      for (const bool of_input : {false, true}) {
        CAPTURE(axes == Axes::bc01, across, of_input);
        const SpaceInfo space = conv2d_space(5, 6, 3, axes);
        Image x{space};
        x.values = random_numbers(90, 7);
        LocalContrastNormalization by;
        by.kernel_size = 3;
        by.sigma = 1.5;
        by.across_channels = across;
        by.squares_of_input = of_input;
        double weights[3][3], all = 0;
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            all += weights[i][j] =
                std::exp(-((i - 1) * (i - 1) + (j - 1) * (j - 1)) / (2 * 1.5 * 1.5));
        const auto around = [&](const Image& of, int r, int c, int k) {
          double sum = 0;
          for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j)
              for (int d = across ? 0 : k; d < (across ? 3 : k + 1); ++d)
                sum += weights[i][j] / all / (across ? 3 : 1) * of(r + i - 1, c + j - 1, d);
          return sum;
        };
        Image centred{space}, squares{space}, deviation{space}, y{space};
        const auto each = [&](Image& to, auto f) {
          for (int r = 0; r < 5; ++r)
            for (int c = 0; c < 6; ++c)
              for (int k = 0; k < 3; ++k) to.values[to.place(r, c, k)] = f(r, c, k);
        };
        each(centred, [&](int r, int c, int k) { return x(r, c, k) - around(x, r, c, k); });
        each(squares,
             [&](int r, int c, int k) { return std::pow((of_input ? x : centred)(r, c, k), 2); });
        each(deviation, [&](int r, int c, int k) { return std::sqrt(around(squares, r, c, k)); });
        each(y, [&](int r, int c, int k) {
          double mean = 0;
          for (int i = 0; i < 5; ++i)
            for (int j = 0; j < 6; ++j) mean += deviation(i, j, k) / 30;
          return centred(r, c, k) / std::max({mean, deviation(r, c, k), 1e-4});
        });
        double slope = 1;
        CHECK(difference(normalised(by, x, &slope), y.values) < 1e-12);
        CHECK(slope < 1e-6);
        // An image of zeros stays one, and its gradient is a number.
        x.values = Vector(90);
        CHECK(normalised(by, x, &slope) == Vector(90));
        CHECK(std::isfinite(slope));
      }
  ConvElemwise even("h", 2, 1, IdentityConvNonlinearity(), irange(.1));
  even.detector_normalization = LocalContrastNormalization(kernel_size(4));
  CHECK_THAT(message_of([&] { image_stack(6, 6, 1, Axes::b01c, {Shared<Layer>(even)}); }),
             Contains("kernel_size 4") && Contains("odd"));
}

TEST_CASE("normalisation: cuda-convnet's, in blocks of channels and around each",
          "[model][conv][normalization]") {
  // Fact 23: ones, a block of 16, 15 / 16 and power 1 give .0625.
  CudaConvNetCrossChannelNormalization by;
  by.size_f = 16;
  by.alpha = 15. / 16;
  by.beta = 1;
  for (const Axes axes : {Axes::b01c, Axes::bc01}) {
    Image x{conv2d_space(2, 2, 16, axes)};
    x.values = Vector(64, 1.);
    CHECK(difference(normalised(by, x), Vector(64, .0625)) < 1e-15);
  }
  by.alpha = .3;
  by.beta = .75;
  for (const bool blocked : {false, true})
    for (const int size : {1, 3, 4})
      for (const Axes axes : {Axes::b01c, Axes::bc01}) {
        CAPTURE(blocked, size);
        by.blocked = blocked;
        by.size_f = size;
        Image x{conv2d_space(1, 2, 7, axes)}, y = x;
        x.values = random_numbers(14, 3);
        for (int c = 0; c < 2; ++c)
          for (int k = 0; k < 7; ++k) {
            const int start = blocked ? k / size * size : k - size / 2;
            double squares = 0;
            for (int d = std::max(0, start); d < std::min(7, start + size); ++d)
              squares += x(0, c, d) * x(0, c, d);
            y.values[y.place(0, c, k)] = x(0, c, k) / std::pow(1 + .3 * squares, .75);
          }
        double slope = 1;
        CHECK(difference(normalised(by, x, &slope), y.values) < 1e-13);
        CHECK(slope < 1e-6);
      }
}

TEST_CASE("ProjectionLayer: labels become rows, side by side, or each component its own",
          "[model][projection]") {
  SpaceInfo two;
  two.kind = SpaceKind::composite;
  two.components.push_back(index_space(5, 3));
  two.components.push_back(index_space(5));
  MLP<> mlp;
  mlp.space = two;
  mlp.layers.push_back(Shared<Layer>(ProjectionLayer("p", 2, irange(.1))));
  const Shared<Model> model(mlp);
  Data data;
  data.add("features", two);
  const Signal y = model->output(data["features"]);
  REQUIRE(y.space.components[0] == vector_space(6));
  REQUIRE(y.space.components[1] == vector_space(2));
  Function f;
  f.add(output("a", y.values[0]));
  f.add(output("b", y.values[1]));
  f.add(output("by_W",
               grad(sum(y.values[0]) + sum(square(y.values[1])), model->parameters()[0].value)));
  Probe probe(*model, data, f);
  probe.set("p_W", {0, 1, 10, 11, 20, 21, 30, 31, 40, 41});
  Minibatch batch;
  batch.examples = 2;
  batch.labels["features.0"] = {4, 0, 1, 2, 2, 3};
  batch.labels["features.1"] = {3, 1};
  const Computed found = probe(batch);
  CHECK(found.at("a") == Vector{40, 41, 0, 1, 10, 11, 20, 21, 20, 21, 30, 31});
  CHECK(found.at("b") == Vector{30, 31, 10, 11});
  CHECK(found.at("by_W") == Vector{1, 1, 1 + 20, 1 + 22, 2, 2, 1 + 60, 1 + 62, 1, 1});
  CHECK_THAT(message_of([] { stack(3, {ProjectionLayer("p", 2, irange(.1))}); }),
             Contains("layer p") && Contains("VectorSpace(3)"));
  two.components[1] = index_space(6);
  mlp.space = two;
  CHECK_THAT(message_of([&] { (void)mlp.places(mlp.root()); }), Contains("as many labels"));
}
