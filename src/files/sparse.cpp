#include <ansatz/files/sparse.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/with_type.hpp>
#include <dsl/in_quotes.hpp>
#include "npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace ansatz {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

struct Parts {
  std::string path;
  std::vector<NpzArray> arrays;

  [[noreturn]] void wrong(const std::string& what) const {
    throw FileError(fmt::format("cannot read {}: {}", path_in_quotes(path), what));
  }
  const NpzArray& array(std::string_view name) const {
    for (const NpzArray& each : arrays)
      if (each.name == name) return each;
    wrong(fmt::format("it has no array {}, as scipy.sparse.save_npz writes it", in_quotes(name)));
  }
  const NpzArray& vector(std::string_view name) const {
    const NpzArray& found = array(name);
    if (found.shape.size() != 1)
      wrong(fmt::format("its array {} has dimensions {}, where one is expected", in_quotes(name),
                        found.shape));
    return found;
  }
  std::vector<std::int64_t> whole_numbers(std::string_view name) const {
    const NpzArray& found = vector(name);
    if (const auto* const at = found.data<std::int32_t>()) return {at, at + found.size()};
    if (const auto* const at = found.data<std::int64_t>()) return {at, at + found.size()};
    wrong(fmt::format("its array {} has no integers of 32 or 64 bits", in_quotes(name)));
  }
  std::vector<float> numbers() const { return data::numbers_of<float>(vector("data")); }
  // Every index is one of `count` rows or columns.
  void require_indices(std::string_view name, const std::vector<std::int64_t>& indices,
                       std::int64_t count) const {
    for (std::size_t i = 0; i < indices.size(); ++i)
      if (indices[i] < 0 || indices[i] >= count)
        wrong(fmt::format("element {} of its array {} is {}, where 0 to {} are allowed", i,
                          in_quotes(name), indices[i], count - 1));
  }
};

// Which row and column each number is of, brought into the order of rows; those of one place are
// added.
SparseMatrix by_rows(std::int64_t rows, std::int64_t columns, const std::vector<std::int64_t>& row,
                     const std::vector<std::int64_t>& column, const std::vector<float>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return row[a] != row[b] ? row[a] < row[b] : column[a] < column[b];
  });
  SparseMatrix out;
  out.rows = rows;
  out.columns = columns;
  out.starts.assign(static_cast<std::size_t>(rows) + 1, 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t k = order[i];
    if (i > 0 && row[k] == row[order[i - 1]] && column[k] == column[order[i - 1]]) {
      out.values.back() += values[k];
      continue;
    }
    out.indices.push_back(static_cast<std::int32_t>(column[k]));
    out.values.push_back(values[k]);
    ++out.starts[static_cast<std::size_t>(row[k]) + 1];
  }
  std::partial_sum(out.starts.begin(), out.starts.end(), out.starts.begin());
  return out;
}

// Of each number, in which of the groups it is that `starts` begin.
std::vector<std::int64_t> groups(const Parts& parts, std::int64_t count, std::int64_t numbers) {
  const std::vector<std::int64_t> starts = parts.whole_numbers("indptr");
  if (std::ssize(starts) != count + 1 || starts.front() != 0 || starts.back() != numbers)
    parts.wrong(
        fmt::format("its array 'indptr' has {} elements, from {} to {}; {} from 0 to {} "
                    "are needed",
                    starts.size(), starts.empty() ? 0 : starts.front(),
                    starts.empty() ? 0 : starts.back(), count + 1, numbers));
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    if (starts[i + 1] < starts[i] || starts[i + 1] > numbers)
      parts.wrong(fmt::format("element {} of its array 'indptr' is {}, behind one of {}", i + 1,
                              starts[i + 1], starts[i]));
    out.insert(out.end(), static_cast<std::size_t>(starts[i + 1] - starts[i]),
               static_cast<std::int64_t>(i));
  }
  return out;
}

}  // namespace

SparseMatrix read_sparse_npz(const std::string& path) {
  const Parts parts{path, running::read_npz_with_texts(path)};
  const NpzArray& named = parts.array("format");
  const std::string format(named.bytes.begin(), named.bytes.end());
  if (format != "csr" && format != "csc" && format != "coo")
    parts.wrong(fmt::format("its format is {}{}", in_quotes(format),
                            allowed_names(format, {"csr", "csc", "coo"})));
  const std::vector<std::int64_t> shape = parts.whole_numbers("shape");
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 1 || shape[0] > most || shape[1] > most)
    parts.wrong(fmt::format("its shape is {}; allowed are [examples, numbers] below 2^31", shape));
  const std::vector<float> values = parts.numbers();
  const auto numbers = std::ssize(values);
  // Where rows are not counted by an array of the file, its few bytes could claim any number.
  if (format != "csr" && shape[0] > 1000000 + 1000 * numbers)
    parts.wrong(
        fmt::format("its shape is {}, of {} numbers: nearly all rows are empty", shape, numbers));
  const auto as_many = [&](std::string_view name, std::vector<std::int64_t> indices,
                           std::int64_t count) {
    if (std::ssize(indices) != numbers)
      parts.wrong(fmt::format("its array {} has {} elements for {} numbers", in_quotes(name),
                              indices.size(), numbers));
    parts.require_indices(name, indices, count);
    return indices;
  };
  if (format == "coo")
    return by_rows(shape[0], shape[1], as_many("row", parts.whole_numbers("row"), shape[0]),
                   as_many("col", parts.whole_numbers("col"), shape[1]), values);
  const bool rows = format == "csr";
  const std::vector<std::int64_t> indices =
      as_many("indices", parts.whole_numbers("indices"), rows ? shape[1] : shape[0]);
  const std::vector<std::int64_t> of = groups(parts, rows ? shape[0] : shape[1], numbers);
  return by_rows(shape[0], shape[1], rows ? of : indices, rows ? indices : of, values);
}

}  // namespace ansatz
