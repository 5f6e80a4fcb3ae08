// Data sets made of others, and sparse ones.
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/preprocess/blocks.hpp>
#include <ansatz/data/preprocess/pca_blocks.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/whitening.hpp>
#include <ansatz/data/sets/derived_sets.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/data/sets/sparse_set.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/views.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include "scipy_file.hpp"
#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::vector<float> rows_of(const BatchSource& source, const Subset& wanted, std::int64_t epoch) {
  const auto cursor = source.open();
  cursor->begin_epoch(epoch);
  const RowsView rows = cursor->read(wanted);
  const Column& column = rows.columns[0];
  std::vector<float> out(static_cast<std::size_t>(rows.size() * column.width()));
  Table::gather(column, rows.subset, ElementType::float32, out.data());
  return out;
}

}  // namespace

TEST_CASE("from_dataset: examples that follow each other, as Pylearn2 draws them", "[data]") {
  const auto table = FromDataset(ArangeDataset(1000), 10).load();
  REQUIRE(table->examples() == 10);
  const auto* const x = static_cast<const double*>(table->column("features").data);
  const std::int64_t first = RandomState(std::vector<std::int64_t>{17, 2, 946}).randint(991);
  for (int i = 0; i < 10; ++i) CHECK(x[i] == static_cast<double>(first + i));
  CHECK_THAT(message_of<ValueError>([] { (void)FromDataset(ArangeDataset(5), 6).load(); }),
             Contains("num_examples is 6") && Contains("has 5"));
  CHECK(FromDataset(ArangeDataset(5), 2).source_space("features") == vector_space(1));
}

TEST_CASE("binarizer: draws depend on seed, epoch and example alone", "[data][binarizer]") {
  const auto source = Binarizer(DrawnDigits(0, 200)).open();
  std::vector<std::int64_t> order(50);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = 199 - 3 * static_cast<std::int64_t>(i);
  const std::vector<float> all = rows_of(*source, {0, 200, nullptr}, 3);
  const std::vector<float> some = rows_of(*source, {0, 50, order.data()}, 3);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t k = 0; k < 784; ++k)
      REQUIRE(some[784 * i + k] == all[784 * static_cast<std::size_t>(order[i]) + k]);
  CHECK(rows_of(*source, {0, 200, nullptr}, 3) == all);
  CHECK(rows_of(*source, {0, 200, nullptr}, 4) != all);
  CHECK(rows_of(*Binarizer(DrawnDigits(0, 200), seed(5)).open(), {0, 200, nullptr}, 3) != all);

  // Means over epochs are the probabilities: 156800 pixels, of which each is drawn 40 times.
  const auto digits = DrawnDigits(0, 200).load();
  const auto* const p = static_cast<const float*>(digits->column("features").data);
  std::vector<double> mean(all.size());
  for (int epoch = 0; epoch < 40; ++epoch) {
    const std::vector<float> drawn = rows_of(*source, {0, 200, nullptr}, epoch);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      REQUIRE((drawn[i] == 0 || drawn[i] == 1));
      mean[i] += drawn[i] / 40.;
    }
  }
  double difference = 0, variance = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    if (p[i] == 0 || p[i] == 1) REQUIRE(mean[i] == Approx(p[i]));
    difference += mean[i] - p[i];
    variance += p[i] * (1. - p[i]) / 40;
  }
  CHECK(std::abs(difference) < 4 * std::sqrt(variance));
  // Labels are those of the raw data.
  const auto cursor = source->open();
  const RowsView rows = cursor->read({0, 5, order.data()});
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(static_cast<const std::int32_t*>(rows.columns[1].data)[i] ==
          static_cast<const std::int32_t*>(digits->column("targets").data)[order[i]]);
  CHECK_THAT(message_of<ValueError>([] { (void)Binarizer(ArangeDataset(5)).load(); }),
             Contains("example 2 has 2"));
}

