#include <ansatz/data/path.hpp>
#include <ansatz/files/csv.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
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
  CHECK(first("1 2\t3\n", {.separator = any_blanks}).fields == 3);
  CHECK(first("1\t\t3\t\n", {.separator = '\t'}).fields == 4);
  CHECK(first("# three\r\r1,2,3\r4", {.comment = '#'}).fields == 3);
  CHECK_FALSE(first("# a,b\n1,2\n", {.comment = '#'}).numbers);
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
  REQUIRE(parse("  1   2\t3 \n4 5 6\n", {.separator = any_blanks}).values ==
          Numbers{1, 2, 3, 4, 5, 6});
}

TEST_CASE("csv: a separator stands alone, tabs and blanks, too", "[data][csv]") {
  for (const char separator : {'\t', ' ', ';', ','}) {
    const CsvOptions options{.separator = separator, .missing = "?"};
    const auto line = [&](std::string text) {
      std::replace(text.begin(), text.end(), '|', separator);
      return text;
    };
    CHECK(parse(line("1|2|3\n4|?|6\n"), options).values[3] == 4);
    const std::string empty = "an empty field is not a number";
    CHECK_THAT(error_of(line("1|5||40\n0||7|33\n"), options), Contains("t.csv:1:5: " + empty));
    CHECK_THAT(error_of(line("|5\n"), options), Contains("t.csv:1:1: " + empty));
    CHECK_THAT(error_of(line("5|\n"), options), Contains("t.csv:1:3: " + empty));
    CHECK_THAT(error_of(line("||\n"), options), Contains("t.csv:1:1: " + empty));
    CHECK_THAT(error_of(line("1|2\n1|2|\n"), options), Contains("t.csv:2:5: 3 fields"));
  }
  // Blanks that do not separate belong to no field.
  CHECK(parse(" 1 \t 2\t3 \n", {.separator = '\t'}).values == Numbers{1, 2, 3});
  CHECK(parse("\t1\t 2 3\t\n", {.separator = ' '}).values == Numbers{1, 2, 3});
  CHECK(parse("\"1\" \t\"2\"\n  \n", {.separator = '\t'}).values == Numbers{1, 2});
}

TEST_CASE("csv: names have blanks in them", "[data][csv]") {
  const char* const lines = "sepal length|petal length\n1|2\n";
  for (const char separator : {'\t', ';'}) {
    std::string text = lines;
    std::replace(text.begin(), text.end(), '|', separator);
    CHECK(parse(text, {.separator = separator, .header = true}).names ==
          Names{"sepal length", "petal length"});
  }
  const CsvTable table =
      parse("sepal length petal length\n1 2\n", {.separator = any_blanks, .header = true});
  CHECK(table.names.empty());
  CHECK(table.values == Numbers{1, 2});
  CHECK(parse("a b\n1 2\n", {.separator = ' ', .header = true}).names == Names{"a", "b"});
  CHECK_THAT(error_of("a,b,c\n1,2\n", {.header = true}),
             Contains("t.csv:2:4: 2 fields, where line 1 has 3"));
  CHECK(parse("# of rooms,price\n1,2\n", {.header = true}).names == Names{"# of rooms", "price"});
}

TEST_CASE("csv: lines end as any program ends them", "[data][csv]") {
  for (const std::string& end : {std::string("\n"), std::string("\r\n"), std::string("\r")})
    for (const std::string& last : {std::string(), end, end + end}) {
      const CsvTable table =
          parse("a,b" + end + "1,2" + end + end + "3,4" + last, {.header = true});
      CHECK(table.values == Numbers{1, 2, 3, 4});
      CHECK(table.names == Names{"a", "b"});
      CHECK(table.lines == std::vector<std::int64_t>{2, 4});
      CHECK_THAT(error_of("1,2" + end + "3,x" + last), Contains("t.csv:2:3: 'x'"));
    }
  CHECK(parse("1\r2\n3\r\n4").values == Numbers{1, 2, 3, 4});
}

