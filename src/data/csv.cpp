#include <ansatz/data/csv.hpp>
#include <ansatz/nearest_name.hpp>
#include <dsl/exceptions.hpp>

#include "byte_source.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace ansatz {

namespace {

constexpr std::int64_t most_bytes = std::int64_t{1} << 32;

struct Field {
  std::string text;
  std::size_t column = 1;  // of its first character in the line, from 1
};

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_mark(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);  // some editors write it
  return text;
}

struct Reader {
  const std::string& path;
  const CsvOptions& options;
  std::size_t line = 0;

  // Takes the next line that is not empty from `rest`; empty when there is none.
  std::string_view next_line(std::string_view& rest) {
    while (!rest.empty()) {
      const std::size_t length = rest.find('\n');
      std::string_view text = rest.substr(0, length);
      rest = length == std::string_view::npos ? std::string_view{} : rest.substr(length + 1);
      ++line;
      while (!text.empty() && (text.back() == '\r' || blank(text.back()))) text.remove_suffix(1);
      if (!std::all_of(text.begin(), text.end(), blank)) return text;
    }
    return {};
  }

  FileError error(std::size_t column, const std::string& what) const {
    return FileError(fmt::format("{}:{}:{}: {}", path, line, column, what));
  }

  std::vector<Field> split(std::string_view text) const {
    std::vector<Field> fields;
    const bool by_blanks = blank(options.separator);
    const auto skip_blanks = [&](std::size_t i) {
      while (i < text.size() && blank(text[i])) ++i;
      return i;
    };
    for (std::size_t i = skip_blanks(0);;) {
      Field field{{}, i + 1};
      if (i < text.size() && text[i] == '"') {
        for (++i;; ++i) {
          if (i >= text.size())
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
        if (after < text.size() && text[after] != options.separator &&
            !(by_blanks && after > i + 1))
          throw error(i + 2, fmt::format("{} after the closing quote of a field",
                                         data::quoted(text.substr(i + 1, 1))));
        i = after;
      } else {
        const std::size_t first = i;
        while (i < text.size() && (by_blanks ? !blank(text[i]) : text[i] != options.separator)) ++i;
        std::size_t last = i;
        while (last > first && blank(text[last - 1])) --last;
        field.text = text.substr(first, last - first);
        if (by_blanks) i = skip_blanks(i);
      }
      fields.push_back(std::move(field));
      if (i >= text.size()) break;
      if (!by_blanks) i = skip_blanks(i + 1);
    }
    return fields;
  }

  // Gives the number, or else what is wrong with it.
  std::errc parse(const Field& field, double& value) const {
    value = std::numeric_limits<double>::quiet_NaN();
    if (!options.missing.empty() && field.text == options.missing) return {};
    const char *begin = field.text.data(), *end = begin + field.text.size();
    // from_chars knows no plus sign; without this test it would take one in "+-1".
    const bool plus = field.text.size() > 1 && *begin == '+' && begin[1] != '-';
    const auto [rest, code] = std::from_chars(begin + plus, end, value);
    return code == std::errc{} && rest != end ? std::errc::invalid_argument : code;
  }

  double number(const Field& field, bool first_line) const {
    double value = 0;
    const std::errc code = parse(field, value);
    if (code == std::errc::result_out_of_range)
      throw error(field.column,
                  fmt::format("{} lies outside the range of a double", data::quoted(field.text)));
    if (code != std::errc{})
      throw error(field.column,
                  fmt::format("{} is not a number{}",
                              field.text.empty() ? "an empty field" : data::quoted(field.text),
                              first_line ? "; if the first line holds names, set header" : ""));
    return value;
  }

  std::int32_t label(const Field& field, CsvTable& table) const {
    const auto found = std::find(table.classes.begin(), table.classes.end(), field.text);
    const auto label = static_cast<std::int32_t>(found - table.classes.begin());
    if (found != table.classes.end()) return label;
    if (field.text.empty()) throw error(field.column, "the class is missing");
    if (!options.classes.empty()) {
      const std::vector<std::string_view> known(options.classes.begin(), options.classes.end());
      throw error(field.column, fmt::format("class {} is unknown{}", data::quoted(field.text),
                                            allowed_names(field.text, known)));
    }
    table.classes.push_back(field.text);
    return label;
  }
};

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
  std::string_view rest = without_mark(text);

  Reader reader{path, options};
  CsvTable table;
  table.classes = options.classes;
  std::size_t fields = 0, class_at = 0, first_line = 0;
  bool header = options.header;
  for (std::string_view line; !(line = reader.next_line(rest)).empty();) {
    const std::vector<Field> found = reader.split(line);
    if (!first_line) {
      first_line = reader.line;
      fields = found.size();
      class_at = class_index(reader, fields);
      table.columns = static_cast<int>(fields - (class_at < fields));
    } else if (found.size() != fields) {
      throw reader.error(
          found.size() > fields ? found[fields].column : line.size() + 1,
          fmt::format("{} fields, where line {} has {}", found.size(), first_line, fields));
    }
    if (header) {
      for (std::size_t i = 0; i < fields; ++i)
        if (i != class_at) table.names.push_back(found[i].text);
      header = false;
      continue;
    }
    for (std::size_t i = 0; i < fields; ++i) {
      if (i == class_at) {
        table.labels.push_back(reader.label(found[i], table));
      } else {
        table.values.push_back(reader.number(found[i], table.rows == 0 && !options.header));
      }
    }
    if (++table.rows == std::numeric_limits<int>::max()) throw reader.error(1, "too many lines");
  }
  return table;
}

CsvFirstLine read_csv_first_line(const std::string& path, const CsvOptions& options) {
  data::ByteSource source(path);
  Reader reader{path, options};
  std::string text;
  std::string_view line;
  // Until a line that is not empty has its end.
  for (bool complete = false; !complete && std::ssize(text) < most_bytes;) {
    constexpr std::size_t part = 1 << 16;
    const std::size_t before = text.size();
    text.resize(before + part);
    text.resize(before + source.read(reinterpret_cast<std::uint8_t*>(&text[before]), part));
    std::string_view rest = without_mark(text);
    reader.line = 0;
    line = reader.next_line(rest);
    complete = text.size() < before + part || (!line.empty() && !rest.empty());
  }
  if (line.empty()) return {};
  const std::vector<Field> fields = reader.split(line);
  return {static_cast<int>(fields.size()), std::ranges::all_of(fields, [&](const Field& field) {
            double value = 0;
            return reader.parse(field, value) != std::errc::invalid_argument;
          })};
}

}  // namespace ansatz
