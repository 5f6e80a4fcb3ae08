// TrainCV: a job for every fold.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/folds/dataset_cv.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <filesystem>

using namespace ansatz;
using ansatz::testing::TemporaryFolder;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::string folds_job(const std::string& iterator, const std::string& more = "") {
  return R"(!obj:pylearn2.cross_validation.TrainCV {
  dataset_iterator: !obj:pylearn2.cross_validation.dataset_iterators.)" +
         iterator + R"( {
    dataset: !obj:DrawnDigits { stop: 61 },
  )" +
         (iterator.starts_with("Dataset") && iterator.find("Shuffle") == std::string::npos &&
                  iterator != "DatasetLeaveOneOut"
              ? "  n_folds: 3 },\n"
              : "  },\n") +
         R"(  model: !obj:MLP {
    nvis: 784,
    layers: [ !obj:Softmax { layer_name: y, n_classes: 10, irange: .01 } ]
  },
  algorithm: !obj:SGD {
    learning_rate: .1, batch_size: 10,
    termination_criterion: !obj:EpochCounter { max_epochs: 2 }
  },
  save_path: "${FOLDER}/m.pkl",
)" + more +
         "}\n";
}

LoadOptions options_in(const TemporaryFolder& folder) {
  LoadOptions options;
  options.environment["FOLDER"] = folder.path();
  return options;
}

std::string error_of(const std::string& text, const TemporaryFolder& folder) {
  try {
    load_job_text("job.yaml", text, options_in(folder));
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

std::vector<std::int32_t> labels() {
  std::vector<std::int32_t> list;
  for (int i = 0; i < 60; ++i) list.push_back(i * i % 7 % 3);
  return list;
}

}  // namespace

TEST_CASE("TrainCV: a fold is a job of its own", "[registry][folds]") {
  const TemporaryFolder folder;
  const Job job =
      load_job_text("job.yaml", folds_job("DatasetValidationKFold"), options_in(folder));
  REQUIRE(job.phases.size() == 3);
  PhasesEnd end = run_phases(job.phases);
  REQUIRE(end.learned.size() == 3);
  std::vector<MonitorRecords> records;
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    const Phase& phase = job.phases[std::size_t(i)];
    CHECK(phase.fold == i);
    CHECK(phase.folds == 3);
    const std::string path = folder.path() + "/m-" + std::to_string(i) + ".pkl";
    CHECK(phase.train->save_path.view() == path);
    // What was saved says by itself on what it was trained.
    const ModelFile file = read_model_file(path);
    const Job alone = load_job_text("saved.yaml", file.job_yaml, options_in(folder));
    REQUIRE(alone.phases.size() == 1);
    const auto table = alone.phases[0].train->dataset->load();
    CHECK(table->examples() == 61 - 2 * 20 - (i == 0 || i == 2));
    records.push_back(*find_monitor(file.monitors));
    for (const char* channel :
         {"train_y_misclass", "valid_y_misclass", "test_y_misclass", "test_objective"})
      CHECK(records.back().find(channel));
    // Trained from first values of its own: after one epoch nothing of other folds is in it.
    CHECK(records.back().at("train_objective").val_record[0] == Approx(std::log(10.)).margin(.1));
  }
  const std::vector<ChannelOfFolds> all = channels_of_folds(records);
  bool found = false;
  for (const ChannelOfFolds& each : all)
    if (each.channel == "test_objective") {
      found = true;
      double mean = 0, squares = 0;
      for (const MonitorRecords& r : records) mean += r.at("test_objective").val_record.back() / 3;
      for (const MonitorRecords& r : records)
        squares += std::pow(r.at("test_objective").val_record.back() - mean, 2);
      CHECK(each.mean == Approx(mean));
      CHECK(each.deviation == Approx(std::sqrt(squares / 2)));
      CHECK(each.values.size() == 3);
    }
  CHECK(found);
}