TEST_CASE("csv: comments are skipped where they are asked for", "[data][csv]") {
  const CsvOptions numbers{.comment = '#'}, named{.header = true, .comment = '#'};
  CHECK(parse("# made by x\n1,2 # first\n\n  # 3,4\n5,6#\n", numbers).values ==
        Numbers{1, 2, 5, 6});
  CHECK_THAT(error_of("# x\n1,2\n"), Contains("t.csv:1:1: '# x' is not a number"));
  CHECK_THAT(error_of("1, # 2\n", numbers), Contains("t.csv:1:4: an empty field"));
  CHECK(parse("\"#\",1\n", {.class_field = 0, .comment = '#'}).classes == Names{"#"});
  // numpy.savetxt(…, header="a,b") writes the names as a comment.
  CHECK(parse("# a,b\n1,2\n3,4\n", named).values == Numbers{1, 2, 3, 4});
  const CsvTable both = parse("# made by x\n# on a Monday\na,b\n1,2\n", named);
  CHECK(both.values == Numbers{1, 2});
  CHECK(both.names == Names{"a", "b"});
  for (const char* row : {"1_0", "0x1", "-x", ".", ""})
    CHECK_THAT(error_of(std::string("# a,b\nc,") + row + "\n", named),
               Contains("t.csv:2:1: 'c' is"));
  CHECK_THAT(error_of("# a,b\n1,x\n", named), Contains("t.csv:2:3: 'x' is not a number"));
}

TEST_CASE("csv: numbers too small for a double are zero", "[data][csv]") {
  const std::string tiny = "0." + std::string(400, '0') + "1";
  const CsvTable table = parse("1e-400,-1e-400,+1e-999," + tiny + ",5e-324\n");
  CHECK(table.values == Numbers{0, 0, 0, 0, 5e-324});
  CHECK(std::signbit(table.values[1]));
  CHECK_THAT(error_of("1," + std::string(400, '9') + "\n"), Contains("lies outside the range"));
  CHECK_THAT(error_of("1e-400x\n"), Contains("'1e-400x' is not a number"));
}

TEST_CASE("csv: text in UTF-16 is told as what it is", "[data][csv]") {
  CHECK_THAT(error_of(std::string_view("\xff\xfe"
                                       "1\0,\0"
                                       "2\0",
                                       8)),
             Contains("UTF-16"));
  CHECK_THAT(error_of(std::string_view("\xfe\xff\0"
                                       "1\0,",
                                       6)),
             Contains("UTF-16"));
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
  REQUIRE_THAT(error_of(std::string(100, 'z')),
               Contains(std::string(40, 'z').append("...")) && Contains("(100 characters)"));
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

TEST_CASE("csv: lines of texts", "[data][csv]") {
  TemporaryFolder folder;
  const std::string path =
      folder.write("t.csv", "\xef\xbb\xbfname, b\n\n\"two\r\n lines\n\" ,x\r\n # no,y \n,\n");
  CsvLines lines(path);
  CHECK(lines.first_line() == "name, b");
  using Row = std::vector<std::string>;
  const std::vector<std::pair<std::int64_t, Row>> wanted = {
      {1, {"name", "b"}}, {3, {"two\r\n lines\n", "x"}}, {6, {"# no", "y"}}, {7, {"", ""}}};
  for (int walk = 0; walk < 2; ++walk, lines.rewind()) {
    for (const auto& [line, row] : wanted) {
      REQUIRE(lines.next());
      CHECK(lines.line() == line);
      Row found;
      for (const CsvField& field : lines.fields()) found.push_back(field.text);
      CHECK(found == row);
    }
    CHECK_FALSE(lines.next());
  }
  CsvLines open_quotes(folder.write("q.csv", "a\nb,\"c\n\nd\n"));
  REQUIRE(open_quotes.next());
  CHECK_THAT(message_of<FileError>([&] { open_quotes.next(); }),
             Contains("q.csv:2:3: a quoted field does not end"));
}

TEST_CASE("csv: a value is a number or is not", "[data][csv]") {
  double value = 0;
  for (const auto& [text, number] : {std::pair<const char*, double>{"1", 1},
                                     {"+2.5", 2.5},
                                     {"-.5e1", -5},
                                     {"1e-999", 0},
                                     {"007", 7}}) {
    CHECK(csv_value(text, value));
    CHECK(value == number);
  }
  for (const char* text : {"", " ", "a", "1 ", "1,5", "1e999", "0x1", "1_0", "+-1", "--1", "1.2.3"})
    CHECK_FALSE(csv_value(text, value));
}
