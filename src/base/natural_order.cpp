#include <ansatz/base/natural_order.hpp>

#include <charconv>
#include <limits>

namespace ansatz {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// A number, or a single byte.
struct Token {
  bool number = false;
  double value = 0;
};

std::size_t digits_from(std::string_view text, std::size_t i) {
  while (i < text.size() && digit(text[i])) ++i;
  return i;
}

// Takes the first token: what the pattern -?\d+[.e]?\d* matches, with a digit behind the e.
Token take(std::string_view& rest) {
  const bool sign = rest[0] == '-';
  std::size_t end = digits_from(rest, sign);
  if (end == sign) {
    const auto byte = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    return {false, static_cast<double>(byte)};
  }
  if (end < rest.size() && (rest[end] == '.' || rest[end] == 'e')) {
    const std::size_t further = digits_from(rest, end + 1);
    if (rest[end] == '.' || further > end + 1) end = further;
  }
  Token out{true, 0};
  const auto read = std::from_chars(rest.data(), rest.data() + end, out.value);
  if (read.ec == std::errc::result_out_of_range)
    out.value = (sign ? -1 : 1) * std::numeric_limits<double>::infinity();
  rest.remove_prefix(end);
  return out;
}

}  // namespace

int natural_compare(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const Token x = take(a), y = take(b);
    if (x.number != y.number) return x.number ? -1 : 1;
    if (x.value != y.value) return x.value < y.value ? -1 : 1;
  }
  return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
}

}  // namespace ansatz
