// Autoencoders trained one after the other, each of the codes of the one before, then all of them
// with labels; Pylearn2's small jobs; BGD.
#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/cost/autoencoder/reconstruction.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/model/autoencoder/autoencoder.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/phases.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Vector = std::vector<double>;

std::string autoencoder(const std::string& name, int inputs, int hidden,
                        const std::string& dataset) {
  return "!obj:pylearn2.train.Train {\n"
         "  dataset: " +
         dataset +
         ",\n"
         "  model: !obj:pylearn2.models.autoencoder.DenoisingAutoencoder {\n"
         "    nvis: " +
         std::to_string(inputs) + ", nhid: " + std::to_string(hidden) +
         ", irange: .05, act_enc: tanh, act_dec: null,\n"
         "    corruptor: !obj:pylearn2.corruption.BinomialCorruptor { corruption_level: .2 } },\n"
         "  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD { learning_rate: 1e-2, "
         "batch_size: 50,\n"
         "    cost: !obj:pylearn2.costs.autoencoder.MeanSquaredReconstructionError {},\n"
         "    monitoring_dataset: !obj:DrawnDigits { start: 0, stop: 10 },\n"
         "    termination_criterion: !obj:pylearn2.termination_criteria.EpochCounter { max_epochs: "
         "3 } },\n"
         "  save_path: '%(folder)s/" +
         name + ".pkl', save_freq: 1 }\n";
}

const std::string digits = "!obj:DrawnDigits { start: 0, stop: 300 }";

// The three jobs; each names the files of those before.
std::vector<std::string> stack_of_jobs() {
  std::string first = autoencoder("l1", 784, 12, digits);
  const std::string codes =
      "&codes !obj:pylearn2.datasets.transformer_dataset.TransformerDataset "
      "{ raw: " +
      digits + ", transformer: !pkl: '%(folder)s/l1.pkl' }";
  std::string second = autoencoder("l2", 12, 5, codes);
  const std::string watched = "!obj:DrawnDigits { start: 0, stop: 10 }";
  first.replace(first.find(watched), watched.size(), digits);
  second.replace(second.find(watched), watched.size(), "*codes");
  const std::string third =
      "!obj:pylearn2.train.Train {\n"
      "  dataset: " +
      digits +
      ",\n"
      "  model: !obj:pylearn2.models.mlp.MLP { nvis: 784, batch_size: 50, layers: [\n"
      "    !obj:pylearn2.models.mlp.PretrainedLayer { layer_name: h1, layer_content: !pkl: "
      "'%(folder)s/l1.pkl' },\n"
      "    !obj:pylearn2.models.mlp.PretrainedLayer { layer_name: h2, layer_content: !pkl: "
      "'%(folder)s/l2.pkl' },\n"
      "    !obj:pylearn2.models.mlp.Softmax { layer_name: y, n_classes: 10, irange: .005 } ] },\n"
      "  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD { learning_rate: .05, "
      "batch_size: 50,\n"
      "    monitoring_dataset: { valid: " +
      digits +
      " },\n"
      "    termination_criterion: !obj:pylearn2.termination_criteria.EpochCounter { max_epochs: "
      "%(max_epochs)i } },\n"
      "  save_path: '%(folder)s/mlp.pkl', save_freq: 1 }\n";
  return {first, second, third};
}

LoadOptions options_for(const std::string& folder, const std::string& max_epochs) {
  LoadOptions options;
  options.defines = {"folder=" + folder};
  if (!max_epochs.empty()) options.defines.push_back("max_epochs=" + max_epochs);
  return options;
}

void run_jobs(const std::string& text, const LoadOptions& options) {
  const Job job = load_job_text("job.yaml", text, options);
  RunObserver quiet;
  PhasesOptions how;
  how.run.observer = &quiet;
  CHECK(run_phases(job.phases, how).end == RunEnd::finished);
}

// A list of them: one item a job, its lines further in.
std::string as_list(const std::vector<std::string>& jobs) {
  std::string list;
  for (const std::string& job : jobs) {
    list += "- ";
    for (const char c : job) list += c == '\n' ? std::string("\n  ") : std::string(1, c);
    list += "\n";
  }
  return list;
}

std::vector<float> parameter(const ModelFile& file, std::string_view name) {
  for (const NamedTensor& each : file.parameters)
    if (each.name == name) return {each.data<float>(), each.data<float>() + each.size()};
  FAIL("no parameter " << name);
  return {};
}

