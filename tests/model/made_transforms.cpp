// Transforms that say themselves how their weights begin, and sparse ones: first values are
// NumPy's, products those of a dense matrix.
#include "../data/temporary_file.hpp"
#include "probe.hpp"
#include "sha256.hpp"

#include <ansatz/linear/random_transforms.hpp>
#include <ansatz/linear/sparse_transform.hpp>
#include <ansatz/linear/weights_between.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <dsl/grad.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

using Vector = std::vector<double>;
// A net whose first layer has the transform, on images of 6 x 5 pixels and 2 channels.
Shared<Model> net(const Shared<LinearTransform>& t, int outputs, Axes axes,
                  const SpaceInfo& image = conv2d_space(6, 5, 2)) {
  MLP<> mlp;
  mlp.space = conv2d_space(image.rows(), image.columns(), image.channels(), axes);
  Tanh h("h", outputs);
  h.transform = t;
  mlp.layers.push_back(Shared<Layer>(h));
  mlp.layers.push_back(Shared<Layer>(Softmax("y", 3, irange(.3))));
  (void)mlp.places(mlp.root());
  return mlp;
}
Vector first_values(const Shared<LinearTransform>& t, int outputs, Axes axes = Axes::bc01) {
  return Values(*net(t, outputs, axes)).of.at("h_W");
}

template <class T>
Shared<LinearTransform> with(T t, const RowsColumns& kernel, double range) {
  t.kernel_shape = kernel;
  t.irange = range;
  return Shared<LinearTransform>(t);
}

SparseTransform of_windows(int numbers, const RowsColumns& shape) {
  SparseTransform t(numbers);
  t.rf_shape = shape;
  return t;
}

}  // namespace

TEST_CASE("made transforms: first values are those that NumPy draws", "[model][transform][conv]") {
  // [out, in, rows, columns] of numpy.random.RandomState([2012, 11, 6, 9]).uniform(-.5, .5, …).
  const RandomConv2D uniform(.5, {3, 2});
  const Vector w = first_values(uniform, 48);
  CHECK(digest(w) == "577fa033362eb357");
  CHECK(w[0] == Approx(-.14772838).epsilon(1e-7));
  // Stored [rows, columns, in, out] where channels are last.
  const Vector last = first_values(uniform, 48, Axes::b01c);
  for (int o = 0; o < 3; ++o)
    for (int i = 0; i < 2; ++i)
      for (int p = 0; p < 6; ++p)
        CHECK(last[at((p * 2 + i) * 3 + o)] == w[at((o * 2 + i) * 6 + p)]);
  CHECK(digest(first_values(SparseRandomConv2D(10, {3, 2}), 48)) == "120b116822dd4012");

  // [in, rows, columns, out], stored [out, in, rows, columns].
  const auto channels_outside = [](const Vector& v) {
    Vector turned;
    for (int p = 0; p < 12; ++p)
      for (int o = 0; o < 3; ++o) turned.push_back(v[at(o * 12 + p)]);
    return turned;
  };
  const Vector cuda = first_values(with(RandomConv2DC01B(), {3, 2}, .5), 48);
  CHECK(digest(channels_outside(cuda)) == "577fa033362eb357");
  SparseRandomConv2DC01B sparse;
  sparse.kernel_shape = {3, 2};
  sparse.num_nonzero = 4;
  CHECK(digest(channels_outside(first_values(sparse, 48))) == "0942aec7a78a71ab");

  // [place, in, rows, columns, out], stored [place, rows, columns, in, out].
  const auto by_place = [](const Vector& v) {
    Vector turned;
    for (int place = 0; place < std::ssize(v) / 36; ++place)
      for (int i = 0; i < 2; ++i)
        for (int p = 0; p < 6; ++p)
          for (int o = 0; o < 3; ++o) turned.push_back(v[at(((place * 6 + p) * 2 + i) * 3 + o)]);
    return turned;
  };
  CHECK(digest(by_place(first_values(with(RandomLocal(), {3, 2}, .5), 48))) == "7ecd9e1d2603dbaa");
  RandomTiledConv2D tiled;
  tiled.tile_shape = 2;
  CHECK(digest(by_place(first_values(with(tiled, {3, 2}, .5), 48))) == "9fb1644c9bcb80f1");
}

