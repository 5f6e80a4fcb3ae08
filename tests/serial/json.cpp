#include <ansatz/files/tensor_file.hpp>
#include <ansatz/serial/saved_state.hpp>
#include <ansatz/session/observers.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include <cstdlib>
#include <limits>

#include "data/temporary_file.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

TEST_CASE("csv_number: numbers are short and read back as the same double", "[serial]") {
  using Limits = std::numeric_limits<double>;
  REQUIRE(observing::csv_number(3) == "3.0");
  REQUIRE(observing::csv_number(0.1) == "0.1");
  REQUIRE(observing::csv_number(-0.0) == "-0.0");
  REQUIRE(observing::csv_number(1e300) == "1e+300");
  for (const double x : {1. / 3, Limits::denorm_min(), Limits::max(), -1e-17, 123456789.125})
    REQUIRE(std::strtod(observing::csv_number(x).c_str(), nullptr) == x);
  REQUIRE(observing::csv_number(-Limits::quiet_NaN()) == "nan");
  REQUIRE(observing::csv_number(Limits::infinity()) == "inf");
  REQUIRE(observing::csv_number(-Limits::infinity()) == "-inf");
}

TEST_CASE("tensor_file: the header is JSON, whose texts are escaped", "[serial]") {
  TensorFile file;
  file.metadata["a\"b"] = "c\\d\n\t\r";
  file.metadata["é"] = std::string("\0\x1f 𝄞", 7);
  const std::string bytes = tensor_file_bytes(file);
  REQUIRE_THAT(bytes, Contains(R"(,"a\"b":"c\\d\n\t\r","é":"\u0000\u001f 𝄞"})"));
  REQUIRE(parse_tensor_file(bytes, "it").metadata == file.metadata);
}

TEST_CASE("in_quotes: only the shortest forms of code points are UTF-8", "[serial]") {
  for (const std::string_view good :
       {"", "a", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    REQUIRE(in_quotes(good) == "'" + std::string(good) + "'");
  for (const std::string_view bad :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe2\x82",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    const std::string said = in_quotes("ab" + std::string(bad));
    REQUIRE(said.starts_with(fmt::format("'ab\\x{:02x}", static_cast<unsigned char>(bad[0]))));
  }
}

TEST_CASE("in_quotes: on one line, and the middle of a long text is left out", "[serial]") {
  REQUIRE(in_quotes("a\nb\tc\r\x1b\x7f") == "'a\\nb\\tc\\x0d\\x1b\\x7f'");
  REQUIRE(in_quotes("\xe2\x80\xae") == "'\\u{202e}'");
  REQUIRE(in_quotes("0123456789", 6) == "'012...89' (10 characters)");
  REQUIRE(in_quotes("éééééé", 6) == "'é...é' (6 characters)");
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
  REQUIRE(text_of(std::vector<double>{1, nan}) == "[1.0, nan]");
  REQUIRE(text_of(std::vector<std::int64_t>{1, -2}) == "[1, -2]");
  REQUIRE(text_of(true) == "true");
}
