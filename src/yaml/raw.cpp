#include "raw.hpp"
#include "../dsl/utf8.hpp"

#include <algorithm>
#include <cctype>

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

void keep_empty_lines(std::string& value, std::string_view inside) {
  const auto newlines = std::count(inside.begin(), inside.end(), '\n');
  if (newlines > 1 && std::all_of(inside.begin(), inside.end(), blank))
    value.assign(static_cast<std::size_t>(newlines - 1), '\n');
}

std::optional<Item> item_above(std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  std::size_t line = at - column(text, at);
  const std::size_t word = text.find_first_not_of(' ', line) - line;
  while (line > 0) {
    line = line - 1 - column(text, line - 1);
    const std::size_t end = line_end(text, line);
    std::size_t i = std::min(text.find_first_not_of(' ', line), end);
    if (i == end || i - line >= word) continue;
    Item item;
    while (i + 1 < end && (text[i] == '-' || text[i] == '?') && text[i + 1] == ' ') {
      item.column = i - line;
      i = item.content = std::min(text.find_first_not_of(' ', i + 1), end);
    }
    const std::size_t block = content(text, i);
    if (item.content == 0 || block == i || block >= text.size() ||
        (text[block] != '|' && text[block] != '>'))
      return std::nullopt;
    return item;
  }
  return std::nullopt;
}

std::vector<std::size_t> blanks_for_lines(std::string_view text, std::size_t scalar, std::size_t at,
                                          std::optional<std::size_t> outer) {
  const std::size_t begin = content(text, scalar);
  const std::size_t first = outer ? *outer + 1 : 0;  // the least column of a further line
  if (begin == scalar || begin >= at || at >= text.size() || text[begin] == '"' ||
      text[begin] == '\'')
    return {};
  const auto ends_document = [&](std::size_t i) {
    return (text.substr(i, 3) == "---" || text.substr(i, 3) == "...") &&
           (i + 3 >= text.size() || blank(text[i + 3]));
  };
  std::size_t line = at - column(text, at);
  const std::size_t at_word = text.find_first_not_of(' ', line) - line;
  if (at_word < first || at_word > column(text, scalar) || line <= begin || ends_document(line))
    return {};
  // Lines of a block all move, also those above the one at fault.
  if (text[begin] == '|' || text[begin] == '>') line = line_end(text, begin) + 1;
  std::vector<std::size_t> places;
  const std::size_t blanks = column(text, scalar) + 1 - first;
  for (; line < text.size(); line = line_end(text, line) + 1) {
    const std::size_t word = std::min(text.find_first_not_of(' ', line), text.size());
    if (word >= text.size() || text[word] == '\n') continue;
    if (word - line < first || ends_document(line)) break;
    places.insert(places.end(), blanks, line);
  }
  return places;
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

std::optional<LastKey> key_without_value(std::string_view text, std::size_t at) {
  const auto blank = [&](std::size_t i) {
    return std::isspace(static_cast<unsigned char>(text[i])) != 0;
  };
  std::size_t end = at;
  const bool quoted = at < text.size() && (text[at] == '"' || text[at] == '\'');
  if (quoted) {
    end = quotes_end(text, at).value_or(at);
    if (text.substr(at, end - at).find('\n') != std::string_view::npos) return {};
  } else {
    for (std::size_t i = at; i < text.size(); ++i) {
      if (std::string_view(",[]{}").find(text[i]) != std::string_view::npos) break;
      if (text[i] == '#' && i > at && blank(i - 1)) break;
      if (text[i] == ':' && (i + 1 == text.size() || blank(i + 1))) return {};
      if (!blank(i)) end = i + 1;
    }
  }
  if (end == at) return {};
  std::size_t next = end;
  bool more_lines = false;
  for (; next < text.size() && (text[next] == '#' || blank(next)); ++next) {
    if (text[next] == '#') next = line_end(text, next);
    more_lines = more_lines || next >= text.size() || text[next] == '\n';
  }
  if (next >= text.size() || (text[next] != ',' && text[next] != '}')) return {};
  LastKey key{at, end, std::string(text.substr(at, end - at))};
  if (quoted) return more_lines ? std::optional(key) : std::nullopt;
  // The lines of a word are one, as each line's end is a blank; an empty one would be a line's end.
  std::string folded;
  for (std::size_t i = 0; i < key.word.size(); ++i) {
    if (key.word[i] != '\n') {
      folded += key.word[i];
      continue;
    }
    more_lines = true;
    while (!folded.empty() && (folded.back() == ' ' || folded.back() == '\t')) folded.pop_back();
    folded += ' ';
    while (blank(at + i + 1)) {
      if (key.word[i + 1] == '\n') return {};
      ++i;
    }
  }
  key.word = std::move(folded);
  return more_lines ? std::optional(key) : std::nullopt;
}

}  // namespace ansatz::yaml::raw