TEST_CASE("made transforms: a layer's own way to begin comes first", "[model][transform][conv]") {
  MLP<> mlp;
  mlp.space = conv2d_space(6, 5, 2);
  mlp.layers.push_back(
      Shared<Layer>(Tanh("h", 48, istdev(.1), transform(RandomConv2D(.5, {3, 2})))));
  const Vector w = Values(mlp).of.at("h_W");
  CHECK(std::any_of(w.begin(), w.end(), [](double x) { return std::abs(x) > .15; }));
  CHECK(digest(w) != digest(first_values(RandomConv2D(.5, {3, 2}), 48, Axes::b01c)));
}

TEST_CASE("made transforms: Spaces that were told must be those there are",
          "[model][transform][conv]") {
  RandomConv2D t(.5, {3, 2});
  t.below = conv2d_space(6, 5, 2, Axes::bc01);
  t.above = conv2d_space(4, 4, 3);
  (void)net(t, 48, Axes::b01c);
  t.above = conv2d_space(4, 4, 4);
  CHECK_THAT(message_of([&] { (void)net(t, 48, Axes::b01c); }),
             Contains("output_space Conv2DSpace(4, 4, 4)") && Contains("Conv2DSpace(4, 4, 3)"));
  RandomLocal local;
  local.kernel_shape = 3;
  local.input_channels = 3;
  CHECK_THAT(message_of([&] { (void)net(local, 24, Axes::b01c); }),
             Contains("input_channels 3: it is 2"));
  SparseRandomConv2DC01B sparse;
  sparse.kernel_shape = {3, 2};
  sparse.num_nonzero = 13;
  CHECK_THAT(message_of([&] { (void)net(sparse, 48, Axes::b01c); }),
             Contains("num_nonzero 13") && Contains("12 weights"));
}

TEST_CASE("made transforms: make_local_rfs on 10 x 10 x 3, four fields of 5 x 5",
          "[model][transform][conv]") {
  // Fact 42: of weights 1 the columns of the matrix sum to 75, its rows to 1.
  LocalRfs t;
  t.kernel_shape = t.subsample = 5;
  const SpaceInfo image = conv2d_space(10, 10, 3);
  const auto of_units = [&](int units_here) {
    t.nhid = units_here;
    return net(t, units_here, Axes::b01c, image);
  };
  (void)of_units(4);
  const Between spaces{image, t.output_space(image, 4)};
  Data data;
  data.add("x", image);
  data.add("y", spaces.output);
  const Shared<Model> model = of_units(4);
  const AnyExpr W = model->parameters()[0].value;
  Function f;
  f.add(output("columns", t.lmul(spaces, W, data["x"].value())));
  f.add(output("rows", t.lmul_T(spaces, W, data["y"].value())));
  Probe probe(*model, data, f);
  probe.set("h_W", Vector(4 * 75, 1.));
  Minibatch ones;
  ones.examples = 1;
  ones.numbers["x"] = Vector(300, 1.);
  ones.numbers["y"] = Vector(4, 1.);
  const Computed found = probe(ones);
  CHECK(found.at("columns") == Vector(4, 75.));
  CHECK(found.at("rows") == Vector(300, 1.));

  CHECK_THAT(message_of([&] { (void)of_units(2); }),
             Contains("nhid 2") && Contains("multiple of 4"));
  // Two units a window, drawn one after the other: [window, unit, rows, columns, channels].
  const Vector w = Values(*of_units(8)).of.at("h_W");
  Vector drawn;
  for (int window = 0; window < 4; ++window)
    for (int unit = 0; unit < 2; ++unit)
      for (int p = 0; p < 75; ++p) drawn.push_back(w[at((window * 75 + p) * 2 + unit)]);
  CHECK(digest(drawn) == "4ea3e213625164d6");
  t.draw_patches = true;
  CHECK_THAT(message_of([&] { (void)of_units(8); }), Contains("draw_patches"));
  t.draw_patches = false;
  t.subsample = 4;
  CHECK_THAT(message_of([&] { (void)of_units(4); }), Contains("do not reach the last pixels"));
}

