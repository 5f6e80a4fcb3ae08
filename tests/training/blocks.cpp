// Blocks: models and PCAs as preprocessors, one on the other; what is saved on its own.
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/preprocess/blocks.hpp>
#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/preprocess/pca_blocks.hpp>
#include <ansatz/data/preprocess/standardize.hpp>
#include <ansatz/data/preprocess/whitening.hpp>
#include <ansatz/data/sets/saved_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/tensor_file.hpp>
#include <ansatz/model/cluster/kmeans.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/model_block.hpp>
#include <ansatz/session/preprocessors.hpp>
#include <ansatz/session/saved_preprocessor.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "drawn.hpp"
#include "small_job.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <map>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

std::shared_ptr<const Table> rows(Vector x, std::int64_t width) {
  return std::make_shared<const Table>(
      Table({number_column("features", std::move(x), Dims{width})}));
}
Vector values(const std::shared_ptr<const BatchSource>& data) {
  const Table table = in_memory(data);
  const Column& column = table.column("features");
  Vector x(static_cast<std::size_t>(column.examples * column.width()));
  Table::gather(column, {0, column.examples, nullptr}, ElementType::float64, x.data());
  return x;
}
Vector made_by(const Block& block, const std::shared_ptr<const BatchSource>& data) {
  const auto run = block.start_block();
  if (block.learns()) run->fit(data);
  return values(run->apply(data));
}
std::map<std::string, LearnedArray> learned(PreprocessorRun& run) {
  struct Kept final : LearnedArrays {
    std::map<std::string, LearnedArray> arrays;
    void operator()(std::string_view name, LearnedArray& array) override {
      arrays[std::string(name)] = array;
    }
  } kept;
  run.learned(kept);
  return kept.arrays;
}
void require_within(const Vector& a, const Vector& b, double margin) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  CHECK(most < margin);
}
// Entry (a, b) of the covariance of n features, divided by one less than the examples.
double covariance(const Vector& x, std::size_t n, std::size_t a, std::size_t b) {
  const std::size_t count = x.size() / n;
  double mean_a = 0, mean_b = 0, sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    mean_a += x[i * n + a] / static_cast<double>(count);
    mean_b += x[i * n + b] / static_cast<double>(count);
  }
  for (std::size_t i = 0; i < count; ++i) sum += (x[i * n + a] - mean_a) * (x[i * n + b] - mean_b);
  return sum / static_cast<double>(count - 1);
}

// 400 examples of 6 features, of variances that fall: mixed with each other.
Vector mixed() {
  Vector x = drawn(2400, 5);
  for (std::size_t i = 0; i < x.size(); i += 6) {
    for (std::size_t k = 0; k < 6; ++k) x[i + k] *= 4. / static_cast<double>(1 << k);
    for (std::size_t k = 5; k > 0; --k) x[i + k] += .5 * x[i + k - 1] + 3;
  }
  return x;
}

auto small_mlp() {
  return MLP(VectorSpace(2), Tanh("h", 3, irange(.5)), Softmax("y", 2, irange(.4)));
}

}  // namespace

TEST_CASE("blocks: a model gives its output, or that of a layer", "[training][block]") {
  const Vector x = drawn(10);
  const Shared<Model> mlp(small_mlp());
  const BlockPreprocessor whole{Shared<Block>(mlp)};
  CHECK_FALSE(whole.learns());
  CHECK(whole.output_space(vector_space(2)) == vector_space(2));
  const auto run = whole.start();
  const auto w = learned(*run);
  Vector hidden, out;
  for (std::size_t i = 0; i < 10; i += 2) {
    double z[2] = {};
    for (std::size_t k = 0; k < 3; ++k) {
      hidden.push_back(std::tanh(x[i] * w.at("h_W").values[k] +
                                 x[i + 1] * w.at("h_W").values[3 + k] + w.at("h_b").values[k]));
      for (std::size_t j = 0; j < 2; ++j)
        z[j] += hidden.back() * w.at("softmax_W").values[2 * k + j];
    }
    const double sum = std::exp(z[0]) + std::exp(z[1]);
    out.push_back(std::exp(z[0]) / sum), out.push_back(std::exp(z[1]) / sum);
  }
  require_within(values(run->apply(rows(x, 2))), out, 1e-12);
  ModelOutput layer;
  layer.model = mlp;
  layer.output = "h";
  CHECK(layer.output_space(vector_space(2)) == vector_space(3));
  require_within(made_by(layer, rows(x, 2)), hidden, 1e-12);
  layer.output = "H";
  CHECK_THROWS_WITH(layer.start_block(), Contains("no output \"H\"") && Contains("h"));
  CHECK_THROWS_WITH(run->apply(rows(drawn(9), 3)), Contains("VectorSpace(2)") && Contains("3"));
}

