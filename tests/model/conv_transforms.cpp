// Transforms of images: a convolution, a tiled one and a local one, each against the dense matrix
// that the definition makes of its weights.
#include "probe.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/linear/tiled_conv2d.hpp>
#include <ansatz/linear/weights_between.hpp>
#include <ansatz/model/layers/conv_elemwise.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/model_of.hpp>
#include <dsl/grad.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

using Vector = std::vector<double>;
constexpr int images_each = 3;

int numbers_of(const ir::Shape& s) {
  int n = 1;
  for (int d = 0; d < s.rank; ++d) n *= s[d];
  return n;
}
// A transform with its definition: kernels `tile`d over places.
struct TransformCase {
  Shared<LinearTransform> transform = {};
  SpaceInfo input = {}, output = {};
  RowsColumns kernel = {}, stride = 1, before = 0, tile = 1;
  bool flip = true, kernels_first = false;  // [out, in, rows, columns]

  Between between() const { return {input, output}; }
  int weights() const { return numbers_of(transform->shape(between())); }
  static int pixel(const SpaceInfo& s, int r, int c, int k) {
    if (s.axes == Axes::bc01) return (k * s.rows() + r) * s.columns() + c;
    return (r * s.columns() + c) * s.channels() + k;
  }
  // f(input, output, weight) for each connection.
  template <class F>
  void connections(F f) const {
    const int in = input.channels(), out = output.channels();
    for (int r = 0; r < output.rows(); ++r)
      for (int c = 0; c < output.columns(); ++c)
        for (int o = 0; o < out; ++o)
          for (int i = 0; i < kernel.rows; ++i)
            for (int j = 0; j < kernel.columns; ++j)
              for (int k = 0; k < in; ++k) {
                const int row = r * stride.rows - before.rows + (flip ? kernel.rows - 1 - i : i);
                const int column =
                    c * stride.columns - before.columns + (flip ? kernel.columns - 1 - j : j);
                if (row < 0 || column < 0 || row >= input.rows() || column >= input.columns())
                  continue;
                const int place = r % tile.rows * tile.columns + c % tile.columns;
                const int weight =
                    kernels_first
                        ? ((o * in + k) * kernel.rows + i) * kernel.columns + j
                        : (((place * kernel.rows + i) * kernel.columns + j) * in + k) * out + o;
                f(pixel(input, row, column, k), pixel(output, r, c, o), weight);
              }
  }
  Vector dense(const Vector& w) const {
    const int columns = output.total_dimension();
    Vector d(at(input.total_dimension() * columns));
    connections([&](int from, int to, int weight) { d[at(from * columns + to)] += w[at(weight)]; });
    return d;
  }
  // The gradient by the weights, from that by the matrix.
  Vector by_weights(const Vector& by_matrix) const {
    const int columns = output.total_dimension();
    Vector g(at(weights()));
    connections(
        [&](int from, int to, int weight) { g[at(weight)] += by_matrix[at(from * columns + to)]; });
    return g;
  }
};

std::vector<TransformCase> cases() {
  std::vector<TransformCase> list;
  for (const Axes axes : {Axes::b01c, Axes::bc01}) {
    const bool first = axes == Axes::bc01;
    const SpaceInfo image = conv2d_space(6, 5, 2, axes);
    const auto add = [&](const Shared<LinearTransform>& t, RowsColumns places, TransformCase c) {
      c.transform = t;
      c.input = image;
      c.output = conv2d_space(places.rows, places.columns, 3, axes);
      list.push_back(c);
    };
    add(Conv2D(RowsColumns(3, 2)), {4, 4}, {.kernel = {3, 2}, .kernels_first = first});
    add(Conv2D(RowsColumns(3, 2), subsample(RowsColumns(2, 1)), border_mode("full"),
               flip_kernels(false)),
        {4, 6},
        {.kernel = {3, 2},
         .stride = {2, 1},
         .before = {2, 1},
         .flip = false,
         .kernels_first = first});
    add(Conv2D(RowsColumns(3), border_mode("same"), pad(RowsColumns(0, 1))), {6, 7},
        {.kernel = {3, 3}, .before = {1, 2}, .kernels_first = first});
    add(TiledConv2D(RowsColumns(3, 2)), {4, 4}, {.kernel = {3, 2}, .tile = {4, 4}});
    add(TiledConv2D(RowsColumns(3, 2), tile_shape(RowsColumns(2, 3)), flip_kernels(false)), {4, 4},
        {.kernel = {3, 2}, .tile = {2, 3}, .flip = false});
    add(TiledConv2D(RowsColumns(2), subsample(RowsColumns(2)), border_mode("full"),
                    tile_shape(RowsColumns(1, 9))),
        {4, 3}, {.kernel = {2, 2}, .stride = {2, 2}, .before = {1, 1}, .tile = {1, 3}});
  }
  return list;
}

