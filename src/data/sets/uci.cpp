#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/uci.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/csv.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/byte_source.hpp>
#include <dsl/in_quotes.hpp>
#include "adult_columns.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace ansatz {

namespace {

constexpr std::int64_t most_uci_bytes = std::int64_t{1} << 28;

// The file's numbers, as many in a line as the set has.
CsvTable read(const std::string& file, const CsvOptions& options, int columns) {
  CsvTable csv = read_csv(file, options);
  if (csv.rows == 0) throw FileError(fmt::format("{}: no examples", file));
  if (csv.columns != columns)
    throw FileError(fmt::format("{}:{}: {} numbers in a line; {} are expected", file,
                                csv.lines.front(), csv.columns, columns));
  return csv;
}

std::shared_ptr<const Table> table_of(const std::string& file, const CsvTable& csv, Column features,
                                      Column targets) {
  const auto origin = std::make_shared<const Origin>(Origin{file, csv.lines});
  features.origin = targets.origin = origin;
  return std::make_shared<const Table>(Table({std::move(features), std::move(targets)}));
}

// Numbers from column `from` on.
std::vector<double> columns_from(const CsvTable& csv, int from, int count) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < csv.rows; ++i) {
    const double* const row = csv.values.data() + i * csv.columns + from;
    values.insert(values.end(), row, row + count);
  }
  return values;
}

const std::vector<std::string> digits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

}  // namespace

std::string UciTable::missing_file() const {
  if (find_data(file())) return "";
  return (std::filesystem::path(data_path()) / file()).string();
}
void UciTable::files(std::vector<std::string>& list) const {
  if (const auto found = find_data(file())) list.push_back(*found);
}

std::shared_ptr<const Table> Iris::load() const {
  const std::string path = require_data(file());
  CsvTable csv = read(
      path,
      {.class_field = last_field, .classes = {"Iris-setosa", "Iris-versicolor", "Iris-virginica"}},
      4);
  return table_of(path, csv, number_column("features", csv.values, {4}),
                  label_column("targets", csv.labels, 3));
}

std::shared_ptr<const Table> Wine::load() const {
  const std::string path = require_data(file());
  CsvTable csv = read(path, {.class_field = 0, .classes = {"1", "2", "3"}}, 13);
  return table_of(path, csv, number_column("features", csv.values, {13}),
                  label_column("targets", csv.labels, 3));
}

std::shared_ptr<const Table> BreastCancer::load() const {
  const std::string path = require_data(file());
  CsvTable csv = read(path, {.class_field = 1, .classes = {"B", "M"}}, 31);  // a number of the case
  return table_of(path, csv, number_column("features", columns_from(csv, 1, 30), {30}),
                  label_column("targets", csv.labels, 2));
}

void Hepatitis::check() const { data::require_range(start, stop); }

std::shared_ptr<const Table> Hepatitis::load() const {
  check();
  const std::string path = require_data(file());
  CsvTable csv = read(path, {.class_field = 0, .classes = {"1", "2"}, .missing = "?"}, 19);
  for (double& value : csv.values)
    if (std::isnan(value)) value = -1;
  const auto all = table_of(path, csv, number_column("features", csv.values, {19}),
                            label_column("targets", csv.labels, 2));
  const auto [first, last] = data::range_of(start, stop, all->examples(), "hepatitis");
  return std::make_shared<const Table>(all->restrict(first, last));
}

void OptDigits::check() const {
  data::require_name("which_set", which_set.view(), {"train", "test"});
}
std::string OptDigits::file() const {
  return which_set == "test" ? "optdigits/optdigits.tes" : "optdigits/optdigits.tra";
}
std::shared_ptr<const Table> OptDigits::load() const {
  check();
  const std::string path = require_data(file());
  CsvTable csv = read(path, {.class_field = last_field, .classes = digits}, 64);
  return table_of(path, csv, image_column("features", csv.values, 8, 8, 1),
                  label_column("targets", csv.labels, 10));
}

std::shared_ptr<const Table> Semeion::load() const {
  constexpr int side = 16, pixels = side * side, classes = 10;
  const std::string path = require_data(file());
  const CsvTable csv = read(path, {.separator = any_blanks}, pixels + classes);
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < csv.rows; ++i) {
    const double* const one_hot = csv.values.data() + i * csv.columns + pixels;
    const double* const one = std::find(one_hot, one_hot + classes, 1.);
    if (one == one_hot + classes || std::count(one_hot, one_hot + classes, 0.) != classes - 1)
      throw FileError(fmt::format("{}:{}: the last {} numbers are no class: one is 1, the others 0",
                                  path, csv.lines[static_cast<std::size_t>(i)], classes));
    labels.push_back(static_cast<std::int32_t>(one - one_hot));
  }
  return table_of(path, csv, image_column("features", columns_from(csv, 0, pixels), side, side, 1),
                  label_column("targets", std::move(labels), classes));
}

