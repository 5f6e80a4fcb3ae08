#include <ansatz/data/columns/text_table.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include "../../dsl/utf8.hpp"
#include "statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ansatz {

namespace {

constexpr std::pair<std::string_view, char> separators[] = {
    {"comma", ','}, {"tab", '\t'}, {"semicolon", ';'}, {"bar", '|'}, {"blanks", any_blanks}};

// That of which the first line has most, outside of quotes; of equal ones, the one that stands in
// numbers and texts less often.
std::string_view found_in(std::string_view line) {
  constexpr std::string_view names[] = {"tab", "semicolon", "bar", "comma"};
  constexpr std::string_view chars = "\t;|,";
  std::array<int, 4> counts{};
  bool quoted = false, blank = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    blank = blank || c == ' ';
    if (const std::size_t at = chars.find(c); at != chars.npos) ++counts[at];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  if (*most > 0) return names[most - counts.begin()];
  return blank ? "blanks" : "comma";
}

char separator_of(const std::string& name) {
  for (const auto& [known, c] : separators)
    if (known == name) return c;
  if (name == "blank") return any_blanks;
  return name[0];
}

bool is_utf8(std::string_view text) { return utf8::first_fault(text) == text.size(); }

bool digits_only(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

bool is_month(std::string_view word) {
  constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
  std::string lower(word.substr(0, 3));
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  return word.size() >= 3 && word.size() <= 9 &&
         std::find(std::begin(months), std::end(months), lower) != std::end(months);
}

// 1,5 or 1,000,000.
bool has_decimal_comma(std::string_view text) {
  return text.find(',') != text.npos && text.find_first_of("0123456789") != text.npos &&
         text.find_first_not_of("0123456789,+-") == text.npos;
}

// 12:30, 12:30:05.25, with Z or an offset behind it.
bool is_time(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon > 2 || !digits_only(text.substr(0, colon))) return false;
  const std::string_view rest = text.substr(colon + 1);
  return rest.size() >= 2 && digits_only(rest.substr(0, 2)) &&
         rest.find_first_not_of("0123456789:.+-ZAPMapm ") == rest.npos;
}

}  // namespace

bool is_date(std::string_view text) {
  if (text.size() < 4 || text.size() > 40) return false;
  if (is_time(text)) return true;
  // Up to three parts with one separator between them.
  std::array<std::string_view, 3> parts;
  std::size_t at = 0, count = 0;
  char between = 0;
  while (count < 3) {
    const std::size_t end = std::min(text.find_first_of("-/., T", at), text.size());
    parts[count++] = text.substr(at, end - at);
    if (end == text.size() || count == 3) {
      at = end;
      break;
    }
    if (text[end] == 'T' ||
        (between && text[end] != between && text[end] != ',' && text[end] != ' '))
      return false;
    between = text[end];
    at = end + 1;
    while (at < text.size() && text[at] == ' ') ++at;
  }
  if (count < 3) return false;
  int months = 0;
  std::size_t year = 0;
  for (const std::string_view part : parts) {
    if (is_month(part) && std::exchange(months, 1) == 0) continue;
    if (!digits_only(part) || part.size() > 4 || part.size() == 3) return false;
    if (part.size() == 4) ++year;
  }
  if (year > 1 || (between == ' ' && months == 0)) return false;
  // 1.2.3 is a version as well as a date; a year or two figures make it a date.
  if (year == 0 && (parts[2].size() != 2 || between == '.')) return false;
  std::string_view rest = text.substr(at);
  while (rest.starts_with(' ') || rest.starts_with('T') || rest.starts_with(','))
    rest.remove_prefix(1);
  return rest.empty() || is_time(rest);
}

void check(const TableFormat& format) {
  std::vector<std::string_view> known{"auto"};
  for (const auto& each : separators) known.push_back(each.first);
  const bool named = format.separator == "blank" ||
                     std::find(known.begin(), known.end(), format.separator) != known.end();
  if (!named && format.separator.size() != 1)
    throw NameError(fmt::format("separator {} is unknown{}, or one character",
                                in_quotes(format.separator),
                                allowed_names(format.separator, known)));
  constexpr std::string_view no_separators = "0123456789+-.eE\"\r\n";
  if (!named && no_separators.find(format.separator[0]) != no_separators.npos)
    throw ValueError(
        fmt::format("separator {}: a character that numbers and quotes are not "
                    "written with",
                    in_quotes(format.separator)));
  if (format.comment.size() > 1 || format.comment == "\"")
    throw ValueError(fmt::format("comment {}: one character is needed", in_quotes(format.comment)));
}

