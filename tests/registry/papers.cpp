// Jobs of Pylearn2's papers, contests and tests that are of images or read what scripts prepare:
// each is checked without its data, and trained where they can be drawn.
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/data/sets/saved_dataset.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "data/temporary_file.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <ansatz/base/random_state.hpp>

#include <cmath>
#include <cstdlib>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Matchers::Contains;

namespace {

std::string joined(const std::vector<std::string>& list) {
  std::string all;
  for (const std::string& each : list) all += each + "\n";
  return all;
}

// What is told of a job whose data are not there: nothing but that.
std::string told_of(const std::string& text) {
  LoadOptions options;
  options.check_only = true;
  options.environment["PYLEARN2_TRAIN_DIR"] = "";
  options.environment["PYLEARN2_TRAIN_FILE_FULL_STEM"] = "job";
  options.environment["PYLEARN2_TRAIN_FILE_NAME"] = "job";
  const Job job = load_job_text("job.yaml", text, options);
  return joined(job.warnings);
}

MonitorRecords records_of(const std::string& text, const std::string& folder,
                          std::vector<std::string> overrides = {}) {
  LoadOptions options;
  options.environment["PYLEARN2_TRAIN_FILE_NAME"] = folder + "/job";
  options.overrides = std::move(overrides);
  const Job job = load_job_text("job.yaml", text, options);
  const Train& train = *job.phases.at(0).train;
  Session session(train, build_programs(train, ElementType::float32), {});
  session.run();
  return session.records();
}

std::string conv_maxout(const char* name, int pad, const std::string& channels, int kernel,
                        int pool, const char* norm, const char* more = "") {
  return fmt::format(R"(
    !obj:pylearn2.models.maxout.MaxoutConvC01B {{
      layer_name: '{0}', pad: {1}, tied_b: 1, W_lr_scale: .05, b_lr_scale: .05, num_channels: {2},
      num_pieces: 2, kernel_shape: [{3}, {3}], pool_shape: [{4}, {4}], pool_stride: [2, 2],
      irange: .005, max_kernel_norm: {5},{6}
    }},)",
                     name, pad, channels, kernel, pool, norm, more);
}

std::string conv_model(const std::string& layers, int units) {
  return fmt::format(R"(!obj:pylearn2.models.mlp.MLP {{
    batch_size: 128,
    layers: [{}
      !obj:pylearn2.models.maxout.Maxout {{
        layer_name: 'h3', irange: .005, num_units: {}, num_pieces: 5, max_col_norm: 1.9
      }},
      !obj:pylearn2.models.mlp.Softmax {{
        max_col_norm: 1.9365, layer_name: 'y', n_classes: 10, irange: .005
      }}
    ],
    input_space: !obj:pylearn2.space.Conv2DSpace {{
      shape: &window_shape [32, 32], num_channels: 3, axes: ['c', 0, 1, 'b'],
    }},
  }})",
                     layers, units);
}

std::string whitened(const char* file, const char* range = "") {
  return fmt::format(R"(!obj:pylearn2.datasets.zca_dataset.ZCA_Dataset {{
    preprocessed_dataset: !pkl: "${{PYLEARN2_DATA_PATH}}/cifar10/pylearn2_gcn_whitened/{}.pkl",
    preprocessor: !pkl: "${{PYLEARN2_DATA_PATH}}/cifar10/pylearn2_gcn_whitened/preprocessor.pkl",
    {} axes: ['c', 0, 1, 'b']
  }})",
                     file, range);
}

constexpr const char* dropout = R"(!obj:pylearn2.costs.mlp.dropout.Dropout {
      input_include_probs: { 'h0' : .8 },
      input_scales: { 'h0' : 1. }
    })";
constexpr const char* until_no_better =
    R"(!obj:pylearn2.termination_criteria.MonitorBased {
      channel_name: "valid_y_misclass", prop_decrease: 0., N: 100
    })";
constexpr const char* best_is_saved =
    R"(!obj:pylearn2.train_extensions.best_params.MonitorBasedSaveBest {
      channel_name: 'valid_y_misclass', save_path: "${PYLEARN2_TRAIN_FILE_FULL_STEM}_best.pkl"
    },)";