TEST_CASE("sparse transforms: which inputs a unit sees", "[model][transform][sparse]") {
  const auto inputs_of = [](const SparseTransform& t, Axes axes = Axes::b01c) {
    MLP<> mlp;
    mlp.space = conv2d_space(6, 5, 2, axes);
    mlp.layers.push_back(Shared<Layer>(Tanh("h", 5, irange(.1), transform(t))));
    return Values(mlp).of.at("h_W_inputs");
  };
  // numpy.sort(rng.permutation(60)[:7]) for each unit, rng = RandomState([2012, 7, 18]).
  CHECK(digest(inputs_of(SparseTransform(7))) == "7c3a628b7607309f");
  CHECK(inputs_of(SparseTransform(7, rng(Seed(3)))) != inputs_of(SparseTransform(7)));
  // Windows of 3 x 2 pixels, at row and column that randint draws; the same in any order of axes.
  const SparseTransform windows = of_windows(12, {3, 2});
  CHECK(digest(inputs_of(windows)) == "511c26b77b87f0ea");
  CHECK(digest(inputs_of(windows, Axes::bc01)) == "511c26b77b87f0ea");
}

TEST_CASE("sparse transforms are the dense matrix of what they see, in all derivatives",
          "[model][transform][sparse]") {
  for (const Axes axes : {Axes::b01c, Axes::bc01}) {
    const SparseTransform t = of_windows(12, {3, 2});
    const SpaceInfo image = conv2d_space(6, 5, 2, axes);
    constexpr int inputs = 60, outputs = 5, examples_each = 19;
    const auto computed = [&](const Shared<LinearTransform>& map, const Vector& w) {
      MLP<> mlp;
      mlp.space = image;
      mlp.layers.push_back(Shared<Layer>(Tanh("h", outputs, irange(.1), transform(map))));
      mlp.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.1))));
      (void)mlp.places(mlp.root());
      const Shared<Model> model(mlp);
      Data data;
      data.add("x", image);
      data.add("y", vector_space(outputs));
      const Dense& layer = static_cast<const Dense&>(*mlp.layers[0]);
      const WeightsAt here = layer.weights_at(mlp.places(mlp.root())[0]);
      const Signal x = data["x"], y = data["y"];
      const Signal forwards = layer.lmul(here, x);
      const AnyExpr up = forwards.value();
      const AnyExpr down = format_as(layer.lmul_T(here, y), image).value();
      const AnyExpr W = model->parameters()[0].value;
      const AnyExpr cost = sum(square(up) * y.value()), other = sum(square(down) * x.value());
      Function f;
      f.add(output("lmul", up));
      f.add(output("lmul_T", down));
      f.add(output("by_W", grad(cost, W)));
      f.add(output("by_x", grad(cost, x.value())));
      f.add(output("T_by_W", grad(other, W)));
      f.add(output("T_by_y", grad(other, y.value())));
      f.add(output("second", grad(sum(square(grad(cost, x.value()))), W)));
      f.add(output("row_norms", layer.row_norms(here)));
      f.add(output("col_norms", layer.column_norms(here)));
      Probe probe(*model, data, f);
      probe.set("h_W", w);
      Minibatch batch;
      batch.examples = examples_each;
      batch.numbers["x"] = random_numbers(examples_each * inputs, 1);
      batch.numbers["y"] = random_numbers(examples_each * outputs, 2);
      return probe(batch);
    };
    const Between spaces{image, vector_space(outputs), "h_W"};
    const Vector places = t.numbers({t.input_space(image), spaces.output}, 0, "test");
    const Vector w = random_numbers(outputs * 12, 3);
    Vector dense(at(inputs * outputs));
    for (int j = 0; j < outputs; ++j)
      for (int k = 0; k < 12; ++k)
        dense[at(static_cast<int>(places[at(j * 12 + k)]) * outputs + j)] = w[at(j * 12 + k)];
    const Computed ours = computed(Shared<LinearTransform>(t), w);
    const Computed theirs = computed(Shared<LinearTransform>(MatrixTransform()), dense);
    for (const char* same : {"lmul", "lmul_T", "by_x", "T_by_y", "row_norms", "col_norms"}) {
      CAPTURE(same);
      CHECK(difference(ours.at(same), theirs.at(same)) < 1e-12);
    }
    for (const char* of_weights : {"by_W", "T_by_W", "second"}) {
      CAPTURE(of_weights);
      Vector wanted;
      for (int j = 0; j < outputs; ++j)
        for (int k = 0; k < 12; ++k)
          wanted.push_back(
              theirs.at(of_weights)[at(static_cast<int>(places[at(j * 12 + k)]) * outputs + j)]);
      CHECK(difference(ours.at(of_weights), wanted) < 1e-11);
    }
  }
}

