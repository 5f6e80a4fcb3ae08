// A model that trains itself, as a block: k-means, alone and below a Softmax.
#include <ansatz/extension/on_event.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/session/phases.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/ops.hpp>

#include "../data/temporary_file.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Vector = std::vector<double>;

// Points in the plane around three corners, 12 each; labels: whether the corner is the second.
struct Corners : Dataset {
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(2);
    if (source == "targets") return index_space(2);
    return {};
  }
  static Vector points() {
    Vector x;
    for (int i = 0; i < 36; ++i) {
      const double corners[][2] = {{-2, 0}, {0, 3}, {2, 0}};
      for (int k = 0; k < 2; ++k) x.push_back(corners[i % 3][k] + .5 * std::sin(1.7 * (2 * i + k)));
    }
    return x;
  }
  std::shared_ptr<const Table> load() const override {
    Dims two;
    two.push_back(2);
    std::vector<std::int32_t> y;
    for (int i = 0; i < 36; ++i) y.push_back(i % 3 == 1);
    std::vector<Column> columns{number_column("features", points(), two),
                                label_column("targets", y, 2)};
    return std::make_shared<const Table>(std::move(columns));
  }
};

// Three examples of one corner, from where it takes several passes.
Vector first_means() {
  const Vector x = Corners::points();
  return {x[0], x[1], x[6], x[7], x[12], x[13]};
}

// Index of the nearest mean and its squared distance.
std::pair<std::size_t, double> nearest(const double* x, const Vector& means) {
  std::pair<std::size_t, double> best{0, 1e300};
  for (std::size_t c = 0; c < means.size() / 2; ++c) {
    const double a = x[0] - means[2 * c], b = x[1] - means[2 * c + 1];
    if (a * a + b * b < best.second) best = {c, a * a + b * b};
  }
  return best;
}

// A pass of Lloyd's algorithm; returns the mean squared distance before it.
double lloyd(const Vector& x, Vector& means) {
  Vector sums(means.size()), counts(means.size() / 2);
  double total = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const auto [c, distance] = nearest(&x[i], means);
    sums[2 * c] += x[i], sums[2 * c + 1] += x[i + 1];
    ++counts[c], total += distance;
  }
  for (std::size_t k = 0; k < means.size(); ++k)
    if (counts[k / 2] > 0) means[k] = sums[k] / counts[k / 2];
  return total / (static_cast<double>(x.size()) / 2);
}

// Its output: the squared distances to the means, as Pylearn2's KMeans.
struct LloydKMeans : SelfTrainingModel {
  int k = 3;
  constexpr AnyExpr mu() const { return parameter_leaf("mu", ir::make_shape(k, 2)); }
  constexpr SpaceInfo input_space() const override { return vector_space(2); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"mu", mu()});
  }
  using Model::parameters;
  void initialize(InitialValues& values) const override {
    const Vector first = first_means();
    values.set("mu", first.data(), 2 * k);
  }
  constexpr Signal output(const Signal& x) const override {
    const AnyExpr v = x.value();
    return Signal(vector_space(k), sum(square(v), axis<0>, keep_axes) -
                                       2 * matmul(v, transpose(mu())) + sum(square(mu()), axis<1>));
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
  }
  std::unique_ptr<ModelRun> start(Session& session) const override {
    struct Run : ModelRun {
      double* const mu;
      const std::size_t size;
      double before = 2e300, distance = 1e300;
      explicit Run(Session& s)
          : mu(s.store().data<double>("mu")),
            size(static_cast<std::size_t>(s.store().shape("mu").count())) {}
      void train_all(const Table& data) override {
        const Column& column = data.column("features");
        const auto* x = static_cast<const double*>(column.data);
        Vector means(mu, mu + size);
        before = std::exchange(distance, lloyd({x, x + 2 * data.examples()}, means));
        std::copy(means.begin(), means.end(), mu);
      }
      bool continue_learning() override { return before - distance > 1e-9; }
      void state(Archive& archive) override {
        archive("before", before);
        archive("distance", distance);
      }
    };
    return std::make_unique<Run>(session);
  }
};

