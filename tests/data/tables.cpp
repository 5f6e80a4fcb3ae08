#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/tables.hpp>
#include <ansatz/files/npz.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Numbers = std::vector<double>;

Numbers whole_column(const Table& table, const char* source) {
  const Column& column = table.column(source);
  Numbers out(static_cast<std::size_t>(column.examples * column.width()));
  Table::gather(column, {0, column.examples, nullptr}, ElementType::float64, out.data());
  return out;
}

constexpr const char* text = "y,a,b\n2,1,.5\n0,3,4\n1,5,6\n0,7,8\n";

Table csv(CsvDatasetOptions options, std::string_view bytes = text) {
  TemporaryFolder folder;
  options.path = folder.write("t.csv", bytes);
  return csv_table(options);
}

template <class E>
std::string refused(const CsvDatasetOptions& options, std::string_view bytes = text) {
  return message_of<E>([&] { csv(options, bytes); });
}

}  // namespace

TEST_CASE("tables: digits are images with labels of ten classes", "[data][tables]") {
  const Digits digits = DigitStream(3).digits(0, 4);
  const Table table = digits_table(digits);
  CHECK(table.examples() == 4);
  CHECK(table.column("features").example == Dims{28, 28, 1});
  CHECK(table.column("features").conv);
  CHECK(table.column("targets").labels == 10);
  CHECK(whole_column(table, "features") == Numbers(digits.images.begin(), digits.images.end()));
  CHECK(whole_column(table, "targets") == Numbers(digits.labels.begin(), digits.labels.end()));
}

TEST_CASE("tables: the first column of a text file is the label", "[data][tables]") {
  const Table table = csv({});
  CHECK(table.column("targets").labels == 3);
  CHECK(table.column("features").example == Dims{2});
  CHECK(whole_column(table, "targets") == Numbers{2, 0, 1, 0});
  CHECK(whole_column(table, "features") == Numbers{1, .5, 3, 4, 5, 6, 7, 8});
  const Table tabs = csv({.expect_headers = false, .delimiter = '\t'}, "1\t2\n0\t4\n");
  CHECK(whole_column(tabs, "targets") == Numbers{1, 0});
}

TEST_CASE("tables: targets of a text file are real numbers, several, or none", "[data][tables]") {
  const Table real = csv({.task = "regression"});
  CHECK(real.column("targets").labels == 0);
  CHECK(real.column("targets").example == Dims{1});
  const Table two = csv({.task = "regression", .num_outputs = 2});
  CHECK(whole_column(two, "targets") == Numbers{2, 1, 0, 3, 1, 5, 0, 7});
  CHECK(whole_column(two, "features") == Numbers{.5, 4, 6, 8});
  const Table labels = csv({.num_outputs = 2});
  CHECK(labels.column("targets").labels == 8);
  CHECK(labels.column("targets").example == Dims{2});
  const Table none = csv({.expect_labels = false});
  CHECK(none.find("targets") == nullptr);
  CHECK(none.column("features").example == Dims{3});
}

TEST_CASE("tables: a part of a text file is taken by numbers or fractions", "[data][tables]") {
  CHECK(whole_column(csv({.start = 1, .stop = 3}), "targets") == Numbers{0, 1});
  CHECK(csv({.start = 1, .stop = 3}).column("targets").labels == 2);
  CHECK(whole_column(csv({.start = 2}), "targets") == Numbers{1, 0});
  CHECK(whole_column(csv({.stop = 1}), "targets") == Numbers{2});
  CHECK(whole_column(csv({.start_fraction = .75}), "targets") == Numbers{2, 0, 1});
  CHECK(whole_column(csv({.end_fraction = .3}), "targets") == Numbers{1, 0});
}

TEST_CASE("tables: what a text file does not give is refused", "[data][tables]") {
  CHECK_THAT(refused<NameError>({.task = "clasification"}), Contains("nearest: classification"));
  CHECK_THAT(refused<ValueError>({.start = 1, .start_fraction = .5}), Contains("only one"));
  CHECK_THAT(refused<ValueError>({.start_fraction = .5, .end_fraction = .5}), Contains("only one"));
  CHECK_THAT(refused<ValueError>({.start_fraction = 1.}), Contains("start_fraction 1"));
  CHECK_THAT(refused<ValueError>({.end_fraction = 0.}), Contains("end_fraction 0"));
  CHECK_THAT(refused<ValueError>({.start = 2, .stop = 5}), Contains("has 4 examples"));
  CHECK_THAT(refused<ValueError>({.start = -1}), Contains("start -1"));
  CHECK_THAT(refused<ValueError>({.num_outputs = 3}), Contains("leaves none for features"));
  CHECK_THAT(refused<ValueError>({.num_outputs = 0}), Contains("num_outputs 0"));
  CHECK_THAT(refused<ValueError>({}, "y,a\n"), Contains("no examples"));
  CHECK_THAT(refused<ValueError>({}, "y,a\n0,1\n1.5,1\n"),
             Contains("t.csv:3: target 1.5 is not a label"));
  CHECK_THAT(refused<ValueError>({}, "y,a\n-1,1\n"), Contains("t.csv:2: target -1"));
  CHECK_THAT(refused<ValueError>({}, "y,a\n1e12,1\n"), Contains("is not a label"));
  CHECK_THAT(refused<ValueError>({}, "y,a\n1,nan\n"),
             Contains("the number nan in /") && Contains("t.csv:2 is not finite"));
  CHECK_THAT(refused<ValueError>({.start = 1}, "y,a\n1,1\n\n1,2\n1,inf\n"),
             Contains("t.csv:5 is not finite"));
  CHECK_THAT(refused<FileError>({.expect_headers = false}),
             Contains("t.csv:1:1: 'y'") && Contains("set expect_headers"));
  CHECK_THAT(refused<ValueError>({.start = 3, .stop = 3}), Contains("stop 3"));
  for (const char c : {'1', '#', '.', '-', 'e', '\n'})
    CHECK_THAT(refused<ValueError>({.delimiter = c}), Contains("delimiter '"));
}

