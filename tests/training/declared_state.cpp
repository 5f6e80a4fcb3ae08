// State that models, layers and costs declare: persistent chains, running statistics.
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/program/configuration.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/register_class.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "resumed.hpp"
#include "small_job.hpp"
#include "small_rbm.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

// PCD (Tieleman 2008): contrastive divergence whose chains go on from batch to batch.
struct PersistentCD : SurrogateCost {
  static constexpr const char* yaml = "small.PersistentCD";
  int num_chains = 0;
  constexpr PersistentCD() = default;
  constexpr explicit PersistentCD(int n) : num_chains(n) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_chains", &PersistentCD::num_chains, "how many");
  }
  static constexpr AnyExpr chains(const SpaceInfo& space) { return chains_leaf("chains", space); }
  constexpr bool is_stochastic() const override { return true; }
  constexpr void states(const Model& model, StateList& list) const override {
    const AnyExpr v = chains(model.input_space());
    list.add_chains("chains", model.input_space(), num_chains, bernoulli_like(v, .5),
                    "of visible units");
  }
  constexpr AnyExpr surrogate(const Model& model, const Data& data,
                              UpdateList& updates) const override {
    const auto& rbm = static_cast<const SmallRbm&>(model);
    const AnyExpr before = chains(model.input_space()), v = stop_gradient(rbm.gibbs(before));
    updates.add("chains", before, v);
    return mean(rbm.free_energy(data["features"].value())) - mean(rbm.free_energy(v));
  }
};

struct NamedRbm : SmallRbm {
  static constexpr const char* yaml = "small.RBM";
  template <class K>
  static constexpr void keys(K&) {}
};
struct NamedHalves : Halves {
  static constexpr const char* yaml = "small.Halves";
  template <class K>
  static constexpr void keys(K&) {}
};
ANSATZ_REGISTER_CLASS(PersistentCD, "PCD of this test")
ANSATZ_REGISTER_CLASS(NamedRbm, "the RBM of this test")
ANSATZ_REGISTER_CLASS(NamedHalves, "the data of this test")

template <class... O>
Train pcd_job(int num_chains, const O&... options) {
  return Train(Halves(), SmallRbm(),
               SGD(learning_rate(.1), batch_size(8), PersistentCD(num_chains), Momentum(.5),
                   EpochCounter(4)),
               options...);
}

Vector state_of(SmallRun& run, std::string_view name) {
  Store& store = run.session.store();
  const double* x = store.data<double>(name);
  return {x, x + store.shape(name).count()};
}

// (x - m) / sqrt(s + .01), with running means m of x and s of its squared distance to m.
struct Standardized : Layer {
  constexpr explicit Standardized(const char* name) { layer_name = name; }
  static constexpr AnyExpr running(const String& name, const Place& at) {
    return state_leaf(name, at.input.shape);
  }
  constexpr AnyExpr m(const Place& at) const { return running(own(at, "mean"), at); }
  constexpr AnyExpr s(const Place& at) const { return running(own(at, "variance"), at); }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override { return input; }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return Signal(at.input, (below.value() - m(at)) / sqrt(s(at) + .01));
  }
  constexpr void states(const Place& at, StateList& list) const override {
    list.add(own(at, "mean"), at.input);
    list.add(own(at, "variance"), at.input, AnyExpr(ir::Value(1.)));
  }
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    const AnyExpr x = below.value();
    updates.add(own(at, "mean"), m(at), .75 * m(at) + .25 * mean(x, batch));
    updates.add(own(at, "variance"), s(at), .75 * s(at) + .25 * mean(square(x - m(at)), batch));
  }
};

Shared<Model> standardizing() {
  MLP<> mlp;
  mlp.nvis = 1;
  mlp.layers.push_back(Shared<Layer>(Standardized("n")));
  mlp.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.1))));
  (void)mlp.places(mlp.root());
  return mlp;
}

template <class... O>
Train standardized_job(const Shared<Model>& model, int epochs, const O&... options) {
  return Train(Rows(10), model,
               SGD(learning_rate(.1), batch_size(4), train_iteration_mode("sequential"),
                   EpochCounter(epochs), monitoring_dataset(Rows(10))),
               options...);
}

}  // namespace

