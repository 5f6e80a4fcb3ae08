// One pass tells all that is wrong with a job, and nothing that only follows from it.
#include <ansatz/registry/job.hpp>
#include <ansatz/yaml/errors.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using namespace ansatz;
using Catch::Contains;
using Faults = std::vector<std::string>;

/// A job of these parts; each may have faults.
struct JobParts {
  std::string data = "!obj:random_dense_design_matrix { num_examples: 20, dim: 2, num_classes: 2 }";
  std::string layer = "!obj:Tanh { layer_name: h, dim: 2, irange: .1 }";
  std::string last = "!obj:Softmax { layer_name: y, n_classes: 2, irange: .1 }";
  std::string algorithm = "batch_size: 2, learning_rate: .1, monitoring_dataset: { train: *train }";
  std::string job;
};

std::string text_of(const JobParts& p) {
  return "!obj:Train {\n  dataset: &train " + p.data +
         ",\n  model: !obj:MLP { nvis: 2, layers: [ " + p.layer + ", " + p.last +
         " ] },\n  algorithm: !obj:SGD { " + p.algorithm + " },\n" + p.job + "\n}\n";
}

/// The lines of the message, each from the path on, without the place.
Faults faults_of(const std::string& text) {
  LoadOptions options;
  options.check_only = true;
  try {
    (void)load_job_text("job.yaml", text, options);
  } catch (const FileError& error) {
    Faults lines;
    std::string rest = error.what();
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string line = rest.substr(0, end);
      rest.erase(0, end + 1);
      std::size_t at = line.find(':');
      for (int i = 0; i < 2 && at != line.npos; ++i) at = line.find(':', at + 1);
      lines.push_back(at == line.npos ? line : line.substr(at + 2));
    }
    return lines;
  }
  return {};
}
Faults faults_of(const JobParts& parts) { return faults_of(text_of(parts)); }

/// Whether there are as many faults as words, each with its own.
void check_faults(const Faults& found, const Faults& words) {
  for (const std::string& line : found) UNSCOPED_INFO(line);
  CHECK(found.size() == words.size());
  for (std::size_t i = 0; i < std::min(found.size(), words.size()); ++i)
    CHECK_THAT(found[i], Catch::StartsWith(words[i]));
}

}  // namespace

TEST_CASE("one pass: a job of these tests is right", "[registry][one-pass]") {
  CHECK(faults_of(JobParts{}).empty());
}

TEST_CASE("one pass: aliases that name no anchor hide nothing", "[registry][one-pass]") {
  JobParts p;
  p.layer = "!obj:Tanh { layer_name: *names, dim: x, irange: .1 }";
  p.algorithm =
      "batch_size: *sizes, learning_rate: 0, monitoring_dataset: { train: *train, valid: *valid }, "
      "cost: *cost, termination_criterion: *until";
  p.job = "  extensions: [ *own, !obj:OneOverEpoch { start: -1 } ], save_freq: -1";
  check_faults(faults_of(p), {"model.layers[0].layer_name: found '*names', but no such anchor",
                              "model.layers[0].dim: found the text 'x'",
                              "algorithm.batch_size: found '*sizes', but no such anchor",
                              "algorithm.learning_rate: found 0",
                              "algorithm.monitoring_dataset.valid: found '*valid', but no such",
                              "algorithm.cost: found '*cost', but no such anchor",
                              "algorithm.termination_criterion: found '*until', but no such",
                              "extensions[0]: found '*own', but no such anchor",
                              "extensions[1].start: found -1", "save_freq: found -1"});
  // As a key, behind <<, as the model, as the whole, and inside of the anchor.
  check_faults(faults_of("!obj:Train { *a : 1, model: *b, dataset: *c, save_freq: -1 }"),
               {"found '*a', but no such anchor", "model: found '*b', but", "dataset: found '*c', ",
                "save_freq: found -1"});
  check_faults(faults_of("!obj:Train { <<: *base, save_freq: -1 }"),
               {"['<<']: found '*base', but no such anchor", "save_freq: found -1"});
  check_faults(faults_of("!obj:Train { <<: [*base, *other], save_freq: -1 }"),
               {"['<<'][0]: found '*base', but no such", "['<<'][1]: found '*other', but no such",
                "save_freq: found -1"});
  check_faults(faults_of("*job"), {"found '*job', but no such anchor"});
  check_faults(faults_of("[ *job, !obj:Train { dataset: *a, model: *a, save_freq: -1 } ]"),
               {"[0]: found '*job', but", "[1].dataset: found '*a', but no such anchor",
                "[1].model: found '*a', but no such anchor", "[1].save_freq: found -1"});
  check_faults(faults_of("!obj:Train { dataset: &a !obj:CSVDataset { path: *a }, model: *m }"),
               {"dataset.path: found *a inside of &a", "model: found '*m', but no such anchor"});
  // In block style, before a comment, and in a line of its own.
  check_faults(faults_of("!obj:Train\ndataset: *a # the data\nmodel:\n  *b\nsave_freq: -1\n"),
               {"dataset: found '*a', but no", "model: found '*b', but no", "save_freq: found -1"});
}