std::shared_ptr<const Table> CaliforniaHousing::load() const {
  const std::string path = require_data(file());
  const CsvTable csv = read(path, {}, 9);
  return table_of(path, csv, number_column("features", columns_from(csv, 0, 8), {8}),
                  number_column("targets", columns_from(csv, 8, 1), {1}));
}

// ---------------------------------------------------------------------------- adult

void Adult::check() const { data::require_name("which_set", which_set.view(), {"train", "test"}); }
std::string Adult::file() const {
  return which_set == "test" ? "adult/adult.test" : "adult/adult.data";
}

namespace {

constexpr std::string_view incomes[] = {"<=50K", ">50K"};

struct AdultLine {
  std::string path;
  std::int64_t number;
  std::string_view text;

  [[noreturn]] void wrong(std::string_view field, const std::string& what) const {
    throw FileError(
        fmt::format("{}:{}:{}: {}", path, number, field.data() - text.data() + 1, what));
  }
  // Between commas, without blanks.
  std::vector<std::string_view> fields() const {
    std::vector<std::string_view> list;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      std::string_view field = text.substr(at, end - at);
      while (field.starts_with(' ')) field.remove_prefix(1);
      while (field.ends_with(' ') || field.ends_with('\r')) field.remove_suffix(1);
      list.push_back(field);
      at = end + 1;
    }
    return list;
  }
};

void add_features(const AdultLine& line, const std::vector<std::string_view>& fields,
                  std::vector<float>& features) {
  const auto& columns = data::adult_columns();
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const data::AdultColumn& column = columns[k];
    if (column.values.empty()) {
      float value = 0;
      const char* const end = fields[k].data() + fields[k].size();
      const auto [rest, code] = std::from_chars(fields[k].data(), end, value);
      if (code != std::errc{} || rest != end)
        line.wrong(fields[k],
                   fmt::format("{} is {}, which is no number", column.name, in_quotes(fields[k])));
      features.push_back(value);
      continue;
    }
    const auto found = std::find(column.values.begin(), column.values.end(), fields[k]);
    if (found == column.values.end())
      line.wrong(fields[k], fmt::format("{} is {}{}", column.name, in_quotes(fields[k]),
                                        allowed_names(fields[k], column.values)));
    for (auto each = column.values.begin(); each != column.values.end(); ++each)
      features.push_back(each == found ? 1.f : 0.f);
  }
}

}  // namespace

std::shared_ptr<const Table> Adult::load() const {
  check();
  const std::string path = require_data(file());
  data::ByteSource source(path);
  const std::string text = read_all(source, most_uci_bytes);
  const std::size_t columns = data::adult_columns().size();
  std::vector<float> features;
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> lines;
  std::string_view rest = text;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const AdultLine line{path, number, rest.substr(0, end)};
    rest.remove_prefix(std::min(end + 1, rest.size()));
    // The test set begins with a line about itself.
    if (line.text.empty() || line.text == "\r" || line.text.starts_with('|')) continue;
    const std::vector<std::string_view> fields = line.fields();
    if (fields.size() != columns + 1)
      line.wrong(line.text, fmt::format("{} fields; {} are expected", fields.size(), columns + 1));
    if (std::find(fields.begin(), fields.end(), "?") != fields.end()) continue;
    std::string_view income = fields.back();
    if (income.ends_with('.')) income.remove_suffix(1);  // in the test set
    const auto* const found = std::find(std::begin(incomes), std::end(incomes), income);
    if (found == std::end(incomes))
      line.wrong(fields.back(),
                 fmt::format("the class is {}; allowed: <=50K, >50K", in_quotes(fields.back())));
    add_features(line, fields, features);
    labels.push_back(static_cast<std::int32_t>(found - std::begin(incomes)));
    lines.push_back(number);
  }
  if (lines.empty()) throw FileError(fmt::format("{}: no complete examples", path));
  const auto width = static_cast<std::int64_t>(features.size() / labels.size());
  const auto origin = std::make_shared<const Origin>(Origin{path, std::move(lines)});
  std::vector<Column> both;
  both.push_back(number_column("features", std::move(features), {width}));
  both.push_back(label_column("targets", std::move(labels), 2));
  for (Column& each : both) each.origin = origin;
  return std::make_shared<const Table>(Table(std::move(both)));
}

}  // namespace ansatz
