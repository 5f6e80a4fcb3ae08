#include "raw.hpp"

#include "utf8.hpp"

#include <algorithm>

namespace ansatz::yaml::raw {

namespace {

bool blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

std::size_t line_end(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

// The first byte that is neither blank nor in a comment.
std::size_t skip_blanks(std::string_view text, std::size_t at) {
  for (;; ++at) {
    while (at < text.size() && blank(text[at])) ++at;
    if (at >= text.size() || text[at] != '#' || (at > 0 && !blank(text[at - 1]))) return at;
    at = line_end(text, at);
    if (at >= text.size()) return at;
  }
}

}  // namespace

std::size_t column(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return before == std::string_view::npos ? at : at - before - 1;
}

std::size_t content(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    while (at < text.size() && !blank(text[at])) ++at;
    at = skip_blanks(text, at);
  }
  return at;
}

bool quotes_at(std::string_view text, std::size_t at) {
  at = content(text, at);
  return at < text.size() && std::string_view("\"'|>").find(text[at]) != std::string_view::npos;
}

std::optional<std::size_t> quotes_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  while (++at < text.size()) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

bool has_colon(std::string_view text, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t')) --before;
  if (before > 0 && before < at && text[before - 1] == '?') return true;
  at = content(text, at);
  if (at >= text.size()) return false;
  if (text[at] == '"' || text[at] == '\'') at = quotes_end(text, at).value_or(text.size());
  for (const std::size_t end = line_end(text, at); at < end; ++at) {
    if (text[at] == ':' && (at + 1 >= text.size() || blank(text[at + 1]))) return true;
    if (text[at] == '#' && blank(text[at - 1])) return false;
  }
  return false;
}

std::string with_escapes(const std::string& value) {
  std::string out;
  for (std::size_t i = 0; i < value.size();) {
    const auto bytes =
        static_cast<std::size_t>(utf8::decode(std::string_view(value).substr(i)).bytes);
    if (bytes == 0) out += '\xc2';
    out.append(value, i, std::max<std::size_t>(bytes, 1));
    i += std::max<std::size_t>(bytes, 1);
  }
  return out;
}

void keep_newlines(std::string& value, std::string_view text, std::size_t at,
                   std::optional<std::size_t> indented) {
  const std::size_t header = line_end(text, at);
  const std::string_view signs =
      text.substr(at + 1, text.find_first_not_of("+-0123456789", at + 1) - at - 1);
  // With a digit the first line says nothing of where the block ends.
  if (signs != "+") return;
  std::optional<std::size_t> indent;  // of the first line that is not blank
  std::size_t newlines = 0;
  bool ends_in_newline = false;
  for (std::size_t begin = header + 1; begin < text.size();) {
    const std::size_t end = line_end(text, begin);
    const std::size_t first = std::min(text.find_first_not_of(' ', begin), end);
    const std::size_t spaces = first - begin;
    const bool is_blank = first == end && (!indent || spaces <= *indent);
    if (!is_blank) {
      if (indent ? spaces < *indent : indented && spaces <= *indented) break;
      if (!indent) indent = spaces;
      newlines = 0;
    }
    ends_in_newline = end < text.size();
    newlines += ends_in_newline;
    begin = end + 1;
  }
  while (!value.empty() && value.back() == '\n') value.pop_back();
  value.append(newlines, '\n');
}

std::optional<std::size_t> after_directives(std::string_view text) {
  bool directives = false;
  for (std::size_t begin = 0; begin < text.size(); begin = line_end(text, begin) + 1) {
    const std::string_view line = text.substr(begin, line_end(text, begin) - begin);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    if (line[0] != '%')
      return directives && !line.starts_with("---") ? std::optional(begin) : std::nullopt;
    directives = true;
  }
  return directives ? std::optional(text.size()) : std::nullopt;
}

// A ':' before a bracket or a comma ends a word in PyYAML; yaml-cpp refuses it there. With a blank
// behind it both read the same. Gives the places for blanks behind the colon at `at`, which is in
// so many brackets, and behind all others of its kind up to where the last of them closes.
std::vector<std::size_t> places_for_blanks(std::string_view text, std::size_t at, int brackets) {
  std::vector<std::size_t> places;
  const auto is = [&](std::size_t i, std::string_view any) {
    return i < text.size() && any.find(text[i]) != std::string_view::npos;
  };
  bool begins = false;  // whether a value may begin here: only there quotes are quotes
  for (std::size_t i = at; i < text.size() && brackets > 0; ++i) {
    const char c = text[i];
    if (is(i, " \n\t")) continue;
    const bool apart = i == 0 || is(i - 1, " \n\t");
    if (c == '#' && apart) {
      i = std::min(text.find('\n', i), text.size());
    } else if ((c == '"' || c == '\'') && begins) {
      for (++i; i < text.size() && text[i] != c; ++i)
        if (c == '"' && text[i] == '\\') ++i;
      begins = false;
    } else if (is(i, "[{,")) {
      brackets += c != ',';
      begins = true;
    } else if (is(i, "]}")) {
      --brackets;
      begins = false;
    } else if (c == ':' && is(i + 1, ",[]{}")) {
      // Behind a bracket or quotes yaml-cpp takes it, and so it does with a blank.
      places.push_back(i + 1);
      begins = true;
    } else {
      // "? " and ": " as well as the tags and anchors before a value let it begin behind them.
      begins = ((c == ':' || c == '?') && is(i + 1, " \n\t")) || (begins && is(i, "!&"));
      if (begins && is(i, "!&"))
        while (i + 1 < text.size() && !is(i + 1, " \n\t,[]{}")) ++i;
    }
  }
  return places;
}

}  // namespace ansatz::yaml::raw
