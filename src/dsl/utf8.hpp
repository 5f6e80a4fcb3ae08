// Characters in UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ansatz::utf8 {

constexpr bool continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The number of characters of well-formed text.
constexpr std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += !continuation(c);
  return count;
}

/// The first byte of the character that holds byte `offset`.
constexpr std::size_t boundary(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return text.size();
  while (offset > 0 && continuation(text[offset])) --offset;
  return offset;
}

struct Character {
  std::uint32_t code = 0;
  int bytes = 0;  // 0: not well formed
};

/// The character at the start of `text`, which is not empty (Unicode 15, table 3-7).
constexpr Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const int bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return {};
  std::uint32_t code = first & (0x7fu >> bytes);
  for (int i = 1; i < bytes; ++i) {
    const std::uint32_t next = byte(static_cast<std::size_t>(i));
    if ((next & 0xc0) != 0x80) return {};
    code = code << 6 | (next & 0x3f);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[bytes] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, bytes};
}

/// The place of the first byte that belongs to no character; text.size() when there is none.
constexpr std::size_t first_fault(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const int bytes = decode(text.substr(at)).bytes;
    if (bytes == 0) return at;
    at += static_cast<std::size_t>(bytes);
  }
  return text.size();
}

/// Whether a terminal and a reader can bear it: neither a control character nor a mark that
/// separates lines or changes the direction of text.
constexpr bool is_shown(std::uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool separates_lines = c == 0x2028 || c == 0x2029;
  const bool directs = c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
                       (c >= 0x2066 && c <= 0x2069);
  return !control && !separates_lines && !directs;
}

/// Bytes of the character at the start of `text`, or of one that is none: 1.
constexpr std::size_t step(std::string_view text) {
  const int bytes = decode(text).bytes;
  return bytes == 0 ? 1 : static_cast<std::size_t>(bytes);
}

/// Appends the character at the start of `text`, or \xNN or \u{NNNN} where it cannot be shown.
inline void append_shown(std::string& out, std::string_view text) {
  const Character c = decode(text);
  if (c.bytes > 0 && is_shown(c.code)) {
    out += text.substr(0, static_cast<std::size_t>(c.bytes));
    return;
  }
  const bool byte = c.bytes <= 1;
  const std::uint32_t code = c.bytes == 0 ? static_cast<unsigned char>(text[0]) : c.code;
  constexpr char digits[] = "0123456789abcdef";
  out += byte ? "\\x" : "\\u{";
  int shift = byte ? 4 : 28;
  while (!byte && shift > 0 && code >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out += digits[code >> shift & 15];
  if (!byte) out += '}';
}

/// The characters that YAML 1.1 allows in a file (section 5.1).
constexpr bool printable(std::uint32_t code) {
  return code == '\t' || code == '\n' || (code >= 0x20 && code <= 0x7e) || code == 0x85 ||
         (code >= 0xa0 && code < 0xd800) || (code >= 0xe000 && code <= 0xfffd && code != 0xfeff) ||
         code >= 0x10000;
}

}  // namespace ansatz::utf8