// ---------------------------------------------------------------------------- TextTable

namespace {

CsvOptions options_of(const TableFormat& format) {
  check(format);
  CsvOptions options;
  if (!format.comment.empty()) options.comment = format.comment[0];
  return options;
}

// Of texts that are all numbers, 1 and 1.0 are one, called as it stands there first.
void join_equal_numbers(ColumnValues& column) {
  std::vector<std::string> keys;
  for (const std::string& text : column.texts) {
    keys.push_back(statistics::number_key(text));
    if (keys.back().empty()) return;
  }
  std::unordered_map<std::string, std::int32_t> places;
  std::vector<std::int32_t> place_of;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    const auto [at, is_new] =
        places.emplace(std::move(keys[i]), static_cast<std::int32_t>(texts.size()));
    if (is_new) texts.push_back(std::move(column.texts[i]));
    place_of.push_back(at->second);
  }
  column.texts = std::move(texts);
  for (std::int32_t& code : column.codes)
    if (code >= 0) code = place_of[static_cast<std::size_t>(code)];
}

// Names of the first line.
std::vector<std::string> names_in(const CsvLines& lines) {
  std::vector<std::string> names;
  for (const CsvField& field : lines.fields()) names.push_back(field.text);
  return names;
}

}  // namespace

TextTable::TextTable(const std::string& path, const TableFormat& format)
    : path_(path), missing_(format.missing), lines_(path, options_of(format)) {
  separator_ = format.separator;
  if (separator_ == "auto") separator_ = found_in(lines_.first_line());
  lines_.separator(separator_of(separator_));
  for (const auto& [name, c] : separators)
    if (c == separator_of(separator_)) separator_ = name;
  if (!lines_.next()) throw FileError(fmt::format("{}: there is no line in it", path));
  first_line_ = lines_.line();
  fields_ = lines_.fields().size();
  const std::vector<std::string> first = names_in(lines_);
  const auto in_first = [&](const std::string& name) {
    return std::find(first.begin(), first.end(), name) != first.end();
  };
  const auto dispensable = [&](const std::string& name) {
    return std::find(format.dispensable.begin(), format.dispensable.end(), name) !=
           format.dispensable.end();
  };
  header_ = format.header.value_or(
      format.names.empty() ||
      std::all_of(format.names.begin(), format.names.end(),
                  [&](const std::string& name) { return in_first(name) || dispensable(name); }));
  if (!header_ && format.names.empty()) {
    for (std::size_t i = 0; i < fields_; ++i) names_.push_back(fmt::format("column_{}", i + 1));
  } else if (format.names.empty() || (header_ && !format.header)) {
    names_ = first;
    double value = 0;
    for (std::size_t i = 0; i < fields_; ++i)
      if (!format.header && csv_value(names_[i], value))
        throw lines_.error(
            lines_.fields()[i].column,
            fmt::format("{} is a number, where the first line should hold the names of the "
                        "columns; of a file without names, {}",
                        in_quotes(names_[i]), format.without_names));
  } else {
    names_ = format.names;
    if (names_.size() != fields_) std::erase_if(names_, dispensable);
    if (names_.size() != fields_)
      throw lines_.error(1, fmt::format("{} field{}, where there are {} names", fields_,
                                        fields_ == 1 ? "" : "s", format.names.size()));
  }
  for (std::size_t i = 0; i < fields_; ++i) {
    // The first column of what pandas writes.
    if (names_[i].empty()) names_[i] = fmt::format("column_{}", i + 1);
    if (!is_utf8(names_[i]))
      throw lines_.error(1, "the names are not in UTF-8; save the file in UTF-8");
    if (!places_.emplace(names_[i], i).second)
      throw FileError(said(fmt::format("two columns are named {}", in_quotes(names_[i]))));
  }
}

std::string TextTable::said(const std::string& what) const {
  return header_ ? fmt::format("{}:{}: {}", path_, first_line_, what)
                 : fmt::format("{}: {}", path_, what);
}

