// Characters in UTF-8.
#pragma once

#include <cstdint>
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

/// The characters that YAML 1.1 allows in a file (section 5.1).
constexpr bool printable(std::uint32_t code) {
  return code == '\t' || code == '\n' || (code >= 0x20 && code <= 0x7e) || code == 0x85 ||
         (code >= 0xa0 && code < 0xd800) || (code >= 0xe000 && code <= 0xfffd && code != 0xfeff) ||
         code >= 0x10000;
}

}  // namespace ansatz::utf8
