// Jobs from YAML.
#include <ansatz/data/table.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace {

using namespace ansatz;
using ansatz::testing::TemporaryFolder;
namespace fs = std::filesystem;

const std::string small_job = R"(
!obj:Train {
  dataset: &train !obj:DrawnDigits { stop: 40 },
  model: !obj:MLP {
    nvis: 784,
    layers: [ !obj:Tanh { layer_name: h0, dim: %(dim)i, irange: .05 },
              !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ]
  },
  algorithm: !obj:SGD {
    learning_rate: .1, batch_size: 10, monitoring_dataset: *train,
    termination_criterion: !obj:EpochCounter { max_epochs: 1 }
  },
  save_path: "${FOLDER}/small.ansatz",
  save_freq: 1
}
)";

LoadOptions small_job_options(const TemporaryFolder& folder) {
  LoadOptions options;
  options.defines = {"dim=4"};
  options.environment["FOLDER"] = folder.path();
  return options;
}

}  // namespace

TEST_CASE("job: save_freq without save_path saves under the job's name", "[registry][job]") {
  std::string text = small_job;
  const std::string path = "save_path: \"${FOLDER}/small.ansatz\",";
  text.erase(text.find(path), path.size());
  const TemporaryFolder folder;
  const std::string stem = folder.path() + "/small";
  const Job one = load_job_text(stem + ".yaml", text, small_job_options(folder));
  CHECK(one.phases.at(0).train->save_path.view() == stem + ".pkl");
  std::string second = text;
  for (const char* anchor : {"&train", "*train"})
    second.replace(second.find(anchor) + 1, 5, "data");
  const Job phases =
      load_job_text("two.yaml", "[" + text + "," + second + "]", small_job_options(folder));
  REQUIRE(phases.phases.size() == 2);
  CHECK(phases.phases[1].train->save_path == "two.phase2.pkl");
}

TEST_CASE("job: templates, variables, overrides and anchors", "[registry][job]") {
  const TemporaryFolder folder;
  LoadOptions options = small_job_options(folder);
  options.overrides = {"algorithm.learning_rate=.25", "model.layers.h0.irange=.5"};
  const Job job = load_job_text("small.yaml", small_job, options);
  REQUIRE(job.phases.size() == 1);
  const Train& train = *job.phases[0].train;
  CHECK(train.save_path == (folder.path() + "/small.ansatz").c_str());
  CHECK(train.algorithm->monitoring_datasets.list[0].dataset == train.dataset);
  const std::string text = to_yaml(train);
  CHECK(text.find("learning_rate: 0.25") != std::string::npos);
  CHECK(text.find("irange: 0.5") != std::string::npos);
  CHECK(text.find("dim: 4") != std::string::npos);
  CHECK(job.phases[0].where == "small.yaml:2:1");
}

TEST_CASE("job: a list of jobs knows the name of each phase", "[registry][job]") {
  const std::string two = R"(
- !obj:Train { dataset: !obj:ArangeDataset { num_examples: 3 },
               model: &m !obj:MLP {
                 nvis: 1, layers: [ !obj:Linear { layer_name: a, dim: 1, irange: .1 } ] },
               algorithm: !obj:SGD { learning_rate: .1, batch_size: 1 },
               save_path: "${PYLEARN2_TRAIN_PHASE}.ansatz" }
- !obj:Train { dataset: !obj:ArangeDataset { num_examples: 3 }, model: *m,
               algorithm: !obj:SGD { learning_rate: .1, batch_size: 1 },
               save_path: "${PYLEARN2_TRAIN_PHASE}.ansatz" }
)";
  const Job job = load_job_text("two.yaml", two);
  REQUIRE(job.phases.size() == 2);
  CHECK(job.phases[0].train->save_path == "phase1.ansatz");
  CHECK(job.phases[1].train->save_path == "phase2.ansatz");
  CHECK(job.phases[0].train->model == job.phases[1].train->model);
}

