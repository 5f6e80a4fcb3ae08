#include <ansatz/base/json.hpp>
#include <ansatz/serial/saved_state.hpp>

#include <catch2/catch.hpp>
#include <dsl/exceptions.hpp>

#include <cstdlib>
#include <limits>

#include "data/temporary_file.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

TEST_CASE("json: numbers are short and read back as the same double", "[serial]") {
  using Limits = std::numeric_limits<double>;
  REQUIRE(json_number(3) == "3.0");
  REQUIRE(json_number(0.1) == "0.1");
  REQUIRE(json_number(-0.0) == "-0.0");
  REQUIRE(json_number(1e300) == "1e+300");
  for (const double x : {1. / 3, Limits::denorm_min(), Limits::max(), -1e-17, 123456789.125})
    REQUIRE(std::strtod(json_number(x).c_str(), nullptr) == x);
}

TEST_CASE("json: what JSON has no number for is text", "[serial]") {
  REQUIRE(json_number(std::numeric_limits<double>::quiet_NaN()) == "\"nan\"");
  REQUIRE(json_number(std::numeric_limits<double>::infinity()) == "\"inf\"");
  REQUIRE(json_number(-std::numeric_limits<double>::infinity()) == "\"-inf\"");
}

TEST_CASE("json: text is escaped, and what is not UTF-8 is replaced", "[serial]") {
  REQUIRE(json_string("a\"b\\c\n\t\r") == R"("a\"b\\c\n\t\r")");
  REQUIRE(json_string(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
  REQUIRE(json_string("é € 𝄞") == "\"é € 𝄞\"");
  REQUIRE(json_string("caf\xe9!") == "\"caf\xef\xbf\xbd!\"");
}

TEST_CASE("json: only the shortest forms of code points are UTF-8", "[serial]") {
  for (const std::string_view good :
       {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    REQUIRE(first_not_utf8(good) == good.size());
  for (const std::string_view bad :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe2\x82",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CAPTURE(static_cast<int>(bad[0]));
    REQUIRE(first_not_utf8(bad) == 0);
    REQUIRE(first_not_utf8("ab" + std::string(bad)) == 2);
  }
}

TEST_CASE("saved_state: a missing value, and one of another kind, are named", "[serial]") {
  const StateValues values{{"extensions[0].best", 0.5}, {"epochs", std::int64_t{3}}};
  REQUIRE(state_value<double>(values, "extensions[0].best") == 0.5);
  REQUIRE_THAT(message_of<FileError>([&] { state_value<double>(values, "extensions[0].bset"); }),
               Contains("has no 'extensions[0].bset'; nearest: extensions[0].best"));
  REQUIRE_THAT(message_of<FileError>([&] { state_value<double>(values, "epochs"); }),
               Contains("has an integer as 'epochs', where a number belongs"));
}

TEST_CASE("saved_state: values are the same when their bits are", "[serial]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(same_value(nan, -nan));
  REQUIRE(!same_value(0.0, -0.0));
  REQUIRE(!same_value(3.0, std::int64_t{3}));
  REQUIRE(same_value(std::vector{1.0, nan}, std::vector{1.0, nan}));
  REQUIRE(!same_value(std::vector{1.0}, std::vector{1.0, nan}));
  REQUIRE(text_of(std::vector<double>{1, nan}) == "[1.0, \"nan\"]");
  REQUIRE(text_of(std::vector<std::int64_t>{1, -2}) == "[1, -2]");
  REQUIRE(text_of(true) == "true");
}