TEST_CASE("state: chains of a cost are as many as the job says, and begin as it says",
          "[training][state]") {
  SmallRun run(pcd_job(50));
  CHECK(run.session.store().shape("chains") == Dims(50, 6));
  CHECK(run.session.store().kind("chains") == StoreKind::state);
  CHECK(run.session.states().find("chains")->owner == "the cost");
  CHECK(run.session.states().find("W.velocity")->owner == "the algorithm");
  CHECK(state_of(run, "chains") == Vector(300, 0.));
  run.job.algorithm->termination_criterion = EpochCounter(0);
  run.run();
  const Vector first = state_of(run, "chains");
  double ones = 0;
  for (double x : first) {
    CHECK((x == 0 || x == 1));
    ones += x;
  }
  CHECK(ones > 110);  // 150 expected, standard deviation 8.7
  CHECK(ones < 190);

  RunOptions other_seed;
  other_seed.seed = 1;
  SmallRun other(run.job, ElementType::float64, other_seed);
  CHECK(state_of(other.run(), "chains") != first);
  SmallRun again(run.job);
  CHECK(state_of(again.run(), "chains") == first);
}

TEST_CASE("state: programs do not depend on how many chains there are", "[training][state]") {
  SmallRun few(pcd_job(3)), many(pcd_job(200));
  CHECK(same_plan(few.session.program("step").plan(), many.session.program("step").plan()));
  few.run(), many.run();
  CHECK(few.session.store().shape("chains") == Dims(3, 6));
  CHECK(few.value("W") != many.value("W"));
  CHECK_THAT(error_of(pcd_job(0)), Contains("\"chains\" must have at least one row, not 0"));
}

TEST_CASE("state: the number of chains is a key of a job file", "[training][state]") {
  const char* const text =
      "!obj:Train { dataset: !obj:small.Halves {}, model: !obj:small.RBM {}, algorithm: !obj:SGD "
      "{\n"
      "  learning_rate: .1, batch_size: 8, cost: !obj:small.PersistentCD { num_chains: 7 },\n"
      "  termination_criterion: !obj:EpochCounter { max_epochs: 1 } } }\n";
  const auto chains = [&](const LoadOptions& options) {
    const Job job = load_job_text("job.yaml", text, options);
    SmallRun run(*job.phases.at(0).train);
    run.run();
    return run.session.store().shape("chains")[0];
  };
  CHECK(chains({}) == 7);
  LoadOptions more;
  more.overrides = {"algorithm.cost.num_chains=12"};
  CHECK(chains(more) == 12);
  LoadOptions none;
  none.overrides = {"algorithm.cost.num_chains=0"};
  CHECK_THROWS_WITH(load_job_text("job.yaml", text, none),
                    Contains("job.yaml:1") && Contains("at least one row"));
}

TEST_CASE("state: chains and momenta are saved, and a run is resumed with the same bits",
          "[training][state]") {
  resumes_to_the_same_bits([](const auto& interrupt) { return pcd_job(20, interrupt); },
                           {1, 7, 10});
}

TEST_CASE("state: a run is resumed with more chains, or fewer", "[training][state]") {
  const TemporaryFolder folder;
  const auto run_with = [&](int chains, int epochs, bool resume) {
    Train job = pcd_job(chains);
    job.save_path = (folder.path() + "/model.ansatz").c_str();
    job.save_freq = 1;
    job.algorithm->termination_criterion = EpochCounter(epochs);
    struct Silent : RunObserver {
      std::vector<std::string> warnings;
      void on_warning(Session&, const std::string& text) override { warnings.push_back(text); }
    } observer;
    RunOptions options;
    options.resume = resume;
    options.observer = &observer;
    SmallRun run(job, ElementType::float64, options);
    run.run();
    return std::pair(state_of(run, "chains"), observer.warnings);
  };
  const Vector ten = run_with(10, 1, false).first;
  const auto [more, told] = run_with(15, 1, true);
  REQUIRE(more.size() == 90);
  CHECK(Vector(more.begin(), more.begin() + 60) == ten);
  CHECK(Vector(more.begin() + 60, more.end()) != Vector(30, 0.));
  CHECK(std::any_of(told.begin(), told.end(), [](const std::string& text) {
    return text == "\"chains\" has 15 rows, where the saved run had 10: the others begin anew";
  }));
  const Vector fewer = run_with(4, 1, true).first;
  CHECK(fewer == Vector(ten.begin(), ten.begin() + 24));
}