TEST_CASE("job: a saved model is loaded with its values and its records", "[registry][job]") {
  const TemporaryFolder folder;
  const LoadOptions options = small_job_options(folder);
  const Job job = load_job_text("small.yaml", small_job, options);
  const Train& train = *job.phases[0].train;
  Session session(train, build_programs(train, ElementType::float32), {});
  REQUIRE(session.run() == RunEnd::finished);

  const std::string next = R"(
!obj:Train {
  dataset: &train !obj:DrawnDigits { stop: 40 },
  model: !obj:pylearn2.monitor.push_monitor {
    name: before, model: &m !pkl: "${FOLDER}/small.ansatz" },
  algorithm: !obj:SGD {
    learning_rate: !obj:pylearn2.monitor.read_channel { model: *m, channel_name: objective,
                                                        monitor_name: before },
    batch_size: 10, monitoring_dataset: *train,
    termination_criterion: !obj:EpochCounter { max_epochs: 1 } }
}
)";
  LoadOptions again = options;
  again.defines.clear();
  const Job second = load_job_text("next.yaml", next, again);
  const Train& more = *second.phases[0].train;
  Session session2(more, build_programs(more, ElementType::float32), {});
  const ModelFile saved = read_model_file(folder.path() + "/small.ansatz");
  // A job that came as an object is described in its file.
  CHECK(to_yaml(*load_job_text("saved", saved.job_yaml).phases[0].train) == saved.job_yaml);
  CHECK(to_yaml(*load_object("saved", saved.dataset_yaml)) == saved.dataset_yaml);
  const double objective = read_channel(saved.monitors, "objective");
  CHECK(session2.setting("learning_rate") == Approx(objective).epsilon(1e-12));
  session2.run();
  REQUIRE(session2.old_monitors().size() == 1);
  CHECK(session2.old_monitors()[0].name == "before");
  CHECK(session2.old_monitors()[0].epochs_seen == 1);
  // The first record of the second run is that of the last parameters of the first one.
  CHECK(session2.records().at("objective").val_record[0] == Approx(objective).epsilon(1e-5));
  CHECK(second.phases[0].model_yaml == saved.model_yaml);
}

TEST_CASE("job: get_channel measures a model before it is trained", "[registry][job]") {
  const std::string text = R"(
!obj:Train {
  dataset: &train !obj:DrawnDigits { stop: 40 },
  model: &m !obj:MLP {
    nvis: 784, batch_size: 20,
    layers: [ !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
  algorithm: !obj:SGD {
    learning_rate: !obj:pylearn2.monitor.get_channel {
      model: *m, dataset: *train, channel: objective, batch_size: 10 } }
}
)";
  const Job job = load_job_text("measure.yaml", text);
  const Train& train = *job.phases[0].train;
  Session session(train, build_programs(train, ElementType::float32), {});
  // All ten classes are as likely: -log(1/10).
  CHECK(session.setting("learning_rate") == Approx(2.302585093).epsilon(1e-6));
  CHECK(session.setting("learning_rate") != Approx(2.302585092994046).epsilon(1e-13).margin(0));
  LoadOptions wide;
  wide.precision = ElementType::float64;
  const Job exact = load_job_text("measure.yaml", text, wide);
  Session session64(*exact.phases[0].train,
                    build_programs(*exact.phases[0].train, ElementType::float64), {});
  CHECK(session64.setting("learning_rate") == Approx(2.302585092994046).epsilon(1e-13).margin(0));
}

TEST_CASE("job: the text of a model file is not filled in again", "[registry][job]") {
  const TemporaryFolder folder;
  std::string text = small_job;
  // A Softmax, whose name is in channels but not in tensors, may be called anything.
  text.replace(text.find("layer_name: y"), 13, "layer_name: \"y%%(x)s\"");
  const Job job = load_job_text("small.yaml", text, small_job_options(folder));
  const Phase& phase = job.phases.at(0);
  CHECK(phase.job_yaml.find("y%(x)s") != std::string::npos);
  LoadOptions stored = small_job_options(folder);
  stored.defines.clear();
  CHECK_THROWS_WITH(load_job_text("saved", phase.job_yaml, stored), Catch::Contains("%(x)"));
  stored.fill = false;
  CHECK(to_yaml(*load_job_text("saved", phase.job_yaml, stored).phases.at(0).train) ==
        to_yaml(*phase.train));
  RunOptions options;
  options.job_yaml = phase.job_yaml;
  options.model_yaml = phase.model_yaml;
  Session session(*phase.train, build_programs(*phase.train, ElementType::float32), options);
  REQUIRE(session.run() == RunEnd::finished);
  const Shared<Object> loaded =
      load_object("next.yaml", "!pkl: \"" + folder.path() + "/small.ansatz\"");
  const auto* const model = dynamic_cast<const Model*>(loaded.get());
  REQUIRE(model);
  CHECK(to_yaml(*model).find("y%(x)s") != std::string::npos);
}

TEST_CASE("job: arrays drawn by NumPy's functions are the same in every run", "[registry][job]") {
  const std::string text = R"(
!obj:DenseDesignMatrix {
  X: !obj:numpy.random.normal { size: [5, 6] },
  y: !obj:numpy.random.uniform { size: [5, 2], low: 1, high: 2 } }
)";
  const Shared<Object> a = load_object("a", text), b = load_object("b", text);
  const auto table = dynamic_cast<const Dataset&>(*a).load();
  const auto other = dynamic_cast<const Dataset&>(*b).load();
  const auto* const x = static_cast<const double*>(table->column("features").data);
  const auto* const y = static_cast<const double*>(table->column("targets").data);
  CHECK(std::equal(x, x + 30, static_cast<const double*>(other->column("features").data)));
  CHECK(x[0] != x[1]);
  for (int i = 0; i < 10; ++i) CHECK((y[i] >= 1 && y[i] < 2));
}