Vector means_of(Session& session, std::string_view name = "mu") {
  const double* x = session.store().data<double>(name);
  return {x, x + session.store().shape(name).count()};
}

}  // namespace

TEST_CASE("k-means: as Lloyd's algorithm has it; the description stays what it was",
          "[training][k_means]") {
  const Vector x = Corners::points();
  Vector means = first_means();
  double before = 2e300, distance = 1e300;
  int passes = 0;
  for (; before - distance > 1e-9; ++passes) before = std::exchange(distance, lloyd(x, means));
  CHECK(passes == 4);
  const Shared<Model> model(LloydKMeans{});
  for (int again = 0; again < 2; ++again) {
    SmallRun run(Train(Corners(), model));
    run.run();
    CHECK(means_of(run.session) == means);
    CHECK(run.epochs() == passes);
    // A block: what it predicts are distances.
    AnyProgram& predict = run.session.program("predict");
    BatchReader reader(*run.session.data(), predict);
    const auto& arguments = reader.arguments({run.session.data()->columns(), {0, 36, nullptr}});
    predict.call(arguments.data(), static_cast<int>(arguments.size()));
    const ArrayView view = predict.result(0);
    const auto* d = static_cast<const double*>(view.data);
    REQUIRE(view.dims == Dims(36, 3));
    for (std::size_t i = 0; i < 36; ++i)
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(d[3 * i + c] == Approx(std::pow(x[2 * i] - means[2 * c], 2) +
                                     std::pow(x[2 * i + 1] - means[2 * c + 1], 2))
                                  .margin(1e-12));
  }
}

TEST_CASE("k-means: interrupted and resumed to the same bits", "[training][k_means]") {
  const TemporaryFolder folder;
  std::atomic<bool> interrupt{false};
  const auto run_with = [&](int stop_after, bool resume) {
    int records = 0;
    interrupt = false;
    Train job(Corners(), LloydKMeans(),
              on_monitor([&](Session&) { interrupt = ++records == stop_after; }));
    job.save_path = (folder.path() + "/model.ansatz").c_str();
    job.save_freq = 1;
    RunOptions options;
    options.resume = resume;
    options.interrupt = &interrupt;
    SmallRun run(job, ElementType::float64, options);
    const RunEnd end = run.session.run();
    return std::tuple(end, means_of(run.session), run.epochs());
  };
  const auto whole = run_with(0, false);
  const auto part = run_with(2, false);
  CHECK(std::get<0>(part) == RunEnd::interrupted);
  CHECK(std::get<1>(part) != std::get<1>(whole));
  CHECK(run_with(0, true) == whole);
}

TEST_CASE("k-means: a layer below a Softmax, trained by an earlier job", "[training][k_means]") {
  const Shared<Model> blocks(LloydKMeans{});
  MLP<> mlp;
  mlp.nvis = 2;
  mlp.layers.push_back(Shared<Layer>(PretrainedLayer("distances", blocks, freeze_params(true))));
  mlp.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.01))));
  (void)mlp.places(mlp.root());
  std::vector<Phase> phases;
  phases.emplace_back(Train(Corners(), blocks));
  phases.emplace_back(Train(
      Corners(), Shared<Model>(mlp),
      SGD(learning_rate(.005), batch_size(6), EpochCounter(200), monitoring_dataset(Corners()))));
  PhasesOptions options;
  options.start = [](const Phase& phase, RunOptions&) {
    return build_programs(*phase.train, ElementType::float64);
  };
  const PhasesEnd end = run_phases(phases, options);
  REQUIRE(end.learned.size() == 2);
  const auto mu = [&](std::size_t job) {
    for (const NamedTensor& each : end.learned[job].file->parameters)
      if (each.name == (job ? "distances_mu" : "mu"))
        return Vector(each.data<double>(), each.data<double>() + 6);
    return Vector();
  };
  CHECK(mu(0).size() == 6);
  CHECK(mu(1) == mu(0));
  const MonitorRecords& records = end.learned[1].file->monitors.back();
  CHECK(records.at("y_misclass").val_record.back() == 0);
  CHECK(records.at("y_misclass").val_record.front() > 0);
}