// papers/maxout/cifar10*.yaml: of 40000 examples until nothing becomes better, or of all for as
// many epochs as that took; with and without other windows in each epoch.
std::string cifar10(bool valid, bool augmented, bool old_small = false) {
  const std::string layers =
      conv_maxout("h0", 4, old_small ? "48" : "96", 8, 4, ".9", " partial_sum: 33,") +
      conv_maxout("h1", 3, old_small ? "128" : "192", 8, 4, "1.9365") +
      conv_maxout("h2", 3, old_small ? "128" : "192", 5, 2, "1.9365");
  const char* const windows = R"(
    !obj:pylearn2.train_extensions.window_flip.WindowAndFlip {
      pad_randomized: 8, window_shape: *window_shape, randomize: [ *train], center: [ *valid ]
    })";
  return fmt::format(
      R"(
!obj:pylearn2.train.Train {{
  dataset: &train {},
  model: {},
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {{
    learning_rate: .17,
    learning_rule: !obj:pylearn2.training_algorithms.learning_rule.Momentum {{ init_momentum: .5 }},
    {}
    monitoring_dataset:
      {{
        '{}' : &valid {},
      }},
    cost: {},
    termination_criterion: {},
  }},
  extensions: [
    {}
    !obj:pylearn2.training_algorithms.learning_rule.MomentumAdjustor {{
      start: 1, saturate: 250, final_momentum: .65
    }},
    !obj:pylearn2.training_algorithms.sgd.LinearDecayOverEpoch {{
      start: 1, saturate: 500, decay_factor: .01
    }},{}
  ],
  save_path: "${{PYLEARN2_TRAIN_FILE_FULL_STEM}}.pkl",
  save_freq: 1
}}
)",
      whitened("train", valid ? "start: 0, stop: 40000," : ""),
      conv_model(layers, old_small ? 240 : 500),
      old_small ? ""
                : "train_iteration_mode: 'even_shuffled_sequential', "
                  "monitor_iteration_mode: 'even_sequential',",
      valid ? "valid" : "test",
      valid ? whitened("train", "start: 40000, stop: 50000,") : whitened("test"), dropout,
      valid ? until_no_better
            : "!obj:pylearn2.termination_criteria.EpochCounter { max_epochs: 474 }",
      valid ? best_is_saved : "", augmented ? windows : "");
}

// papers/maxout/svhn.yaml, and svhn2.yaml, which goes on from the model of its best epoch.
std::string svhn(bool second) {
  const auto set = [](const char* which) {
    return fmt::format(R"(!obj:pylearn2.datasets.svhn.SVHN {{
      which_set: '{}', path: "${{SVHN_LOCAL_PATH}}", axes: ['c', 0, 1, 'b'],
    }})",
                       which);
  };
  const std::string layers = conv_maxout("h0", 4, "64", 5, 3, ".9") +
                             conv_maxout("h1", 3, "128", 5, 3, "1.9365") +
                             conv_maxout("h2", 3, "128", 5, 3, "1.9365");
  return fmt::format(
      R"(
!obj:pylearn2.train.Train {{
  dataset: &train {},
  model: {},
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {{
    {}
    monitoring_dataset:
      {{
        #'train' : *train,
        'valid' : {},
        'test' : {}
      }},
    cost: {},
    termination_criterion: {},
  }},
  extensions: [
    !obj:pylearn2.train_extensions.best_params.MonitorBasedSaveBest {{
      channel_name: 'valid_y_misclass',
      save_path: "${{PYLEARN2_TRAIN_DIR}}svhn_{}.joblib",
    }},{}
  ],
}}
)",
      set("splitted_train"),
      second ? R"(!obj:pylearn2.monitor.push_monitor {
    model: !pkl: "${PYLEARN2_TRAIN_DIR}svhn_best.joblib", name: "old_monitor"
  })"
             : conv_model(layers, 400),
      second ? R"(train_iteration_mode: 'even_batchwise_shuffled_sequential',
    monitor_iteration_mode: 'even_sequential', learning_rate: 0.008600,
    learning_rule: !obj:pylearn2.training_algorithms.learning_rule.Momentum {
      init_momentum: 0.900000,
    },)"
             : R"(train_iteration_mode: 'batchwise_shuffled_sequential',
    learning_rate: 0.200000, init_momentum: .5,)",
      set("valid"), set("test"), dropout, until_no_better, second ? "best2" : "best",
      second ? R"(
    !obj:noisy_encoder.utils.best_params.MonitorBasedBest {
      channel_name: 'valid_y_misclass', save_channel_names: ['valid_y_misclass'],
    },)"
             : R"(
    !obj:pylearn2.training_algorithms.sgd.MomentumAdjustor {
      start: 1, saturate: 250, final_momentum: .6
    },
    !obj:pylearn2.training_algorithms.sgd.LinearDecayOverEpoch {
      start: 1, saturate: 250, decay_factor: 0.001000
    },)");
}