TEST_CASE("job: a data file that has moved is found where --data says", "[registry][job]") {
  LoadOptions options;
  options.data["old.csv"] = "new.csv";
  const Shared<Object> set = load_object("a", "!obj:CSVDataset { path: /data/old.csv }", options);
  CHECK(to_yaml(*set).find("new.csv") != std::string::npos);
}

TEST_CASE("job: a model that a later phase trains goes on from where the earlier one left it",
          "[registry][job]") {
  const char* const two = R"(
- !obj:Train {
    dataset: &data !obj:DrawnDigits { stop: 40 },
    model: &m !obj:MLP { nvis: 784, layers: [
      !obj:Tanh { layer_name: h0, dim: 4, irange: .05 },
      !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
    algorithm: !obj:SGD { learning_rate: .1, batch_size: 10, monitoring_dataset: *data,
      termination_criterion: !obj:EpochCounter { max_epochs: 2 } } }
- !obj:Train {
    dataset: *data,
    model: *m,
    algorithm: !obj:SGD { learning_rate: .1, batch_size: 10, monitoring_dataset: *data,
      termination_criterion: !obj:EpochCounter { max_epochs: 1 } } }
- !obj:Train {
    dataset: *data,
    model: !obj:MLP { nvis: 784, layers: [
      !obj:PretrainedLayer { layer_name: pre, layer_content: *m },
      !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
    algorithm: !obj:SGD { learning_rate: .1, batch_size: 10,
      termination_criterion: !obj:EpochCounter { max_epochs: 0 } } }
)";
  const Job job = load_job_text("phases.yaml", two);
  REQUIRE(job.phases.size() == 3);
  RunOptions options;
  std::vector<ModelFile> files;
  for (const Phase& phase : job.phases) {
    Session session(*phase.train, build_programs(*phase.train, ElementType::float64), options);
    session.run();
    files.push_back(session.model_file());
    options.learned.push_back(
        {phase.train->model.get(), std::make_shared<const ModelFile>(files.back())});
  }
  const auto& first = files[0].monitors.back().at("objective").val_record;
  const auto& second = files[1].monitors.back().at("objective").val_record;
  REQUIRE(first.size() == 3);
  REQUIRE(second.size() == 5);  // three of before, the record before its first epoch, one more
  CHECK(second[3] == second[2]);
  CHECK(second[4] < second[3]);
  CHECK(files[1].monitors.back().epochs_seen == 3);
  CHECK(files[2].parameters[0].name == "pre_h0_W");
  CHECK(files[2].parameters[0].bytes == files[1].parameters[0].bytes);
}
