// Linear transforms: a local one against the dense matrix built from it, in layers and in models.
#include "local_transform.hpp"
#include "probe.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/linear/weights_between.hpp>
#include <ansatz/model/layers/hinge.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax_regression.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/model_of.hpp>
#include <dsl/grad.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Vector = std::vector<double>;

constexpr int inputs = 9, seen = 4, distance = 2, windows = 3;  // the last input is in no window

const LocalTransform local(seen, distance);

// The matrix [inputs, windows] whose windows are w [4, windows].
Vector dense_of(const Vector& w) {
  Vector d(inputs * windows);
  for (int j = 0; j < windows; ++j)
    for (int k = 0; k < seen; ++k)
      d[static_cast<std::size_t>((j * distance + k) * windows + j)] =
          w[static_cast<std::size_t>(k * windows + j)];
  return d;
}
// The windows of a matrix.
Vector windows_of(const Vector& d) {
  Vector w(seen * windows);
  for (int j = 0; j < windows; ++j)
    for (int k = 0; k < seen; ++k)
      w[static_cast<std::size_t>(k * windows + j)] =
          d[static_cast<std::size_t>((j * distance + k) * windows + j)];
  return w;
}
// A model of which only parameters are wanted: `W`, in the shape of a transform.
struct Holder : Model {
  Shared<LinearTransform> transform;
  Between at{vector_space(inputs), vector_space(windows)};
  SpaceInfo input_space() const override { return at.input; }
  using Model::parameters;
  void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"W", parameter_leaf("W", transform->shape(at))});
  }
  void initialize(InitialValues&) const override {}
};

// Everything a transform does, with weights `w`.
Computed computed(const Shared<LinearTransform>& transform, const Vector& w) {
  Holder holder;
  holder.transform = transform;
  const AnyExpr W = holder.parameters()[0].value;
  Data data;
  data.add("x", holder.at.input);
  data.add("y", holder.at.output);
  const AnyExpr x = data["x"].value(), y = data["y"].value();
  const AnyExpr forwards = transform->lmul(holder.at, W, x);
  const AnyExpr transposed = transform->lmul_T(holder.at, W, y);
  const AnyExpr cost = sum(square(forwards) * y), other = sum(square(transposed) * x);
  Function f;
  f.add(output("lmul", forwards));
  f.add(output("lmul_T", transposed));
  f.add(output("by_W", grad(cost, W)));
  f.add(output("by_x", grad(cost, x)));
  f.add(output("T_by_W", grad(other, W)));
  f.add(output("T_by_y", grad(other, y)));
  f.add(output("column_norms", transform->column_norms(holder.at, W)));
  f.add(output("row_norms", transform->row_norms(holder.at, W)));
  Probe probe(holder, data, f);
  probe.set("W", w);
  Minibatch minibatch;
  minibatch.examples = 5;
  minibatch.numbers["x"] = random_numbers(5 * inputs, 1);
  minibatch.numbers["y"] = random_numbers(5 * windows, 2);
  return probe(minibatch);
}

int parameter_count(const Model& model, const char* name) {
  for (const ModelParameter& p : model.parameters())
    if (p.name == name) return p.shape()[0] * p.shape()[1];
  return 0;
}

struct Signal9 : VectorSpace<inputs> {};
using Hidden3 = VectorSpace<windows>;

// The same text for every transform: an autoencoder with tied weights.
template <class Weights>
struct Detector : ModelOf<Detector<Weights>, Signal9> {
  Weights W{"W", irange(.5), max_col_norm(.6), W_lr_scale(.25)};
  Expr<Hidden3> b = parameter<Hidden3>("b");
  Expr<Signal9> c = parameter<Signal9>("c");

  constexpr auto hidden(auto v) const { return sigmoid(W.lmul(v) + b); }
  constexpr auto visible(auto h) const { return tanh(W.lmul_T(h) + c); }
  constexpr auto forward(auto v) const { return visible(hidden(v)); }
  constexpr auto cost(auto v) const { return mean(sum(square(forward(v) - v), axis<0>)); }
  void initialize(InitialValues& values) const {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    W.initialize(values, rng);
  }
  constexpr void modify_updates(UpdateList& updates) const { W.modify_updates(updates); }
  constexpr void channels(auto, ChannelList& list) const { W.channels(list); }
};
struct Windows3 : LocalTransform {
  constexpr Windows3() : LocalTransform(seen, distance) {}
};
template <class Weights>
Shared<Model> detector() {
  using D = Detector<Weights>;
  return Shared<Model>(typename D::erased_model(D()));
}
using Dense9 = WeightsBetween<Signal9, Hidden3>;
using Local9 = WeightsBetween<Signal9, Hidden3, Windows3>;

}  // namespace