TEST_CASE("sparse transforms: in a layer, by finite differences, with limits and channels",
          "[model][transform][sparse]") {
  MLP<> mlp;
  mlp.nvis = 9;
  mlp.layers.push_back(
      Shared<Layer>(Tanh("h", 4, irange(.5), max_col_norm(.4), transform(SparseTransform(3)))));
  mlp.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.5))));
  (void)mlp.places(mlp.root());
  const Shared<Model> model(mlp);
  const Shared<Cost> cost = model->default_cost();
  CHECK(gradient_error(*model, *cost, random_batch(data_of(*model, *cost), 5, 7)) < 1e-6);
  const ir::List<ModelParameter> parameters = model->parameters();
  REQUIRE(parameters[1].name == "h_W_inputs");
  CHECK(parameters[1].frozen);
  CHECK(parameters[0].shape() == ir::make_shape(4, 3));  // as many weights as the formula says
  const std::vector<std::string> names = channel_names(*model);
  CHECK(std::find(names.begin(), names.end(), "h_row_norms_max") != names.end());

  UpdateList updates;
  updates.add("h_W", parameters[0].value, 5 * parameters[0].value);
  model->modify_updates(updates);
  Function f;
  updates.give_to(f);
  Probe probe(*model, {}, f);
  const Vector w = random_numbers(12, 3);
  probe.set("h_W", w);
  probe(Minibatch());
  const Vector limited = probe.get("h_W");
  for (int j = 0; j < 4; ++j) {
    double length = 0, now = 0;
    for (int k = 0; k < 3; ++k) {
      length += std::pow(5 * w[at(j * 3 + k)], 2);
      now += std::pow(limited[at(j * 3 + k)], 2);
    }
    CHECK(std::sqrt(now) == Approx(std::min(.4, std::sqrt(length))).epsilon(1e-6));
  }
}

TEST_CASE("sparse transforms: inputs from a file, and what does not fit",
          "[model][transform][sparse]") {
  const TemporaryFolder folder;
  const auto error = [](const SparseTransform& t, const SpaceInfo& below) {
    return message_of([&] {
      MLP<> mlp;
      mlp.space = below;
      mlp.layers.push_back(Shared<Layer>(Tanh("h", 2, irange(.1), transform(t))));
      (void)mlp.places(mlp.root());
      (void)Values(mlp);
    });
  };
  const auto npy = [&](const char* name, const std::vector<std::int32_t>& numbers) {
    std::string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }";
    header.resize(117, ' ');
    header += '\n';
    std::string text = "\x93NUMPY";
    text += '\1';
    text += '\0';
    text += static_cast<char>(header.size());
    text += '\0';
    text += header;
    text.append(reinterpret_cast<const char*>(numbers.data()), 4 * numbers.size());
    return folder.write(name, text);
  };
  SparseTransform t(2);
  t.indices = npy("good.npy", {3, 0, 1, 1}).c_str();
  MLP<> mlp;
  mlp.nvis = 4;
  mlp.layers.push_back(Shared<Layer>(Tanh("h", 2, irange(.1), transform(t))));
  CHECK(Values(mlp).of.at("h_W_inputs") == Vector{3, 0, 1, 1});
  t.indices = npy("bad.npy", {3, 0, 1, 4}).c_str();
  CHECK_THAT(error(t, vector_space(4)),
             Contains("layer h") && Contains("holds 4 for unit 1") && Contains("0 to 3"));
  t.num_inputs = 3;
  CHECK_THAT(error(t, vector_space(4)), Contains("[2, 2]") && Contains("[2, 3]"));
  CHECK_THAT(error(SparseTransform(5), vector_space(4)),
             Contains("num_inputs 5") && Contains("1 to 4"));
  CHECK_THAT(error(of_windows(4, 2), vector_space(4)),
             Contains("rf_shape") && Contains("VectorSpace(4)"));
  CHECK_THAT(error(of_windows(4, 2), conv2d_space(3, 3, 2)), Contains("a window has 8 numbers"));
}
