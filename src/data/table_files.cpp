#include <ansatz/data/tables.hpp>
#include <ansatz/files/csv.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/with_type.hpp>
#include <dsl/in_quotes.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace ansatz {

namespace {

// ---------------------------------------------------------------------------- CSV

constexpr double largest_label = std::numeric_limits<int>::max() - 1;

// Where a delimiter is written as numbers are, fields cannot be told apart.
constexpr std::string_view no_delimiters = "0123456789+-.eE\"#\r\n";

}  // namespace

void check(const CsvDatasetOptions& options) {
  if (options.task != "classification" && options.task != "regression")
    throw NameError(fmt::format("task {} is unknown{}", in_quotes(options.task),
                                allowed_names(options.task, {"classification", "regression"})));
  if (options.num_outputs < 1)
    throw ValueError(fmt::format("num_outputs {}: at least 1", options.num_outputs));
  const bool range = options.start || options.stop;
  if (range + options.start_fraction.has_value() + options.end_fraction.has_value() > 1)
    throw ValueError("of start and stop, start_fraction, and end_fraction only one can be given");
  const auto check_fraction = [](const char* name, const std::optional<double>& fraction) {
    if (fraction && !(*fraction > 0 && *fraction < 1))
      throw ValueError(fmt::format("{} {}: greater than 0 and less than 1", name, *fraction));
  };
  check_fraction("start_fraction", options.start_fraction);
  check_fraction("end_fraction", options.end_fraction);
  if (options.start && *options.start < 0)
    throw ValueError(fmt::format("start {}: from 0", *options.start));
  if (options.stop && *options.stop <= options.start.value_or(0))
    throw ValueError(fmt::format("stop {}: greater than start, which is {}", *options.stop,
                                 options.start.value_or(0)));
  if (no_delimiters.find(options.delimiter) != std::string_view::npos)
    throw ValueError(
        fmt::format("delimiter {}: a character that neither numbers nor comments are "
                    "written with",
                    in_quotes({&options.delimiter, 1})));
}

namespace {

// The examples of the file that are asked for.
std::pair<std::int64_t, std::int64_t> range_of(const CsvDatasetOptions& options,
                                               std::int64_t rows) {
  const auto part = [rows](double fraction) {
    // One cut for .1 from the beginning and .9 at the end: 1 - .9 is a little less than .1.
    const double exact = fraction * static_cast<double>(rows), whole = std::round(exact);
    const double rounding = 4 * std::numeric_limits<double>::epsilon() * static_cast<double>(rows);
    return static_cast<std::int64_t>(std::abs(exact - whole) <= rounding ? whole : exact);
  };
  if (options.start_fraction) return {0, part(*options.start_fraction)};
  if (options.end_fraction) return {part(1 - *options.end_fraction), rows};
  const std::int64_t start = options.start.value_or(0), stop = options.stop.value_or(rows);
  if (start < 0 || start > stop || stop > rows)
    throw ValueError(fmt::format("{} has {} examples: start {} and stop {} are not a range of them",
                                 options.path, rows, start, stop));
  return {start, stop};
}

Column targets_of(const CsvDatasetOptions& options, std::vector<double> values,
                  const std::int64_t* lines) {
  if (options.task == "regression")
    return number_column("targets", std::move(values), {options.num_outputs});
  std::vector<std::int32_t> labels;
  std::int32_t largest = 0;
  for (const double value : values) {
    if (!(value >= 0 && value <= largest_label) || value != std::floor(value))
      throw ValueError(
          fmt::format("{}:{}: target {} is not a label, 0, 1, 2, …; for other numbers set task to "
                      "regression",
                      options.path, lines[std::ssize(labels) / options.num_outputs], value));
    labels.push_back(static_cast<std::int32_t>(value));
    largest = std::max(largest, labels.back());
  }
  return label_column("targets", std::move(labels), largest + 1,
                      options.num_outputs == 1 ? Dims{} : Dims{options.num_outputs});
}

// ---------------------------------------------------------------------------- arrays of NumPy

Column numbers_of(std::string source, NpzArray array, const Dims& example,
                  const std::string& where) {
  Column out = data::with_type(array.type, [&]<class E>(E) {
    if constexpr (std::is_floating_point_v<E>) {
      // The memory of the file's array is that of the column.
      Column shared = number_column(std::move(source), std::vector<E>{}, example);
      shared.examples = array.size() / example.count();
      const auto owner = std::make_shared<const NpzArray>(std::move(array));
      shared.data = owner->bytes.data();
      shared.owner = owner;
      return shared;
    } else {
      using Real = std::conditional_t<sizeof(E) <= 2, float, double>;
      return number_column(std::move(source), data::numbers_of<Real>(array), example);
    }
  });
  out.conv = example.rank == 3;
  out.origin = std::make_shared<const Origin>(Origin{where, {}});
  return out;
}

// Whole numbers may be kept as floats.
Column labels_of(const NpzArray& array, int labels, const Dims& example, const std::string& where,
                 std::string source = "targets") {
  std::vector<std::int32_t> values = data::with_type(array.type, [&]<class E>(E) {
    std::vector<std::int32_t> out;
    for (const E* at = array.data<E>(); std::ssize(out) < array.size(); ++at) {
      bool fits = true;
      if constexpr (std::is_floating_point_v<E>)
        fits = *at >= 0 && *at < static_cast<double>(labels) && *at == std::floor(*at);
      else
        fits = std::cmp_greater_equal(*at, 0) && std::cmp_less(*at, labels);
      if (!fits)
        throw ValueError(
            fmt::format("{}: label {} in example {}; allowed are whole numbers from 0 "
                        "to {}",
                        where, *at, std::ssize(out) / example.count(), labels - 1));
      out.push_back(static_cast<std::int32_t>(*at));
    }
    return out;
  });
  Column out = label_column(std::move(source), std::move(values), labels, example);
  out.origin = std::make_shared<const Origin>(Origin{where, {}});
  return out;
}

void require_examples(const std::vector<std::int64_t>& shape, const std::string& where) {
  if (!shape.empty() && shape[0] == 0)
    throw FileError(fmt::format("{} has dimensions {}: no examples", where, shape));
}

Column features_of(NpzArray array, const std::string& where) {
  const std::vector<std::int64_t> shape = array.shape;
  require_examples(shape, where);
  for (const std::int64_t n : shape)
    if (&n != shape.data() && n < 1)
      throw FileError(fmt::format("{} has dimensions {}: nothing in an example", where, shape));
  if (shape.size() == 2) return numbers_of("features", std::move(array), {shape[1]}, where);
  if (shape.size() == 4)
    return numbers_of("features", std::move(array), {shape[1], shape[2], shape[3]}, where);
  throw FileError(
      fmt::format("{} has dimensions {}, where [examples, features] or [examples, "
                  "rows, columns, channels] are expected",
                  where, shape));
}

Column targets_of(NpzArray targets, int labels, const std::string& where) {
  const std::vector<std::int64_t> shape = targets.shape;
  require_examples(shape, where);
  if (shape.size() != 1 && (shape.size() != 2 || shape[1] < 1))
    throw FileError(
        fmt::format("{} has dimensions {}, where [examples] or [examples, outputs] are "
                    "expected",
                    where, shape));
  const std::int64_t outputs = shape.size() == 1 ? 1 : shape[1];
  if (labels > 0) return labels_of(targets, labels, outputs == 1 ? Dims{} : Dims{outputs}, where);
  return numbers_of("targets", std::move(targets), {outputs}, where);
}

}  // namespace

