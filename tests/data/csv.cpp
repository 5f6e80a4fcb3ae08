#include <ansatz/data/csv.hpp>
#include <ansatz/data/path.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

CsvTable parse(std::string_view text, const CsvOptions& options = {}) {
  TemporaryFolder folder;
  return read_csv(folder.write("t.csv", text), options);
}

std::string error_of(std::string_view text, const CsvOptions& options = {}) {
  return message_of<FileError>([&] { parse(text, options); });
}

using Numbers = std::vector<double>;
using Labels = std::vector<std::int32_t>;
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("csv: numbers in rows and columns", "[data][csv]") {
  for (const char* text : {"1,2.5,-3e2\n.28,+4,1e-3\n", "1,2.5,-3e2\r\n.28,+4,1e-3",
                           "\xef\xbb\xbf 1 ,\t2.5, -3e2 \n\n .28,\"+4\",1e-3\n\n \n"}) {
    const CsvTable table = parse(text);
    REQUIRE(table.rows == 2);
    REQUIRE(table.columns == 3);
    REQUIRE(table.values == Numbers{1, 2.5, -300, .28, 4, 1e-3});
    REQUIRE(table.labels.empty());
  }
}

TEST_CASE("csv: a packed file is unpacked", "[data][csv]") {
  REQUIRE(parse(gzip("1,2\n3,4\n")).values == Numbers{1, 2, 3, 4});
}

TEST_CASE("csv: the first line tells whether it holds names", "[data][csv]") {
  const auto first = [](std::string_view text, const CsvOptions& options = {}) {
    TemporaryFolder folder;
    return read_csv_first_line(folder.write("t.csv", text), options);
  };
  for (const char* text : {"1,2.5,-3e2\nx", "\xef\xbb\xbf\n \r\n+1 , 1e999,\"3\"", "0,1,2"}) {
    CHECK(first(text).fields == 3);
    CHECK(first(text).numbers);
  }
  for (const char* text : {"a,b,c\n1,2,3\n", "1,,3\n", "1,2,x", "\"1\",\"2,3\",4"})
    CHECK_FALSE(first(text).numbers);
  CHECK(first("1 2\t3\n", {.separator = ' '}).fields == 3);
  CHECK(first("1,?\n", {.missing = "?"}).numbers);
  CHECK(first(" \n\n").fields == 0);
  std::string wide = "1";
  for (int i = 1; i < 50'000; ++i) wide += ",22";
  for (const std::string& text : {wide, wide + "\n3\n", gzip(wide + "\nx\n")})
    CHECK(first(text).fields == 50'000);
}

TEST_CASE("csv: an empty file is an empty table", "[data][csv]") {
  for (const char* text : {"", "\n\n", "  \r\n"}) REQUIRE(parse(text).rows == 0);
}

TEST_CASE("csv: classes get labels in the order of their appearance", "[data][csv]") {
  const CsvTable table = parse("1,2,b\n3,4,a\n5,6,\"b\"\n", {.class_field = last_field});
  REQUIRE(table.columns == 2);
  REQUIRE(table.values == Numbers{1, 2, 3, 4, 5, 6});
  REQUIRE(table.labels == Labels{0, 1, 0});
  REQUIRE(table.classes == Names{"b", "a"});
  const CsvTable first = parse("b,1\na,2\n", {.class_field = 0, .classes = {"a", "b"}});
  REQUIRE(first.labels == Labels{1, 0});
  REQUIRE(first.values == Numbers{1, 2});
}

TEST_CASE("csv: names of columns, missing values and other separators", "[data][csv]") {
  const CsvTable table =
      parse("x;class;\"a \"\"b\"\"; c\"\n1;u;?\n",
            {.separator = ';', .header = true, .class_field = 1, .missing = "?"});
  REQUIRE(table.names == Names{"x", "a \"b\"; c"});
  REQUIRE(table.values.size() == 2);
  REQUIRE(std::isnan(table.values[1]));
  REQUIRE(parse("  1   2\t3 \n4 5 6\n", {.separator = ' '}).values == Numbers{1, 2, 3, 4, 5, 6});
}

TEST_CASE("csv: errors say file, line and column", "[data][csv]") {
  REQUIRE_THAT(error_of("1,2\n3, x\n"), Contains("t.csv:2:4: 'x' is not a number"));
  REQUIRE_THAT(error_of("a,b\n1,2\n"),
               Contains("t.csv:1:1: 'a' is not a number; if the first line"));
  REQUIRE_THAT(error_of("1,2\n3\n"), Contains("t.csv:2:2: 1 fields, where line 1 has 2"));
  REQUIRE_THAT(error_of("1,2\n\n3,4,5\n"), Contains("t.csv:3:5: 3 fields, where line 1 has 2"));
  REQUIRE_THAT(error_of("1,,3\n"), Contains("t.csv:1:3: an empty field is not a number"));
  REQUIRE_THAT(error_of("1,2,\n"), Contains("t.csv:1:5: an empty field"));
  REQUIRE_THAT(error_of("1,1e999\n"), Contains("t.csv:1:3: '1e999' lies outside the range"));
  REQUIRE_THAT(error_of("1,2x\n"), Contains("'2x' is not a number"));
  REQUIRE_THAT(error_of("+-1\n"), Contains("'+-1' is not a number"));
  REQUIRE_THAT(error_of("1,\"2\n"), Contains("t.csv:1:3: a quoted field does not end"));
  REQUIRE_THAT(error_of("1,\"2\"3\n"), Contains("t.csv:1:6: '3' after the closing quote"));
  REQUIRE_THAT(error_of("1,a\n2,\n", {.class_field = last_field}),
               Contains("t.csv:2:3: the class is missing"));
  REQUIRE_THAT(error_of("1,setos\n", {.class_field = 1, .classes = {"virginica", "setosa"}}),
               Contains("t.csv:1:3: class 'setos' is unknown") && Contains("nearest: setosa"));
  REQUIRE_THAT(error_of("1,2\n", {.class_field = 2}), Contains("class_field 2"));
  REQUIRE_THAT(error_of(std::string_view("1,\0\n", 4)), Contains("'\\x00' is not a number"));
  REQUIRE_THAT(error_of(std::string(100, 'z')), Contains(std::string(40, 'z').append("…")));
}

TEST_CASE("csv: the iris data are read as they are published", "[data][csv]") {
  const auto path = find_data("iris/iris.data");
  if (!path) {
    WARN("iris is not in " << data_path() << ": skipped");
    return;
  }
  const CsvTable iris = read_csv(*path, {.class_field = last_field});
  REQUIRE(iris.rows == 150);
  REQUIRE(iris.columns == 4);
  REQUIRE(iris.classes == Names{"Iris-setosa", "Iris-versicolor", "Iris-virginica"});
  REQUIRE(iris.values[149 * 4 + 3] == 1.8);
  REQUIRE(std::count(iris.labels.begin(), iris.labels.end(), 2) == 50);
}
