#include <ansatz/files/csv.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/byte_source.hpp>
#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <locale.h>
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace ansatz {

namespace {

constexpr std::int64_t most_bytes = std::int64_t{1} << 32;

using Field = CsvField;

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_mark(std::string_view text, const std::string& path) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    throw FileError(fmt::format("{}: is text in UTF-16; save it in UTF-8", path));
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // some editors write it
  return text;
}

// Whether a number that no double holds is too small for one, not too large.
bool underflows(const std::string& text) {
  static const locale_t c = ::newlocale(LC_ALL_MASK, "C", nullptr);
  return std::abs(::strtod_l(text.c_str(), nullptr, c)) < 1;
}

struct Reader {
  const std::string& path;
  const CsvOptions& options;
  std::size_t line = 0;

  // A blank that a line may have anywhere: the separator is none.
  bool skipped(char c) const { return blank(c) && c != options.separator; }

  // Takes the next line that is not empty from `rest`; empty when there is none. A line ends as it
  // does anywhere: \n, \r\n, or \r alone.
  std::string_view next_line(std::string_view& rest) {
    while (!rest.empty()) {
      std::string_view text = rest.substr(0, rest.find('\n'));
      text = text.substr(0, text.find('\r'));
      const bool two = rest.substr(text.size()).starts_with("\r\n");
      rest.remove_prefix(std::min(rest.size(), text.size() + (two ? 2 : 1)));
      ++line;
      while (!text.empty() && skipped(text.back())) text.remove_suffix(1);
      if (!text.empty()) return text;
    }
    return {};
  }

  bool is_comment(std::string_view text) const {
    if (!options.comment) return false;
    while (!text.empty() && skipped(text.front())) text.remove_prefix(1);
    return text.starts_with(options.comment);
  }

  FileError error(std::size_t column, const std::string& what) const {
    return FileError(fmt::format("{}:{}:{}: {}", path, line, column, what));
  }

  std::vector<Field> split(std::string_view text) const {
    std::vector<Field> fields;
    split(text, fields, [](std::string_view&) { return false; });
    return fields;
  }
  // Into `fields`, whose memory is used again.
  // @param more  lengthens a line that ends within quotes; false where it cannot
  template <class More>
  void split(std::string_view text, std::vector<Field>& fields, const More& more) const {
    std::size_t count = 0;
    const bool by_blanks = options.separator == any_blanks;
    const auto skip_blanks = [&](std::size_t i) {
      while (i < text.size() && skipped(text[i])) ++i;
      return i;
    };
    const auto comment = [&](std::size_t i) {
      return options.comment && text[i] == options.comment;
    };
    for (std::size_t i = skip_blanks(0);;) {
      if (count == fields.size()) fields.emplace_back();
      Field& field = fields[count++];
      field.text.clear();
      field.column = i + 1;
      if (i < text.size() && text[i] == '"') {
        for (++i;; ++i) {
          if (i >= text.size() && !more(text))
            throw error(field.column, "a quoted field does not end in this line");
          if (text[i] != '"') {
            field.text += text[i];
          } else if (i + 1 < text.size() && text[i + 1] == '"') {
            field.text += text[++i];
          } else {
            break;
          }
        }
        const std::size_t after = skip_blanks(i + 1);
        if (after < text.size() && text[after] != options.separator && !comment(after) &&
            !(by_blanks && after > i + 1))
          throw error(i + 2, fmt::format("{} after the closing quote of a field",
                                         in_quotes(text.substr(i + 1, 1))));
        i = after;
      } else {
        const std::size_t first = i;
        while (i < text.size() && !comment(i) &&
               (by_blanks ? !blank(text[i]) : text[i] != options.separator))
          ++i;
        std::size_t last = i;
        while (last > first && skipped(text[last - 1])) --last;
        field.text.assign(text, first, last - first);
        if (by_blanks) i = skip_blanks(i);
      }
      if (i >= text.size() || comment(i)) break;
      if (!by_blanks) i = skip_blanks(i + 1);
    }
    fields.resize(count);
  }

  // Gives the number, or else what is wrong with it.
  std::errc parse(const Field& field, double& value) const {
    value = std::numeric_limits<double>::quiet_NaN();
    if (!options.missing.empty() && field.text == options.missing) return {};
    const char *begin = field.text.data(), *end = begin + field.text.size();
    // from_chars knows no plus sign; without this test it would take one in "+-1".
    const bool plus = field.text.size() > 1 && *begin == '+' && begin[1] != '-';
    const auto [rest, code] = std::from_chars(begin + plus, end, value);
    if (code == std::errc::result_out_of_range && rest == end && underflows(field.text)) {
      value = *begin == '-' ? -0. : 0.;
      return {};
    }
    return code != std::errc::invalid_argument && rest != end ? std::errc::invalid_argument : code;
  }

  double number(const Field& field, bool first_line) const {
    double value = 0;
    const std::errc code = parse(field, value);
    if (code == std::errc::result_out_of_range)
      throw error(field.column,
                  fmt::format("{} lies outside the range of a double", in_quotes(field.text)));
    if (code != std::errc{})
      throw error(
          field.column,
          fmt::format(
              "{} is not a number{}", field.text.empty() ? "an empty field" : in_quotes(field.text),
              first_line ? "; if the first line holds names, set " + options.header_key : ""));
    return value;
  }

  // Words, not numbers, and nothing that is like one: 1_0 or 0x1 is a mistake.
  bool are_names(const std::vector<Field>& fields) const {
    return std::ranges::all_of(fields, [&](const Field& field) {
      double value = 0;
      return !field.text.empty() && parse(field, value) == std::errc::invalid_argument &&
             std::string_view("0123456789+-.").find(field.text[0]) == std::string_view::npos;
    });
  }

  std::int32_t label(const Field& field, CsvTable& table) const {
    const auto found = std::find(table.classes.begin(), table.classes.end(), field.text);
    const auto label = static_cast<std::int32_t>(found - table.classes.begin());
    if (found != table.classes.end()) return label;
    if (field.text.empty()) throw error(field.column, "the class is missing");
    if (!options.classes.empty()) {
      const std::vector<std::string_view> known(options.classes.begin(), options.classes.end());
      throw error(field.column, fmt::format("class {} is unknown{}", in_quotes(field.text),
                                            allowed_names(field.text, known)));
    }
    table.classes.push_back(field.text);
    return label;
  }
};

// Whether names with blanks in them look like several.
bool blank_separates(const CsvOptions& options) {
  return options.separator == any_blanks || options.separator == ' ';
}

// The field that holds the class, or the number of fields when none does.
std::size_t class_index(const Reader& reader, std::size_t fields) {
  const int wanted = reader.options.class_field;
  if (wanted == no_class) return fields;
  if (wanted == last_field) return fields - 1;
  if (wanted >= 0 && static_cast<std::size_t>(wanted) < fields)
    return static_cast<std::size_t>(wanted);
  throw reader.error(1, fmt::format("class_field {}, but the line has {} fields: 0 to {}, or "
                                    "last_field",
                                    wanted, fields, fields - 1));
}

}  // namespace

