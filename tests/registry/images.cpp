// Jobs of images: axes, convolutional layers, sets of images.
#include <ansatz/data/table.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "records_of.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <filesystem>

namespace {

using namespace ansatz;
using ansatz::testing::records_of;
using Catch::Matchers::Contains;

// A convolutional network on 12 images of 10 x 10 pixels, as Pylearn2's tests have it.
std::string image_job(const std::string& layer, const std::string& axes = "['c', 0, 1, 'b']",
                      const std::string& channels = "num_channels: 1") {
  return fmt::format(R"(
!obj:pylearn2.train.Train {{
  dataset: &train !obj:pylearn2.testing.datasets.random_one_hot_topological_dense_design_matrix {{
    rng: !obj:numpy.random.RandomState {{ seed: [2013, 3, 16] }},
    shape: &input_shape [10, 10], channels: 1, axes: ['c', 0, 1, 'b'],
    num_examples: 12, num_classes: 10
  }},
  model: !obj:pylearn2.models.mlp.MLP {{
    batch_size: 2,
    layers: [ {},
      !obj:pylearn2.models.mlp.Softmax {{ max_col_norm: 1.9365, layer_name: 'y', n_classes: 10,
                                         irange: .005 }} ],
    input_space: !obj:pylearn2.space.Conv2DSpace {{ shape: *input_shape, {}, axes: {} }},
  }},
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {{
    learning_rate: .05,
    learning_rule: !obj:pylearn2.training_algorithms.learning_rule.Momentum {{
      init_momentum: 0.5 }},
    monitoring_dataset: {{ 'train': *train }},
    termination_criterion: !obj:pylearn2.termination_criteria.EpochCounter {{ max_epochs: 3 }}
  }}
}}
)",
                     layer, channels, axes);
}

std::string conv(const std::string& nonlinearity) {
  return "!obj:pylearn2.models.mlp.ConvElemwise { layer_name: 'h0', output_channels: 8, "
         "pool_type: max, kernel_shape: [2, 2], pool_shape: [2, 2], pool_stride: [2, 2], "
         "irange: .5, max_kernel_norm: .9, nonlinearity: !obj:pylearn2.models.mlp." +
         nonlinearity + " }";
}

std::vector<double> objective(const MonitorRecords& records) {
  return records.at("train_objective").val_record;
}

std::vector<double> objective_of(const std::string& text) {
  return records_of(text).at("objective").val_record;
}

}  // namespace

TEST_CASE("job: images in any order of axes", "[registry][job][image]") {
  const std::string layer = conv("RectifierConvNonlinearity {}");
  const std::vector<double> first = objective(records_of(image_job(layer)));
  REQUIRE(first.size() == 4);
  CHECK(first.back() < first.front());
  // Other axes, the same numbers; other names of the key, too.
  const std::string orders[] = {"['b', 'c', 0, 1]", "['b', 0, 1, 'c']", "[0, 1, 'c', 'b']", "b10c"};
  for (const std::string& axes : orders) {
    const std::vector<double> other = objective(records_of(image_job(layer, axes)));
    REQUIRE(other.size() == first.size());
    for (std::size_t i = 0; i < first.size(); ++i)
      CHECK(other[i] == Approx(first[i]).epsilon(1e-12));
  }
  for (const char* name : {"channels: 1", "nchannels: 1"})
    CHECK(objective(records_of(image_job(layer, "['c', 0, 1, 'b']", name))) == first);
  for (const char* wrong : {"['c', 0, 1, 'c']", "[0, 1]", "b01", "5"})
    CHECK_THROWS_WITH(load_job_text("images.yaml", image_job(layer, wrong)),
                      Contains("each once, in any order"));
}

TEST_CASE("job: layers of images from YAML", "[registry][job][image]") {
  for (const char* nonlinearity :
       {"SigmoidConvNonlinearity {}", "TanhConvNonlinearity {}", "IdentityConvNonlinearity {}",
        "RectifierConvNonlinearity { left_slope: .1 }"}) {
    CAPTURE(nonlinearity);
    const std::vector<double> values = objective(records_of(image_job(conv(nonlinearity))));
    CHECK(values.back() < values.front());
  }
  const MonitorRecords maxout = records_of(image_job(
      "!obj:pylearn2.models.maxout.MaxoutConvC01B { layer_name: h0, pad: 1, num_channels: 4, "
      "num_pieces: 2, kernel_shape: [3, 3], pool_shape: [2, 2], pool_stride: [1, 1], irange: .5, "
      "max_kernel_norm: .9, partial_sum: 1, tied_b: 1, W_lr_scale: .5, b_lr_scale: .5 }"));
  CHECK(objective(maxout).back() < objective(maxout).front());
  CHECK(maxout.at("train_h0_kernel_norms_max").val_record.back() <= .9 + 1e-6);
  CHECK(maxout.find("train_h0_p_max_x.max_u"));
  const MonitorRecords local = records_of(
      image_job("!obj:pylearn2.models.maxout.MaxoutLocalC01B { layer_name: h0, num_channels: 2, "
                "num_pieces: 2, kernel_shape: [3, 3], irange: .5 }"));
  CHECK(objective(local).back() < objective(local).front());
  const MonitorRecords dense = records_of(
      image_job("!obj:Tanh { layer_name: h0, dim: 162, irange: .5, transform: !obj:TiledConv2D { "
                "kernel_shape: 2, tile_shape: [2, 3] } }"));
  CHECK(objective(dense).back() < objective(dense).front());
}

