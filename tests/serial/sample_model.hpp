// A small model with something of everything a model file keeps.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <cmath>
#include <limits>

namespace ansatz::testing {

inline MonitorRecords sample_monitor() {
  MonitorRecords m;
  m.add_channel("objective", "the cost");
  m.add_channel("valid_y_misclass", "", "valid");
  m.add_channel("total_seconds_last_epoch", "", "", true);
  m.record(0, {0, 1, 2}, {std::numeric_limits<double>::quiet_NaN(), 0.9, 0});
  m.batches_seen = 10, m.examples_seen = 1000, m.epochs_seen = 1;
  m.record(1.5, {0, 1, 2}, {0.1, std::numeric_limits<double>::infinity(), 1.25});
  m.add_channel("late", "added after two records");
  m.batches_seen = 20, m.examples_seen = 2000, m.epochs_seen = 2;
  m.record(2.75, {0, 1, 2, 3}, {1e-300, -0.0, 1.5, 3});
  return m;
}

inline ModelFile sample_model() {
  const float w[6] = {0.1f, -2, 3, 4, 5, 6}, b[3] = {0, 1, 2};
  const double mean[1] = {1. / 3};
  ModelFile m;
  m.library_version = "0.1.0";
  m.job_yaml = "!obj:pylearn2.train.Train {\n  save_path: 'é.pkl'\n}\n";
  m.dataset_yaml = "!obj:pylearn2.datasets.mnist.MNIST { which_set: train }";
  m.model_yaml = "!obj:pylearn2.models.mlp.MLP { layers: [] }";
  m.environment = {{"threads", "2"}, {"compiler", "12.2.0"}};
  m.parameters.emplace_back("y_W", std::vector<std::int64_t>{2, 3}, w);
  m.parameters.emplace_back("y_b", std::vector<std::int64_t>{3}, b);
  m.state.emplace_back("velocity_y_W", std::vector<std::int64_t>{2, 3}, w);
  m.state.emplace_back("mean", std::vector<std::int64_t>{}, mean);
  m.values = {{"algorithm.learning_rate", 0.01},
              {"algorithm.whole", 3.0},
              {"algorithm.epochs", std::int64_t{-3}},
              {"extensions[0].best", -std::numeric_limits<double>::infinity()},
              {"extensions[0].never", std::numeric_limits<double>::quiet_NaN()},
              {"extensions[0].on", true},
              {"extensions[0].text", std::string("nan")},
              {"termination.window",
               std::vector<double>{0.1, std::numeric_limits<double>::infinity(), -0.0}},
              {"termination.none", std::vector<double>{}},
              {"termination.counts", std::vector<std::int64_t>{INT64_MIN, INT64_MAX}},
              {"termination.no_counts", std::vector<std::int64_t>{}}};
  RandomState rng(42);
  rng.randn();
  m.random = {{"dataset", rng.state()}, {"model.rng", RandomState({2013, 1, 4}).state()}};
  m.tags = {{"MonitorBasedSaveBest.best_cost", 0.0184}};
  m.monitors.push_back(sample_monitor());
  m.monitors.push_back({});
  m.monitors.back().name = "pretraining";
  m.wall_clock = {{"seconds", 12.5}, {"saved_at", std::string("2016-01-01T00:00:00Z")}};
  return m;
}

}  // namespace ansatz::testing
