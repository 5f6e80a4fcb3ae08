// One text of a model, four kinds of weights from YAML: an RBM, an autoencoder, a layer of an MLP.
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/surrogate_cost.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/register_class.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cmath>

namespace {

using namespace ansatz;
using Catch::Matchers::Contains;

// Hidden units h = s(v W + b), visible ones s(h W^T + c), whatever the map W is.
struct Plugged : Model, Weights {
  SpaceInfo vis_space;
  int nhid = 0;
  template <class K>
  static constexpr void keys(K& key) {
    key.required("vis_space", &Plugged::vis_space, "the visible units");
    key.required("nhid", &Plugged::nhid, "number of hidden units");
    weight_keys(key);
  }
  WeightsAt at() const { return {between(vis_space, nhid), "W", "W"}; }
  AnyExpr b() const { return parameter_leaf("b", at().between.output.shape); }
  AnyExpr c() const { return parameter_leaf("c", at().between.input.shape); }
  AnyExpr up(const Signal& v) const { return lmul(at(), v).value() + b(); }
  AnyExpr down(const AnyExpr& h) const {
    return lmul_T(at(), Signal(at().between.output, h)).value() + c();
  }
  static AnyExpr total(const AnyExpr& x) {
    if (x.shape().rank == 4) return sum(x, axis<0>, axis<1>, axis<2>);
    return sum(x, axis<0>);
  }

  SpaceInfo input_space() const override {
    if (const String why = fault(vis_space, nhid); !why.empty()) throw ValueError(why.c_str());
    return vis_space;
  }
  using Model::parameters;
  void parameters(ir::List<ModelParameter>& list) const override {
    add_parameters(at(), list);
    list.push_back({"b", b()});
    list.push_back({"c", c()});
  }
  void initialize(InitialValues& values) const override {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    draw(at(), "the model", true, values, rng);
    values.fill("b", 0);
    values.fill("c", 0);
  }
  Signal output(const Signal& v) const override {
    return format_as(Signal(at().between.input, down(sigmoid(up(v)))), v.space);
  }
};

struct PluggedRbm : Plugged {
  static constexpr const char* yaml = "plugged.RBM";
  AnyExpr free_energy(const Signal& v) const {
    const AnyExpr x = format_as(v, at().between.input).value();
    return -total(x * c()) - total(softplus(up(v)));
  }
  Signal gibbs(const Signal& v) const {
    return Signal(at().between.input, bernoulli(sigmoid(down(bernoulli(sigmoid(up(v)))))));
  }
};
struct PluggedAutoencoder : Plugged {
  static constexpr const char* yaml = "plugged.Autoencoder";
};

struct PluggedDivergence : SurrogateCost {
  static constexpr const char* yaml = "plugged.CD";
  template <class K>
  static constexpr void keys(K&) {}
  constexpr bool is_stochastic() const override { return true; }
  AnyExpr surrogate(const Model& model, const Data& data, UpdateList&) const override {
    const auto& rbm = static_cast<const PluggedRbm&>(model);
    const Signal v = data["features"];
    Signal sample = rbm.gibbs(v);
    sample.values[0] = stop_gradient(sample.values[0]);
    return mean(rbm.free_energy(v) - rbm.free_energy(sample));
  }
};
struct Reconstruction : Cost {
  static constexpr const char* yaml = "plugged.Reconstruction";
  template <class K>
  static constexpr void keys(K&) {}
  constexpr bool supervised() const override { return false; }
  std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const Signal v = data["features"];
    return mean(Plugged::total(square(model.output(v).value() - v.value())));
  }
};
ANSATZ_REGISTER_CLASS(PluggedRbm, "an RBM of this test")
ANSATZ_REGISTER_CLASS(PluggedAutoencoder, "an autoencoder of this test")
ANSATZ_REGISTER_CLASS(PluggedDivergence, "a cost of this test")
ANSATZ_REGISTER_CLASS(Reconstruction, "a cost of this test")