constexpr const char* wrepl = "!obj:pylearn2.scripts.icml_2013_wrepl.";

// icml_2013_wrepl/black_box/{mlp,zca_mlp}.yaml
std::string black_box(bool whitened) {
  const auto part = [&](const char* range, const char* preprocessor) {
    return fmt::format(
        "{}black_box.black_box_dataset.BlackBoxDataset {{ which_set: 'train', {}{} }}", wrepl,
        range, preprocessor);
  };
  const auto layer = [&](const char* name) {
    return fmt::format(
        R"(!obj:pylearn2.models.mlp.RectifiedLinear {{
        layer_name: '{}', dim: 1875, {}
      }})",
        name, whitened ? "sparse_init: 15, max_col_norm: 1." : "irange: .05, max_col_norm: 2.");
  };
  return fmt::format(
      R"(
!obj:pylearn2.train.Train {{
  dataset: &train {},
  model: !obj:pylearn2.models.mlp.MLP {{
    batch_size: {},
    layers : [
      {},
      {},
      !obj:pylearn2.models.mlp.Softmax {{
        layer_name: 'y', init_bias_target_marginals: *train, irange: .0, n_classes: 9
      }}
    ],
    nvis: 1875,
  }},
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {{
    learning_rate: {},
    init_momentum: .5,
    monitoring_dataset:
      {{
        'train' : *train,
        'valid' : {}
      }},
    termination_criterion: {},
  }},
  extensions: [ {}
    !obj:pylearn2.training_algorithms.sgd.LinearDecayOverEpoch {{
      start: 5, saturate: 100, decay_factor: .01
    }}
  ],
  save_path: "mlp.pkl",
  save_freq: 1
}}
)",
      part("start: 0, stop: 900",
           whitened ? ", preprocessor: &preprocessor !pkl: \"zca.pkl\"" : ""),
      whitened ? 900 : 100, layer("h0"), layer("h1"), whitened ? "10." : ".1",
      part("start: 900, stop: 1000,", whitened ? "preprocessor: *preprocessor" : ""),
      until_no_better, best_is_saved);
}

// icml_2013_wrepl/emotions/{convolutional_net,softmax}.yaml
std::string emotions(bool images) {
  const auto part = [&](const char* range, const char* preprocessor) {
    return fmt::format("{}emotions.emotions_dataset.EmotionsDataset {{ which_set: 'train', {}{} }}",
                       wrepl, range, images ? preprocessor : "");
  };
  const char* const net = R"(!obj:pylearn2.models.mlp.MLP {
    layers : [
      !obj:pylearn2.models.mlp.ConvRectifiedLinear {
        layer_name: 'h0', kernel_shape: [8, 8], pool_shape: [4, 4], pool_stride: [2, 2],
        output_channels: 32, irange: .05, max_kernel_norm: .9
      },

      !obj:pylearn2.models.mlp.Softmax {
        layer_name: 'y', init_bias_target_marginals: *train, irange: .0, n_classes: 7
      }
    ],
    input_space: !obj:pylearn2.space.Conv2DSpace { shape: [48, 48], num_channels: 1 }
  })";
  const char* const regression = R"(!obj:pylearn2.models.softmax_regression.SoftmaxRegression {
    init_bias_target_marginals: *train, irange: .0, n_classes: 7, nvis: 2304,
  })";
  const char* const gradient = R"(!obj:pylearn2.training_algorithms.sgd.SGD {
    batch_size: 100, learning_rate: .001, init_momentum: .5,)";
  const char* const conjugate = R"(!obj:pylearn2.training_algorithms.bgd.BGD {
    conjugate: 1, line_search_mode: 'exhaustive', batch_size: 5000, updates_per_batch: 3,
    reset_alpha: 0, reset_conjugate: 0,)";
  return fmt::format(
      R"(
!obj:pylearn2.train.Train {{
  dataset: &train {},
  model: {},
  algorithm: {}
    monitoring_dataset:
      {{
        'valid' : {}
      }},
    termination_criterion: {},
  }},
  extensions: [ {} ],
}}
)",
      part("start: 0, stop: 25000",
           ", preprocessor: &prepro !obj:pylearn2.datasets.preprocessing."
           "GlobalContrastNormalization { sqrt_bias: 10, use_std: 1 }"),
      images ? net : regression, images ? gradient : conjugate,
      part("start: 25000, stop: 28709", ", preprocessor: *prepro"), until_no_better, best_is_saved);
}

