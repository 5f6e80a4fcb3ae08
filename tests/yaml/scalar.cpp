#include <ansatz/yaml/scalar.hpp>
#include <dsl/in_quotes.hpp>

#include "reading.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;
using Catch::Contains;

namespace {

struct ScalarRow {
  const char* text;
  Type type;
  double value = 0;
};

// What PyYAML 6 gives with Pylearn2's rule for floats, but for +.5 and -.5.
constexpr ScalarRow scalar_rows[] = {
    {"1e3", Type::real, 1000},
    {"1.E4", Type::real, 10000},
    {"-1e-3", Type::real, -.001},
    {"2.3e+4", Type::real, 23000},
    {".2e4", Type::real, 2000},
    {"1e-3", Type::real, .001},
    {"1.e5", Type::real, 1e5},
    {".5e+3", Type::real, 500},
    {"1.5E-2", Type::real, .015},
    {"0.e1", Type::real, 0},
    {"1.", Type::real, 1},
    {".5", Type::real, .5},
    {"2.1", Type::real, 2.1},
    {"+.5", Type::real, .5},
    {"-.5", Type::real, -.5},
    {"1_000.5", Type::real, 1000.5},
    {"190:20:30.15", Type::real, 685230.15},
    {"0.0615082606673", Type::real, 0.0615082606673},
    {"4", Type::integer, 4},
    {"-0", Type::integer, 0},
    {"+12", Type::integer, 12},
    {"0", Type::integer, 0},
    {"00", Type::integer, 0},
    {"017", Type::integer, 15},
    {"01", Type::integer, 1},
    {"0x_0A_74_AE", Type::integer, 685230},
    {"-0x1F", Type::integer, -31},
    {"0b1010", Type::integer, 10},
    {"190:20:30", Type::integer, 685230},
    {"1:30", Type::integer, 90},
    {"-1:30", Type::integer, -90},
    {"1_000", Type::integer, 1000},
    {"1__0", Type::integer, 10},
    {"9223372036854775807", Type::integer, 9223372036854775807.0},
};

constexpr const char* texts[] = {
    "string", "1.2e3.2", ".e4", "a3e4", "1e",  "e5",  "08",    "0o17", "0b2",   "0x",
    "1:60",   "inf",     "nan", "nul",  "yEs", "y",   "n",     "_1",   "1e3_0", "2001-01-01",
    "1.2.3",  "--1",     ".",   "+",    ".5.", "1,5", "tRue",  "1 2",  "0x_",   "1e+",
    "1:",     "1:2:",    "5%",  "-",    "-.",  "0b_", "1.2:3", "1e5e"};

Place scalar_place(const std::string& text) { return Place(parse(text)); }

template <class Read>
std::string complaint(const std::string& text, Read&& read) {
  Errors errors;
  const bool given = read(scalar_place(text), errors).has_value();
  return given ? "given" : errors.text();
}

std::string int_complaint(const std::string& text) {
  return complaint(text, [](const Place& p, Errors& e) { return as_int(p, e); });
}
std::string float_complaint(const std::string& text) {
  return complaint(text, [](const Place& p, Errors& e) { return as_float(p, e); });
}
std::string bool_complaint(const std::string& text) {
  return complaint(text, [](const Place& p, Errors& e) { return as_bool(p, e); });
}
std::string string_complaint(const std::string& text) {
  return complaint(text, [](const Place& p, Errors& e) { return as_string(p, e); });
}

}  // namespace

TEST_CASE("yaml scalars: numbers are those of PyYAML and Pylearn2", "[yaml][scalar]") {
  for (const ScalarRow& row : scalar_rows) {
    CAPTURE(row.text);
    CHECK(type_of(row.text) == row.type);
    Errors errors;
    CHECK(as_float(scalar_place(row.text), errors) == row.value);
    if (row.type == Type::integer && row.value < 1e18)
      CHECK(as_int(scalar_place(row.text), errors) == static_cast<std::int64_t>(row.value));
    CHECK(errors.empty());
  }
}

TEST_CASE("yaml scalars: what is no number is text", "[yaml][scalar]") {
  for (const char* text : texts) {
    CAPTURE(text);
    CHECK(type_of(text) == Type::text);
  }
}

TEST_CASE("yaml scalars: infinities and no number", "[yaml][scalar]") {
  Errors errors;
  for (const char* text : {".inf", ".Inf", "+.INF"})
    CHECK(as_float(scalar_place(text), errors) == std::numeric_limits<double>::infinity());
  CHECK(as_float(scalar_place("-.inf"), errors) == -std::numeric_limits<double>::infinity());
  for (const char* text : {".nan", ".NaN", ".NAN"})
    CHECK(std::isnan(as_float(scalar_place(text), errors).value()));
  CHECK(errors.empty());
}

