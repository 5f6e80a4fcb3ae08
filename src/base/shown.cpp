#include <ansatz/base/shown.hpp>

#include "utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

using utf8::Character;

Character character_at(std::string_view text, std::size_t at) {
  return utf8::decode(text.substr(at));
}

bool is_shown(std::uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool separates_lines = c == 0x2028 || c == 0x2029;
  const bool directs = c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
                       (c >= 0x2066 && c <= 0x2069);
  return !control && !separates_lines && !directs;
}

void append(std::string& out, std::string_view text, std::size_t at, Character c) {
  if (c.bytes == 0)
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
  else if (is_shown(c.code))
    out += text.substr(at, static_cast<std::size_t>(c.bytes));
  else
    out += c.code < 0x80 ? fmt::format("\\x{:02x}", c.code) : fmt::format("\\u{{{:x}}}", c.code);
}

std::size_t step(Character c) { return c.bytes == 0 ? 1 : static_cast<std::size_t>(c.bytes); }

}  // namespace

bool is_plain(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.bytes == 0 || (c.code != '\t' && !is_shown(c.code))) return false;
    at += step(c);
  }
  return true;
}

bool is_printable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (!is_plain(text.substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.code == '\n' || c.code == '\t')
      out += static_cast<char>(c.code);
    else
      append(out, text, at, c);
    at += step(c);
  }
  return out;
}

std::string printable_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const Character c = character_at(name, at);
    append(out, name, at, c);
    at += step(c);
  }
  return out;
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 1000;
  std::string out, word;
  const auto end_word = [&] {
    if (word.size() <= longest) {
      out += word;
    } else {
      // Between whole characters.
      std::size_t head = longest / 2, tail = word.size() - longest / 4;
      while ((static_cast<unsigned char>(word[head]) & 0xc0) == 0x80) --head;
      while ((static_cast<unsigned char>(word[tail]) & 0xc0) == 0x80) ++tail;
      out += fmt::format("{}... ({} bytes) ...{}", word.substr(0, head), word.size(),
                         word.substr(tail));
    }
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.code == ' ' || c.code == '\n' || c.code == '\t') {
      end_word();
      out += static_cast<char>(c.code);
    } else {
      append(word, text, at, c);
    }
    at += step(c);
  }
  end_word();
  return out;
}

}  // namespace ansatz
