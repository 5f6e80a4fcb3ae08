// Preprocessors of data sets: fitted on one, applied to all, part of the model file.
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <ansatz/data/preprocess/standardize.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/preprocessors.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "resumed.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

const Vector three_by_two{1000001, 2, 1000002, 4, 1000006, 0};

Table table_of(const Vector& x, std::int64_t width = 2) {
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < x.size() / static_cast<std::size_t>(width); ++i)
    labels.push_back(static_cast<std::int32_t>(i % 2));
  return Table({number_column("features", x, {width}), label_column("targets", labels, 2)});
}

std::shared_ptr<const BatchSource> source_of(const Vector& x, std::int64_t width = 2) {
  return std::make_shared<const Table>(table_of(x, width));
}

Vector features_of(const std::shared_ptr<const BatchSource>& source) {
  Vector all;
  for_each_batch(source, 2, [&](const RowsView& rows) {
    const auto width = rows.columns[0].width();
    const std::size_t before = all.size();
    all.resize(before + static_cast<std::size_t>(rows.size() * width));
    Table::gather(rows.columns[0], rows.subset, ElementType::float64, all.data() + before);
  });
  return all;
}

Vector standardized(const Standardize& how, const Vector& fit, const Vector& x) {
  const auto run = how.start();
  run->fit(source_of(fit));
  return features_of(run->apply(source_of(x)));
}

void require_near(const Vector& a, const Vector& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).epsilon(1e-12));
}

// Twice each number: nothing to learn. It makes one more number of each example, their sum.
struct DoubleAndSum : Preprocessor {
  static constexpr const char* yaml = "small.DoubleAndSum";
  constexpr DoubleAndSum() {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr SpaceInfo output_space(const SpaceInfo& features) const override {
    return vector_space(features.total_dimension() + 1);
  }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override {
    class Run final : public RowPreprocessor {
     public:
      Run() : RowPreprocessor("DoubleAndSum") {}

     protected:
      std::int64_t width(std::int64_t numbers) const override { return numbers + 1; }
      void rows(const double* in, double* out, std::int64_t count, std::int64_t) const override {
        for (; count > 0; --count, in += 2, out += 3)
          out[0] = 2 * in[0], out[1] = 2 * in[1], out[2] = in[0] + in[1];
      }
    };
    return std::make_shared<Run>();
  }
};

Vector noise(int examples) {
  Vector x;
  std::uint32_t state = 1;
  for (int i = 0; i < 2 * examples; ++i) {
    state = state * 1664525u + 1013904223u;
    x.push_back(50 + state / 1e8);
  }
  return x;
}

template <class... O>
Train softmax_job(const DenseDesignMatrix& train, const DenseDesignMatrix& test, int epochs,
                  const O&... options) {
  return Train(
      train, MLP(VectorSpace(2), Softmax("y", 2, irange(.1))),
      SGD(learning_rate(.1), batch_size(4), EpochCounter(epochs),
          monitoring_dataset({{"train", Shared<Dataset>(train)}, {"test", Shared<Dataset>(test)}})),
      options...);
}

template <class... O>
Train standardizing_job(int epochs, const O&... options) {
  const Shared<Preprocessor> how = Standardize();
  const DenseDesignMatrix train(table_of(noise(12)), how, true), test(table_of(noise(5)), how);
  return softmax_job(train, test, epochs, options...);
}

}  // namespace

TEST_CASE("Standardize: as NumPy has it, by feature or of all numbers", "[data][preprocess]") {
  // Mean and standard deviation of 1000001, 1000002, 1000006 and of 2, 4, 0.
  const double a = 1000003, b = 2, s = std::sqrt(14. / 3), t = std::sqrt(8. / 3), eps = 1e-4;
  const Vector& x = three_by_two;
  const auto by = [&](double m0, double m1, double d0, double d1, double e) {
    Vector y;
    for (std::size_t i = 0; i < x.size(); i += 2)
      y.push_back((x[i] - m0) / (e + d0)), y.push_back((x[i + 1] - m1) / (e + d1));
    return y;
  };
  require_near(standardized(Standardize(), x, x), by(a, b, s, t, eps));
  require_near(standardized(Standardize(std_eps(.5)), x, x), by(a, b, s, t, .5));
  const double m = (a + b) / 2;
  double squares = 0;
  for (double each : x) squares += (each - m) * (each - m);
  const double all = std::sqrt(squares / 6);
  require_near(standardized(Standardize(global_mean(true)), x, x), by(m, m, s, t, eps));
  require_near(standardized(Standardize(global_std(true)), x, x), by(a, b, all, all, eps));
  // Fitted on one, applied to another.
  const Vector other{1000003, 2};
  require_near(standardized(Standardize(), x, other), Vector{0, 0});
}

