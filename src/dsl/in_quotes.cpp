#include <dsl/in_quotes.hpp>

#include "utf8.hpp"

namespace ansatz {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text[0] == '\n')
      out += "\\n";
    else if (text[0] == '\t')
      out += "\\t";
    else
      utf8::append_shown(out, text);
    text.remove_prefix(utf8::step(text));
  }
  return out;
}

}  // namespace

std::string in_quotes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return "'" + escaped(text) + "'";
  const std::string_view head = text.substr(0, utf8::boundary(text, most / 2));
  const std::string_view tail = text.substr(utf8::boundary(text, text.size() - most / 3));
  return "'" + escaped(head) + "..." + escaped(tail) + "' (" + std::to_string(utf8::length(text)) +
         " characters)";
}

std::string path_in_quotes(std::string_view path) { return in_quotes(path, path.size()); }

}  // namespace ansatz