TEST_CASE("blocks: PCA whitens, by whatever method", "[training][block]") {
  const Vector x = mixed();
  const auto white = [&](const PCABlock& block) {
    const Vector y = made_by(block, rows(x, 6));
    for (std::size_t a = 0; a < 6; ++a)
      for (std::size_t b = 0; b < 6; ++b)
        CHECK(covariance(y, 6, a, b) == Approx(a == b).margin(1e-9));
    return y;
  };
  const Vector by_covariance = white(CovEigPCA(whiten(true))), by_svd = white(SVDPCA(whiten(true)));
  // Directions have no sign of their own.
  for (std::size_t k = 0; k < 6; ++k) {
    const double sign = by_covariance[k] * by_svd[k] > 0 ? 1 : -1;
    for (std::size_t i = k; i < x.size(); i += 6)
      CHECK(by_covariance[i] == Approx(sign * by_svd[i]).margin(1e-8));
  }
  // Divided by the number of examples instead: 399 / 400 of the variance.
  const Vector sparse = made_by(SparseMatPCA(whiten(true)), rows(x, 6));
  for (std::size_t i = 0; i < sparse.size(); ++i)
    CHECK(std::abs(sparse[i]) ==
          Approx(std::abs(by_covariance[i]) * std::sqrt(400. / 399)).margin(1e-9));

  // Variances fall, and what is left out is what min_variance says.
  const auto run = CovEigPCA().start_block();
  run->fit(rows(x, 6));
  const Vector v = learned(*run).at("variance").values, y = values(run->apply(rows(x, 6)));
  double sum = 0;
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(covariance(y, 6, k, k) == Approx(v[k]));
    if (k) CHECK(v[k] < v[k - 1]);
    sum += v[k];
  }
  CovEigPCA some;
  some.min_variance = (v[2] + v[3]) / 2 / sum;
  CHECK(made_by(some, rows(x, 6)).size() == 3 * 400);
  some.num_components = 2;
  CHECK(made_by(some, rows(x, 6)).size() == 2 * 400);
  // Nothing is lost with all of them; with two, the other directions.
  require_within(values(run->inverse()->apply(rows(y, 6))), x, 1e-10);
  const auto two = CovEigPCA(num_components(2), whiten(true)).start_block();
  two->fit(rows(x, 6));
  const Vector back = values(two->inverse()->apply(two->apply(rows(x, 6))));
  double lost = 0;
  for (std::size_t i = 0; i < x.size(); ++i) lost += (x[i] - back[i]) * (x[i] - back[i]);
  CHECK(lost / 399 == Approx(v[2] + v[3] + v[4] + v[5]));
  CHECK(static_cast<bool>(load_object("pca", "!obj:CovEigPCA { cov_batch_size: 100 }")));
  CHECK_THROWS_WITH(made_by(CovEigPCA(whiten(true)), rows({1, 2, 2, 4, 3, 6}, 2)),
                    Contains("CovEigPCA") && Contains("direction 2"));
}