TEST_CASE("binarizer: an epoch of the walk draws anew", "[data][binarizer]") {
  const auto source = Binarizer(DrawnDigits(0, 60)).open();
  BatchWalk walk(source, {"sequential", 20, 0, nullptr});
  const auto epoch = [&](std::int64_t number) {
    std::vector<float> all;
    walk.start(0, 0, number);
    for_each_batch_left(walk, [&](const RowsView& rows) {
      const auto* const x = static_cast<const float*>(rows.columns[0].data);
      all.insert(all.end(), x, x + rows.size() * 784);
    });
    return all;
  };
  const std::vector<float> first = epoch(0), second = epoch(1);
  CHECK(first != second);
  CHECK(epoch(0) == first);
  CHECK(second == rows_of(*source, {0, 60, nullptr}, 1));
}

TEST_CASE("zca_dataset: the features as they are, in part", "[data]") {
  const ZCA_Dataset set(ArangeDataset(10), ZCA(), start(3), stop(5));
  const auto table = set.load();
  REQUIRE(table->examples() == 2);
  CHECK(static_cast<const double*>(table->column("features").data)[0] == 3);
  CHECK_THAT(message_of<ValueError>(
                 [] { (void)ZCA_Dataset(ArangeDataset(10), ZCA(), start(8), stop(15)).load(); }),
             Contains("8 and stop 15") && Contains("10 examples"));
}

TEST_CASE("derived sets: a preprocessor inside must not have to learn", "[data]") {
  std::vector<double> x = {3, 4, 0, 0, 6, 8};
  const DenseDesignMatrix unit(Table({number_column("features", x, {2})}),
                               Shared<Preprocessor>(MakeUnitNorm()));
  const auto table = FromDataset(unit, 3).load();
  CHECK(static_cast<const double*>(table->column("features").data)[5] == Approx(.8));
  const DenseDesignMatrix white(Table({number_column("features", x, {2})}),
                                Shared<Preprocessor>(ZCA()), true);
  CHECK_THAT(message_of<ValueError>([&] { (void)FromDataset(white, 3).load(); }),
             Contains("must be fitted"));
}

TEST_CASE("sources: a part of one has its examples", "[data]") {
  Pages pages;
  pages.columns.push_back(number_column("features", {1}));
  pages.examples = 20;
  pages.begin = [] {
    return [](const Subset& wanted, std::span<void* const> out) {
      for (std::int64_t i = 0; i < wanted.size; ++i)
        static_cast<float*>(out[0])[i] = static_cast<float>(wanted[i]);
    };
  };
  const auto part = part_of(paged(pages), 5, 9);
  CHECK(part->examples() == 4);
  const std::vector<std::int64_t> order = {3, 0};
  CHECK(rows_of(*part, {0, 2, order.data()}, 0) == std::vector<float>{8, 5});
  CHECK(rows_of(*part, {1, 3, nullptr}, 0) == std::vector<float>{6, 7, 8});
  CHECK_THAT(message_of<ValueError>([&] {
               (void)rows_of(*part, {2, 3, nullptr}, 0);
             }),
             Contains("example 4, where 0 to 3"));
  CHECK_THAT(message_of<ValueError>([&] { (void)part_of(paged(pages), 5, 21); }),
             Contains("start 5 and stop 21"));
}

TEST_CASE("TransformerDataset: features as a block makes them, other sources as they are",
          "[data][transformer]") {
  const DenseDesignMatrix raw(
      Table({number_column("features", std::vector<double>{3, 4, 0, 5, 8, 6}, Dims(2)),
             label_column("targets", {1, 0, 1}, 2)}));
  ExamplewiseAddScaleTransform shift;
  shift.add.push_back(1), shift.multiply.push_back(10);
  const TransformerDataset set(raw, StackedBlocks(ExamplewiseUnitNormBlock(), shift));
  CHECK(set.source_space("features") == vector_space(2));
  CHECK(set.source_space("targets") == index_space(2));
  const std::vector<std::int64_t> order = {2, 0};
  // (x / |x| + 1) * 10
  CHECK(rows_of(*set.open(), {0, 2, order.data()}, 0) == std::vector<float>{18, 16, 16, 18});
  const auto table = set.load();
  CHECK(table->examples() == 3);
  CHECK(static_cast<const std::int32_t*>(table->column("targets").data)[1] == 0);
  TransformerDataset same = set;
  same.cpu_only = same.space_preserving = true;  // keys that change nothing
  CHECK(same.source_space("features") == vector_space(2));
  CHECK(rows_of(*same.open(), {0, 1, nullptr}, 0) == std::vector<float>{16, 18});
  CovEigPCA unfitted;
  unfitted.num_components = 1;
  CHECK_THAT(message_of<ValueError>([&] { (void)TransformerDataset(raw, unfitted).open(); }),
             Contains("has not learned yet"));
}