// A model of which only its parameter is wanted.
struct KernelHolder : Model {
  const TransformCase& of;
  ir::Shape shape;
  explicit KernelHolder(const TransformCase& c, const ir::Shape& s) : of(c), shape(s) {}
  SpaceInfo input_space() const override { return of.input; }
  using Model::parameters;
  void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"W", parameter_leaf("W", shape)});
  }
  void initialize(InitialValues&) const override {}
};

// What a transform does; `dense`: what the matrix does between the same numbers as vectors.
Computed computed(const TransformCase& c, bool dense, const Vector& w) {
  const Shared<LinearTransform> t =
      dense ? Shared<LinearTransform>(MatrixTransform()) : c.transform;
  Between spaces = c.between();
  if (dense)
    spaces = {vector_space(c.input.total_dimension()), vector_space(c.output.total_dimension())};
  const KernelHolder holder(c, t->shape(spaces));
  const AnyExpr W = holder.parameters()[0].value;
  Data data;
  data.add("x", spaces.input);
  data.add("y", spaces.output);
  const AnyExpr x = data["x"].value(), y = data["y"].value();
  const AnyExpr forwards = t->lmul(spaces, W, x), transposed = t->lmul_T(spaces, W, y);
  const AnyExpr cost = sum(square(forwards) * y), other = sum(square(transposed) * x);
  Function f;
  f.add(output("lmul", forwards));
  f.add(output("lmul_T", transposed));
  f.add(output("by_W", grad(cost, W)));
  f.add(output("by_x", grad(cost, x)));
  f.add(output("T_by_W", grad(other, W)));
  f.add(output("T_by_y", grad(other, y)));
  f.add(output("second", grad(sum(square(grad(cost, x))), W)));
  Probe probe(holder, data, f);
  probe.set("W", w);
  Minibatch minibatch;
  minibatch.examples = images_each;
  minibatch.numbers["x"] = random_numbers(images_each * c.input.total_dimension(), 1);
  minibatch.numbers["y"] = random_numbers(images_each * c.output.total_dimension(), 2);
  return probe(minibatch);
}

struct Image6x5 : Conv2DSpace<6, 5, 2> {};
using Hidden4x3 = Conv2DSpace<4, 3, 2>;
struct Kernels : Conv2D {
  constexpr Kernels() : Conv2D(RowsColumns(3)) {}
};
struct Local : TiledConv2D {
  constexpr Local() : TiledConv2D(RowsColumns(3)) {}
};
struct Tiled : TiledConv2D {
  constexpr Tiled() : TiledConv2D(RowsColumns(3), ansatz::tile_shape(RowsColumns(2))) {}
};

// One text of a model, for four kinds of weights: an autoencoder with tied weights.
template <class Weights>
struct ImageDetector : ModelOf<ImageDetector<Weights>, Image6x5> {
  Weights W{"W", irange(.2), max_col_norm(.6)};
  Expr<Hidden4x3> b = parameter<Hidden4x3>("b");
  Expr<Image6x5> c = parameter<Image6x5>("c");