TEST_CASE("blocks: online PCA finds the leading directions in one walk", "[training][block]") {
  const Vector x = mixed();
  const auto exact = CovEigPCA(num_components(2)).start_block();
  const auto online = OnlinePCA(num_components(2), minibatch_size(20)).start_block();
  exact->fit(rows(x, 6));
  online->fit(rows(x, 6));
  const Vector a = learned(*exact).at("matrix").values, b = learned(*online).at("matrix").values;
  const Vector v = learned(*exact).at("variance").values,
               w = learned(*online).at("variance").values;
  for (std::size_t k = 0; k < 2; ++k) {
    double product = 0, length = 0;
    for (std::size_t i = 0; i < 6; ++i)
      product += a[2 * i + k] * b[2 * i + k], length += b[2 * i + k] * b[2 * i + k];
    CHECK(length == Approx(1));
    CHECK(std::abs(product) > .99);
    CHECK(w[k] == Approx(v[k]).epsilon(.2));
  }
  CHECK_THROWS_WITH(made_by(OnlinePCA(), rows(x, 6)), Contains("400") && Contains("500"));
}

TEST_CASE("blocks: one on the other, each fitted on what the one before makes",
          "[training][block]") {
  const Vector x = mixed();
  const CovEigPCA first(num_components(2), whiten(true));
  const KMeans second(3, 2);
  const StackedBlocks both(first, second);
  CHECK(both.learns());
  CHECK(both.output_space(vector_space(6)) == vector_space(3));
  const Vector below = made_by(first, rows(x, 6));
  CHECK(made_by(both, rows(x, 6)) == made_by(second, rows(below, 2)));
  CHECK_THROWS_WITH(StackedBlocks().start_block(), Contains("layers"));
}

TEST_CASE("blocks: maps of rows", "[training][block]") {
  const Vector x{1, 2, 3, 4, 5, 6};
  ExamplewiseAddScaleTransform how;
  how.add.push_back(1), how.multiply.push_back(2), how.multiply.push_back(3);
  CHECK(made_by(how, rows(x, 2)) == Vector{4, 9, 8, 15, 12, 21});
  how.multiply_first = true;
  CHECK(made_by(how, rows(x, 2)) == Vector{3, 7, 7, 13, 11, 19});
  for (const bool first : {false, true}) {
    how.multiply_first = first;
    const auto run = how.start_block();
    require_within(values(run->inverse()->apply(run->apply(rows(x, 2)))), x, 1e-14);
  }
  how.multiply[1] = 0;
  CHECK_THROWS_WITH(how.start_block()->inverse(), Contains("multiply has 0"));
  CHECK_THROWS_WITH(made_by(how, rows(x, 3)), Contains("multiply has 2") && Contains("3"));
  ColumnSubsetBlock part;
  part.columns.push_back(2), part.columns.push_back(0), part.total = 3;
  CHECK(made_by(part, rows(x, 3)) == Vector{3, 1, 6, 4});
  ZeroColumnInsertBlock back;
  back.columns = part.columns, back.total = 3;
  CHECK(made_by(StackedBlocks(part, back), rows(x, 3)) == Vector{1, 0, 3, 4, 0, 6});
  const auto left = part.start_block();
  CHECK(values(left->inverse()->apply(left->apply(rows(x, 3)))) == Vector{1, 0, 3, 4, 0, 6});
  part.columns.push_back(3);
  CHECK_THROWS_WITH(part.check(), Contains("columns has 3"));
  require_within(made_by(ExamplewiseUnitNormBlock(), rows({3, 4, 0, 0}, 2)), {.6, .8, 0, 0}, 1e-15);
}

TEST_CASE("preprocess: ZCA of fewer examples than features is the same matrix",
          "[training][preprocess]") {
  const Vector x = drawn(20 * 30), other = drawn(90, 8);
  ZCA all;
  all.n_components = 30;  // keeps everything, by way of the covariance
  for (const double bias : {.1, 1e-3, 10.}) {
    ZCA few;
    few.filter_bias = all.filter_bias = bias;
    const auto a = few.start(), b = all.start();
    a->fit(rows(x, 30));
    b->fit(rows(x, 30));
    require_within(learned(*a).at("matrix").values, learned(*b).at("matrix").values, 1e-9);
    require_within(values(a->apply(rows(other, 30))), values(b->apply(rows(other, 30))), 1e-8);
    // Fact 16: what is whitened comes back.
    require_within(values(a->inverse()->apply(a->apply(rows(other, 30)))), other, 1e-4);
  }
}

