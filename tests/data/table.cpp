#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include "allocations.hpp"
#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;
using Labels = std::vector<std::int32_t>;

// Example i has the features i, i + 1/4, the label i % 3, and the pair of targets 10 i, 20 i.
Table example_table(int n = 5) {
  Floats features;
  Doubles targets;
  Labels classes;
  for (int i = 0; i < n; ++i) {
    for (const float part : {0.f, .25f}) features.push_back(static_cast<float>(i) + part);
    for (const int factor : {10, 20}) targets.push_back(factor * i);
    classes.push_back(i % 3);
  }
  return Table({number_column("features", features, {2}), label_column("targets", classes, 3),
                number_column("outputs", targets, {2})});
}

template <class E>
std::vector<E> gathered(const Column& column, const Subset& subset) {
  std::vector<E> out(static_cast<std::size_t>(subset.size * column.width()));
  Table::gather(column, subset, element_type_of<E>(), out.data());
  return out;
}

template <class E>
std::vector<E> one_hot(const Column& column, const Subset& subset) {
  std::vector<E> out(static_cast<std::size_t>(subset.size * column.width() * column.labels), E(7));
  Table::gather_one_hot(column, subset, element_type_of<E>(), out.data());
  return out;
}

const std::int64_t some[] = {4, 0, 4};
const Subset listed{0, 3, some}, middle{1, 2, nullptr};

std::string refused(std::vector<Column> columns) {
  return message_of<Error>([&] { Table{std::move(columns)}; });
}

}  // namespace

TEST_CASE("table: columns are found by their source", "[data][table]") {
  const Table table = example_table();
  CHECK(table.examples() == 5);
  CHECK(table.columns().size() == 3);
  CHECK(table.column("features").example == Dims{2});
  CHECK(table.column("targets").labels == 3);
  CHECK(table.column("targets").width() == 1);
  CHECK(table.column("outputs").type == ElementType::float64);
  CHECK(table.find("none") == nullptr);
  CHECK_THAT(message_of<NameError>([&] { table.column("target"); }),
             Contains("no source 'target'") && Contains("features, targets, outputs") &&
                 Contains("nearest: targets"));
  CHECK(Table().examples() == 0);
}

TEST_CASE("table: rows of lists and slices are copied, converted where asked", "[data][table]") {
  const Table table = example_table();
  const Column &features = table.column("features"), &outputs = table.column("outputs"),
               &targets = table.column("targets");
  CHECK(gathered<float>(features, listed) == Floats{4, 4.25, 0, .25, 4, 4.25});
  CHECK(gathered<double>(features, middle) == Doubles{1, 1.25, 2, 2.25});
  CHECK(gathered<float>(outputs, middle) == Floats{10, 20, 20, 40});
  CHECK(gathered<double>(outputs, listed) == Doubles{40, 80, 0, 0, 40, 80});
  CHECK(gathered<std::int32_t>(targets, listed) == Labels{1, 0, 1});
  CHECK(gathered<float>(targets, middle) == Floats{1, 2});
  CHECK(gathered<double>(targets, listed) == Doubles{1, 0, 1});
  CHECK(gathered<float>(features, Subset{5, 0, nullptr}).empty());
}

TEST_CASE("table: a slice of the type wanted is not copied", "[data][table]") {
  const Table table = example_table();
  const Column& features = table.column("features");
  const void* direct = Table::direct(features, middle, ElementType::float32);
  CHECK(direct == static_cast<const float*>(features.data) + 2);
  CHECK(Table::direct(features, middle, ElementType::float64) == nullptr);
  CHECK(Table::direct(features, listed, ElementType::float32) == nullptr);
}

TEST_CASE("table: labels become one-hot rows", "[data][table]") {
  const Table table = example_table();
  CHECK(one_hot<float>(table.column("targets"), listed) == Floats{0, 1, 0, 1, 0, 0, 0, 1, 0});
  const Table pairs({label_column("y", {0, 1, 1, 0}, 2, {2})});
  CHECK(pairs.examples() == 2);
  CHECK(one_hot<double>(pairs.column("y"), {0, 2, nullptr}) == Doubles{1, 0, 0, 1, 0, 1, 1, 0});
  CHECK_THROWS_WITH(one_hot<float>(table.column("features"), listed),
                    Contains("'features' holds real numbers"));
  Labels out(9);
  CHECK_THROWS_AS(
      Table::gather_one_hot(table.column("targets"), listed, ElementType::int32, out.data()),
      ValueError);
}

TEST_CASE("table: parts share the memory of the whole", "[data][table]") {
  Table part;
  const void* data = nullptr;
  {
    const Table table = example_table();
    data = table.column("features").data;
    part = table.restrict(1, 4);
  }
  CHECK(part.examples() == 3);
  CHECK(part.column("features").data == static_cast<const float*>(data) + 2);
  CHECK(gathered<std::int32_t>(part.column("targets"), {0, 3, nullptr}) == Labels{1, 2, 0});
  const std::int64_t sizes[] = {1, 0, 2};
  const std::vector<Table> parts = part.split(sizes);
  CHECK(parts.size() == 3);
  CHECK(parts[1].examples() == 0);
  CHECK(gathered<double>(parts[2].column("outputs"), {0, 2, nullptr}) == Doubles{20, 40, 30, 60});
  for (const auto& [start, stop] : {std::pair{-1, 2}, {2, 1}, {0, 4}})
    CHECK_THROWS_WITH(part.restrict(start, stop), Contains("has 3 examples"));
  const std::int64_t wrong[][2] = {{1, 1}, {4, -1}, {2, 2}};
  for (const auto& two : wrong) CHECK_THROWS_AS(part.split(two), ValueError);
}

