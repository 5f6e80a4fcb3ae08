// Objects as YAML.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/registry.hpp>

#include <catch2/catch.hpp>

namespace {

using namespace ansatz;

MLP<> small_mlp() {
  MLP<> mlp;
  mlp.nvis = 784;
  Tanh<> h;
  h.layer_name = "h0";
  h.dim = 5;
  h.irange = .05;
  mlp.layers.push_back(Shared<Layer>(h));
  Softmax<> y;
  y.layer_name = "y";
  y.n_classes = 10;
  y.irange = 0.;
  mlp.layers.push_back(Shared<Layer>(y));
  return mlp;
}

struct Nameless : TerminationCriterion {
  std::unique_ptr<CriterionRun> start(Session&) const override { return nullptr; }
};

}  // namespace

TEST_CASE("describe: only keys that are required or not at their defaults",
          "[registry][describe]") {
  const Shared<Model> model{small_mlp()};
  CHECK(to_yaml(*model) ==
        "!obj:pylearn2.models.mlp.MLP\n"
        "layers:\n"
        "  - !obj:pylearn2.models.mlp.Tanh\n"
        "    layer_name: h0\n"
        "    irange: 0.05\n"
        "    dim: 5\n"
        "  - !obj:pylearn2.models.mlp.Softmax\n"
        "    n_classes: 10\n"
        "    layer_name: y\n"
        "    irange: 0\n"
        "nvis: 784\n");
}

TEST_CASE("describe: what is written gives the same object again", "[registry][describe]") {
  Train job;
  job.dataset = Shared<Dataset>(DrawnDigits(0, 50));
  job.model = Shared<Model>(small_mlp());
  SGD sgd(learning_rate(.1), batch_size(10), Momentum(.5, nesterov_momentum(true)),
          SumOfCosts(Default(), scaled(.5, WeightDecay(coeffs({{"h0", .25}})))), seed({1, 2}));
  sgd.monitoring_datasets.list.push_back({"train", job.dataset});
  job.algorithm = Shared<TrainingAlgorithm>(sgd);
  const std::string text = to_yaml(job);
  INFO(text);
  const Job again = load_job_text("again", text);
  REQUIRE(again.phases.size() == 1);
  const Train& copy = *again.phases[0].train;
  CHECK(to_yaml(copy) == text);
  CHECK(copy.algorithm->monitoring_datasets.list[0].dataset == copy.dataset);
}

TEST_CASE("describe: sizes in types are written like any others", "[registry][describe]") {
  const Shared<Model> known(
      MLP(VectorSpace(784_c), Tanh("h0", 5_c, irange(.05)), Softmax("y", 10_c, irange(0.))));
  const Shared<Object> again = load_object("again", to_yaml(*known));
  REQUIRE(again);
  CHECK(to_yaml(*again) == to_yaml(*known));
}

TEST_CASE("describe: an MLP inside an MLP is written as itself", "[registry][describe]") {
  const Shared<Model> outer(
      MLP(VectorSpace(784_c),
          MLP(VectorSpace(784_c), layer_name("inner"), Tanh("h0", 5_c, irange(.05))),
          Softmax("y", 10_c, irange(0.))));
  const std::string text = to_yaml(*outer);
  CHECK(text.find("- !obj:pylearn2.models.mlp.MLP") != std::string::npos);
  CHECK(to_yaml(*load_object("again", text)) == text);
}

TEST_CASE("describe: a class without a YAML name keeps its C++ name", "[registry][describe]") {
  const Shared<TerminationCriterion> criterion{Nameless()};
  CHECK(to_yaml(*criterion).find("Nameless") != std::string::npos);
}