// papers/jia_huang_wkshp_11/kmeans.yaml
constexpr const char* kmeans = R"(

!obj:pylearn2.scripts.train.Train {
        dataset : !obj:pylearn2.datasets.dense_design_matrix.from_dataset {
                # as a demonstration has it """
                dataset: !pkl: "${PYLEARN2_DATA_PATH}/cifar100/cifar100_patches/data.pkl",
                num_examples: 400000
               },
        model   : !obj:pylearn2.kmeans.KMeans {
                k : 1600,
                nvis: 108,
                verbose : 1
               },
       save_freq: 1
}
)";

// scripts/example_convolution.yaml: an energy with a convolution for its weights.
constexpr const char* convolutional_rbm = R"(
!obj:pylearn2.train.Train {
    "dataset": &src !pkl: "${PYLEARN2_DATA_PATH}/cifar10/pylearn2_whitened/train.pkl",
    "model": !obj:pylearn2.models.rbm.GaussianBinaryRBM {
        "vis_space" : &vis_space !obj:pylearn2.space.Conv2DSpace {
                "shape" : [32,32], "nchannels" : 3 },
        "hid_space" : &hid_space !obj:pylearn2.space.Conv2DSpace {
                "shape" : [27,27], "nchannels" : 10 },
        "transformer" : !obj:pylearn2.linear.conv2D.make_random_conv2D {
                "irange" : .05,
                "input_space" : *vis_space,
                "output_space" : *hid_space,
                "kernel_shape" : [6,6],
                "batch_size" : &batch_size 5
        },
        "energy_function_class" : !obj:pylearn2.energy_functions.rbm_energy.grbm_type_1 {},
        "learn_sigma" : True,
        "init_sigma" : .3333,
        "init_bias_hid" : -2.,
        "mean_vis" : False,
        "sigma_lr_scale" : 1e-3

    },
    "algorithm": !obj:pylearn2.training_algorithms.sgd.SGD {
        "learning_rate" : 1e-4,
        "batch_size" : *batch_size,
        "batches_per_iter" : 20,
        "monitoring_batches" : 20,
        "monitoring_dataset" : !obj:pylearn2.datasets.dense_design_matrix.from_dataset {
                "dataset" : *src, "num_examples" : 100 },
        "cost" : !obj:pylearn2.costs.ebm_estimation.SMD {
            "corruptor" : !obj:pylearn2.corruption.GaussianCorruptor { "stdev" : 0.4 },
        },
        "termination_criterion" : !obj:pylearn2.training_algorithms.sgd.MonitorBasedTermCrit {
            "prop_decrease" : 0.01, "N" : 10, }
       },
      "callbacks" : [!obj:pylearn2.training_algorithms.sgd.MonitorBasedLRAdjuster {
                "max_lr" : .01 } ],
    "save_path": "${PYLEARN2_TRAIN_FILE_NAME}.pkl",
    "save_freq": 1
}
)";