TEST_CASE("tables: arrays of NumPy are features and targets", "[data][tables]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/a.npz";
  const double x[] = {1, 2, 3, 4, 5, 6, 7, 8};
  const float f[] = {1, 2, 3, 4};
  const std::uint8_t bytes[] = {0, 128, 255, 3};
  const std::int64_t labels[] = {1, 0, 4, 2};
  write_npz(path, {{"x", view(x, {4, 2})},
                   {"image", view(x, {1, 2, 2, 2})},
                   {"f", view(f, {4})},
                   {"bytes", view(bytes, {4, 1})},
                   {"labels", view(labels, {4})},
                   {"pairs", view(labels, {2, 2})}});
  const Table real = npz_table(path, "x", "f");
  CHECK(real.column("features").type == ElementType::float64);
  CHECK(whole_column(real, "features") == Numbers(x, x + 8));
  CHECK(real.column("targets").type == ElementType::float32);
  CHECK(real.column("targets").example == Dims{1});
  CHECK(whole_column(real, "targets") == Numbers{1, 2, 3, 4});

  const Table labelled = npz_table(path, "bytes", "labels", 5);
  CHECK(labelled.column("features").type == ElementType::float32);
  CHECK(whole_column(labelled, "features") == Numbers{0, 128, 255, 3});
  CHECK(labelled.column("targets").labels == 5);
  CHECK(labelled.column("targets").example == Dims{});
  CHECK(whole_column(labelled, "targets") == Numbers{1, 0, 4, 2});
  CHECK(whole_column(npz_table(path, "x", "labels"), "targets") == Numbers{1, 0, 4, 2});
  CHECK(npz_table(path, "x", "labels").column("targets").labels == 0);

  const Table image = npz_table(path, "image");
  CHECK(image.examples() == 1);
  CHECK(image.column("features").conv);
  CHECK(image.column("features").example == Dims{2, 2, 2});

  CHECK_THROWS_WITH(npz_table(path, "X"), Contains("has no array 'X'"));
  CHECK_THROWS_WITH(npz_table(path, "x", "y"), Contains("has no array 'y'"));
  CHECK_THROWS_WITH(npz_table(path, "f"), Contains("array 'f' has dimensions [4]"));
  CHECK_THROWS_WITH(npz_table(path, "x", "image"), Contains("[1, 2, 2, 2]"));
  CHECK_THROWS_WITH(npz_table(path, "x", "pairs"), Contains("'targets' has 2"));
  CHECK_THROWS_WITH(npz_table(path, "x", "labels", 4),
                    Contains("a.npz, array 'labels': label 4 in example 2"));
  CHECK(whole_column(npz_table(path, "x", "f", 5), "targets") == Numbers{1, 2, 3, 4});
  CHECK(npz_table(path, "x", "f", 5).column("targets").labels == 5);
  CHECK_THROWS_WITH(npz_table(path, "x", "f", 4), Contains("array 'f': label 4 in example 3"));
  const double halves[] = {1, 2, .5, 3}, nothing[] = {NAN, 0, 0, 0};
  write_npz(path, {{"x", view(x, {4, 2})},
                   {"halves", view(halves, {4})},
                   {"nothing", view(nothing, {4})},
                   {"empty", view(x, {0, 2})}});
  CHECK_THROWS_WITH(npz_table(path, "x", "halves", 5), Contains("label 0.5 in example 2"));
  CHECK_THROWS_WITH(npz_table(path, "x", "nothing", 5), Contains("label nan in example 0"));
  CHECK_THROWS_WITH(npz_table(path, "x", "nothing"),
                    Contains("nan in example 0 of") && Contains("array 'nothing'"));
  CHECK_THROWS_WITH(npz_table(path, "empty"), Contains("array 'empty'") && Contains("no examples"));
}

TEST_CASE("tables: a .npy file is features alone", "[data][tables]") {
  TemporaryFolder folder;
  const std::string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n";
  std::string bytes = "\x93NUMPY\x01";
  bytes += {'\0', static_cast<char>(dict.size()), '\0'};
  const float numbers[] = {1.5f, -2};
  bytes += dict + std::string(reinterpret_cast<const char*>(numbers), sizeof numbers);
  const Table table = npy_table(folder.write("a.npy", bytes));
  CHECK(table.columns().size() == 1);
  CHECK(whole_column(table, "features") == Numbers{1.5, -2});
  CHECK_THROWS_AS(npy_table(folder.path() + "/none.npy"), FileError);
}