  constexpr auto hidden(auto v) const { return sigmoid(W.lmul(v) + b); }
  constexpr auto visible(auto h) const { return sigmoid(W.lmul_T(h) + c); }
  constexpr auto forward(auto v) const { return visible(hidden(v)); }
  constexpr auto cost(auto v) const {
    return mean(sum(square(forward(v) - v), axis<0>, axis<1>, axis<2>));
  }
  void initialize(InitialValues& values) const {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    W.initialize(values, rng);
  }
  constexpr void modify_updates(UpdateList& updates) const { W.modify_updates(updates); }
  constexpr void channels(auto, ChannelList& list) const { W.channels(list); }
};
template <class Transform>
Shared<Model> image_detector() {
  using D = ImageDetector<WeightsBetween<Image6x5, Hidden4x3, Transform>>;
  return Shared<Model>(typename D::erased_model(D()));
}

// A text of a free energy, F(v) = -c'v - sum softplus(v W + b), for the same four.
template <class Weights>
struct Energy : ModelOf<Energy<Weights>, Image6x5> {
  Weights W{"W", irange(.2)};
  Expr<Hidden4x3> b = parameter<Hidden4x3>("b");
  Expr<Image6x5> c = parameter<Image6x5>("c");

  constexpr auto free_energy(auto v) const {
    return -sum(v * c, axis<0>, axis<1>, axis<2>) -
           sum(softplus(W.lmul(v) + b), axis<0>, axis<1>, axis<2>);
  }
  constexpr auto forward(auto v) const { return sigmoid(W.lmul_T(sigmoid(W.lmul(v) + b)) + c); }
  // The difference of the energies of an example and of what the model makes of it.
  constexpr auto cost(auto v) const { return mean(free_energy(v)) - mean(free_energy(forward(v))); }
  void initialize(InitialValues& values) const {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    W.initialize(values, rng);
  }
};

}  // namespace

TEST_CASE("transforms of images are the dense matrices of their kernels, in all derivatives",
          "[model][transform][conv]") {
  for (const TransformCase& c : cases()) {
    CAPTURE(to_text(c.input).view(), to_text(c.output).view(), c.tile.rows, c.stride.rows);
    REQUIRE(c.transform->fault(c.input, c.output.total_dimension()).empty());
    REQUIRE(c.transform->output_space(c.input, c.output.total_dimension()) == c.output);
    const Vector w = random_numbers(c.weights(), 3), d = c.dense(w);
    const Computed ours = computed(c, false, w), dense = computed(c, true, d);
    const Vector x = random_numbers(images_each * c.input.total_dimension(), 1);
    CHECK(difference(ours.at("lmul"), affine(x, d, {}, c.input.total_dimension())) < 1e-13);
    for (const char* same : {"lmul", "lmul_T", "by_x", "T_by_y"})
      CHECK(difference(ours.at(same), dense.at(same)) < 1e-12);
    for (const char* of_weights : {"by_W", "T_by_W", "second"})
      CHECK(difference(ours.at(of_weights), c.by_weights(dense.at(of_weights))) < 1e-11);
  }
}

TEST_CASE("transforms of images: as many parameters as the formula says",
          "[model][transform][conv]") {
  const Between spaces{conv2d_space(28, 28, 3), conv2d_space(24, 24, 8)};
  CHECK(numbers_of(Conv2D(RowsColumns(5)).shape(spaces)) == 5 * 5 * 3 * 8);
  CHECK(numbers_of(TiledConv2D(RowsColumns(5), tile_shape(RowsColumns(2))).shape(spaces)) ==
        4 * 5 * 5 * 3 * 8);
  CHECK(numbers_of(TiledConv2D(RowsColumns(5)).shape(spaces)) == 24 * 24 * 5 * 5 * 3 * 8);
}

TEST_CASE("transforms of images in dense layers", "[model][transform][conv]") {
  MLP<> mlp;
  mlp.space = conv2d_space(6, 5, 2);
  mlp.layers.push_back(Tanh("h", 4 * 4 * 3, irange(.3), transform(Conv2D(RowsColumns(3, 2)))));
  mlp.layers.push_back(Tanh("g", 5, irange(.3)));
  mlp.layers.push_back(Softmax("y", 3, irange(.3)));
  const Shared<Model> model(mlp);
  REQUIRE(Values(*model).of.at("h_W").size() == 3 * 2 * 2 * 3);
  const Data data = data_of(*model, *model->default_cost());
  CHECK(gradient_error(*model, *model->default_cost(), random_batch(data, 4, 5)) < 1e-6);
  CHECK_THAT(
      message_of([] {
        MLP<> wrong;
        wrong.space = conv2d_space(6, 5, 2);
        wrong.layers.push_back(Tanh("h", 50, irange(.3), transform(Conv2D(RowsColumns(3, 2)))));
        (void)wrong.places(wrong.root());
      }),
      Contains("layer h") && Contains("50 outputs") && Contains("4 x 4"));
}