// models/tests/conv_elemwise_{rect,sigm,tanh}.yaml
std::string conv_elemwise(const char* nonlinearity) {
  return fmt::format(R"(
!obj:pylearn2.train.Train {{
  dataset: &train !obj:pylearn2.testing.datasets.random_one_hot_topological_dense_design_matrix {{
    rng: !obj:numpy.random.RandomState {{ seed: [2013, 3, 16] }},
    shape: &input_shape [10, 10], channels: 1, axes: ['c', 0, 1, 'b'], num_examples: 12,
    num_classes: 10
  }},
  model: !obj:pylearn2.models.mlp.MLP {{
    batch_size: 1,
    layers: [
      !obj:pylearn2.models.mlp.ConvElemwise {{
        layer_name: 'h0', output_channels: 8, pool_type: "max", kernel_shape: [2, 2],
        pool_shape: [2, 2], pool_stride: [2, 2], irange: .005, max_kernel_norm: .9,
        nonlinearity: !obj:pylearn2.models.mlp.{}ConvNonlinearity {{}}
      }},
      !obj:pylearn2.models.mlp.Softmax {{
        max_col_norm: 1.9365, layer_name: 'y', n_classes: 10, irange: .005
      }}
    ],
    input_space: !obj:pylearn2.space.Conv2DSpace {{
      shape: *input_shape, num_channels: 1, axes: ['c', 0, 1, 'b'],
    }},
  }},
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {{
    learning_rate: .05,
    learning_rule: !obj:pylearn2.training_algorithms.learning_rule.Momentum {{
      init_momentum: 0.5,
    }},
    monitoring_dataset:
      {{
        'train': *train
      }},
    cost: {},
    termination_criterion: !obj:pylearn2.termination_criteria.EpochCounter {{ max_epochs: 3 }},
    update_callbacks: !obj:pylearn2.training_algorithms.sgd.ExponentialDecay {{
      decay_factor: 1.00004, min_lr: .000001
    }}
  }},
  extensions: [
    !obj:pylearn2.training_algorithms.sgd.MomentumAdjustor {{
      start: 1, saturate: 250, final_momentum: .7
    }}
  ]
}}
)",
                     nonlinearity, dropout);
}

// sandbox/nlp/models/tests/composite.yaml, whose tuples are made by a function.
constexpr const char* composite = R"(
!obj:pylearn2.train.Train {
  dataset: &train !obj:pylearn2.datasets.vector_spaces_dataset.VectorSpacesDataset {
    data: !obj:pylearn2.sandbox.nlp.models.as_tuple { list_: [
      !obj:numpy.random.randint { 'low': 0, 'high': &max_labels 10, 'size':[5, 16] },
      !obj:numpy.random.randint { 'low': 0, 'high': *max_labels, 'size':[5, 1] },
      !obj:numpy.random.normal { 'size':[5,3] },
      !obj:numpy.random.normal { 'size':[5,5] },
    ] },
    data_specs: [
      !obj:pylearn2.space.CompositeSpace { components: [
        &features1 !obj:pylearn2.space.IndexSpace { dim: 16, max_labels: *max_labels, },
        &features2 !obj:pylearn2.space.IndexSpace { dim: 1, max_labels: *max_labels, },
        !obj:pylearn2.space.VectorSpace { dim: 3 },
        !obj:pylearn2.space.VectorSpace { dim: 5 },
      ] },
      !obj:pylearn2.sandbox.nlp.models.as_tuple { list_: [
        'feature1', 'feature2', 'target1', 'target2'
      ] }
    ]
  },
  model: !obj:pylearn2.models.mlp.MLP {
    layers: [
      !obj:models.mlp.ProjectionLayer { layer_name: 'projection', dim: 4, irange: 0.05, },
      !obj:pylearn2.models.mlp.CompositeLayer {
        layer_name: 'layer_comp',
        inputs_to_layers: { 0: [0], 1: [1] },
        layers: [
          !obj:pylearn2.models.mlp.Linear { layer_name: 'one', dim: 3, irange: 0.01 },
          !obj:pylearn2.models.mlp.Linear { layer_name: 'two', dim: 5, irange: 0.01 },
        ]
      }
    ],
    input_space: !obj:pylearn2.space.CompositeSpace { components: [ *features1, *features2 ] },
    input_source: ['feature1', 'feature2'],
    target_source: ['target1', 'target2']
  },
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {
    train_iteration_mode: 'random_uniform', batch_size: 5, batches_per_iter: 1,
    learning_rate: 0.01,
    termination_criterion: !obj:pylearn2.termination_criteria.EpochCounter { max_epochs: 10, },
  },
})";

void save_drawn(const std::string& path, int examples, int side) {
  std::vector<double> numbers(static_cast<std::size_t>(examples * side * side * 3));
  RandomState(5).randn(numbers);
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  save_dataset(path, std::make_shared<const Table>(
                         Table({image_column("features", std::move(numbers), side, side, 3)})));
}

}  // namespace

