#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace ansatz {

namespace {

[[noreturn]] void no_such_example(const Column& column, std::int64_t example) {
  throw ValueError(fmt::format("{}: example {} is asked for; there are {}",
                               in_quotes(column.source), example, column.examples));
}

void check(const Column& column, const Subset& subset) {
  if (subset.slice()) {
    if (subset.start < 0 || subset.size < 0 || subset.size > column.examples - subset.start)
      no_such_example(column, subset.start < 0 ? subset.start : subset.start + subset.size - 1);
    return;
  }
  for (const std::int64_t example : subset.list())
    if (example < 0 || example >= column.examples) no_such_example(column, example);
}

// Calls `copy(from, to)` for each row of the subset.
template <class From, class To, class Copy>
void each_row(const Column& column, const Subset& subset, To* out, std::int64_t out_width,
              Copy copy) {
  const From* data = static_cast<const From*>(column.data);
  const std::int64_t width = column.width();
  for (std::int64_t i = 0; i < subset.size; ++i)
    copy(data + subset[i] * width, out + i * out_width);
}

// Names the first number of some rows that is beyond what a To can be.
template <class From, class To>
[[noreturn]] void too_large(const Column& column, const Subset& subset) {
  const std::int64_t width = column.width();
  const auto fits = [](From x) {
    return std::abs(static_cast<To>(x)) <= std::numeric_limits<To>::max();
  };
  for (std::int64_t i = 0;; ++i) {
    const From* const row = static_cast<const From*>(column.data) + subset[i] * width;
    const From* const found = std::find_if_not(row, row + width, fits);
    if (found == row + width) continue;
    throw ValueError(
        fmt::format("{}: the number {} in {}, column {} counted from 0, is too large for float32, "
                    "whose largest is {}",
                    in_quotes(column.source), *found, column.place_of(subset[i]), found - row,
                    std::numeric_limits<To>::max()));
  }
}

template <class From, class To>
void convert(const Column& column, const Subset& subset, void* out) {
  const std::int64_t width = column.width();
  bool fits = true;
  each_row<From>(column, subset, static_cast<To*>(out), width, [&](const From* from, To* to) {
    bool row_fits = true;
    for (std::int64_t k = 0; k < width; ++k) {
      to[k] = static_cast<To>(from[k]);
      row_fits &= std::abs(to[k]) <= std::numeric_limits<To>::max();
    }
    fits &= row_fits;
  });
  if (!fits) too_large<From, To>(column, subset);
}

void copy(const Column& column, const Subset& subset, void* out) {
  using Byte = unsigned char;
  const std::int64_t row = column.width() * element_size(column.type);
  const auto* data = static_cast<const Byte*>(column.data);
  auto* to = static_cast<Byte*>(out);
  if (subset.size == 0) return;
  if (subset.slice()) {
    std::memcpy(to, data + subset.start * row, static_cast<std::size_t>(subset.size * row));
    return;
  }
  for (const std::int64_t example : subset.list()) {
    std::memcpy(to, data + example * row, static_cast<std::size_t>(row));
    to += row;
  }
}

template <class To>
void one_hot(const Column& column, const Subset& subset, void* out) {
  const std::int64_t count = column.width(), labels = column.labels;
  std::fill_n(static_cast<To*>(out), subset.size * count * labels, To(0));
  each_row<std::int32_t>(column, subset, static_cast<To*>(out), count * labels,
                         [=](const std::int32_t* from, To* to) {
                           for (std::int64_t k = 0; k < count; ++k) to[k * labels + from[k]] = 1;
                         });
}

}  // namespace

const void* Table::direct(const Column& column, const Subset& subset, ElementType wanted) {
  check(column, subset);
  if (!subset.slice() || wanted != column.type || column.data == nullptr) return nullptr;
  return static_cast<const unsigned char*>(column.data) +
         subset.start * column.width() * element_size(column.type);
}

void Table::gather(const Column& column, const Subset& subset, ElementType wanted, void* out) {
  using enum ElementType;
  check(column, subset);
  if (wanted == column.type) return copy(column, subset, out);
  if (wanted == float32 && column.type == float64)
    return convert<double, float>(column, subset, out);
  if (wanted == float64 && column.type == float32)
    return convert<float, double>(column, subset, out);
  if (wanted == float32 && column.type == int32)
    return convert<std::int32_t, float>(column, subset, out);
  if (wanted == float64 && column.type == int32)
    return convert<std::int32_t, double>(column, subset, out);
  throw ValueError(
      wanted == int32
          ? fmt::format("{} holds real numbers, where labels are wanted", in_quotes(column.source))
          : fmt::format("{} can be had as float32 or float64, labels also as int32",
                        in_quotes(column.source)));
}

void Table::gather_one_hot(const Column& column, const Subset& subset, ElementType wanted,
                           void* out) {
  check(column, subset);
  if (column.labels == 0)
    throw ValueError(
        fmt::format("{} holds real numbers, where labels are wanted", in_quotes(column.source)));
  if (wanted == ElementType::float32) return one_hot<float>(column, subset, out);
  if (wanted == ElementType::float64) return one_hot<double>(column, subset, out);
  throw ValueError(
      fmt::format("{}: one-hot rows can be had as float32 or float64", in_quotes(column.source)));
}

}  // namespace ansatz
