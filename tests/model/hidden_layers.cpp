// Values of layers against plain loops, their gradients against differences.
#include "probe.hpp"

#include <ansatz/cost/cost_from.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/lwta.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softplus.hpp>
#include <ansatz/model/layers/tanh.hpp>

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

constexpr int layer_inputs = 5;

// A cost of any output that has a gradient everywhere.
const auto smooth = cost_from([](auto y) { return mean(square(y + 0.1)); });

struct Look {
  std::vector<double> z, y;
  double gradient_error = 0;
};

// Runs the layer "h" on random numbers: its pre-activation by plain loops, and its output.
Look look(const Shared<Layer>& layer, unsigned seed = 1) {
  const Shared<Model> model = stack(layer_inputs, {layer});
  const Data data = data_of(*model, smooth);
  Probe probe(*model, data, everything(*model, smooth, data));
  probe.randomize(.7, seed + 2);
  const Minibatch minibatch = random_batch(data, 4, seed);
  const auto w = probe.get("h_W"), b = probe.get("h_b");
  return {affine(minibatch.numbers.at("features"), w, b, layer_inputs), probe(minibatch).at("y"),
          gradient_error(*model, smooth, minibatch)};
}

template <class F>
std::vector<double> each(std::vector<double> x, F f) {
  for (double& v : x) v = f(v);
  return x;
}

}  // namespace

TEST_CASE("linear: y is x W + b", "[model][linear]") {
  const Look l = look(Linear("h", 6, irange(.1)));
  REQUIRE(difference(l.y, l.z) < 1e-12);
  REQUIRE(l.gradient_error < 1e-8);
}

TEST_CASE("tanh, softplus, rectified linear: y is the function of x W + b", "[model]") {
  const Look t = look(Tanh("h", 6, irange(.1)));
  REQUIRE(difference(t.y, each(t.z, [](double z) { return std::tanh(z); })) < 1e-12);
  REQUIRE(t.gradient_error < 1e-8);
  const Look s = look(Softplus("h", 6, irange(.1)));
  REQUIRE(difference(s.y, each(s.z, [](double z) { return std::log1p(std::exp(z)); })) < 1e-12);
  REQUIRE(s.gradient_error < 1e-8);
  const Look r = look(RectifiedLinear("h", 6, irange(.1)));
  REQUIRE(difference(r.y, each(r.z, [](double z) { return z > 0 ? z : 0; })) < 1e-12);
  REQUIRE(r.gradient_error < 1e-8);
  const Look slope = look(RectifiedLinear("h", 6, irange(.1), left_slope(.25)));
  REQUIRE(difference(slope.y, each(slope.z, [](double z) { return z > 0 ? z : .25 * z; })) < 1e-12);
  REQUIRE(slope.gradient_error < 1e-8);
}

TEST_CASE("layers without a cost: an MLP that ends in one says so", "[model]") {
  for (const Shared<Layer>& last :
       {Shared<Layer>(Tanh("h", 6, irange(.1))), Shared<Layer>(Softplus("h", 6, irange(.1))),
        Shared<Layer>(RectifiedLinear("h", 6, irange(.1))),
        Shared<Layer>(Maxout("h", 3, 2, irange(.1)))}) {
    const Shared<Model> model = stack(layer_inputs, {last});
    REQUIRE_THAT(message_of([&] { everything(*model, Default()); }),
                 Catch::Contains("the last layer, h, has no cost"));
  }
}

TEST_CASE("lwta: the largest of each block passes, of equal ones the last", "[model][lwta]") {
  const Shared<Model> model = stack(6, {LWTA("h", 6, irange(.1), block_size(3), use_bias(false))});
  Function f;
  const Data data = data_of(*model, smooth);
  f.add(output("y", model->output(data["features"]).value()));
  f.add(output("dx", grad(sum(model->output(data["features"]).value()), data["features"].value())));
  Probe probe(*model, data, f);
  std::vector<double> identity(36);
  for (std::size_t i = 0; i < 6; ++i) identity[7 * i] = 1;
  probe.set("h_W", identity);
  Minibatch minibatch;
  minibatch.examples = 2;
  minibatch.numbers["features"] = {-2.5, 1.3, .9, -.1, -.2, -.1, 5, 4, 3, 0, 1, 2};
  const Computed got = probe(minibatch);
  REQUIRE(got.at("y") == std::vector<double>{0, 1.3, 0, 0, 0, -.1, 5, 0, 0, 0, 0, 2});
  REQUIRE(got.at("dx") == std::vector<double>{0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1});
}

TEST_CASE("lwta: gradients, and blocks that do not divide the units", "[model][lwta]") {
  REQUIRE(look(LWTA("h", 6, irange(.1), block_size(2))).gradient_error < 1e-8);
  REQUIRE_THAT(message_of([] { look(LWTA("h", 6, irange(.1), block_size(4))); }),
               Catch::Contains("layer h: dim must be a multiple of block_size"));
}