TEST_CASE("TrainCV: every iterator of Pylearn2 makes jobs", "[registry][folds]") {
  const TemporaryFolder folder;
  for (const auto& [name, count] : {std::pair("DatasetKFold", 3),
                                    {"StratifiedDatasetKFold", 3},
                                    {"DatasetShuffleSplit", 10},
                                    {"StratifiedDatasetShuffleSplit", 10},
                                    {"DatasetValidationShuffleSplit", 10},
                                    {"StratifiedDatasetValidationShuffleSplit", 10},
                                    {"StratifiedDatasetValidationKFold", 3}}) {
    CAPTURE(name);
    std::string text = folds_job(name);
    text.replace(text.find("stop: 61"), 8, "stop: 300");
    const Job job = load_job_text("job.yaml", text, options_in(folder));
    CHECK(static_cast<int>(job.phases.size()) == count);
    std::int64_t all = 0;
    for (const MonitoringDataset& each : job.phases[0].train->algorithm->monitoring_datasets.list)
      all += each.dataset->load()->examples();
    CHECK(all == 300);
  }
}

TEST_CASE("TrainCV: a fold's files have its number", "[registry][folds]") {
  const TemporaryFolder folder;
  const Job job = load_job_text("job.yaml", folds_job("DatasetKFold", R"(
  extensions: [ !obj:MonitorBasedSaveBest {
    channel_name: test_y_misclass, save_path: "${FOLDER}/best.v1.pkl" } ],
  cv_extensions: [ !obj:pylearn2.cross_validation.train_cv_extensions.MonitorBasedSaveBestCV {
    channel_name: test_objective, tag_key: least, save_path: "${FOLDER}/cv" } ],
)"),
                                options_in(folder));
  run_phases(job.phases);
  for (const char* name :
       {"m-0.pkl", "m-1.pkl", "m-2.pkl", "best.v1-0.pkl", "best.v1-2.pkl", "cv-0", "cv-1", "cv-2"})
    CHECK(fs::exists(folder.path() + "/" + name));
  CHECK_FALSE(fs::exists(folder.path() + "/m.pkl"));
  CHECK_FALSE(fs::exists(folder.path() + "/cv"));
}

TEST_CASE("TrainCV: a preprocessor learns from the training set of each fold",
          "[registry][folds]") {
  const TemporaryFolder folder;
  std::string text = folds_job("DatasetKFold");
  text.insert(text.find("n_folds: 3"),
              "preprocessor: !obj:RemoveMean {}, fit_preprocessor: true, ");
  const Job job = load_job_text("job.yaml", text, options_in(folder));
  run_phases(job.phases);
  for (int i = 0; i < 3; ++i) {
    const ModelFile file = read_model_file(folder.path() + "/m-" + std::to_string(i) + ".pkl");
    const auto rows = job.phases[std::size_t(i)].train->dataset->load();
    std::vector<double> row(784), mean(784);
    for (std::int64_t k = 0; k < rows->examples(); ++k) {
      Table::gather(rows->column("features"), {k, 1, nullptr}, ElementType::float64, row.data());
      for (std::size_t j = 0; j < 784; ++j) mean[j] += row[j] / double(rows->examples());
    }
    const NamedTensor* found = nullptr;
    for (const NamedTensor& each : file.state)
      if (each.name.find("preprocessor.0") != std::string::npos) found = &each;
    REQUIRE(found);
    REQUIRE(found->bytes.size() == 784 * sizeof(double));
    std::vector<double> learned(784);
    std::memcpy(learned.data(), found->bytes.data(), found->bytes.size());
    for (std::size_t j = 0; j < 784; ++j) CHECK(std::abs(learned[j] - mean[j]) < 1e-6);
  }
}

TEST_CASE("TrainCV: a PretrainedLayerCV takes the model of its fold", "[registry][folds]") {
  const TemporaryFolder folder;
  run_phases(load_job_text("job.yaml", folds_job("DatasetKFold"), options_in(folder)).phases);
  std::string text = folds_job("DatasetKFold");
  text.replace(text.find("layers: ["), 9,
               "layers: [ !obj:pylearn2.cross_validation.mlp.PretrainedLayerCV { layer_name: p, "
               "layer_content: !pkl: \"${FOLDER}/m.pkl\" }, ");
  text.replace(text.find("m.pkl\",\n"), 5, "n.pkl");
  const Job job = load_job_text("job.yaml", text, options_in(folder));
  REQUIRE(job.phases.size() == 3);
  for (int i = 0; i < 3; ++i)
    CHECK_THAT(job.phases[std::size_t(i)].job_yaml, Contains("m-" + std::to_string(i) + ".pkl"));
  run_phases(job.phases);
  CHECK(fs::exists(folder.path() + "/n-2.pkl"));
}

