#include "faces_csv.hpp"

#include <dsl/exceptions.hpp>

#include <ansatz/files/byte_source.hpp>
#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace ansatz::data {

namespace {

constexpr std::int64_t most_faces_bytes = std::int64_t{1} << 32;

// A line of the file, read from its beginning.
struct Line {
  const std::string& path;
  std::string_view text;
  std::int64_t number;
  std::size_t at = 0;

  [[noreturn]] void wrong(const std::string& what) const {
    throw FileError(fmt::format("{}:{}:{}: {}", path, number, at + 1, what));
  }
  bool skip(char c) {
    if (at == text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  void blanks() {
    while (skip(' ') || skip('\t')) {
    }
  }
  template <class Number>
  Number next(const char* what) {
    Number value{};
    const auto [rest, code] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (code != std::errc{})
      wrong(fmt::format("{} is no {}", in_quotes(text.substr(at, 20)), what));
    at = static_cast<std::size_t>(rest - text.data());
    return value;
  }
};

}  // namespace

Table read_faces(const std::string& path, const FacesForm& form) {
  ByteSource source(path);
  const std::string all = read_all(source, most_faces_bytes);
  const std::int64_t width = std::int64_t{form.rows} * form.columns;
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> lines;
  std::string_view rest = all;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    Line line{path, rest.substr(0, end), number};
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    if (number == 1 || line.text.empty()) continue;
    if (form.classes) {
      const int label = line.next<int>("label");
      if (label < 0 || label >= form.classes)
        line.wrong(fmt::format("label {}; 0 to {} are allowed", label, form.classes - 1));
      if (!line.skip(',')) line.wrong("a comma is needed behind the label");
      labels.push_back(label);
    }
    const bool in_quotes = line.skip('"');
    for (std::int64_t i = 0; i < width; ++i) {
      line.blanks();
      if (line.at == line.text.size() || line.text[line.at] == '"')
        line.wrong(fmt::format("{} pixels, where {} are expected", i, width));
      pixels.push_back(line.next<float>("pixel"));
    }
    line.blanks();
    if (in_quotes && !line.skip('"'))
      line.wrong(fmt::format("a quote is needed behind {} pixels", width));
    if (line.at < line.text.size()) line.wrong(fmt::format("more behind {} pixels", width));
    lines.push_back(number);
  }
  if (lines.empty()) throw FileError(fmt::format("{}: no images behind its first line", path));
  const auto origin = std::make_shared<const Origin>(Origin{path, std::move(lines)});
  std::vector<Column> columns;
  columns.push_back(image_column("features", std::move(pixels), form.rows, form.columns, 1));
  if (form.classes) columns.push_back(label_column("targets", std::move(labels), form.classes));
  for (Column& each : columns) each.origin = origin;
  return Table(std::move(columns));
}

}  // namespace ansatz::data