TEST_CASE("papers: without their data all jobs are checked, and nothing but that is told",
          "[registry][job][papers]") {
  const DataPath nowhere("/nowhere");
  const DataPath local("/nowhere/svhn/", "SVHN_LOCAL_PATH");
  const std::pair<std::string, const char*> jobs[] = {
      {cifar10(false, true), "cifar10/pylearn2_gcn_whitened/train.pkl"},
      {cifar10(true, true), "cifar10/pylearn2_gcn_whitened/train.pkl"},
      {cifar10(false, false), "cifar10/pylearn2_gcn_whitened/test.pkl"},
      {cifar10(true, false), "cifar10/pylearn2_gcn_whitened/preprocessor.pkl"},
      {cifar10(true, false, true), "cifar10/pylearn2_gcn_whitened/train.pkl"},
      {svhn(false), "train_32x32.mat"},
      {svhn(true), "svhn_best.joblib"},
      {black_box(false), "icml_2013_black_box/train.csv"},
      {black_box(true), "zca.pkl"},
      {emotions(true), "icml_2013_emotions/train.csv"},
      {emotions(false), "icml_2013_emotions/train.csv"},
      {std::string(wrepl) +
           "emotions.emotions_dataset.EmotionsDataset {\n  which_set: 'train'\n}\n",
       "icml_2013_emotions/train.csv"},
      {std::string(wrepl) +
           "emotions.emotions_dataset.EmotionsDataset {\n  which_set: 'public_test'\n}\n",
       "icml_2013_emotions/test.csv"},
      {kmeans, "cifar100/cifar100_patches/data.pkl"},
      {convolutional_rbm, "cifar10/pylearn2_whitened/train.pkl"},
  };
  for (const auto& [text, file] : jobs) {
    CAPTURE(text);
    std::string warnings;
    REQUIRE_NOTHROW(warnings = told_of(text));
    CHECK_THAT(warnings, Contains(file));
  }
  for (const char* nonlinearity : {"Rectifier", "Sigmoid", "Tanh"})
    CHECK(told_of(conv_elemwise(nonlinearity)) == "");
  CHECK(told_of(composite) == "");
}

TEST_CASE("papers: jobs on drawn data train", "[registry][job][papers]") {
  for (const char* nonlinearity : {"Rectifier", "Sigmoid", "Tanh"}) {
    CAPTURE(nonlinearity);
    const MonitorRecords records = records_of(conv_elemwise(nonlinearity), "");
    const std::vector<double>& objective = records.at("train_objective").val_record;
    REQUIRE(objective.size() == 4);
    CHECK(objective[0] == Approx(std::log(10.)).epsilon(.01));
    CHECK(std::isfinite(objective[3]));
    CHECK(records.at("train_h0_kernel_norms_max").val_record[3] <= .9 + 1e-6);
    CHECK(records.at("learning_rate").val_record[3] ==
          Approx(.05 * std::pow(1.00004, -36)).epsilon(1e-5));
  }
  CHECK(records_of(composite, "").example_record.back() == 50);
}

TEST_CASE("papers: a convolutional energy and k-means learn from data that were prepared",
          "[registry][job][papers]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  save_drawn(folder.path() + "/cifar10/pylearn2_whitened/train.pkl", 110, 32);
  const MonitorRecords energy =
      records_of(convolutional_rbm, folder.path(),
                 {"algorithm.termination_criterion=!obj:EpochCounter { max_epochs: 3 }",
                  "algorithm.learning_rate=.01"});
  const std::vector<double>& objective = energy.at("objective").val_record;
  REQUIRE(objective.size() == 4);
  CHECK(objective[3] < objective[0] - .3);
  CHECK(energy.example_record == std::vector<std::int64_t>{0, 100, 200, 300});
  CHECK(std::filesystem::exists(folder.path() + "/job.pkl"));

  save_drawn(folder.path() + "/cifar100/cifar100_patches/data.pkl", 60, 6);
  const MonitorRecords means =
      records_of(kmeans, folder.path(), {"model.k=4", "dataset.num_examples=50", "save_freq=0"});
  CHECK(!means.example_record.empty());
}