TEST_CASE("a local transform is the dense matrix of its windows", "[model][transform]") {
  const Vector w = random_numbers(seen * windows, 3);
  const Computed ours = computed(Shared<LinearTransform>(local), w);
  const Computed dense = computed(Shared<LinearTransform>(MatrixTransform()), dense_of(w));
  const Vector x = random_numbers(5 * inputs, 1), y = random_numbers(5 * windows, 2);
  REQUIRE(difference(ours.at("lmul"), affine(x, dense_of(w), {}, inputs)) < 1e-14);
  REQUIRE(difference(ours.at("lmul_T"), affine(y, transposed(dense_of(w), windows), {}, windows)) <
          1e-14);
  for (const char* same : {"lmul", "lmul_T", "by_x", "T_by_y", "column_norms", "row_norms"}) {
    CAPTURE(same);
    CHECK(difference(ours.at(same), dense.at(same)) < 1e-14);
  }
  for (const char* of_weights : {"by_W", "T_by_W"}) {
    CAPTURE(of_weights);
    CHECK(difference(ours.at(of_weights), windows_of(dense.at(of_weights))) < 1e-13);
  }
}

TEST_CASE("layers: with a transform they have its parameters, as many as its formula says",
          "[model][transform]") {
  const Shared<Model> model = stack(
      inputs, {Tanh("h", windows, irange(.5), transform(local)), Softmax("y", 2, irange(.5))});
  REQUIRE(parameter_count(*model, "h_W") == seen * windows);
  Probe probe(*model, {}, everything(*model, *model->default_cost()));
  REQUIRE(Values(*model).of.at("h_W").size() == seen * windows);
  const Data data = data_of(*model, *model->default_cost());
  REQUIRE(gradient_error(*model, *model->default_cost(), random_batch(data, 4, 5)) < 1e-7);
}

TEST_CASE("layers: what a local layer computes, its limits, decay and channels",
          "[model][transform]") {
  const Shared<Model> model =
      stack(inputs, {Linear("h", windows, irange(.5), transform(local), max_col_norm(.5))});
  const Data data = data_of(*model, *model->default_cost());
  const AnyExpr W = model->parameters()[0].value;
  UpdateList updates;
  updates.add("h_W", W, 1.0 * W);
  Function f;
  f.add(output("y", model->output(data["features"]).value()));
  const Layered& layered = *model->as_layered();
  f.add(output("decay",
               layered.layer(0).weight_decay(layered.root(), AnyExpr(constant(.1).value()))));
  ChannelList channels;
  model->channels(data, channels);
  for (const Channel& each : channels)
    if (each.name.view().find("norms") != std::string_view::npos)
      f.add(output(each.name.c_str(), each.value));
  model->modify_updates(updates);
  updates.give_to(f);

  Probe probe(*model, data, f);
  const Vector w = random_numbers(seen * windows, 3), d = dense_of(w);
  probe.set("h_W", w);
  const Minibatch minibatch = random_batch(data, 5, 1);
  const Computed found = probe(minibatch);
  REQUIRE(difference(found.at("y"), affine(minibatch.numbers.at("features"), d, {}, inputs)) <
          1e-14);
  double squares = 0;
  Vector columns(windows), rows(inputs);
  for (std::size_t i = 0; i < d.size(); ++i) {
    squares += d[i] * d[i];
    columns[i % windows] += d[i] * d[i];
    rows[i / windows] += d[i] * d[i];
  }
  REQUIRE(found.at("decay")[0] == Approx(.1 * squares));
  REQUIRE(found.at("h_row_norms_max")[0] ==
          Approx(std::sqrt(*std::max_element(rows.begin(), rows.end()))));
  REQUIRE(found.at("h_row_norms_min")[0] == 0);  // of the input that is in no window
  REQUIRE(found.at("h_col_norms_max")[0] ==
          Approx(std::sqrt(*std::max_element(columns.begin(), columns.end()))));
  Vector limited = w;
  for (std::size_t i = 0; i < w.size(); ++i)
    limited[i] *= std::min(1., .5 / std::sqrt(columns[i % windows]));
  REQUIRE(difference(probe.get("h_W"), limited) < 1e-14);
}

TEST_CASE("layers: a matrix that is told is the one that is there anyway", "[model][transform]") {
  const auto values = [](const auto&... told) {
    return Values(*stack(inputs, {RectifiedLinear("h", windows, irange(.5), told...)})).of;
  };
  REQUIRE(values() == values(transform(MatrixTransform())));
}