TEST_CASE("Standardize: a stream is transformed as it is read, labels stay", "[data][preprocess]") {
  const Vector x = noise(7);
  Stream description;
  description.columns = {number_column("features", Dims{2}, ElementType::float64),
                         label_column("targets", 2)};
  description.begin = [x] {
    return [x, at = std::size_t{0}](std::int64_t most, std::span<void* const> out) mutable {
      const std::size_t left = x.size() / 2 - at;
      const std::size_t count = std::min(left, static_cast<std::size_t>(most));
      for (std::size_t i = 0; i < count; ++i) {
        static_cast<double*>(out[0])[2 * i] = x[2 * (at + i)];
        static_cast<double*>(out[0])[2 * i + 1] = x[2 * (at + i) + 1];
        static_cast<std::int32_t*>(out[1])[i] = static_cast<std::int32_t>((at + i) % 2);
      }
      at += count;
      return static_cast<std::int64_t>(count);
    };
  };
  const auto run = Standardize().start();
  const auto streamed = stream(description);
  run->fit(streamed);
  const auto made = run->apply(streamed);
  CHECK(dynamic_cast<const Table*>(made.get()) == nullptr);
  require_near(features_of(made), standardized(Standardize(), x, x));
  const Table whole = in_memory(made);
  const auto* labels = static_cast<const std::int32_t*>(whole.column("targets").data);
  for (int i = 0; i < 7; ++i) CHECK(labels[i] == i % 2);
}

TEST_CASE("Standardize: other sizes, labels and nothing are refused", "[data][preprocess]") {
  const auto run = Standardize().start();
  run->fit(source_of(three_by_two));
  CHECK_THROWS_WITH(run->apply(source_of({1, 2, 3}, 3)),
                    "Standardize: examples have 3 numbers, but those that it was fitted on have 2");
  const auto labels = std::make_shared<const Table>(Table({label_column("features", {0, 1}, 2)}));
  CHECK_THROWS_WITH(run->fit(labels), Contains("\"features\" is of labels"));
  CHECK_THROWS_WITH(run->fit(source_of({})), Contains("fitted on no examples"));
  CHECK_THROWS_WITH(run->fit(repeated(source_of(three_by_two))), Contains("without an end"));
}

TEST_CASE("preprocessors: a job trains and monitors on what they make", "[training][preprocess]") {
  // The same job of data that were standardized before.
  const Vector train = noise(12), test = noise(5);
  SmallRun run(standardizing_job(3));
  run.run();
  const DenseDesignMatrix a(table_of(standardized(Standardize(), train, train)));
  const DenseDesignMatrix b(table_of(standardized(Standardize(), train, test)));
  SmallRun by_hand(softmax_job(a, b, 3));
  by_hand.run();
  for (const char* channel : {"train_objective", "test_objective", "test_y_misclass"})
    CHECK(run.record(channel) == by_hand.record(channel));
  CHECK(run.value("softmax_W", 3) == by_hand.value("softmax_W", 3));
}

