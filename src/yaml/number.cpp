#include "number.hpp"

#include <charconv>
#include <cmath>

namespace ansatz::yaml::number {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from its front.
struct Scanner {
  std::string_view left;

  bool done() const { return left.empty(); }
  bool take(char c) {
    if (left.empty() || left.front() != c) return false;
    left.remove_prefix(1);
    return true;
  }
  bool sign() { return take('-') || take('+'); }
  template <class Wanted>
  std::size_t take_all(Wanted&& wanted) {
    std::size_t count = 0;
    while (count < left.size() && wanted(left[count])) ++count;
    left.remove_prefix(count);
    return count;
  }
  std::size_t digits() { return take_all(digit); }
  // [0-9][0-9_]*
  bool number() {
    if (left.empty() || !digit(left.front())) return false;
    return take_all([](char c) { return digit(c) || c == '_'; }) > 0;
  }
  // (:[0-5]?[0-9])+
  bool sixtieths() {
    bool any = false;
    while (take(':')) {
      const std::size_t size = left.size();
      if (size >= 2 && left[0] <= '5' && digit(left[0]) && digit(left[1])) {
        left.remove_prefix(2);
      } else if (size >= 1 && digit(left[0])) {
        left.remove_prefix(1);
      } else {
        return false;
      }
      any = true;
    }
    return any;
  }
  // [eE][-+]?[0-9]+
  bool exponent() {
    if (!take('e') && !take('E')) return false;
    sign();
    return digits() > 0;
  }
};

// Digits of a base with '_' among them, at least one of them a digit.
template <class Wanted>
bool all_digits(std::string_view text, Wanted&& wanted) {
  bool any = false;
  for (const char c : text) {
    if (c != '_' && !wanted(c)) return false;
    any = any || c != '_';
  }
  return any;
}

bool hexadecimal(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string without(std::string_view text, char unwanted) {
  std::string out;
  for (const char c : text)
    if (c != unwanted) out += c;
  return out;
}

bool strip_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

std::optional<std::uint64_t> magnitude(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> sexagesimal(std::string_view text) {
  std::uint64_t value = 0;
  while (true) {
    const std::size_t colon = text.find(':');
    const auto part = magnitude(text.substr(0, colon), 10);
    if (!part || __builtin_add_overflow(value, *part, &value)) return std::nullopt;
    if (colon == text.npos) return value;
    if (__builtin_mul_overflow(value, std::uint64_t{60}, &value)) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

bool is_integer(std::string_view text) {
  strip_sign(text);
  if (text.starts_with("0b"))
    return all_digits(text.substr(2), [](char c) { return c == '0' || c == '1'; });
  if (text.starts_with("0x")) return all_digits(text.substr(2), hexadecimal);
  if (text == "0") return true;
  if (text.starts_with('0'))
    return all_digits(text.substr(1), [](char c) { return c >= '0' && c <= '7'; });
  Scanner scan{text};
  if (!scan.number()) return false;
  return scan.done() || (scan.sixtieths() && scan.done());
}

bool is_real(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  strip_sign(text);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  Scanner scan{text};
  const bool whole = scan.number();
  const bool point = scan.take('.');
  if (!whole && (!point || scan.done() || !digit(scan.left.front()))) return false;
  if (!whole || point) {
    scan.take_all([](char c) { return digit(c) || c == '_'; });
    return scan.done() || (scan.exponent() && scan.done());
  }
  Scanner time = scan;
  if (scan.exponent() && scan.done()) return true;
  return time.sixtieths() && time.take('.') &&
         (time.take_all([](char c) { return digit(c) || c == '_'; }), time.done());
}

std::optional<std::int64_t> integer(std::string_view written) {
  const std::string digits = without(written, '_');
  std::string_view text = digits;
  const bool negative = strip_sign(text);
  std::optional<std::uint64_t> value;
  if (text.starts_with("0b")) {
    value = magnitude(text.substr(2), 2);
  } else if (text.starts_with("0x")) {
    value = magnitude(text.substr(2), 16);
  } else if (text.find(':') != text.npos) {
    value = sexagesimal(text);
  } else {
    value = magnitude(text, text.starts_with('0') ? 8 : 10);
  }
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  if (!value || *value > top - (negative ? 0 : 1)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - *value : *value);
}

std::optional<double> real(std::string_view written) {
  const std::string digits = without(written, '_');
  std::string_view text = digits;
  const bool negative = strip_sign(text);
  std::optional<double> value;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    value = std::nan("");
  } else if (text == ".inf" || text == ".Inf" || text == ".INF") {
    value = HUGE_VAL;
  } else if (text.find(':') != text.npos) {
    const std::size_t last = text.rfind(':');
    const auto minutes = sexagesimal(text.substr(0, last));
    const auto seconds = decimal(text.substr(last + 1));
    if (minutes && seconds) value = static_cast<double>(*minutes) * 60 + *seconds;
  } else if (is_integer(text) && text.size() > 1 && text.starts_with('0')) {
    const auto whole = integer(text);  // octal, binary, hexadecimal
    if (whole) value = static_cast<double>(*whole);
  } else {
    value = decimal(text);
  }
  if (value && negative) *value = -*value;
  return value;
}

std::optional<std::string> whole(std::string_view text) {
  const auto value = real(text);
  if (!value || std::abs(*value) >= 9007199254740992.0 || *value != std::floor(*value))
    return std::nullopt;
  return std::to_string(static_cast<std::int64_t>(*value));
}

}  // namespace ansatz::yaml::number