TEST_CASE("saved: a preprocessor alone, and data, by !pkl", "[training][preprocess]") {
  const TemporaryFolder folder;
  const std::string prep = folder.path() + "/prep.pkl", train = folder.path() + "/train.pkl";
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 12; ++i) labels.push_back(i % 3);
  const auto data = std::make_shared<const Table>(Table(
      {image_column("features", drawn(12 * 12), 2, 2, 3), label_column("targets", labels, 3)}));
  const Shared<Preprocessor> how{Pipeline{Standardize(), ZCA(filter_bias(.2))}};
  const auto run = how->start();
  run->fit(data);
  save_preprocessor(prep, how, *run);
  save_dataset(train, run->apply(data));

  const std::string raw = folder.path() + "/raw.pkl", model = folder.path() + "/m.pkl";
  save_dataset(raw, data);
  const auto job = [&](const std::string& dataset) {
    return load_job_text("job.yaml", fmt::format(R"(
!obj:Train {{
  dataset: {},
  model: !obj:MLP {{ nvis: 12, layers: [
    !obj:Softmax {{ layer_name: y, n_classes: 3, irange: .1 }} ] }},
  algorithm: !obj:SGD {{ learning_rate: .1, batch_size: 4,
                        termination_criterion: !obj:EpochCounter {{ max_epochs: 1 }} }},
  save_path: {}, save_freq: 1
}})",
                                                 dataset, model));
  };
  const Vector wanted = values(run->apply(data));
  const std::string by_file =
      fmt::format("!obj:SavedDataset {{ path: {}, preprocessor: !pkl: {} }}", raw, prep);
  for (const std::string& dataset : {by_file, fmt::format("!pkl: {}", train)}) {
    const Job loaded = job(dataset);
    SmallRun small(*loaded.phases.at(0).train);
    small.session.run();
    require_within(values(small.session.data()), wanted, 1e-12);
    const Table read = in_memory(small.session.data());
    CHECK(read.column("features").conv);
    CHECK(read.column("features").example == Dims(2, 2, 3));
    CHECK(read.column("targets").labels == 3);
    if (dataset != by_file) continue;
    // The model's own file has it, so that the preprocessor's need not be there.
    const ModelFile file = read_model_file(model);
    CHECK(std::count_if(file.state.begin(), file.state.end(), [](const NamedTensor& t) {
            return t.name == "preprocessor.0.1.matrix";
          }) == 1);
    CHECK(file.job_yaml.find("ZCA") != std::string::npos);
    LoadOptions as_stored;
    as_stored.fill = false;
    Preprocessors again(*load_job_text("m.pkl", file.job_yaml, as_stored).phases.at(0).train);
    CHECK_THROWS_WITH(again.require_fitted(), Contains("fitted on no data set"));
    again.take(file.state);
    again.require_fitted();
    require_within(values(again.apply_first(data, nullptr)), wanted, 1e-12);
  }

  // What is no such file is told, and keeps its place.
  CHECK_THROWS_WITH(job(fmt::format("!pkl: {}", prep)),
                    Contains("!pkl") && Contains("a data set is needed"));
  CHECK_THROWS_WITH(
      job(fmt::format("!obj:SavedDataset {{ path: {}, preprocessor: !pkl: {} }}", raw, train)),
      Contains("a preprocessor is needed"));
  CHECK_THROWS_WITH(SavedDataset(prep.c_str()).load(), Contains("a preprocessor, not a data set"));
  CHECK_THROWS_WITH(read_preprocessor(train), Contains("does not hold a preprocessor"));
  CHECK_THROWS_WITH(save_dataset(model, data), Contains("a model") && Contains("replaces"));
  std::ofstream(folder.path() + "/text") << "somebody's work";
  CHECK_THROWS_WITH(save_preprocessor(folder.path() + "/text", how, *run), Contains("replaces"));
  CHECK_THROWS_WITH(write_model_file(prep, ModelFile{}), Contains("no model"));
  std::string bytes;
  {
    std::ifstream in(train, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  bytes[bytes.size() - 3] ^= 1;
  std::ofstream(train, std::ios::binary) << bytes;
  CHECK_THROWS_WITH(SavedDataset(train.c_str()).load(), Contains("damaged"));
}
