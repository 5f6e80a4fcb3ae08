#include <ansatz/base/shown.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

/// A character of UTF-8 and its length; length 0: the byte there begins none.
struct Character {
  char32_t code = 0;
  std::size_t length = 0;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return {};
  char32_t code = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(at + i) & 0x3fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[length] || code > 0x10ffff || surrogate) return {};
  return {code, length};
}

bool is_shown(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool separates_lines = c == 0x2028 || c == 0x2029;
  const bool directs = c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
                       (c >= 0x2066 && c <= 0x2069);
  return !control && !separates_lines && !directs;
}

void append(std::string& out, std::string_view text, std::size_t at, Character c) {
  if (c.length == 0)
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
  else if (is_shown(c.code))
    out += text.substr(at, c.length);
  else
    out += c.code < 0x80 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c.code))
                         : fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c.code));
}

std::size_t step(Character c) { return c.length == 0 ? 1 : c.length; }

}  // namespace

bool is_plain(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.length == 0 || (c.code != '\t' && !is_shown(c.code))) return false;
    at += c.length;
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