// Both stages of the convolutional maxout paper, on fewer digits and with fewer channels.
TEST_CASE("job: convolutional maxout, and its second stage", "[registry][job][image]") {
  std::string folder = (std::filesystem::temp_directory_path() / "ansatz-maxout-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const auto run = [&](const char* file, std::vector<std::string> overrides) {
    LoadOptions options;
    options.environment["PYLEARN2_TRAIN_DIR"] = folder + "/";
    options.overrides = std::move(overrides);
    const Job job = load_job(std::string(ANSATZ_TESTS_FOLDER) + "/jobs/" + file, options);
    const Train& train = *job.phases.at(0).train;
    Session session(train, build_programs(train, ElementType::float32), {});
    session.run();
    return session.records();
  };
  const std::string digits = "!obj:DrawnDigits { stop: 70 }";
  const MonitorRecords first = run(
      "maxout_mnist.yaml", {"dataset=" + digits, "algorithm.monitoring_dataset.valid=" + digits,
                            "model.batch_size=32", "model.layers.h0.num_channels=2",
                            "model.layers.h1.num_channels=2", "model.layers.h2.num_channels=2",
                            "algorithm.termination_criterion=!obj:EpochCounter { max_epochs: 2 }"});
  // Of 70 digits two batches of 32 are even.
  CHECK(first.example_record == std::vector<std::int64_t>{0, 64, 128});
  CHECK(first.at("valid_h0_kernel_norms_max").val_record.back() <= .9 + 1e-6);
  CHECK(std::filesystem::exists(folder + "/mnist_best.pkl"));
  // Trained until it is as good as it begins, but for roundings: not for long.
  const std::string fewer = "!obj:DrawnDigits { stop: 64 }";
  const MonitorRecords second =
      run("maxout_mnist_continued.yaml",
          {"dataset=" + fewer, "algorithm.monitoring_dataset.valid=" + fewer,
           "algorithm.termination_criterion.target.dataset=" + fewer});
  CHECK(second.at("learning_rate").val_record.at(0) ==
        Approx(first.at("learning_rate").val_record.back()).epsilon(1e-3));
  std::filesystem::remove_all(folder);
}

TEST_CASE("job: preprocessors of images, one after the other", "[registry][job][image]") {
  const auto job = [](const std::string& items, const std::string& shape) {
    return fmt::format(R"(
!obj:Train {{
  dataset: &train !obj:DenseDesignMatrix {{
    topo_view: !obj:numpy.random.normal {{ size: [20, 6, 6, 3] }},
    y: !obj:numpy.random.randint {{ low: 0, high: 3, size: [20] }}, y_labels: 3,
    preprocessor: !obj:Pipeline {{ items: [ {} ] }}, fit_preprocessor: True
  }},
  model: !obj:MLP {{
    input_space: !obj:Conv2DSpace {{ shape: {}, num_channels: 3 }},
    layers: [ !obj:ConvRectifiedLinear {{ layer_name: h, output_channels: 4, kernel_shape: 2,
                                         pool_shape: 2, pool_stride: 2, irange: .5 }},
              !obj:Softmax {{ layer_name: y, n_classes: 3, irange: .1 }} ]
  }},
  algorithm: !obj:SGD {{ learning_rate: .1, batch_size: 5, monitoring_dataset: *train,
                        termination_criterion: !obj:EpochCounter {{ max_epochs: 2 }} }}
}}
)",
                       items, shape);
  };
  const std::vector<double> plain =
      objective_of(job("!obj:CentralWindow { window_shape: 6 }", "[6, 6]"));
  const std::vector<double> white = objective_of(job(
      "!obj:GlobalContrastNormalization { scale: 5. }, !obj:ZCA { filter_bias: .1 }", "[6, 6]"));
  CHECK(white.size() == 3);
  CHECK(white.back() < white.front());
  CHECK(white != plain);
  // Four patches an image, each with its label.
  const std::vector<double> patches = objective_of(
      job("!obj:ExtractGridPatches { patch_shape: [3, 3], patch_stride: [3, 3] }", "[3, 3]"));
  CHECK(patches.size() == 3);
  CHECK_THROWS_WITH(
      objective_of(job("!obj:ExtractGridPatches { patch_shape: 7, patch_stride: 1 }", "[7, 7]")),
      Contains("7 x 7") && Contains("6 x 6"));
}

TEST_CASE("job: what a layer of images refuses names the layer", "[registry][job][image]") {
  const auto refused = [](const std::string& layer, const char* why) {
    CHECK_THROWS_WITH(records_of(image_job(layer)), Contains("h0") && Contains(why));
  };
  refused(
      "!obj:ConvRectifiedLinear { layer_name: h0, output_channels: 2, kernel_shape: [11, 2], "
      "pool_shape: 1, pool_stride: 1, irange: .1 }",
      "11 x 2");
  refused(
      "!obj:ConvRectifiedLinear { layer_name: h0, output_channels: 2, kernel_shape: 2, "
      "pool_shape: 1, pool_stride: 1, irange: .1, border_mode: half }",
      "'half'");
  for (const char* stride : {"0", "[0, 0]", "[0, 1]", "[1, 0]"})
    for (const char* kind : {"max", "mean"})
      refused(std::string("!obj:ConvRectifiedLinear { layer_name: h0, output_channels: 2, "
                          "kernel_shape: 2, pool_shape: 2, irange: .1, pool_type: ") +
                  kind + ", pool_stride: " + stride + " }",
              "the stride must be at least one pixel");
}