TEST_CASE("models of one's own: one text for four kinds of weights", "[model][transform][conv]") {
  const auto check = [](const Shared<Model>& model, int weights) {
    const Shared<Cost> cost = model->default_cost();
    REQUIRE(numbers_of(model->parameters()[0].shape()) == weights);
    REQUIRE(gradient_error(*model, *cost, random_batch(data_of(*model, *cost), 4, 5)) < 1e-6);
    const Vector first = Values(*model).of.at("W");
    REQUIRE(std::all_of(first.begin(), first.end(), [](double x) { return std::abs(x) < .2; }));
  };
  check(image_detector<MatrixTransform>(), 60 * 24);
  check(image_detector<Kernels>(), 3 * 3 * 2 * 2);
  check(image_detector<Tiled>(), 4 * 3 * 3 * 2 * 2);
  check(image_detector<Local>(), 12 * 3 * 3 * 2 * 2);
}

TEST_CASE("first values: of convolutions in Pylearn2's order, sparse ones by unit",
          "[model][transform][conv]") {
  const auto drawn = [](const auto& t, Axes axes, const auto&... how) {
    MLP<> mlp;
    mlp.space = conv2d_space(6, 5, 2, axes);
    const int places = 4 * 4;
    mlp.layers.push_back(Tanh("h", places * 3, how..., transform(t)));
    return Values(mlp).of.at("h_W");
  };
  const Conv2D conv(RowsColumns(3, 2));
  // [out, in, rows, columns] as it is drawn; turned where the image's channels are last.
  const Vector first = drawn(conv, Axes::bc01, irange(.5)),
               last = drawn(conv, Axes::b01c, irange(.5));
  Vector turned;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 2; ++k)
        for (int o = 0; o < 3; ++o) turned.push_back(first[at(((o * 2 + k) * 3 + i) * 2 + j)]);
  CHECK(last == turned);
  CHECK(first[0] != last[1]);
  for (const Axes axes : {Axes::b01c, Axes::bc01}) {
    const Vector sparse = drawn(conv, axes, sparse_init(4));
    for (int o = 0; o < 3; ++o) {
      int kept = 0;
      for (int i = 0; i < 12; ++i)
        kept += sparse[at(axes == Axes::bc01 ? o * 12 + i : i * 3 + o)] != 0;
      CHECK(kept == 4);
    }
    const Vector local = drawn(TiledConv2D(RowsColumns(3, 2)), axes, sparse_init(4));
    for (int place = 0; place < 16; ++place)
      for (int o = 0; o < 3; ++o) {
        int kept = 0;
        for (int i = 0; i < 12; ++i) kept += local[at((place * 12 + i) * 3 + o)] != 0;
        CHECK(kept == 4);
      }
  }
}

TEST_CASE("an energy of four kinds of weights: its gradient, by finite differences",
          "[model][transform][conv]") {
  const auto check = [](const auto& energy) {
    const Shared<Model> model{typename std::decay_t<decltype(energy)>::erased_model(energy)};
    const Shared<Cost> cost = model->default_cost();
    CHECK(gradient_error(*model, *cost, random_batch(data_of(*model, *cost), 4, 5)) < 1e-6);
  };
  check(Energy<WeightsBetween<Image6x5, Hidden4x3>>());
  check(Energy<WeightsBetween<Image6x5, Hidden4x3, Kernels>>());
  check(Energy<WeightsBetween<Image6x5, Hidden4x3, Tiled>>());
  check(Energy<WeightsBetween<Image6x5, Hidden4x3, Local>>());
}