std::string job(const std::string& model, const std::string& cost) {
  return fmt::format(R"(
!obj:Train {{
  dataset: &train !obj:random_one_hot_topological_dense_design_matrix {{
    rng: !obj:numpy.random.RandomState {{ seed: [2013, 3, 16] }},
    shape: [8, 8], channels: 2, axes: [b, 0, 1, c], num_examples: 20, num_classes: 3
  }},
  model: {},
  algorithm: !obj:SGD {{
    learning_rate: .001, batch_size: 5, {} monitoring_dataset: *train,
    termination_criterion: !obj:EpochCounter {{ max_epochs: 3 }}
  }}
}}
)",
                     model, cost);
}

struct Kind {
  const char* transform;  // what the job says
  int weights;            // how many there are, by the formula
};
constexpr const char* space = "!obj:Conv2DSpace { shape: [8, 8], num_channels: 2, axes: c01b }";
// 6 x 6 x 4 outputs.
constexpr Kind kinds[] = {
    {"irange: .05", 128 * 144},
    {"transform: !obj:pylearn2.linear.conv2d.make_random_conv2D { irange: .05, kernel_shape: 3 }",
     3 * 3 * 2 * 4},
    {"transform: !obj:make_random_tiled_conv2D { irange: .05, kernel_shape: 3, tile_shape: 2 }",
     4 * 3 * 3 * 2 * 4},
    {"transform: !obj:make_random_local { irange: .05, kernel_shape: 3 }", 36 * 3 * 3 * 2 * 4},
    {"irange: .05, transform: !obj:SparseTransform { num_inputs: 18, rf_shape: 3 }", 144 * 18},
    {"transform: !obj:make_local_rfs { nhid: 144, rf_shape: 3, stride: 1 }", 36 * 3 * 3 * 2 * 4},
};

struct Ran {
  Session session;
  explicit Ran(const std::string& text)
      : Ran(load_job_text("plugged.yaml", text).phases.at(0).train) {}

 private:
  template <class Train>
  explicit Ran(const Train& train)
      : session(*train, build_programs(*train, ElementType::float64), {}) {
    session.run();
  }
};

}  // namespace

TEST_CASE("plugged: an RBM from YAML, one text for each kind of weights",
          "[training][job][transform]") {
  for (const Kind& kind : kinds) {
    INFO(kind.transform);
    Ran ran(job(
        fmt::format("!obj:plugged.RBM {{ vis_space: {}, nhid: 144, {} }}", space, kind.transform),
        "cost: !obj:plugged.CD {},"));
    Store& store = ran.session.store();
    CHECK(store.shape("W").count() == kind.weights);
    double moved = 0;
    for (int i = 0; i < 128; ++i) moved += std::abs(store.data<double>("c")[i]);
    CHECK(moved > 1e-5);
    CHECK(std::isfinite(moved));
  }
}

TEST_CASE("plugged: an autoencoder from YAML, one text for each kind of weights",
          "[training][job][transform]") {
  for (const Kind& kind : kinds) {
    INFO(kind.transform);
    Ran ran(job(fmt::format("!obj:plugged.Autoencoder {{ vis_space: {}, nhid: 144, {} }}", space,
                            kind.transform),
                "cost: !obj:plugged.Reconstruction {},"));
    CHECK(ran.session.store().shape("W").count() == kind.weights);
    const std::vector<double> errors = ran.session.records().at("objective").val_record;
    CHECK(errors.back() < errors.front());
  }
}

TEST_CASE("plugged: a layer from YAML, one text for each kind of weights",
          "[training][job][transform]") {
  for (const Kind& kind : kinds) {
    INFO(kind.transform);
    Ran ran(
        job(fmt::format("!obj:MLP {{ input_space: {}, layers: [ !obj:Tanh {{ layer_name: h, dim: "
                        "144, {} }}, !obj:Softmax {{ layer_name: y, n_classes: 3, irange: .05 }} ] "
                        "}}",
                        space, kind.transform),
            ""));
    CHECK(ran.session.store().shape("h_W").count() == kind.weights);
    const std::vector<double> costs = ran.session.records().at("objective").val_record;
    CHECK(costs.back() < costs.front());
  }
}