TEST_CASE("state: running statistics of a layer are those of the batches, and go with the model",
          "[training][state]") {
  SmallRun run(standardized_job(standardizing(), 2));
  run.run();
  // Batches of rows 0 to 3, 4 to 7 and 8 and 9.
  double m = 0, s = 1;
  for (int epoch = 0; epoch < 2; ++epoch)
    for (const auto& [from, to] : {std::pair(0, 4), {4, 8}, {8, 10}}) {
      double sum = 0, squares = 0;
      for (int x = from; x < to; ++x) sum += x, squares += (x - m) * (x - m);
      s = .75 * s + .25 * squares / (to - from);  // of the mean as it was before
      m = .75 * m + .25 * sum / (to - from);
    }
  CHECK(run.value("n_mean") == Approx(m).epsilon(1e-12));
  CHECK(run.value("n_variance") == Approx(s).epsilon(1e-12));
  CHECK(run.session.states().find("n_mean")->owner == "the model");

  // As `!pkl:` gives it, and as a later job of a list has it.
  const auto file = std::make_shared<const ModelFile>(run.session.model_file());
  const double cost = run.record("objective").back();
  SmallRun loaded(standardized_job(Shared<Model>(LoadedModel(standardizing(), file)), 0));
  loaded.session.run();
  CHECK(loaded.value("n_mean") == run.value("n_mean"));
  CHECK(loaded.record("objective").back() == cost);
  RunOptions options;
  const Train next = standardized_job(run.job.model, 0);
  options.learned.push_back({run.job.model.get(), file});
  SmallRun later(next, ElementType::float64, options);
  later.session.run();
  CHECK(later.value("n_variance") == run.value("n_variance"));

  // `ansatz evaluate` computes with them, too.
  const Train other = standardized_job(standardizing(), 0);
  Session measured(other, build_programs(other, ElementType::float64), {});
  Monitor::WatchedData data;
  data.source = Rows(10).load();
  data.mode = "sequential";
  data.batch_size = 4;
  CHECK(measured.measure(*file, "the file", data).empty());
  CHECK(measured.records().at("objective").val_record.back() == cost);
}

TEST_CASE("state: running statistics are resumed with the same bits", "[training][state]") {
  resumes_to_the_same_bits(
      [](const auto& interrupt) { return standardized_job(standardizing(), 4, interrupt); },
      {1, 7, 10});
}

TEST_CASE("state: what no part declares is refused, and what two do, with both",
          "[training][state]") {
  struct Undeclared : SumCost {
    constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
      return *SumCost::expr(model, data) * (1 + state_leaf("forgotten", ir::Shape()));
    }
  };
  struct Twice : Ones {
    constexpr void states(StateList& list) const override {
      list.add("p0.velocity", ir::make_shape(1));
    }
  };
  const auto error = [](const auto& model, const auto& cost) {
    return error_of(Train(
        Rows(), model, SGD(learning_rate(.1), batch_size(5), cost, Momentum(.5), EpochCounter(1))));
  };
  CHECK_THAT(error(Ones(), Undeclared()),
             Contains("no part of the job declares") && Contains("\"forgotten\""));
  CHECK_THAT(error(Twice(), SumCost()),
             Contains("\"p0.velocity\" is declared by the model and by the algorithm"));
  struct OtherShape : Ones {
    constexpr void states(StateList& list) const override { list.add("x", ir::make_shape(2)); }
    constexpr void state_updates(const Data&, UpdateList& updates) const override {
      const AnyExpr x = state_leaf("x", ir::make_shape(3));
      updates.add("x", x, x + 1);
    }
  };
  CHECK_THAT(error(OtherShape(), SumCost()),
             Contains("the model declares the state \"x\"") && Contains("[2]") && Contains("[3]"));
}

TEST_CASE("state: of Spaces as types", "[training][state]") {
  StateList list;
  list.add("mean", VectorSpace<3>());
  list.add_chains("chains", VectorSpace(4), 5);
  CHECK(list[0].value.value().shape() == ir::make_shape(3));
  CHECK(list[1].rows == 5);
  CHECK(list[1].value.value().shape() == ir::make_shape(ir::extent_code("chains"), 4));
}