TEST_CASE("TransformerDatasetCV: the features of a fold are what its own block makes of them",
          "[registry][folds]") {
  const TemporaryFolder folder;
  // An autoencoder a fold, then a classifier on their codes.
  std::string text = folds_job("DatasetKFold");
  const auto change = [](std::string& of, const std::string& old, const std::string& now) {
    REQUIRE(of.find(old) != of.npos);
    of.replace(of.find(old), old.size(), now);
  };
  std::string coder = text;
  change(coder,
         "!obj:MLP {\n    nvis: 784,\n    layers: [ !obj:Softmax { layer_name: y, n_classes: 10, "
         "irange: .01 } ]\n  }",
         "!obj:pylearn2.models.autoencoder.Autoencoder { nvis: 784, nhid: 7, act_enc: sigmoid, "
         "act_dec: sigmoid, irange: .1 }");
  change(coder, "learning_rate: .1,",
         "learning_rate: .1, cost: "
         "!obj:pylearn2.costs.autoencoder.MeanSquaredReconstructionError {},");
  run_phases(load_job_text("coder.yaml", coder, options_in(folder)).phases);
  REQUIRE(fs::exists(folder.path() + "/m-2.pkl"));

  const bool stacked = GENERATE(false, true);
  const std::string block = "!pkl: \"${FOLDER}/m.pkl\"";
  change(text, "dataset_iterator: ",
         "dataset_iterator: "
         "!obj:pylearn2.cross_validation.dataset_iterators.TransformerDatasetCV { transformers: " +
             (stacked ? "!obj:pylearn2.cross_validation.blocks.StackedBlocksCV { layers: [ " +
                            block + " ] }"
                      : block) +
             ", dataset_iterator: ");
  change(text, "n_folds: 3 }", "n_folds: 3 } }");
  change(text, "nvis: 784", "nvis: 7");
  change(text, "m.pkl\",\n", "n.pkl\",\n");
  const Job job = load_job_text("job.yaml", text, options_in(folder));
  REQUIRE(job.phases.size() == 3);
  for (int i = 0; i < 3; ++i) {
    const std::string& own = job.phases[std::size_t(i)].job_yaml;
    CHECK_THAT(own, Contains("m-" + std::to_string(i) + ".pkl"));
    CHECK(own.find("m-" + std::to_string((i + 1) % 3)) == own.npos);
    CHECK(job.phases[std::size_t(i)].train->dataset->read_space("features") == vector_space(7));
  }
  run_phases(job.phases);
  CHECK(fs::exists(folder.path() + "/n-2.pkl"));
  change(text, "n_folds: 3", "n_folds: 1");
  CHECK_THAT(error_of(text, folder), Contains("n_folds"));
}

TEST_CASE("TrainCV: save_folds saves while a fold is trained", "[registry][folds]") {
  const TemporaryFolder folder;
  const std::string text =
      folds_job("DatasetKFold", "  save_freq: 1, save_folds: true, allow_overwrite: false\n");
  const Job job = load_job_text("job.yaml", text, options_in(folder));
  for (const Phase& phase : job.phases) {
    CHECK(phase.train->save_freq == 1);
    CHECK_FALSE(phase.train->allow_overwrite);
  }
  run_phases(job.phases);
  CHECK_THAT(error_of(text, folder), Contains("m-0.pkl"));
}

TEST_CASE("TrainCV: what is at fault is told once, with its place", "[registry][folds]") {
  const TemporaryFolder folder;
  std::string text = folds_job("DatasetKFold");
  text.replace(text.find("n_folds: 3"), 10, "n_folds: 1");
  CHECK_THAT(error_of(text, folder), Contains("n_folds") && Contains("job.yaml:4"));
  text = folds_job("DatasetKFold");
  text.replace(text.find("irange: .01"), 11, "irange: -.1");
  const std::string once = error_of(text, folder);
  CHECK_THAT(once, Contains("irange"));
  CHECK(once.find("irange") == once.rfind("model.layers[0].irange") + 16);
  CHECK_THAT(error_of(folds_job("DatasetKFold", "  save_frequency: 3\n"), folder),
             Contains("save_frequency") && Contains("save_freq"));
  text = folds_job("DatasetKFold");
  text.replace(text.find("batch_size: 10,"), 15,
               "batch_size: 10, monitoring_dataset: !obj:DrawnDigits { stop: 9 },");
  CHECK_THAT(error_of(text, folder), Contains("those of its folds"));
  text = folds_job("DatasetKFold");
  text.replace(text.find("n_folds: 3"), 10, "n_folds: 62");
  const Job many = load_job_text("job.yaml", text, options_in(folder));
  CHECK_THROWS_WITH(run_phases(many.phases), Contains("there are 61 examples only"));
}

