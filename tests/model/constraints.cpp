// What acts on new values of parameters: norm limits, masks; and the vector of all parameters.
#include "probe.hpp"

#include <ansatz/data/table.hpp>
#include <ansatz/files/npz.hpp>
#include <ansatz/job/parameter_vector.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/target_statistics.hpp>

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// The value that an update of `name` to itself leaves it with.
std::vector<double> constrained(const Shared<Layer>& layer, const char* name,
                                const std::vector<double>& w, int inputs) {
  const Shared<Model> model = stack(inputs, {layer});
  UpdateList updates;
  for (const ModelParameter& p : model->parameters())
    if (p.name == name) updates.add(name, p.value, 1.0 * p.value);
  model->modify_updates(updates);
  Function f;
  updates.give_to(f);
  Probe probe(*model, {}, f);
  probe.set(name, w);
  probe(Minibatch());
  return probe.get(name);
}

// A data set of given labels or vectors.
struct Targets : Dataset {
  Column column;
  std::shared_ptr<const Table> load() const override {
    return std::make_shared<Table>(std::vector<Column>{column});
  }
};
Shared<Dataset> labels_of(std::vector<std::int32_t> labels, int classes, const Dims& example = {}) {
  auto* set = new Targets;
  set->column = label_column("targets", std::move(labels), classes, example);
  return Shared<Dataset>(set);
}

std::vector<double> biases(const Shared<Dataset>& set) {
  return Values(*stack(5, {Softmax("y", 3, irange(.1), init_bias_target_marginals(set))}))
      .of.at("softmax_b");
}

std::vector<double> centred_logarithms(std::vector<double> p) {
  double mean = 0;
  for (double& x : p) x = std::log(x), mean += x / static_cast<double>(p.size());
  for (double& x : p) x -= mean;
  return p;
}

}  // namespace

TEST_CASE("max_col_norm: longer columns are shortened to it, others stay", "[model][constraint]") {
  // columns of length 0, 0.5, 1 and 2
  const std::vector<double> w = {0, .3, .6, 1.2, 0, .4, .8, 1.6};
  const std::vector<double> want = {0, .3, .6, .6, 0, .4, .8, .8};
  REQUIRE(
      difference(constrained(RectifiedLinear("h", 4, irange(.1), max_col_norm(1.)), "h_W", w, 2),
                 want) < 1e-7);
  REQUIRE(difference(constrained(Softmax("y", 4, irange(.1), max_col_norm(1.)), "softmax_W", w, 2),
                     want) < 1e-7);
}

TEST_CASE("min_col_norm, max_row_norm: columns made longer, rows shorter", "[model][constraint]") {
  const std::vector<double> w = {.3, .6, 1.2, .4, .8, 1.6};
  REQUIRE(difference(constrained(Linear("h", 3, irange(.1), min_col_norm(1.)), "h_W", w, 2),
                     {.6, .6, 1.2, .8, .8, 1.6}) < 1e-6);
  const std::vector<double> rows = {3, 4, .3, .4};
  REQUIRE(difference(constrained(Linear("h", 2, irange(.1), max_row_norm(1.)), "h_W", rows, 2),
                     {.6, .8, .3, .4}) < 1e-7);
  REQUIRE_THAT(message_of([] {
                 stack(2, {Linear("h", 2, irange(.1), max_row_norm(1.), max_col_norm(1.))});
               }),
               Catch::Contains("layer h: max_row_norm and max_col_norm exclude each other"));
}

TEST_CASE("norm limits are scalars of the program", "[model][constraint]") {
  const Shared<Model> model = stack(2, {Linear("h", 1, irange(.1), max_col_norm(1.))});
  UpdateList updates;
  updates.add("h_W", model->parameters()[0].value, 1.0 * model->parameters()[0].value);
  model->modify_updates(updates);
  Function f;
  updates.give_to(f);
  Probe probe(*model, {}, f);
  probe.program().set("h.max_col_norm", 2.5);
  probe.set("h_W", {3, 4});
  probe(Minibatch());
  REQUIRE(difference(probe.get("h_W"), {1.5, 2}) < 1e-6);
}