TEST_CASE("one pass: a thousand aliases of nothing are told in a second", "[registry][one-pass]") {
  std::string text = "!obj:Train { extensions: [";
  for (int i = 0; i < 2000; ++i) text += " *nothing" + std::to_string(i) + ",\n";
  const Faults found = faults_of(text + " ] }");
  CHECK(found.size() > 200);
  CHECK_THAT(found[0], Contains("found '*nothing0'"));
}

TEST_CASE("one pass: a key of a wrong kind hides no fault of another", "[registry][one-pass]") {
  JobParts p;
  p.data =
      "!obj:CSVDataset { expect_headers: 5, task: classify, delimiter: tabs, start: 5, stop: 3 }";
  check_faults(faults_of(p),
               {"dataset.expect_headers: found the integer '5'", "dataset.task: CSVDataset: task",
                "dataset.delimiter: CSVDataset", "dataset.stop: CSVDataset: stop 3"});
  // What is said of a key that is at fault, or that was compared with it, only follows.
  p.data = "!obj:CSVDataset { task: classify, start: 5, stop: x }";
  check_faults(faults_of(p), {"dataset.task: CSVDataset", "dataset.stop: found the text 'x'"});
  p.data = "!obj:DenseDesignMatrix { X: 1, y_labels: 0, axes: [b, c, 0, 1] }";
  check_faults(faults_of(p), {"dataset.X: found the integer '1'", "dataset.y_labels: found 0"});
  p = {};
  p.layer =
      "!obj:Tanh { layer_name: h, dim: x, irange: .1, istdev: .1, max_col_norm: 1, "
      "min_col_norm: 2, sparse_stdev: 2 }";
  check_faults(faults_of(p), {"model.layers[0]: irange and istdev say in different ways",
                              "model.layers[0].dim: found the text 'x'",
                              "model.layers[0].min_col_norm: found 2; allowed: at most",
                              "model.layers[0].sparse_stdev: sparse_stdev means nothing"});
  p.layer =
      "!obj:Tanh { layer_name: h, dim: 2, irange: x, istdev: .1, max_col_norm: x, "
      "min_col_norm: 2 }";
  check_faults(faults_of(p), {"model.layers[0].irange: found the text 'x'",
                              "model.layers[0].max_col_norm: found the text 'x'"});
  p = {};
  p.job =
      "  extensions: [ !obj:MomentumAdjustor { start: 3, saturate: 2, final_momentum: x },\n"
      "    !obj:MonitorBasedSaveBest { channel_name: train_objectiv, start_epoch: x } ],\n";
  check_faults(faults_of(p),
               {"extensions[0]: MomentumAdjustor: 0 <= start",
                "extensions[0]: MomentumAdjustor: the algorithm has no momentum",
                "extensions[0].final_momentum: found the text 'x'",
                "extensions[1]: MonitorBasedSaveBest: neither save_path nor store_best_model",
                "extensions[1].channel_name: the job has no channel 'train_objectiv'",
                "extensions[1].start_epoch: found the text 'x'"});
}

TEST_CASE("one pass: in what no class reads there may be faults, too", "[registry][one-pass]") {
  const std::string rule = "!obj:Momentum { init_momentum: 2 }";
  const std::string tanh = "!obj:Tanh { layer_name: h, dim: x, irange: .1 }";
  JobParts p;
  p.algorithm += ", learning_rules: [ " + rule + " ]";
  check_faults(faults_of(p), {"algorithm.learning_rules: unknown key 'learning_rules'",
                              "algorithm.learning_rules[0].init_momentum: found 2"});
  p = {};
  p.layer = "!obj:Layers { layers: [ " + tanh + " ] }";
  check_faults(faults_of(p), {"model.layers[0]: unknown class 'Layers'",
                              "model.layers[0].layers[0].dim: found the text 'x'"});
}