CsvTable read_csv(const std::string& path, const CsvOptions& options) {
  data::ByteSource source(path);
  const std::string text = data::read_all(source, most_bytes);
  std::string_view rest = without_mark(text, path);

  Reader reader{path, options};
  CsvTable table;
  table.classes = options.classes;
  std::size_t fields = 0, class_at = 0, first_line = 0;
  bool header = options.header, commented = false;
  std::vector<Field> names;
  std::size_t names_line = 0;
  for (std::string_view line; !(line = reader.next_line(rest)).empty();) {
    if (reader.is_comment(line)) {
      // numpy.savetxt writes the names as a comment.
      commented = commented || std::exchange(header, false);
      continue;
    }
    if (std::exchange(header, false)) {
      // Not cut at what would be a comment: "# of rooms" is a name, too.
      CsvOptions whole = options;
      whole.comment = 0;
      Reader of_names{path, whole, reader.line};
      names = of_names.split(line);
      names_line = reader.line;
      continue;
    }
    const std::vector<Field> found = reader.split(line);
    if (std::exchange(commented, false) && reader.are_names(found)) {
      names = found;
      names_line = reader.line;
      continue;
    }
    if (!first_line) {
      first_line = reader.line;
      fields = found.size();
      class_at = class_index(reader, fields);
      table.columns = static_cast<int>(fields - (class_at < fields));
      // Where blanks separate, names that have some cannot be told apart.
      if (names_line && names.size() != fields && !blank_separates(options))
        throw reader.error(
            found.size() > names.size() ? found[names.size()].column : line.size() + 1,
            fmt::format("{} fields, where line {} has {}", fields, names_line, names.size()));
    } else if (found.size() != fields) {
      throw reader.error(
          found.size() > fields ? found[fields].column : line.size() + 1,
          fmt::format("{} fields, where line {} has {}", found.size(), first_line, fields));
    }
    for (std::size_t i = 0; i < fields; ++i) {
      if (i == class_at) {
        table.labels.push_back(reader.label(found[i], table));
      } else {
        table.values.push_back(reader.number(found[i], table.rows == 0 && !options.header));
      }
    }
    table.lines.push_back(static_cast<std::int64_t>(reader.line));
    if (++table.rows == std::numeric_limits<int>::max()) throw reader.error(1, "too many lines");
  }
  if (!first_line && names_line) {
    fields = names.size();
    class_at = class_index(reader, fields);
    table.columns = static_cast<int>(fields - (class_at < fields));
  }
  if (names.size() == fields)
    for (std::size_t i = 0; i < fields; ++i)
      if (i != class_at) table.names.push_back(names[i].text);
  return table;
}

