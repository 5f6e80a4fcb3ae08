#include <ansatz/base/json.hpp>
#include <ansatz/base/shown.hpp>

#include "../base/utf8.hpp"

#include <charconv>
#include <cmath>

namespace ansatz {

namespace {

/// Bytes of the character at the start of text; 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
  return static_cast<std::size_t>(utf8::decode(text).bytes);
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
  const std::uint32_t code = utf8::decode(bytes).code;
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