TEST_CASE("one pass: keys that mean nothing without another are told", "[registry][one-pass]") {
  const auto layer = [](const std::string& keys) {
    JobParts p;
    p.layer = "!obj:Tanh { layer_name: h, dim: 2, " + keys + " }";
    return faults_of(p);
  };
  const auto softmax = [](const std::string& keys) {
    JobParts p;
    p.last = "!obj:Softmax { layer_name: y, n_classes: 2, " + keys + " }";
    return faults_of(p);
  };
  const auto algorithm = [](const std::string& keys, const std::string& name = "SGD") {
    JobParts p;
    p.algorithm = keys;
    std::string text = text_of(p);
    return faults_of(text.replace(text.find("SGD"), 3, name));
  };
  const auto data = [](const std::string& set) {
    JobParts p;
    p.data = set;
    return faults_of(p);
  };
  // Both, and the default's own value, are right.
  CHECK(layer("sparse_init: 1, sparse_stdev: .5").empty());
  CHECK(layer("irange: .1, sparse_stdev: 1").empty());
  CHECK(layer("irange: .1, include_prob: .5").empty());
  CHECK(layer("irange: .1, use_bias: true, init_bias: 1, b_lr_scale: .5").empty());
  CHECK(layer("irange: .1, use_bias: false").empty());
  CHECK(softmax("no_affine: true").empty());
  CHECK(softmax("no_affine: false, irange: .1, b_lr_scale: .5").empty());
  CHECK(algorithm("batch_size: 2, conjugate: true, reset_conjugate: false", "BGD").empty());
  CHECK(
      algorithm("batch_size: 2, method: lbfgs, reset_conjugate: false, history: 5", "BGD").empty());
  CHECK(
      algorithm("batch_size: 2, line_search_mode: exhaustive, min_init_alpha: .1", "BGD").empty());

  check_faults(layer("irange: .1, sparse_stdev: .5"),
               {"model.layers[0].sparse_stdev: sparse_stdev means nothing without sparse_init; "
                "leave it out, or give that"});
  check_faults(layer("istdev: .1, include_prob: .5"),
               {"model.layers[0].include_prob: include_prob means nothing without irange"});
  check_faults(layer("irange: .1, use_bias: false, init_bias: 1, b_lr_scale: .5"),
               {"model.layers[0].init_bias: init_bias means nothing without use_bias",
                "model.layers[0].b_lr_scale: b_lr_scale means nothing without use_bias"});
  check_faults(softmax("no_affine: true, irange: .1, b_lr_scale: .5"),
               {"model.layers[1].irange: irange means nothing with no_affine; leave one of them",
                "model.layers[1].b_lr_scale: b_lr_scale means nothing with no_affine"});
  check_faults(algorithm("batch_size: 2, learning_rate: .1, monitoring_batch_size: 5, "
                         "monitor_iteration_mode: shuffled_sequential"),
               {"algorithm.monitoring_batch_size: monitoring_batch_size means nothing without "
                "monitoring_dataset",
                "algorithm.monitor_iteration_mode: monitor_iteration_mode means nothing without"});
  check_faults(algorithm("batch_size: 2, reset_conjugate: false, history: 5", "BGD"),
               {"algorithm.reset_conjugate: reset_conjugate means nothing without conjugate and "
                "without method: lbfgs",
                "algorithm.history: history means nothing without method: lbfgs"});
  check_faults(algorithm("batch_size: 2, method: lbfgs, conjugate: true", "BGD"),
               {"algorithm.conjugate: conjugate means nothing without method: gradient"});
  check_faults(data("!obj:CSVDataset { expect_labels: false, num_outputs: 2 }"),
               {"dataset.num_outputs: num_outputs means nothing without expect_labels"});
  check_faults(data("!obj:NpzDataset { file: a.npz, key: x, target_labels: 2 }"),
               {"dataset.target_labels: target_labels means nothing without target_key"});
}