TEST_CASE("preprocessors: what they learned is part of the model file", "[training][preprocess]") {
  SmallRun run(standardizing_job(1));
  run.run();
  const ModelFile file = run.session.model_file();
  Vector mean, deviation;
  for (const NamedTensor& each : file.state) {
    if (each.name == "preprocessor.0.mean")
      mean.assign(each.data<double>(), each.data<double>() + each.size());
    if (each.name == "preprocessor.0.standard_deviation")
      deviation.assign(each.data<double>(), each.data<double>() + each.size());
  }
  const Vector x = noise(12);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) sum += x[i] / 12;
  for (std::size_t i = 0; i < x.size(); i += 2) squares += (x[i] - sum) * (x[i] - sum) / 12;
  REQUIRE(mean.size() == 2);
  CHECK(mean[0] == Approx(sum).epsilon(1e-14));
  CHECK(deviation[0] == Approx(std::sqrt(squares)).epsilon(1e-14));

  // With it, raw rows are read as they were in training, wherever they come from.
  Preprocessors brought_back(run.job);
  brought_back.take(file.state);
  const auto none = [](const Dataset&) -> std::shared_ptr<const BatchSource> {
    FAIL("nothing is to be fitted");
    return nullptr;
  };
  require_near(features_of(brought_back.apply_first(source_of(noise(5)), none)),
               standardized(Standardize(), x, noise(5)));
}

TEST_CASE("preprocessors: a run is resumed with the same bits", "[training][preprocess]") {
  (void)resumes_to_the_same_bits(
      [](const auto& interrupt) { return standardizing_job(3, interrupt); }, {1, 3, 8});
}

TEST_CASE("preprocessors: one that makes other Spaces, and learns nothing",
          "[training][preprocess]") {
  const Shared<Preprocessor> how = DoubleAndSum();
  const DenseDesignMatrix data(table_of(noise(8)), how);
  CHECK(data.read_space("features") == vector_space(3));
  CHECK(data.source_space("features") == vector_space(2));
  Train job(data, MLP(VectorSpace(3), Softmax("y", 2, irange(.1))),
            SGD(learning_rate(.001), batch_size(4), EpochCounter(1)));
  SmallRun run(job);
  run.run();
  CHECK(run.session.data()->column("features").width() == 3);
  CHECK(run.session.model_file().state.empty());
}

TEST_CASE("preprocessors: fitted on none, or on two data sets, they are refused",
          "[training][preprocess]") {
  const Shared<Preprocessor> how = Standardize();
  const DenseDesignMatrix raw(table_of(noise(8)), how);
  CHECK_THAT(error_of(softmax_job(raw, raw, 1)),
             Contains("fitted on no data set") && Contains("fit_preprocessor"));
  const char* const text =
      "!obj:Train { dataset: !obj:DenseDesignMatrix {\n"
      "    X: !obj:numpy.random.uniform { low: 5, high: 6, size: [6, 2] },\n"
      "    y: !obj:numpy.random.randint { low: 2, size: [6] }, y_labels: 2,\n"
      "    preprocessor: &p !obj:Standardize {}, fit_preprocessor: True },\n"
      "  model: !obj:MLP { nvis: 2, layers: [ !obj:Softmax { layer_name: y, n_classes: 2,\n"
      "    irange: .1 } ] },\n"
      "  algorithm: !obj:SGD { learning_rate: .1, batch_size: 2,\n"
      "    monitoring_dataset: !obj:DenseDesignMatrix {\n"
      "      X: !obj:numpy.random.uniform { size: [3, 2] },\n"
      "      y: !obj:numpy.random.randint { low: 2, size: [3] }, y_labels: 2,\n"
      "      preprocessor: *p, fit_preprocessor: OTHER },\n"
      "    termination_criterion: !obj:EpochCounter { max_epochs: 1 } } }\n";
  const auto with = [&](const std::string& other) {
    std::string whole = text;
    whole.replace(whole.find("OTHER"), 5, other);
    return whole;
  };
  const Job job = load_job_text("job.yaml", with("False"), {});
  SmallRun run(*job.phases.at(0).train);
  run.run();
  const Vector x = features_of(run.session.data());
  CHECK(std::abs(x[0] + x[2] + x[4] + x[6] + x[8] + x[10]) < 1e-10);  // of mean 0, not 5.5
  LoadOptions check;
  check.check_only = true;
  CHECK_THROWS_WITH(load_job_text("job.yaml", with("True"), check),
                    Contains("job.yaml:1") && Contains("two data sets have fit_preprocessor"));
}
