#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>
#include "check_column.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <utility>

namespace ansatz {

namespace {

std::string dims_text(const Dims& dims) {
  return fmt::format(
      "[{}]", fmt::join(dims.begin(), dims.begin() + std::min(dims.rank, ir::max_rank), ", "));
}

template <class E>
Column column_of(std::string source, std::vector<E> values, const Dims& example) {
  Column out;
  out.source = std::move(source);
  out.example = example;
  out.type = element_type_of<E>();
  std::int64_t width = 1;
  for (int axis = 0; axis < example.rank; ++axis)
    if (axis + 1 >= ir::max_rank || example[axis] < 1 ||
        __builtin_mul_overflow(width, example[axis], &width))
      throw ValueError(
          fmt::format("{}: an example of dimensions {}; allowed are up to {} positive "
                      "ones",
                      in_quotes(out.source), dims_text(example), ir::max_rank - 1));
  if (std::ssize(values) % width != 0)
    throw ValueError(fmt::format("{}: {} numbers do not make examples of dimensions {}",
                                 in_quotes(out.source), values.size(), dims_text(example)));
  out.examples = std::ssize(values) / width;
  const auto owner = std::make_shared<const std::vector<E>>(std::move(values));
  out.data = owner->data();
  out.owner = owner;
  return out;
}

// The first number that is infinite or NaN; the end when there is none. The exponents of such
// numbers are all ones, which is tested block by block without a branch a number.
template <class E>
const E* first_not_finite(const E* begin, const E* end) {
  using Bits = std::conditional_t<sizeof(E) == 4, std::uint32_t, std::uint64_t>;
  constexpr Bits exponent = sizeof(E) == 4 ? Bits(0x7f800000u) : Bits(0x7ff0000000000000u);
  constexpr std::ptrdiff_t block = 1024;
  while (begin != end) {
    const std::ptrdiff_t count = std::min(block, end - begin);
    Bits bad = 0;
    for (std::ptrdiff_t i = 0; i < count; ++i)
      bad |= Bits((std::bit_cast<Bits>(begin[i]) & exponent) == exponent);
    if (bad) return std::find_if(begin, end, [](E x) { return !std::isfinite(x); });
    begin += count;
  }
  return end;
}

template <class E>
void check_finite(const Column& column) {
  const E* begin = static_cast<const E*>(column.data);
  const E* end = begin + column.examples * column.width();
  const E* found = first_not_finite(begin, end);
  if (found != end)
    throw ValueError(fmt::format("{}: the number {} in {} is not finite", in_quotes(column.source),
                                 *found, column.place_of((found - begin) / column.width())));
}

void check_labels(const Column& column) {
  const auto* begin = static_cast<const std::int32_t*>(column.data);
  const auto* end = begin + column.examples * column.width();
  const auto* found = std::find_if(
      begin, end, [&](std::int32_t label) { return label < 0 || label >= column.labels; });
  if (found != end)
    throw ValueError(
        fmt::format("{}: label {} in {}; allowed are 0 to {}", in_quotes(column.source), *found,
                    column.place_of((found - begin) / column.width()), column.labels - 1));
}

}  // namespace

namespace data {

void check_kind(const Column& column) {
  const std::string name = in_quotes(column.source);
  if (column.source.empty()) throw NameError("a column of a data set has no name");
  if (column.example.rank >= ir::max_rank || column.width() < 1)
    throw ValueError(fmt::format("{}: {} examples of dimensions {}", name, column.examples,
                                 dims_text(column.example)));
  if (column.conv && (column.example.rank != 3 || column.labels != 0))
    throw ValueError(
        fmt::format("{}: dimensions {} are not those of an image: rows, columns, "
                    "channels",
                    name, dims_text(column.example)));
  if (column.labels < 0) throw ValueError(fmt::format("{}: {} labels", name, column.labels));
  const bool real = column.type == ElementType::float32 || column.type == ElementType::float64;
  if (column.labels > 0 ? column.type != ElementType::int32 : !real)
    throw ValueError(
        fmt::format("{}: numbers are kept as float32 or float64, labels as int32", name));
}

void check_values(const Column& column) {
  if (column.labels > 0) return check_labels(column);
  if (column.type == ElementType::float32) return check_finite<float>(column);
  check_finite<double>(column);
}

void check_values(const Column& column, const Subset& subset) {
  const auto check_part = [&](std::int64_t start, std::int64_t size) {
    Column part = column;
    part.first += start;
    part.examples = size;
    part.data = static_cast<const unsigned char*>(column.data) +
                start * column.width() * element_size(column.type);
    check_values(part);
  };
  if (subset.slice()) return check_part(subset.start, subset.size);
  for (const std::int64_t example : subset.list()) check_part(example, 1);
}

void check_together(const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    for (const Column& other : columns)
      if (&other < &column && other.source == column.source)
        throw NameError(
            fmt::format("two columns of a data set are named {}", in_quotes(column.source)));
    if (column.examples != columns[0].examples)
      throw ValueError(fmt::format("{} has {} examples, {} has {}", in_quotes(columns[0].source),
                                   columns[0].examples, in_quotes(column.source), column.examples));
  }
}

}  // namespace data