TEST_CASE("mask_weights: weights it forbids begin at zero and stay there", "[model][constraint]") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "ansatz_test_mask.npy").string();
  const auto write = [&](const char* shape, const std::vector<float>& numbers) {
    std::string header =
        std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ") + shape + ", }";
    header.resize(117, ' ');
    header += "\n";
    std::FILE* file = std::fopen(path.c_str(), "wb");
    std::fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
    std::fwrite(header.data(), 1, header.size(), file);
    std::fwrite(numbers.data(), sizeof(float), numbers.size(), file);
    std::fclose(file);
  };
  write("(2, 2)", {1, 0, 0, 1});
  const Shared<Model> model = stack(2, {Linear("h", 2, irange(.1), mask_weights(path.c_str()))});
  const auto first = Values(*model).of;
  REQUIRE(first.at("h_W")[0] != 0);
  REQUIRE(first.at("h_W")[1] == 0);
  REQUIRE(first.at("h_W")[2] == 0);
  REQUIRE(constrained(Linear("h", 2, irange(.1), mask_weights(path.c_str())), "h_W", {1, 2, 3, 4},
                      2) == std::vector<double>{1, 0, 0, 4});
  write("(4,)", {1, 0, 0, 1});
  REQUIRE_THAT(message_of([&] { Values v(*model); }), Catch::Contains("layer h: mask_weights") &&
                                                          Catch::Contains("[4]; [2, 2] is needed"));
  std::filesystem::remove(path);
}

TEST_CASE("init_bias_target_marginals: the logarithms of the classes' frequencies",
          "[model][softmax]") {
  REQUIRE(difference(biases(labels_of({0, 1, 1, 2, 2}, 3)), centred_logarithms({.2, .4, .4})) <
          1e-15);
  auto* vectors = new Targets;
  vectors->column = number_column("targets", std::vector<double>{.2, .7, .4, .6, .1, .9}, Dims{3});
  REQUIRE(difference(biases(Shared<Dataset>(vectors)), centred_logarithms({.4, .4, .65})) < 1e-15);
  REQUIRE_THAT(message_of([] {
                 biases(labels_of({0, 1, 1, 2, 2, 0}, 3, Dims{2}));
               }),
               Catch::Contains("layer y: init_bias_target_marginals has 2 labels an example"));
  REQUIRE_THAT(message_of([] {
                 biases(labels_of({0, 1, 1}, 3));
               }),
               Catch::Contains("class 2 has the frequency 0"));
}

TEST_CASE("statistics of targets: means and precisions as first values",
          "[model][linear_gaussian]") {
  Targets set;
  set.column = number_column("targets", std::vector<double>{1, 5, 3, 5}, Dims{2});
  const Numbers mean = mean_of_targets(set);
  REQUIRE(std::vector<double>(mean.list.begin(), mean.list.end()) == std::vector<double>{2, 5});
  const Numbers beta = beta_from_targets(set, .01);
  REQUIRE(beta.list[0] == 1);
  REQUIRE(beta.list[1] == Approx(100));
  REQUIRE_THAT(message_of([] {
                 Targets labels;
                 labels.column = label_column("targets", {0, 1}, 2);
                 mean_of_targets(labels);
               }),
               Catch::Contains("the targets are labels, which have no mean"));
}

TEST_CASE("parameter vector: what is set comes back", "[model]") {
  const Shared<Model> model =
      stack(3, {RectifiedLinear("h", 2, irange(.1)), Softmax("y", 2, irange(.1))});
  const Data data = [&] {
    Data d;
    d.add("features", model->input_space());
    return d;
  }();
  Function f;
  f.add(output("y", model->output(data["features"]).value()));
  Probe probe(*model, data, f);
  Store store = probe.program().store();
  const std::vector<double> numbers = random_numbers(3 * 2 + 2 + 2 + 4, 1);
  set_parameter_vector(*model, store, numbers);
  REQUIRE(parameter_vector(*model, store) == numbers);
  REQUIRE(probe.get("softmax_b") == std::vector<double>{numbers[8], numbers[9]});
  REQUIRE_THAT(message_of([&] {
                 set_parameter_vector(*model, store, {1, 2});
               }),
               Catch::Contains("a vector of 2 numbers for a model with 14 parameters"));
}

TEST_CASE("learning rate scales: a layer's go with its parameters", "[model]") {
  const Shared<Model> model =
      stack(3, {RectifiedLinear("h", 2, irange(.1), W_lr_scale(.5), b_lr_scale(2.)),
                Softmax("y", 2, irange(.1), b_lr_scale(3.))});
  const ir::List<ModelParameter> p = model->parameters();
  REQUIRE(p[0].lr_scale == .5);
  REQUIRE(p[1].lr_scale == 2);
  REQUIRE(p[2].lr_scale == 3);
  REQUIRE(p[2].scaled);
  REQUIRE_FALSE(p[3].scaled);
}