TEST_CASE("table: images keep rows, columns and channels", "[data][table]") {
  Floats pixels(2 * 3 * 4 * 5);
  std::iota(pixels.begin(), pixels.end(), 0.f);
  const Table table({image_column("features", pixels, 3, 4, 5)});
  CHECK(table.examples() == 2);
  CHECK(table.column("features").conv);
  CHECK(table.column("features").example == Dims{3, 4, 5});
  CHECK(table.column("features").width() == 60);
  CHECK_THROWS_AS(image_column("features", pixels, 3, 4, 7), ValueError);
}

TEST_CASE("table: wrong columns are refused, with source and example", "[data][table]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  CHECK_THAT(refused({label_column("y", {0, 3}, 3)}), Contains("'y': label 3 in example 1"));
  CHECK_THAT(refused({label_column("y", {0, 1, 2, -1}, 3, {2})}),
             Contains("label -1 in example 1; allowed are 0 to 2"));
  Doubles many(3000, 1.5);
  many[2999] = nan;
  CHECK_THAT(refused({number_column("x", many, {3})}),
             Contains("the number nan in example 999 is not finite"));
  CHECK_THAT(refused({number_column("x", Floats{1, -infinite}, {})}),
             Contains("the number -inf in example 1"));
  CHECK_THAT(refused({number_column("x", Floats(4), {2}), number_column("z", Floats(3), {})}),
             Contains("'x' has 2 examples, 'z' has 3"));
  CHECK_THAT(refused({number_column("x", Floats(4), {2}), number_column("x", Floats(4), {2})}),
             Contains("two columns of a data set are named 'x'"));
  CHECK_THAT(refused({number_column("", Floats(4), {2})}), Contains("has no name"));
  CHECK_THROWS_WITH(number_column("x", Floats(5), {2, 2}),
                    Contains("5 numbers do not make examples of dimensions [2, 2]"));
  CHECK_THROWS_AS(number_column("x", Floats(), {0}), ValueError);
  CHECK_THROWS_AS(number_column("x", Floats(1), {1, 1, 1, 1, 1, 1, 1, 1}), ValueError);
  CHECK_THROWS_AS(label_column("y", {}, 0), ValueError);
  Column integers = label_column("y", {1, 2}, 3);
  integers.labels = 0;
  CHECK_THAT(refused({integers}), Contains("labels as int32"));
}

TEST_CASE("table: examples that are not there, and numbers that do not fit, are refused",
          "[data][table]") {
  const Table table = example_table();
  const Column& features = table.column("features");
  const std::int64_t past[] = {0, 5}, before[] = {-1, 0};
  for (const Subset& subset :
       {Subset{0, 2, past}, {0, 2, before}, {4, 2, nullptr}, {-1, 2, nullptr}, {6, 0, nullptr}}) {
    CHECK_THROWS_AS(gathered<float>(features, subset), ValueError);
    CHECK_THROWS_AS(one_hot<float>(table.column("targets"), subset), ValueError);
    CHECK_THROWS_AS(Table::direct(features, subset, ElementType::float32), ValueError);
  }
  CHECK_THROWS_WITH(gathered<float>(features, {0, 2, past}),
                    Contains("example 5") && Contains("there are 5"));
  CHECK_THROWS_WITH(gathered<std::int32_t>(features, listed), Contains("where labels are wanted"));
  CHECK_THROWS_AS(gathered<std::int64_t>(features, listed), ValueError);
  const Table large({number_column("x", Doubles{1, 1e39}, {})});
  CHECK_THROWS_WITH(gathered<float>(large.column("x"), {0, 2, nullptr}),
                    Contains("the number 1e+39 in example 1, column 0 counted from 0, is too large "
                             "for float32"));
  Column rows = number_column("x", Doubles{1, 2, 3, 4, 5, -1e308, 1e308, 8}, {2});
  rows.origin = std::make_shared<const Origin>(Origin{"table.csv", {2, 3, 5, 9}});
  const std::int64_t turned[] = {3, 2, 0};
  CHECK_THROWS_WITH(gathered<float>(rows, {0, 3, turned}),
                    Contains("the number 1e+308 in table.csv:9, column 0 counted from 0"));
  CHECK_THROWS_WITH(gathered<float>(rows, {0, 3, nullptr}),
                    Contains("the number -1e+308 in table.csv:5, column 1 counted from 0"));
  CHECK(gathered<float>(large.column("x"), {0, 1, nullptr}) == Floats{1});
}

TEST_CASE("table: an epoch of gathered batches allocates nothing", "[data][table]") {
  const Table table = example_table(103);
  RandomState rng(1);
  for (const std::string_view mode : iteration_modes()) {
    const std::vector<std::int64_t> lengths(103, 1);
    SubsetIterator batches =
        make_subset_iterator(mode, 103, 10, 10, stochastic(mode) ? &rng : nullptr, lengths);
    Doubles features(20), classes(30);
    const long before = allocations();
    std::int64_t seen = 0;
    for (int e = 0; e < 3; ++e) {
      batches.start();
      for (Subset part; batches.next(part); seen += part.size) {
        Table::gather(table.columns()[0], part, ElementType::float64, features.data());
        Table::gather_one_hot(table.columns()[1], part, ElementType::float64, classes.data());
      }
    }
    const long after = allocations();
    CHECK(seen == 300);
    CHECK(after == before);
  }
}