TEST_CASE("TrainCV: subset iterators are read with all their keys", "[registry][folds]") {
  const auto folds_of = [](const std::string& text) {
    const Shared<Object> made = load_object("folds.yaml", text);
    return dynamic_cast<const DatasetFolds&>(*made).splits().split(60, labels());
  };
  const auto same = [](const std::vector<FoldRows>& a, const std::vector<FoldRows>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (a[i].train != b[i].train || a[i].valid != b[i].valid || a[i].test != b[i].test)
        return false;
    return true;
  };
  const std::string data = "dataset: !obj:DrawnDigits { stop: 60 }",
                    dot = "pylearn2.cross_validation.";
  const std::string k_fold = "n_folds: 4, shuffle: true, random_state: 5";
  const std::string drawn = "n_iter: 2, test_size: .2, train_size: .6, random_state: 5";
  struct Pair {
    const char *subsets, *whole;
    bool k_fold, by_class, validates;
  };
  for (const Pair& each :
       {Pair{"KFold", "DatasetKFold", true, false, false},
        Pair{"StratifiedKFold", "StratifiedDatasetKFold", true, true, false},
        Pair{"ShuffleSplit", "DatasetShuffleSplit", false, false, false},
        Pair{"StratifiedShuffleSplit", "StratifiedDatasetShuffleSplit", false, true, false},
        Pair{"ValidationKFold", "DatasetValidationKFold", true, false, true},
        Pair{"StratifiedValidationKFold", "StratifiedDatasetValidationKFold", true, true, true},
        Pair{"ValidationShuffleSplit", "DatasetValidationShuffleSplit", false, false, true},
        Pair{"StratifiedValidationShuffleSplit", "StratifiedDatasetValidationShuffleSplit", false,
             true, true}}) {
    CAPTURE(each.subsets);
    std::string keys = each.k_fold ? k_fold : drawn;
    if (!each.k_fold && each.validates) keys += ", valid_size: .1";
    const std::string module =
        each.validates ? dot + "subset_iterators." : std::string("sklearn.cross_validation.");
    const std::vector<FoldRows> a =
        folds_of("!obj:" + dot + "dataset_iterators.DatasetCV { " + data +
                 ", subset_iterator: !obj:" + module + each.subsets + " { n: 60, " + keys + " } }");
    const std::vector<FoldRows> b = folds_of(
        "!obj:" + dot + "dataset_iterators." + each.whole + " { " + data + ", " + keys +
        ", preprocessor: !obj:Standardize {}, fit_preprocessor: true, return_dict: true }");
    CHECK(same(a, b));
    std::vector<FoldRows> right;
    if (each.k_fold) {
      KFoldSplits k;
      k.n_folds = 4, k.shuffle = true, k.random_state = Seed(5);
      k.by_class = each.by_class, k.with_validation = each.validates;
      right = k.split(60, labels());
    } else {
      ShuffleSplits s;
      s.n_iter = 2, s.test_size = .2, s.train_size = .6, s.random_state = Seed(5);
      s.by_class = each.by_class, s.with_validation = each.validates;
      if (each.validates) s.valid_size = .1;
      right = s.split(60, labels());
    }
    CHECK(same(a, right));
  }
  const std::string one =
      "!obj:DatasetCV { " + data + ", subset_iterator: !obj:LeaveOneOut { n: 60 } }";
  CHECK(same(folds_of(one), folds_of("!obj:DatasetLeaveOneOut { " + data + " }")));
  CHECK(folds_of(one).size() == 60);
  Fold wrong;
  wrong.folds = Shared<DatasetFolds>(dynamic_cast<DatasetFolds*>(
      load_object("folds.yaml",
                  "!obj:DatasetCV { " + data + ", subset_iterator: !obj:KFold { n: 59 } }")
          .get()));
  CHECK_THROWS_WITH(wrong.load(), Contains("for 59 examples, but the data set has 60"));
}