const Vector& record(const ModelFile& file, const std::string& channel) {
  return file.monitors.back().at(channel).val_record;
}

}  // namespace

TEST_CASE("stacked autoencoders: three jobs by files, and the same as one list",
          "[training][autoencoder]") {
  const TemporaryFolder apart, together;
  for (const std::string& job : stack_of_jobs()) {
    const bool last = job.find("max_epochs)i") != job.npos;
    run_jobs(job, options_for(apart.path(), last ? "4" : ""));
  }
  run_jobs(as_list(stack_of_jobs()), options_for(together.path(), "4"));
  for (const char* name : {"l1", "l2", "mlp"}) {
    const auto path = [&](const TemporaryFolder& folder) {
      return folder.path() + "/" + name + ".pkl";
    };
    const ModelFile one = read_model_file(path(apart)), other = read_model_file(path(together));
    for (const NamedTensor& each : one.parameters)
      CHECK(parameter(one, each.name) == parameter(other, each.name));
    CHECK(one.parameters.size() == (name[0] == 'm' ? 10 : 4));
  }
  const ModelFile l1 = read_model_file(apart.path() + "/l1.pkl");
  const ModelFile l2 = read_model_file(apart.path() + "/l2.pkl");
  CHECK(record(l1, "objective").back() < .7 * record(l1, "objective").front());
  CHECK(record(l2, "objective").back() < .9 * record(l2, "objective").front());
  // The second autoencoder's objective at first is that of the first one's codes: its own weights
  // are small, so that nearly nothing is made again.
  const Shared<Object> set = load_object(
      "set.yaml", "!obj:pylearn2.datasets.transformer_dataset.TransformerDataset { raw: " + digits +
                      ", transformer: !pkl: '" + apart.path() + "/l1.pkl' }");
  const Table codes = in_memory(dynamic_cast<const Dataset&>(*set).open());
  Vector h(300 * 12);
  Table::gather(codes.column("features"), {0, 300, nullptr}, ElementType::float64, h.data());
  const Table raw =
      in_memory(dynamic_cast<const Dataset&>(*load_object("set.yaml", digits)).open());
  Vector x(300 * 784);
  Table::gather(raw.column("features"), {0, 300, nullptr}, ElementType::float64, x.data());
  const std::vector<float> w = parameter(l1, "W"), b = parameter(l1, "hb");
  double squares = 0, error = 0;
  for (std::size_t e = 0; e < 300; ++e)
    for (std::size_t j = 0; j < 12; ++j) {
      double z = b[j];
      for (std::size_t i = 0; i < 784; ++i) z += x[e * 784 + i] * w[i * 12 + j];
      error = std::max(error, std::abs(std::tanh(z) - h[e * 12 + j]));
      squares += h[e * 12 + j] * h[e * 12 + j] / 300;
    }
  CHECK(error < 1e-6);
  CHECK(record(l2, "objective").front() == Approx(squares).epsilon(.02));
}

TEST_CASE("stacked autoencoders: fine-tuning begins with what was learned",
          "[training][autoencoder]") {
  const TemporaryFolder folder;
  std::vector<std::string> jobs = stack_of_jobs();
  run_jobs(as_list(jobs), options_for(folder.path(), "0"));
  const ModelFile mlp = read_model_file(folder.path() + "/mlp.pkl");
  const ModelFile l1 = read_model_file(folder.path() + "/l1.pkl");
  const ModelFile l2 = read_model_file(folder.path() + "/l2.pkl");
  for (const char* name : {"vb", "hb", "W", "Wprime"}) {
    CHECK(parameter(mlp, std::string("h1_") + name) == parameter(l1, name));
    CHECK(parameter(mlp, std::string("h2_") + name) == parameter(l2, name));
  }
  // The list once more, with other first jobs: their files are there, but are not what is meant.
  jobs[0].replace(jobs[0].find("irange: .05"), 11, "irange: .01");
  run_jobs(as_list(jobs), options_for(folder.path(), "0"));
  const ModelFile again = read_model_file(folder.path() + "/mlp.pkl");
  CHECK(parameter(again, "h1_W") != parameter(l1, "W"));
  CHECK(parameter(again, "h1_W") == parameter(read_model_file(folder.path() + "/l1.pkl"), "W"));
}