namespace {

// The largest of `pieces` numbers that start every `stride`, by plain loops.
std::vector<double> pooled(const std::vector<double>& z, int detectors, int pieces, int stride,
                           bool min_zero) {
  std::vector<double> y;
  for (std::size_t row = 0; row < z.size(); row += static_cast<std::size_t>(detectors))
    for (int start = 0; start + pieces <= detectors; start += stride) {
      double largest = min_zero ? 0 : -1e300;
      for (int k = 0; k < pieces; ++k)
        largest = std::max(largest, z[row + static_cast<std::size_t>(start + k)]);
      y.push_back(largest);
    }
  return y;
}

}  // namespace

TEST_CASE("maxout: the largest of the pieces of each unit", "[model][maxout]") {
  const Look l = look(Maxout("h", 4, 3, irange(.1)));
  REQUIRE(difference(l.y, pooled(l.z, 12, 3, 3, false)) < 1e-12);
  REQUIRE(l.gradient_error < 1e-8);
  const Look overlapping = look(Maxout("h", 3, 3, irange(.1), pool_stride(2)));
  REQUIRE(overlapping.y.size() == 4 * 4);
  REQUIRE(difference(overlapping.y, pooled(overlapping.z, 9, 3, 2, false)) < 1e-12);
  REQUIRE(overlapping.gradient_error < 1e-8);
  const Look zero = look(Maxout("h", 4, 2, irange(.1), min_zero(true)));
  REQUIRE(difference(zero.y, pooled(zero.z, 8, 2, 2, true)) < 1e-12);
  REQUIRE(zero.gradient_error < 1e-8);
}

TEST_CASE("maxout: of equal pieces the last gets the gradient", "[model][maxout]") {
  const Shared<Model> model = stack(layer_inputs, {Maxout("h", 2, 3, irange(0.))});
  Probe probe(*model, data_of(*model, smooth), everything(*model, smooth));
  Minibatch minibatch = random_batch(data_of(*model, smooth), 3, 5);
  const std::vector<double> db = probe(minibatch).at("grad.h_b");
  REQUIRE(db[0] == 0);
  REQUIRE(db[1] == 0);
  REQUIRE(db[2] == Approx(.1));
  REQUIRE(db[3] == 0);
  REQUIRE(db[4] == 0);
  REQUIRE(db[5] == Approx(.1));
}

TEST_CASE("maxout: random pools take the pieces that their matrix says", "[model][maxout]") {
  const Shared<Model> model =
      stack(layer_inputs, {Maxout("h", 3, 2, irange(.1), randomize_pools(true))});
  const Data data = data_of(*model, smooth);
  Probe probe(*model, data, everything(*model, smooth, data));
  probe.randomize(.7, 4);
  const std::vector<double> permute = probe.get("h_permute");
  for (std::size_t j = 0; j < 6; ++j) {
    double column = 0;
    for (std::size_t i = 0; i < 6; ++i) column += permute[6 * i + j];
    REQUIRE(column == 1);
  }
  const Minibatch minibatch = random_batch(data, 4, 6);
  const std::vector<double>& x = minibatch.numbers.at("features");
  const auto z = affine(x, probe.get("h_W"), probe.get("h_b"), layer_inputs);
  REQUIRE(difference(probe(minibatch).at("y"), pooled(affine(z, permute, {}, 6), 6, 2, 2, false)) <
          1e-12);
  REQUIRE(model->parameters()[2].frozen);
}

TEST_CASE("maxout: strides that do not fit are refused", "[model][maxout]") {
  REQUIRE_THAT(message_of([] { look(Maxout("h", 4, 3, irange(.1), pool_stride(2))); }),
               Catch::Contains("layer h: num_units * num_pieces - num_pieces"));
}

TEST_CASE("copy_input: the input follows the output", "[model][linear]") {
  const Shared<Model> model = stack(3, {Tanh("h", 2, irange(.1), copy_input(true))});
  const Data data = data_of(*model, smooth);
  Probe probe(*model, data, everything(*model, smooth, data));
  const Minibatch minibatch = random_batch(data, 2, 8);
  const auto y = probe(minibatch).at("y"), &x = minibatch.numbers.at("features");
  REQUIRE(y.size() == 10);
  REQUIRE(std::vector<double>(y.begin() + 2, y.begin() + 5) ==
          std::vector<double>(x.begin(), x.begin() + 3));
  REQUIRE(gradient_error(*model, smooth, minibatch) < 1e-8);
}

TEST_CASE("images: dense layers read them as vectors, rows before columns before channels",
          "[model]") {
  MLP<> mlp;
  mlp.space = conv2d_space(2, 2, 3);
  mlp.layers.push_back(Shared<Layer>(Maxout("h", 2, 2, irange(.5))));
  const Shared<Model> model(mlp);
  const Data data = data_of(*model, smooth);
  Probe probe(*model, data, everything(*model, smooth, data));
  const Minibatch minibatch = random_batch(data, 2, 9);
  const auto z = affine(minibatch.numbers.at("features"), probe.get("h_W"), probe.get("h_b"), 12);
  REQUIRE(difference(probe(minibatch).at("y"), pooled(z, 4, 2, 2, false)) < 1e-12);
}