TEST_CASE("plugged: what a transform was told of its Spaces is held to",
          "[training][job][transform]") {
  const auto message = [](const char* transform) {
    try {
      Ran ran(
          job(fmt::format("!obj:MLP {{ input_space: {}, layers: [ !obj:Tanh {{ layer_name: h, "
                          "dim: 144, transform: {} }}, !obj:Softmax {{ layer_name: y, n_classes: "
                          "3, irange: .05 }} ] }}",
                          space, transform),
              ""));
      return std::string();
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
  };
  CHECK(message("!obj:pylearn2.linear.conv2d.make_random_conv2D { irange: .05, kernel_shape: 3, "
                "input_space: !obj:Conv2DSpace { shape: [8, 8], num_channels: 2 }, output_space: "
                "!obj:Conv2DSpace { shape: [6, 6], num_channels: 4 }, batch_size: 5 }")
            .empty());
  CHECK_THAT(message("!obj:pylearn2.linear.conv2d.make_random_conv2D { irange: .05, kernel_shape: "
                     "3, input_space: !obj:Conv2DSpace { shape: [9, 8], num_channels: 2 } }"),
             Contains("layer h") && Contains("input_space Conv2DSpace(9, 8, 2)"));
  CHECK_THAT(message("!obj:make_sparse_random_conv2D { num_nonzero: 9, kernel_shape: 3 }"),
             Contains("pylearn2.linear.conv2d.make_sparse_random_conv2D"));
}

TEST_CASE("plugged: all keys of Pylearn2's functions", "[training][job][transform]") {
  // What is accepted and ignored changes no bit; what is told is what is there.
  const auto first = [](const std::string& transform) {
    Ran ran(
        job(fmt::format("!obj:MLP {{ input_space: {}, layers: [ !obj:Tanh {{ layer_name: h, dim: "
                        "144, transform: !obj:{} }}, !obj:Softmax {{ layer_name: y, n_classes: 3, "
                        "irange: .05 }} ] }}",
                        space, transform),
            ""));
    return ran.session.records().at("objective").val_record;
  };
  const char* const axes = "input_axes: [c, 0, 1, b], output_axes: [c, 0, 1, b], ";
  const auto same = [&](const std::string& name, const std::string& needed,
                        const std::string& more) {
    INFO(name);
    CHECK(first(name + " { " + needed + " }") == first(name + " { " + needed + ", " + more + " }"));
  };
  const std::string spaces =
      "input_space: !obj:Conv2DSpace { shape: [8, 8], num_channels: 2 }, "
      "output_space: !obj:Conv2DSpace { shape: [6, 6], num_channels: 4 }, ";
  same("pylearn2.linear.conv2d.make_random_conv2D", "irange: .05, kernel_shape: [3, 3]",
       spaces +
           "batch_size: 5, subsample: [1, 1], border_mode: valid, message: text, rng: "
           "[2012, 11, 6, 9]");
  same("pylearn2.linear.conv2d.make_sparse_random_conv2D", "num_nonzero: 9, kernel_shape: [3, 3]",
       spaces + "batch_size: 5, rng: [2012, 11, 6]");
  same("pylearn2.linear.conv2d_c01b.make_random_conv2D", "irange: .05, kernel_shape: [3, 3]",
       std::string(axes) +
           "input_channels: 2, output_channels: 4, kernel_stride: [1, 1], pad: 0, partial_sum: 1");
  same("pylearn2.linear.conv2d_c01b.make_sparse_random_conv2D",
       "num_nonzero: 9, kernel_shape: [3, 3]",
       spaces + axes + "pad: 0, border_mode: valid, partial_sum: 1");
  same("pylearn2.linear.local_c01b.make_random_local", "irange: .05, kernel_shape: [3, 3]",
       std::string(axes) +
           "input_channels: 2, output_channels: 4, input_groups: 1, image_shape: "
           "[8, 8], kernel_stride: [1, 1], pad: 0, partial_sum: 1");
  same("pylearn2.linear.matrixmul.make_local_rfs", "nhid: 144, rf_shape: [3, 3], stride: [1, 1]",
       "irange: .05, draw_patches: False, rng: [2012, 7, 18]");
}