TEST_CASE("autoencoders: Pylearn2's small jobs train, with its channels",
          "[training][autoencoder]") {
  const TemporaryFolder folder;
  for (const char* file : {"autoencoder_dae", "autoencoder_hcae", "cae", "hcae"}) {
    CAPTURE(file);
    const Job job = load_job(std::string(ANSATZ_TESTS_FOLDER) + "/jobs/" + file + ".yaml");
    CHECK(job.warnings.empty());
    Train& train = *job.phases[0].train;
    train.save_path = (folder.path() + "/" + file + ".pkl").c_str();
    RunObserver quiet;
    RunOptions run;
    run.observer = &quiet;
    Session session(train, build_programs(train, ElementType::float32), run);
    session.run();
    const MonitorRecords& records = session.records();
    std::vector<std::string> names;
    for (const ChannelRecords& each : records.channels) names.push_back(each.name);
    std::sort(names.begin(), names.end());
    const std::string set = std::string(file).starts_with("auto") ? "" : "train_";
    std::vector<std::string> expected = {"learning_rate", "total_seconds_last_epoch",
                                         set + "objective", "training_seconds_this_epoch"};
    if (set.empty() && std::string(file).ends_with("hcae"))
      expected.insert(expected.end(), {"term_0", "term_1", "term_2"});
    if (!set.empty()) expected.insert(expected.end(), {"train_term_0", "train_term_1"});
    std::sort(expected.begin(), expected.end());
    CHECK(names == expected);
    CHECK(records.examples_seen == (set.empty() ? 5 : 10));
    const Vector& rate = records.at("learning_rate").val_record;
    const double given = set.empty() ? 1e-3 : .1;
    REQUIRE(rate.size() == 2);
    CHECK(rate[0] == Approx(given).epsilon(1e-6));
    CHECK(rate[1] == Approx(given).epsilon(1e-6));
    const Vector& objective = records.at(set + "objective").val_record;
    REQUIRE(objective.size() == 2);
    CHECK(std::isfinite(objective[1]));
    // Weights begin small: what is made again is near 0, or bits near 1/2.
    if (std::string(file) == "autoencoder_dae") {
      const Table data = in_memory(train.dataset->open());
      Vector x(15);
      Table::gather(data.column("features"), {0, 5, nullptr}, ElementType::float64, x.data());
      double squares = 0;
      for (const double v : x) squares += v * v / 5;
      CHECK(objective[0] == Approx(squares).epsilon(.01));
      CHECK(std::abs(objective[1] - objective[0]) < .02 * objective[0]);
    } else if (!set.empty()) {
      CHECK(objective[0] == Approx(5 * std::log(2.)).epsilon(.02));
      CHECK(objective[1] < objective[0]);
    }
  }
}

TEST_CASE("autoencoders: BGD trains those that draw nothing, and refuses the others",
          "[training][autoencoder][bgd]") {
  Vector bits;
  for (int i = 0; i < 20; ++i)
    for (int k = 0; k < 6; ++k) bits.push_back(k == i % 6 || k == (i + 2) % 6);
  const DenseDesignMatrix data(Table({number_column("features", bits, Dims{std::int64_t{6}})}));
  const auto job_of = [&](const auto& model) {
    return Train(data, model,
                 BGD(batch_size(20), EpochCounter(5), line_search_mode("exhaustive"),
                     SumOfCosts(MeanBinaryCrossEntropy(), scaled(.1, SparseActivation(1, .2))),
                     monitoring_dataset(data)));
  };
  RunObserver quiet;
  RunOptions run;
  run.observer = &quiet;
  const Train calm =
      job_of(Autoencoder(nvis(6), nhid(4), act_enc("sigmoid"), act_dec("sigmoid"), irange(.5)));
  Session session(calm, build_programs(calm, ElementType::float64), run);
  session.run();
  const Vector& objective = session.records().at("objective").val_record;
  CHECK(objective.back() < .8 * objective.front());
  CHECK(session.records().find("term_1_sparse_activation_penalty") != nullptr);
  const Train noisy =
      job_of(DenoisingAutoencoder(corruptor(BinomialCorruptor(.2)), nvis(6), nhid(4),
                                  act_enc("sigmoid"), act_dec("sigmoid"), irange(.5)));
  std::string message;
  try {
    (void)build_programs(noisy, ElementType::float64);
  } catch (const std::exception& e) {
    message = e.what();
  }
  CHECK_THAT(message, Catch::Contains("draws random numbers anew"));
}