bool TextTable::has(const std::string& name) const { return places_.contains(name); }
std::size_t TextTable::require(const std::string& name) const {
  if (const auto found = places_.find(name); found != places_.end()) return found->second;
  const std::vector<std::string_view> known(names_.begin(), names_.end());
  throw NameError(
      said(fmt::format("there is no column {}{}", in_quotes(name), allowed_names(name, known))));
}

bool TextTable::is_missing(const std::string& text) const {
  return text.empty() || std::find(missing_.begin(), missing_.end(), text) != missing_.end();
}

template <class Use>
void TextTable::each_row(const Use& use) {
  lines_.rewind();
  line_of_row_.clear();
  bool header = header_;
  while (lines_.next()) {
    if (std::exchange(header, false)) continue;
    const auto fields = lines_.fields();
    if (fields.size() != fields_)
      throw lines_.error(fields.size() > fields_ ? fields[fields_].column : 1,
                         fmt::format("{} field{}, where line {} has {}", fields.size(),
                                     fields.size() == 1 ? "" : "s", first_line_, fields_));
    line_of_row_.push_back(lines_.line());
    use(fields);
  }
  if (std::ssize(line_of_row_) > std::numeric_limits<std::int32_t>::max())
    throw FileError(fmt::format("{}: too many lines", path_));
}

std::vector<ColumnFacts> TextTable::look() {
  std::vector<ColumnFacts> all(fields_);
  for (std::size_t i = 0; i < fields_; ++i) all[i].name = names_[i];
  each_row([&](std::span<const CsvField> fields) {
    for (std::size_t i = 0; i < fields_; ++i) {
      const std::string& text = fields[i].text;
      ColumnFacts& facts = all[i];
      double value = 0;
      if (is_missing(text)) {
        ++facts.missing;
      } else if (csv_value(text, value)) {
        if (facts.numbers++ == 0) {
          facts.number = text;
          facts.number_line = lines_.line();
        }
        facts.whole = facts.whole && value == std::floor(value);
      } else if (is_date(text)) {
        if (facts.dates++ == 0) {
          facts.date = text;
          facts.date_line = lines_.line();
        }
      } else {
        facts.commas += has_decimal_comma(text);
        if (facts.texts++ == 0) {
          facts.text = text;
          facts.text_line = lines_.line();
        }
      }
    }
  });
  return all;
}

namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

}  // namespace

std::vector<ColumnValues> TextTable::read(const std::vector<WantedColumn>& wanted) {
  std::vector<ColumnValues> columns;
  std::vector<std::size_t> places;
  std::vector<std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>> known(
      wanted.size());
  for (const WantedColumn& each : wanted) {
    places.push_back(require(each.name));
    columns.push_back({each.name, each.is_text, {}, {}, {}});
  }
  const auto text_at = [&](std::size_t k, const CsvField& field) -> std::int32_t {
    if (is_missing(field.text)) return -1;
    const auto found = known[k].find(std::string_view(field.text));
    if (found != known[k].end()) return found->second;
    if (!is_utf8(field.text))
      throw lines_.error(field.column, fmt::format("column {}: the text is not in UTF-8; save the "
                                                   "file in UTF-8",
                                                   in_quotes(columns[k].name)));
    const auto code = static_cast<std::int32_t>(columns[k].texts.size());
    columns[k].texts.push_back(field.text);
    known[k].emplace(field.text, code);
    return code;
  };
  const auto number_at = [&](std::size_t k, const CsvField& field) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (is_missing(field.text)) return value;
    if (!csv_value(field.text, value)) {
      const bool comma = has_decimal_comma(field.text);
      throw lines_.error(
          field.column,
          fmt::format("column {}: {} is not a number{}", in_quotes(columns[k].name),
                      in_quotes(field.text),
                      comma ? "; decimals are written with a point"
                            : fmt::format("; if it stands for a missing value, say missing: {}",
                                          in_quotes(field.text))));
    }
    if (!std::isfinite(value))
      throw lines_.error(field.column,
                         fmt::format("column {}: {} is not finite", in_quotes(columns[k].name),
                                     in_quotes(field.text)));
    return value;
  };
  each_row([&](std::span<const CsvField> fields) {
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (columns[k].is_text)
        columns[k].codes.push_back(text_at(k, fields[places[k]]));
      else
        columns[k].numbers.push_back(number_at(k, fields[places[k]]));
    }
  });
  for (ColumnValues& each : columns) join_equal_numbers(each);
  return columns;
}

}  // namespace ansatz
