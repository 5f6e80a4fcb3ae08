#include <ansatz/base/shown.hpp>

#include "../dsl/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

using utf8::Character;

Character character_at(std::string_view text, std::size_t at) {
  return utf8::decode(text.substr(at));
}

std::size_t step(Character c) { return c.bytes == 0 ? 1 : static_cast<std::size_t>(c.bytes); }

}  // namespace

bool is_plain(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.bytes == 0 || (c.code != '\t' && !utf8::is_shown(c.code))) return false;
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
      utf8::append_shown(out, text.substr(at));
    at += step(c);
  }
  return out;
}

std::string printable_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const Character c = character_at(name, at);
    utf8::append_shown(out, name.substr(at));
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
      head = utf8::boundary(word, head);
      while (utf8::continuation(word[tail])) ++tail;
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
      utf8::append_shown(word, text.substr(at));
    }
    at += step(c);
  }
  end_word();
  return out;
}

}  // namespace ansatz
