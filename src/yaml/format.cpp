#include "format.hpp"
#include <dsl/in_quotes.hpp>
#include "../dsl/utf8.hpp"

#include "number.hpp"

#include <ansatz/yaml/source.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace ansatz::yaml {

namespace {

constexpr std::string_view letters = "sdiuoxXeEfFgG";

// At least `width` characters: zeros behind the sign, or spaces on one side.
std::string padded(std::string sign, std::string body, const Conversion& conversion, bool zeros) {
  const std::size_t size = utf8::length(sign) + utf8::length(body);
  const auto width = static_cast<std::size_t>(conversion.width);
  if (size >= width) return sign + body;
  const std::size_t missing = width - size;
  if (conversion.left) return sign + body + std::string(missing, ' ');
  if (zeros) return sign + std::string(missing, '0') + body;
  return std::string(missing, ' ') + sign + body;
}

std::string sign_of(bool negative, const Conversion& conversion) {
  return negative ? "-" : conversion.plus ? "+" : conversion.space ? " " : "";
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string as_text(const std::string& value, const Conversion& conversion) {
  std::string_view shown = value;
  if (conversion.precision >= 0) {
    std::size_t end = 0;
    for (int i = 0; i < conversion.precision && end < shown.size(); ++i) {
      ++end;
      while (end < shown.size() && utf8::continuation(shown[end])) ++end;
    }
    shown = shown.substr(0, end);
  }
  return padded("", std::string(shown), conversion, false);
}

std::optional<std::string> as_integer(const std::string& value, const Conversion& conversion,
                                      std::string& why) {
  bool negative = value.starts_with('-');
  std::string digits;
  if (number::is_integer(value)) {
    const auto whole = number::integer(value);
    if (!whole)
      return why = in_quotes(value) + " lies outside the range of 64-bit integers", std::nullopt;
    const auto bits = static_cast<std::uint64_t>(*whole);
    const std::uint64_t magnitude = negative ? 0 - bits : bits;
    const char letter = conversion.letter;
    digits = letter == 'o'   ? fmt::format("{:o}", magnitude)
             : letter == 'x' ? fmt::format("{:x}", magnitude)
             : letter == 'X' ? fmt::format("{:X}", magnitude)
                             : fmt::format("{}", magnitude);
  } else {
    const auto real = number::real(value);
    if (!real || !std::isfinite(*real))
      return why = in_quotes(value) + " has no whole part", std::nullopt;
    if (std::string_view("oxX").find(conversion.letter) != std::string_view::npos)
      return why =
                 fmt::format("%{} needs an integer, found {}", conversion.letter, in_quotes(value)),
             std::nullopt;
    digits = fmt::format("{:.0f}", std::abs(std::trunc(*real)));
    negative = negative && digits != "0";
  }
  const auto least = static_cast<std::size_t>(std::max(conversion.precision, 0));
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  if (digits.find_first_not_of('0') == std::string::npos) negative = false;
  return padded(sign_of(negative, conversion), digits, conversion, conversion.zero);
}

std::optional<std::string> as_real(const std::string& value, const Conversion& conversion,
                                   std::string& why) {
  const auto real = number::real(value);
  if (!real || !std::isfinite(*real))
    return why = in_quotes(value) + " is not a finite number", std::nullopt;
  const char letter = conversion.letter;
  const bool fixed = letter == 'f' || letter == 'F';
  const auto form = fixed                            ? std::chars_format::fixed
                    : letter == 'e' || letter == 'E' ? std::chars_format::scientific
                                                     : std::chars_format::general;
  char buffer[512];  // the longest: 309 digits, a point, 100 decimals
  const int precision = conversion.precision < 0 ? 6 : conversion.precision;
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(*real), form, precision).ptr;
  std::string digits(buffer, end);
  if (letter == 'E' || letter == 'G') digits = upper(digits);
  return padded(sign_of(std::signbit(*real), conversion), digits, conversion, conversion.zero);
}

}  // namespace

std::size_t read_conversion(std::string_view text, Conversion& out) {
  out = {};
  std::size_t i = 0;
  const auto peek = [&] { return i < text.size() ? text[i] : '\0'; };
  for (bool flags = true; flags;) {
    switch (peek()) {
      case '-':
        out.left = true;
        break;
      case '+':
        out.plus = true;
        break;
      case ' ':
        out.space = true;
        break;
      case '0':
        out.zero = true;
        break;
      default:
        flags = false;
        continue;
    }
    ++i;
  }
  const auto number = [&] {
    int value = 0;
    for (; peek() >= '0' && peek() <= '9'; ++i) value = std::min(value * 10 + (peek() - '0'), 9999);
    return value;
  };
  out.width = number();
  if (peek() == '.') {
    ++i;
    out.precision = number();
  }
  out.letter = peek();
  return out.letter && letters.find(out.letter) != letters.npos ? i + 1 : 0;
}

std::optional<std::string> format_value(const std::string& value, const Conversion& conversion,
                                        std::string& why) {
  if (conversion.width > 1000 || conversion.precision > 100)
    return why = "a width above 1000 or a precision above 100", std::nullopt;
  if (conversion.letter == 's') return as_text(value, conversion);
  if (!number::is_integer(value) && !number::is_real(value))
    return why = fmt::format("%{} needs a number, found {}", conversion.letter, in_quotes(value)),
           std::nullopt;
  const bool whole = std::string_view("diuoxX").find(conversion.letter) != std::string_view::npos;
  return whole ? as_integer(value, conversion, why) : as_real(value, conversion, why);
}

}  // namespace ansatz::yaml