TEST_CASE("sparse: rows are filled up, batch by batch", "[data][sparse]") {
  const TemporaryFolder folder;
  // [[0, 5, 0], [0, 0, 0], [1, 0, 2]]
  const std::string file = folder.path() + "/m.npz";
  write_scipy(file, 3, {0, 1, 1, 3}, {1, 0, 2}, {5, 1, 2});
  const std::vector<std::int64_t> labels = {1, 0, 1};
  write_npy(folder.path() + "/y.npy", view(labels.data(), {3}));

  SparseDataset set(file.c_str(), dim(3), target_labels(2));
  set.target_path = (folder.path() + "/y.npy").c_str();
  const auto source = set.open();
  const std::vector<std::int64_t> order = {2, 1, 0};
  CHECK(rows_of(*source, {0, 3, order.data()}, 0) == std::vector<float>{1, 0, 2, 0, 0, 0, 0, 5, 0});
  const auto table = set.load();
  CHECK(static_cast<const std::int32_t*>(table->column("targets").data)[2] == 1);
  set.dim = 4;
  CHECK_THAT(message_of<FileError>([&] { (void)set.load(); }),
             Contains("examples of 3 numbers, where dim is 4"));
  set.dim = 0;
  set.target_labels = 1;
  CHECK_THAT(message_of<FileError>([&] { (void)set.load(); }), Contains("label 1 in example 0"));
}

TEST_CASE("views: design matrix and topological view of the same data", "[data][views]") {
  // Two images of 2 x 3 pixels and 2 channels: pixel (b, r, k, c) is 1000 b + 100 r + 10 k + c.
  std::vector<float> x;
  for (int b = 0; b < 2; ++b)
    for (int r = 0; r < 2; ++r)
      for (int k = 0; k < 3; ++k)
        for (int c = 0; c < 2; ++c)
          x.push_back(static_cast<float>(1000 * b + 100 * r + 10 * k + c));
  const Table table({image_column("features", x, 2, 3, 2)});
  const std::vector<std::int64_t> order = {1, 0};
  const ViewedArray rows = design_matrix(table, {0, 2, order.data()});
  CHECK(rows.shape == std::vector<std::int64_t>{2, 12});
  CHECK(rows.values[0] == 1000);
  CHECK(rows.values[12 + 3] == 11);
  const ViewedArray images = topological_view(table, {0, 2, nullptr}, "c01b");
  CHECK(images.shape == std::vector<std::int64_t>{2, 2, 3, 2});
  for (int b = 0; b < 2; ++b)
    for (int r = 0; r < 2; ++r)
      for (int k = 0; k < 3; ++k)
        for (int c = 0; c < 2; ++c)
          CHECK(images.values[static_cast<std::size_t>(((c * 2 + r) * 3 + k) * 2 + b)] ==
                1000 * b + 100 * r + 10 * k + c);
  CHECK_THROWS_AS(topological_view(table, {0, 2, nullptr}, "b01"), ValueError);

  const auto shared = std::make_shared<const Table>(table);
  const auto vectors = viewed_as(shared, "features", vector_space(12));
  CHECK_FALSE(vectors->column("features").conv);
  CHECK(design_matrix(*vectors, {0, 2, order.data()}).values == rows.values);
  CHECK_THROWS_AS(topological_view(*vectors, {0, 1, nullptr}), ValueError);
  const auto again = viewed_as(vectors, "features", conv2d_space(2, 3, 2));
  CHECK(topological_view(*again, {0, 2, nullptr}, "c01b").values == images.values);
  CHECK_THAT(message_of<ValueError>([&] { (void)viewed_as(shared, "features", vector_space(11)); }),
             Contains("Conv2DSpace(2, 3, 2)") && Contains("VectorSpace(11)"));
}