Column npy_targets(const std::string& path, int labels) {
  return targets_of(read_npy(path), labels, path);
}

Table digits_table(Digits digits) {
  return Table(
      {image_column("features", std::move(digits.images), Digits::rows, Digits::columns, 1),
       label_column("targets", std::move(digits.labels), Digits::classes)});
}

Table csv_table(const CsvDatasetOptions& options) {
  check(options);
  // Pylearn2 reads by numpy.loadtxt, which skips comments.
  CsvTable csv = read_csv(options.path, {.separator = options.delimiter,
                                         .header = options.expect_headers,
                                         .comment = '#',
                                         .header_key = "expect_headers"});
  const int outputs = options.expect_labels ? options.num_outputs : 0;
  const int width = csv.columns - outputs;
  if (csv.rows == 0) throw ValueError(fmt::format("{} holds no examples", options.path));
  if (width < 1)
    throw ValueError(
        fmt::format("{} has {} columns; {} of them are targets, which leaves none for "
                    "features",
                    options.path, csv.columns, outputs));
  const auto [start, stop] = range_of(options, csv.rows);
  std::vector<double> features, targets;
  features.reserve(static_cast<std::size_t>((stop - start) * width));
  for (std::int64_t row = start; row < stop; ++row) {
    const double* begin = csv.values.data() + row * csv.columns;
    targets.insert(targets.end(), begin, begin + outputs);
    features.insert(features.end(), begin + outputs, begin + csv.columns);
  }
  std::vector<Column> columns;
  columns.push_back(number_column("features", std::move(features), {width}));
  if (outputs) columns.push_back(targets_of(options, std::move(targets), csv.lines.data() + start));
  const auto origin = std::make_shared<const Origin>(Origin{options.path, std::move(csv.lines)});
  for (Column& column : columns) {
    column.origin = origin;
    column.first = start;
  }
  return Table(std::move(columns));
}

Table npy_table(const std::string& path) { return Table({features_of(read_npy(path), path)}); }

Table npz_table(const std::string& path, const std::string& key, const std::string& target_key,
                int target_labels) {
  const auto where = [&](const std::string& name) {
    return fmt::format("{}, array {}", path, in_quotes(name));
  };
  std::vector<Column> columns;
  columns.push_back(features_of(read_npz_array(path, key), where(key)));
  if (target_key.empty()) return Table(std::move(columns));
  columns.push_back(targets_of(read_npz_array(path, target_key), target_labels, where(target_key)));
  return Table(std::move(columns));
}

Table npz_table(const std::string& path, const std::vector<Column>& columns) {
  std::vector<Column> found;
  for (const Column& column : columns) {
    const std::string where = fmt::format("{}, array {}", path, in_quotes(column.source));
    NpzArray array = read_npz_array(path, column.source);
    const std::vector<std::int64_t> shape = array.shape;
    require_examples(shape, where);
    const std::vector<std::int64_t> wanted(column.example.begin(), column.example.end());
    const bool single = column.width() == 1 && shape.size() == 2 && shape[1] == 1;
    if (shape.empty() ||
        !(single || std::equal(shape.begin() + 1, shape.end(), wanted.begin(), wanted.end())))
      throw FileError(
          fmt::format("{} has dimensions {}, where examples of dimensions {} are wanted", where,
                      shape, wanted));
    if (column.labels)
      found.push_back(labels_of(array, column.labels, column.example, where, column.source));
    else
      found.push_back(numbers_of(column.source, std::move(array), column.example, where));
  }
  return Table(std::move(found));
}

}  // namespace ansatz
