// BatchNormalization of vectors and images, against plain loops; in training see
// tests/training/batch_statistics.cpp.
#include "probe.hpp"

#include <ansatz/model/layers/batch_normalization.hpp>
#include <ansatz/model/layers/softmax.hpp>

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

using Vector = std::vector<double>;
// Of `channels` channels the numbers of an example: which channel is number i of it?
struct Layout {
  SpaceInfo space;
  int channels() const {
    return space.kind == SpaceKind::conv2d ? space.channels() : space.total_dimension();
  }
  int channel(int i) const {
    const int all = space.total_dimension();
    if (space.kind == SpaceKind::conv2d && space.axes == Axes::bc01) return i / (all / channels());
    return i % channels();
  }
};

Shared<Model> model_of(const BatchNormalization& layer, const SpaceInfo& space) {
  MLP<> mlp;
  mlp.space = space;
  mlp.layers.push_back(Shared<Layer>(layer));
  (void)mlp.places(mlp.root());
  return mlp;
}

constexpr int rows_of_batch = 5;

}  // namespace

TEST_CASE("batch normalisation: by the batch in training, by what ran along otherwise",
          "[model][normalization]") {
  for (const SpaceInfo& space :
       {vector_space(4), conv2d_space(3, 2, 4), conv2d_space(3, 2, 4, Axes::bc01)}) {
    CAPTURE(to_text(space).view());
    const Layout layout{space};
    BatchNormalization n("n");
    n.momentum = .7;
    n.epsilon = .01;
    n.nonlinearity = RectifierConvNonlinearity();
    const Shared<Model> model = model_of(n, space);
    Data data;
    data.add("features", space);
    const Data training = data.for_training();
    const AnyExpr x = training["features"].value();
    const AnyExpr y = model->output(training["features"]).value();
    UpdateList updates;
    model->state_updates(training, updates);
    Function f;
    f.add(output("y", y));
    f.add(output("predicted", model->output(data["features"]).value()));
    f.add(output("by_x", grad(sum(y * y * x), x)));
    f.add(output("cost", sum(y * y * x)));
    for (const ModelParameter& p : model->parameters())
      f.add(output(("by_" + p.name).c_str(), grad(sum(y * y * x), p.value)));
    f.add(output("ran_mean", updates.entries()[0].value));
    f.add(output("ran_variance", updates.entries()[1].value));
    Probe probe(*model, data, f);
    const Vector gamma = {1.5, -.5, .8, 2}, beta = {.1, .2, -.3, 0};
    const Vector m0 = {.3, -.1, 0, .2}, v0 = {1, .5, 2, .25};
    probe.set("n_gamma", gamma);
    probe.set("n_beta", beta);
    Store store = probe.program().store();
    for (int c = 0; c < 4; ++c) {
      store.data<double>("n_mean")[c] = m0[at(c)];
      store.data<double>("n_variance")[c] = v0[at(c)];
    }
    Minibatch batch;
    batch.examples = rows_of_batch;
    const int width = space.total_dimension();
    batch.numbers["features"] = random_numbers(rows_of_batch * width, 3);
    const Vector& v = batch.numbers["features"];
    Vector mean(4), variance(4), count(4);
    for (int i = 0; i < rows_of_batch * width; ++i) ++count[at(layout.channel(i % width))];
    for (int i = 0; i < rows_of_batch * width; ++i)
      mean[at(layout.channel(i % width))] += v[at(i)] / count[at(layout.channel(i % width))];
    for (int i = 0; i < rows_of_batch * width; ++i) {
      const std::size_t c = at(layout.channel(i % width));
      variance[c] += std::pow(v[at(i)] - mean[c], 2) / count[c];
    }
    const auto wanted = [&](const Vector& m, const Vector& s) {
      Vector out;
      for (int i = 0; i < rows_of_batch * width; ++i) {
        const std::size_t c = at(layout.channel(i % width));
        out.push_back(std::max(0., (v[at(i)] - m[c]) / std::sqrt(s[c] + .01) * gamma[c] + beta[c]));
      }
      return out;
    };
    const Computed found = probe(batch);
    CHECK(difference(found.at("y"), wanted(mean, variance)) < 1e-12);
    CHECK(difference(found.at("predicted"), wanted(m0, v0)) < 1e-12);
    Vector ran_mean, ran_variance;
    for (std::size_t c = 0; c < 4; ++c) {
      ran_mean.push_back(.7 * m0[c] + .3 * mean[c]);
      ran_variance.push_back(.7 * v0[c] + .3 * variance[c]);
    }
    CHECK(difference(found.at("ran_mean"), ran_mean) < 1e-13);
    CHECK(difference(found.at("ran_variance"), ran_variance) < 1e-13);

    // Derivatives through the batch's mean and variance, too.
    const auto slope = [&](double& number) {
      const double before = number, step = 1e-5;
      number = before + step;
      const double up = probe(batch)["cost"][0];
      number = before - step;
      const double s = (up - probe(batch)["cost"][0]) / (2 * step);
      number = before;
      return s;
    };
    for (int i = 0; i < width; i += 5)
      CHECK(found.at("by_x")[at(i)] ==
            Approx(slope(batch.numbers["features"][at(i)])).epsilon(1e-6).margin(1e-8));
    for (const char* name : {"n_gamma", "n_beta"})
      for (int c = 0; c < 4; ++c)
        CHECK(found.at(std::string("by_") + name)[at(c)] ==
              Approx(slope(store.data<double>(name)[c])).epsilon(1e-6).margin(1e-8));
  }
}

TEST_CASE("batch normalisation: parameters, state, channels, and what it refuses",
          "[model][normalization]") {
  const Shared<Model> model = model_of(BatchNormalization("n"), conv2d_space(3, 2, 4));
  const Values values(*model);
  CHECK(values.of.at("n_gamma") == Vector(4, 1.));
  CHECK(values.of.at("n_beta") == Vector(4, 0.));
  StateList states;
  model->states(states);
  REQUIRE(states.size() == 2);
  CHECK(states[0].name == "n_mean");
  CHECK(states[1].value.shape() == ir::make_shape(4));
  BatchNormalization scaled("n");
  scaled.gamma_lr_scale = .5;
  scaled.beta_lr_scale = .25;
  const ir::List<ModelParameter> parameters = model_of(scaled, conv2d_space(3, 2, 4))->parameters();
  CHECK(parameters[0].lr_scale == .5);
  CHECK(parameters[1].lr_scale == .25);
  BatchNormalization bare("n");
  bare.scale = bare.center = false;
  CHECK(model_of(bare, vector_space(3))->parameters().empty());
  CHECK(channel_names(*model_of(bare, vector_space(3)), false) ==
        std::vector<std::string>{"n_mean_max", "n_mean_mean", "n_mean_min", "n_variance_max",
                                 "n_variance_mean", "n_variance_min"});
  CHECK_THAT(message_of([] { (void)model_of(BatchNormalization("n"), index_space(4)); }),
             Contains("layer n") && Contains("IndexSpace(4)"));
}
