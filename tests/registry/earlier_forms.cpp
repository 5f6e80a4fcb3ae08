// Job files as earlier versions of Pylearn2 had them, and files without a job.
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using Catch::Matchers::Contains;

namespace {

std::string sgd_job(const std::string& algorithm, const std::string& rest = "") {
  return R"(
!obj:pylearn2.scripts.train.Train {
  dataset: &train !obj:DrawnDigits { stop: 40 },
  model: !obj:MLP {
    nvis: 784, layers: [ !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
  algorithm: !obj:pylearn2.training_algorithms.sgd.SGD {
    learning_rate: .1, batch_size: 10, monitoring_dataset: *train, )" +
         algorithm + " }" + rest + "\n}\n";
}

LoadOptions only_checked() {
  LoadOptions options;
  options.check_only = true;
  return options;
}

}  // namespace

TEST_CASE("job: what earlier versions of Pylearn2 called otherwise", "[registry][job]") {
  const Job job = load_job_text(
      "old.yaml", sgd_job("init_momentum: .25, cost: !obj:pylearn2.costs.cost.MethodCost "
                          "{ method: cost_from_X, supervised: 1 }, termination_criterion: "
                          "!obj:pylearn2.training_algorithms.sgd.MonitorBasedTermCrit "
                          "{ prop_decrease: .01, N: 10 }",
                          ", callbacks: [ !obj:pylearn2.training_algorithms.sgd.MomentumAdjustor "
                          "{ start: 1, saturate: 3, final_momentum: .5 } ]"));
  const Train& train = *job.phases.at(0).train;
  const auto* const sgd = dynamic_cast<const SGD*>(train.algorithm.get());
  REQUIRE(sgd);
  const auto* const rule = dynamic_cast<const Momentum*>(sgd->learning_rule.get());
  REQUIRE(rule);
  CHECK(rule->init_momentum == .25);
  CHECK(train.extensions.size() == 1);
  REQUIRE(job.warnings.size() == 3);
  CHECK_THAT(job.warnings[0], Contains("old.yaml:7:") && Contains("algorithm.init_momentum") &&
                                  Contains("learning_rule"));
  CHECK_THAT(job.warnings[1], Contains("algorithm.cost.supervised"));
  CHECK_THAT(job.warnings[2], Contains("callbacks") && Contains("extensions"));
  // What is saved has today's words.
  CHECK_THAT(job.phases[0].job_yaml, Contains("learning_rule:") && !Contains("callbacks"));
}

TEST_CASE("job: a key of earlier versions has the rules of the present one", "[registry][job]") {
  CHECK_THROWS_WITH(load_job_text("old.yaml", sgd_job("init_momentum: 2")),
                    Contains("init_momentum: found 2; allowed: numbers from 0 to below 1"));
  CHECK_THROWS_WITH(
      load_job_text(
          "old.yaml",
          sgd_job("init_momentum: .5, learning_rule: !obj:Momentum { init_momentum: 0. }")),
      Contains("unknown key 'init_momentum'"));
}

TEST_CASE("job: a data set alone can be checked, and is no job", "[registry][job]") {
  const std::string text = "!obj:pylearn2.datasets.mnist.MNIST { which_set: test, stop: 20 }\n";
  const Job job = load_job_text("digits.yaml", text, only_checked());
  CHECK(job.phases.empty());
  REQUIRE(job.dataset);
  CHECK(job.dataset->read_space("targets") == index_space(10));
  CHECK_THROWS_WITH(load_job_text("digits.yaml", text), Contains("a job") && Contains("needed"));
  CHECK_THROWS_WITH(
      load_job_text("digits.yaml", "!obj:MNIST { which_set: valid }\n", only_checked()),
      Contains("'valid'"));
}

TEST_CASE("job: a variable of a path that is read may be missing while it is only checked",
          "[registry][job]") {
  const auto job_from = [](const std::string& dataset) {
    return R"(
!obj:Train {
  dataset: )" +
           dataset + R"(,
  model: !obj:MLP {
    nvis: 4, layers: [ !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
  algorithm: !obj:SGD { learning_rate: .1, batch_size: 10 }
}
)";
  };
  const std::string csv = job_from("!obj:CSVDataset { path: '${NO_SUCH_FOLDER}/train.csv' }");
  const Job job = load_job_text("csv.yaml", csv, only_checked());
  std::string warnings;
  for (const std::string& each : job.warnings) warnings += each + "\n";
  CHECK_THAT(warnings, Contains("dataset.path: warning: ") &&
                           Contains("Unrecognized environment variable \"NO_SUCH_FOLDER\""));
  CHECK_THROWS_WITH(load_job_text("csv.yaml", csv), Contains("NO_SUCH_FOLDER"));
  const std::string pickle = job_from("!pkl: '${NO_SUCH_FOLDER}/train.pkl'");
  CHECK_NOTHROW(load_job_text("csv.yaml", pickle, only_checked()));
  CHECK_THROWS_WITH(load_job_text("csv.yaml", pickle), Contains("NO_SUCH_FOLDER"));
}

// noisy_encoder's class, of which Pylearn2's own job svhn2 makes use.
TEST_CASE("job: the values of channels in the record where one was the best", "[registry][job]") {
  const Job job = load_job_text(
      "best.yaml",
      sgd_job("termination_criterion: !obj:EpochCounter { max_epochs: 3 }",
              ", extensions: [ !obj:noisy_encoder.utils.best_params.MonitorBasedBest "
              "{ channel_name: y_misclass, save_channel_names: [ y_nll, objective ] } ]"));
  Session session(*job.phases.at(0).train,
                  build_programs(*job.phases.at(0).train, ElementType::float64), {});
  session.run();
  const auto& misclass = session.records().at("y_misclass").val_record;
  const auto best = std::min_element(misclass.begin(), misclass.end()) - misclass.begin();
  const auto tag = [&](const char* name) {
    return std::get<double>(session.tags().at(std::string("MonitorBasedBest.") + name));
  };
  CHECK(tag("epoch") == static_cast<double>(best));
  CHECK(tag("y_nll") == session.records().at("y_nll").val_record.at(std::size_t(best)));
  CHECK_THROWS_WITH(
      load_job_text("best.yaml", sgd_job("",
                                         ", extensions: [ !obj:MonitorBasedBest { channel_name: "
                                         "y_misclass, save_channel_names: y_nl } ]")),
      Contains("save_channel_names") && Contains("nearest: y_nll"));
}