TEST_CASE("yaml scalars: truth values and nothing", "[yaml][scalar]") {
  Errors errors;
  for (const char* text : {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1"})
    CHECK(as_bool(scalar_place(text), errors) == true);
  for (const char* text : {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0"})
    CHECK(as_bool(scalar_place(text), errors) == false);
  CHECK(errors.empty());
  for (const char* text : {"~", "null", "Null", "NULL", "", "!!null x"})
    CHECK(is_null(*parse(text)));
  for (const char* text : {"'null'", "\"\"", "nul", "0", "[]", "{}", "!!str ~"})
    CHECK_FALSE(is_null(*parse(text)));
}

TEST_CASE("yaml scalars: in quotes and in blocks all is text", "[yaml][scalar]") {
  Errors errors;
  for (const char* text : {"'5'", "\"5\"", "! 5", "!!str 5"}) {
    CAPTURE(text);
    CHECK(as_string(scalar_place(text), errors) == "5");
    CHECK_THAT(int_complaint(text), Contains("allowed: a whole number"));
  }
  CHECK(as_string(scalar_place("|\n  yes\n  1\n"), errors) == "yes\n1\n");
  CHECK(as_string(scalar_place(">-\n  a\n  b\n"), errors) == "a b");
  CHECK(as_string(scalar_place("\"\\u00e9 \\t\""), errors) == "\xc3\xa9 \t");
  CHECK(as_string(scalar_place("'it''s'"), errors) == "it's");
  CHECK(as_string(scalar_place("a b\n c"), errors) == "a b c");
  CHECK(errors.empty());
}

TEST_CASE("yaml scalars: tags say the type", "[yaml][scalar]") {
  Errors errors;
  CHECK(as_float(scalar_place("!float 1e-3"), errors) == .001);
  CHECK(as_float(scalar_place("!float '1e-3'"), errors) == .001);
  CHECK(as_float(scalar_place("!!float \"3\""), errors) == 3);
  CHECK(as_int(scalar_place("!!int '7'"), errors) == 7);
  CHECK(as_bool(scalar_place("!!bool 'yes'"), errors) == true);
  CHECK(errors.empty());
  CHECK_THAT(float_complaint("!float abc"), Contains("found 'abc' behind !float"));
  CHECK_THAT(int_complaint("!!int abc"), Contains("found 'abc' behind !!int"));
}

TEST_CASE("yaml scalars: complaints say what was found and what is allowed", "[yaml][scalar]") {
  CHECK(int_complaint("abc") == "job.yaml:1:1: found the text 'abc'; allowed: a whole number\n");
  CHECK_THAT(int_complaint("'5'"), Contains("the text '5' (in quotes)"));
  CHECK_THAT(int_complaint("1e3"), Contains("found the number '1e3'") && Contains(": 1000\n"));
  CHECK_THAT(int_complaint("1.5"), Contains("allowed: a whole number\n"));
  CHECK_THAT(int_complaint("9223372036854775808"), Contains("outside the range of 64-bit"));
  CHECK_THAT(int_complaint("-99999999999999999999"), Contains("outside the range"));
  CHECK(int_complaint("-9223372036854775808") == "given");
  CHECK_THAT(int_complaint("yes"), Contains("found the truth value 'yes'"));
  CHECK_THAT(int_complaint("~"), Contains("found nothing (null)"));
  CHECK_THAT(int_complaint("[1, 2]"), Contains("found a list of 2"));
  CHECK_THAT(int_complaint("{a: 1}"), Contains("found a mapping of 1 keys"));
  CHECK_THAT(int_complaint("!obj:x.Y {}"), Contains("found '!obj:x.Y'"));
  CHECK_THAT(float_complaint("1e999"), Contains("outside the range of double precision"));
  CHECK_THAT(float_complaint("1e-999"), Contains("outside the range of double precision"));
  CHECK_THAT(float_complaint("true"), Contains("allowed: a number"));
  CHECK_THAT(bool_complaint("2"), Contains("found the integer '2'; allowed: true or false"));
  CHECK_THAT(bool_complaint("'true'"), Contains("allowed: true or false"));
  CHECK_THAT(string_complaint("5"), Contains("allowed: a string; put it in quotes"));
  CHECK_THAT(string_complaint("on"), Contains("put it in quotes"));
  CHECK_THAT(string_complaint("!pkl: x"), Contains("found !pkl: 'x'; allowed: a string\n"));
}

TEST_CASE("yaml scalars: long and binary text stays short in a message", "[yaml][scalar]") {
  CHECK(in_quotes("a\nb\t\x7f") == "'a\\nb\\t\\x7f'");
  const std::string words = in_quotes(std::string(500, 'x'));
  CHECK(words.size() < 100);
  CHECK_THAT(words, Contains("(500 characters)"));
  CHECK_THAT(in_quotes("\xc3\xa9" + std::string(500, 'x')), Contains("(501 characters)"));
}
