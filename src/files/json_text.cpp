#include <ansatz/base/json.hpp>
#include <ansatz/base/shown.hpp>

#include <charconv>
#include <cmath>

namespace ansatz {

namespace {

/// Bytes of the UTF-8 sequence at the start of text; 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xc2 && first < 0xe0   ? 2
                           : first >= 0xe0 && first < 0xf0 ? 3
                           : first >= 0xf0 && first < 0xf5 ? 4
                                                           : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  // Longer forms than needed, surrogates, and what lies above U+10FFFF.
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) >= 0xa0) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) >= 0x90) return 0;
  return size;
}

void append_escaped(std::string& out, char c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += c;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  if (code >= 0x20 && code != 0x7f) {
    out += c;
    return;
  }
  out += "\\u00";
  out += digits[code >> 4];
  out += digits[code & 15];
}

/// One of several bytes. What would command a terminal or turn the direction of text, all below
/// U+10000, is written as \uNNNN.
void append_character(std::string& out, std::string_view bytes) {
  if (is_plain(bytes)) {
    out += bytes;
    return;
  }
  const auto low = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]) & 0x3fu; };
  const unsigned first = static_cast<unsigned char>(bytes[0]);
  const unsigned code = bytes.size() == 2 ? (first & 0x1fu) << 6 | low(1)
                                          : (first & 0xfu) << 12 | low(1) << 6 | low(2);
  constexpr char digits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[code >> shift & 15];
}

}  // namespace

std::string json_number(double value) {
  if (std::isnan(value)) return "\"nan\"";
  if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
  char text[32];
  const std::to_chars_result end = std::to_chars(text, text + sizeof text, value);
  std::string out(text, end.ptr);
  if (out.find_first_of(".e") == out.npos) out += ".0";
  return out;
}

std::size_t first_not_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = utf8_sequence(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const std::size_t size = utf8_sequence(text);
    if (size == 0) {
      out += "\xef\xbf\xbd";
    } else if (size == 1) {
      append_escaped(out, text[0]);
    } else {
      append_character(out, text.substr(0, size));
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out += '"';
}

}  // namespace ansatz