CsvFirstLine read_csv_first_line(const std::string& path, const CsvOptions& options) {
  data::ByteSource source(path);
  Reader reader{path, options};
  std::string text;
  std::string_view line;
  bool commented = false;
  // Until a line that is not empty has its end.
  for (bool complete = false; !complete && std::ssize(text) < most_bytes;) {
    // Twice as much each time, so that a long line is not looked at again and again.
    const std::size_t before = text.size(), part = std::max<std::size_t>(before, 1 << 16);
    text.resize(before + part);
    text.resize(before + source.read(reinterpret_cast<std::uint8_t*>(&text[before]), part));
    std::string_view rest = without_mark(text, path);
    reader.line = 0;
    commented = false;
    while (reader.is_comment(line = reader.next_line(rest))) commented = true;
    complete = text.size() < before + part || (!line.empty() && !rest.empty());
  }
  if (line.empty()) return {};
  const std::vector<Field> fields = reader.split(line);
  CsvFirstLine first{static_cast<int>(fields.size()),
                     !commented && std::ranges::all_of(fields, [&](const Field& field) {
                       double value = 0;
                       return reader.parse(field, value) != std::errc::invalid_argument;
                     })};
  for (const Field& field : fields) first.texts.push_back(field.text);
  return first;
}

// ---------------------------------------------------------------------------- lines of texts

struct CsvLines::State {
  State(const std::string& file, const CsvOptions& how)
      : path(file), options(how), reader{path, options} {
    data::ByteSource source(path);
    text = data::read_all(source, most_bytes);
    rest = without_mark(text, path);
  }

  std::string path;
  CsvOptions options;
  std::string text;
  std::string_view rest;
  Reader reader;
  std::vector<Field> fields;
  std::size_t begun = 0;  // the line whose fields these are
};

CsvLines::CsvLines(const std::string& path, const CsvOptions& options)
    : state_(std::make_unique<State>(path, options)) {}
CsvLines::~CsvLines() = default;

std::string_view CsvLines::first_line() const {
  Reader reader{state_->path, state_->options};
  std::string_view rest = without_mark(state_->text, state_->path), line;
  while (reader.is_comment(line = reader.next_line(rest))) continue;
  return line;
}
void CsvLines::separator(char c) { state_->options.separator = c; }

bool CsvLines::next() {
  State& s = *state_;
  std::string_view line;
  do {
    line = s.reader.next_line(s.rest);
    if (line.empty()) return false;
  } while (s.reader.is_comment(line));
  s.begun = s.reader.line;
  std::size_t further = 0;  // lines that quotes go over
  const char* const end = s.text.data() + s.text.size();
  // Up to the end of the next line: what was cut off, a line end and blanks, belongs to the field.
  const auto more = [&](std::string_view& text) {
    const char* const behind = text.data() + text.size();
    if (behind == end) return false;
    // All that is left of a line, or where that is nothing, its end and the next one.
    std::size_t size = 0;
    const std::string_view left(behind, static_cast<std::size_t>(end - behind));
    while (size < left.size() && left[size] != '\n' && left[size] != '\r') ++size;
    if (size == 0) {
      size = left.starts_with("\r\n") ? 2 : 1;
      ++further;
      while (size < left.size() && left[size] != '\n' && left[size] != '\r') ++size;
    }
    text = {text.data(), text.size() + size};
    // What comes behind this line: its end was not taken yet.
    s.rest = left.substr(size);
    if (s.rest.starts_with("\r\n"))
      s.rest.remove_prefix(2);
    else if (!s.rest.empty())
      s.rest.remove_prefix(1);
    return true;
  };
  s.reader.split(line, s.fields, more);
  s.reader.line += further;
  return true;
}

std::span<const CsvField> CsvLines::fields() const { return state_->fields; }
std::int64_t CsvLines::line() const { return static_cast<std::int64_t>(state_->begun); }
void CsvLines::rewind() {
  state_->rest = without_mark(state_->text, state_->path);
  state_->reader.line = state_->begun = 0;
}
FileError CsvLines::error(std::size_t column, const std::string& what) const {
  return FileError(fmt::format("{}:{}:{}: {}", state_->path, state_->begun, column, what));
}

bool csv_value(std::string_view text, double& value) {
  static const CsvOptions options;
  static const std::string none;
  // Most fields begin like numbers or cannot be any.
  if (text.empty()) return false;
  const char* const end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data(), end, value);
  if (code == std::errc{} && rest == end) return true;
  return Reader{none, options}.parse({std::string(text), 1}, value) == std::errc{};
}

}  // namespace ansatz