TEST_CASE("layers: what does not fit a transform is told", "[model][transform]") {
  const auto message = [](const auto&... told) {
    return message_of([&] { stack(inputs, {Linear("h", told..., transform(local))}); });
  };
  REQUIRE_THAT(message(5, irange(.1)), Catch::Contains("layer h: 9 inputs have 3 windows, not 5"));
  REQUIRE_THAT(message(3, irange(.1), max_row_norm(1.)),
               Catch::Contains("layer h: max_row_norm: the rows of this transform"));
  REQUIRE_THAT(message(3, sparse_init(5)),
               Catch::Contains("layer h: sparse_init 5: 0 to 4, the number of inputs"));
  REQUIRE_THAT(
      message_of([] { WeightsBetween<Signal9, VectorSpace<4>, Windows3>("W", irange(.1)); }),
      Catch::Contains("weights W: 9 inputs have 3 windows, not 4"));
  REQUIRE_THAT(message_of([] { WeightsBetween<Signal9, Hidden3>("W"); }),
               Catch::Contains("weights W: exactly one of irange, istdev"));
}

TEST_CASE("first values: Glorot's range is of the weights that an input meets",
          "[model][transform]") {
  const auto first = [](const auto& how) {
    return Values(*stack(200, {Linear("h", 197, how, transform(LocalTransform(4, 1)))}))
        .of.at("h_W");
  };
  double largest = 0;
  for (const double w : first(glorot_uniform(true))) largest = std::max(largest, std::abs(w));
  REQUIRE(largest == Approx(std::sqrt(6. / (4 + 4))).epsilon(.01));
  double sum = 0;
  for (const double w : first(glorot_normal(true))) sum += w * w;
  REQUIRE(sum / (4 * 197) == Approx(2. / (4 + 4)).epsilon(.1));
  int kept = 0;
  const Vector sparse = first(sparse_init(3));
  for (const double w : sparse) kept += w != 0;
  REQUIRE(kept == 3 * 197);
}

TEST_CASE("first values: weights stored by unit are those stored by input, turned",
          "[model][transform]") {
  struct Kept final : InitialValues {
    Vector of;
    void set(std::string_view, const double* x, std::int64_t n) override { of.assign(x, x + n); }
    void fill(std::string_view, double) override {}
  };
  const Vector mask = {1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1};  // [4, 3]
  const auto drawn = [&](bool units_first) {
    Initialization how;
    how.sparse_init = 2;
    DrawnWeights weights{"layer h", "h_W", {4, 3, 3, units_first}, mask};
    if (units_first) weights.mask = transposed(mask, 3);
    RandomState rng(std::vector<std::int64_t>{7});
    Kept kept;
    draw_weights(how, weights, true, kept, rng);
    return kept.of;
  };
  REQUIRE(drawn(true) == transposed(drawn(false), 3));
}

TEST_CASE("every class with weights has every way to begin, and every limit",
          "[model][initialize]") {
  const auto begins = [](const auto&... how) {
    const auto some = [](const Shared<Model>& model, const char* name) {
      const Vector w = Values(*model).of.at(name);
      return std::any_of(w.begin(), w.end(), [](double x) { return x != 0; });
    };
    CHECK(some(stack(8, {Tanh("h", 6, how...)}), "h_W"));
    CHECK(some(stack(8, {Maxout("h", 3, 2, how...)}), "h_W"));
    CHECK(some(stack(8, {Hinge("h", 6, how...)}), "h_W"));
    CHECK(some(stack(8, {Softmax("y", 6, how...)}), "softmax_W"));
    CHECK(some(Shared<Model>(SoftmaxRegression(VectorSpace(8), 6, how...)), "softmax_W"));
  };
  begins(irange(.1));
  begins(istdev(.1));
  begins(sparse_init(2), sparse_stdev(.5));
  begins(glorot_uniform(true));
  begins(glorot_normal(true));
  begins(he_uniform(true));
  begins(he_normal(true));
  begins(irange(.1), min_col_norm(.5), max_col_norm(2.));
  begins(irange(.1), max_row_norm(2.), W_lr_scale(.5));
}

TEST_CASE("models of one's own: one text for a matrix and for a local transform",
          "[model][transform]") {
  const auto check = [](const Shared<Model>& model, int weights) {
    REQUIRE(parameter_count(*model, "W") == weights);
    const Shared<Cost> cost = model->default_cost();
    REQUIRE(gradient_error(*model, *cost, random_batch(data_of(*model, *cost), 4, 5)) < 1e-7);
    const Vector first = Values(*model).of.at("W");
    REQUIRE(std::all_of(first.begin(), first.end(), [](double x) { return std::abs(x) < .5; }));
    REQUIRE(channel_names(*model, false).size() == 6);
  };
  check(detector<Dense9>(), inputs * windows);
  check(detector<Local9>(), seen * windows);
}