namespace {

void check(const Column& column) {
  if (column.examples < 0)
    throw ValueError(fmt::format("{}: {} examples of dimensions {}", in_quotes(column.source),
                                 column.examples, dims_text(column.example)));
  data::check_kind(column);
  if (column.data == nullptr && column.examples > 0)
    throw ValueError(fmt::format("{}: no data", in_quotes(column.source)));
  data::check_values(column);
}

}  // namespace

std::string Column::place_of(std::int64_t row) const {
  const std::int64_t number = first + row;
  if (!origin || origin->file.empty()) return fmt::format("example {}", number);
  if (number < std::ssize(origin->lines))
    return fmt::format("{}:{}", origin->file, origin->lines[static_cast<std::size_t>(number)]);
  return fmt::format("example {} of {}", number, origin->file);
}

Column number_column(std::string source, std::vector<float> values, const Dims& example) {
  return column_of(std::move(source), std::move(values), example);
}
Column number_column(std::string source, std::vector<double> values, const Dims& example) {
  return column_of(std::move(source), std::move(values), example);
}

Column image_column(std::string source, std::vector<float> values, std::int64_t rows,
                    std::int64_t columns, std::int64_t channels) {
  Column out = column_of(std::move(source), std::move(values), {rows, columns, channels});
  out.conv = true;
  return out;
}
Column image_column(std::string source, std::vector<double> values, std::int64_t rows,
                    std::int64_t columns, std::int64_t channels) {
  Column out = column_of(std::move(source), std::move(values), {rows, columns, channels});
  out.conv = true;
  return out;
}

Column label_column(std::string source, std::vector<std::int32_t> values, int labels,
                    const Dims& example) {
  if (labels < 1)
    throw ValueError(fmt::format("{}: {} labels; at least 1", in_quotes(source), labels));
  Column out = column_of(std::move(source), std::move(values), example);
  out.labels = labels;
  return out;
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  if (!columns_.empty()) examples_ = columns_[0].examples;
  data::check_together(columns_);
  for (const Column& column : columns_) check(column);
}

namespace {

// The rows of a table lie where they are wanted.
class TableCursor final : public RowCursor {
 public:
  explicit TableCursor(std::span<const Column> columns) : columns_(columns) {}
  RowsView read(const Subset& wanted) override { return {columns_, wanted}; }

 private:
  std::span<const Column> columns_;
};

}  // namespace

std::unique_ptr<RowCursor> Table::open() const { return std::make_unique<TableCursor>(columns_); }

Table Table::restrict(std::int64_t start, std::int64_t stop) const {
  if (start < 0 || start > stop || stop > examples_)
    throw ValueError(
        fmt::format("the data set has {} examples: start {} and stop {} are not a "
                    "range of them",
                    examples_, start, stop));
  Table out = *this;
  out.examples_ = stop - start;
  for (Column& column : out.columns_) {
    column.examples = stop - start;
    column.first += start;
    if (column.data)
      column.data = static_cast<const unsigned char*>(column.data) +
                    start * column.width() * element_size(column.type);
  }
  return out;
}

std::vector<Table> Table::split(std::span<const std::int64_t> sizes) const {
  std::int64_t sum = 0;
  for (const std::int64_t size : sizes)
    if (size < 0 || __builtin_add_overflow(sum, size, &sum) || sum > examples_)
      throw ValueError(fmt::format("parts of {} examples of a data set of {}", sizes, examples_));
  if (sum != examples_)
    throw ValueError(fmt::format("parts of {} examples of a data set of {}", sizes, examples_));
  std::vector<Table> out;
  std::int64_t start = 0;
  for (const std::int64_t size : sizes) {
    out.push_back(restrict(start, start + size));
    start += size;
  }
  return out;
}

}  // namespace ansatz
