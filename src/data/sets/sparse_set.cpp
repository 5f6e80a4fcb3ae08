#include <ansatz/data/sets/sparse_set.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/files/sparse.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>
#include "sparse_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <filesystem>

namespace ansatz {

namespace {

void read_targets(const SparseDataset& set, data::SparseRows& rows) {
  const std::string file = set.target_path.c_str();
  const NpzArray array = read_npy(file);
  const std::vector<std::int64_t>& shape = array.shape;
  if (shape.empty() || shape.size() > 2 || shape[0] != rows.matrix.rows)
    throw FileError(fmt::format("{}: dimensions {}, where {} examples are expected", file, shape,
                                rows.matrix.rows));
  rows.outputs = shape.size() == 2 ? shape[1] : 1;
  if (!set.target_labels) {
    rows.numbers = data::numbers_of<float>(array);
    return;
  }
  if (rows.outputs != 1)
    throw FileError(fmt::format("{}: dimensions {}, where labels [{}] are expected", file, shape,
                                rows.matrix.rows));
  for (const double label : data::numbers_of<double>(array)) {
    if (!(label >= 0 && label < set.target_labels) || label != std::floor(label))
      throw FileError(
          fmt::format("{}: label {} in example {}; allowed are whole numbers from 0 to "
                      "{}",
                      file, label, rows.labels.size(), set.target_labels - 1));
    rows.labels.push_back(static_cast<std::int32_t>(label));
  }
}

}  // namespace

std::shared_ptr<const BatchSource> SparseDataset::open() const {
  data::SparseRows rows;
  rows.file = load_path.c_str();
  rows.matrix = read_sparse_npz(rows.file);
  if (dim > 0 && rows.matrix.columns != dim)
    throw FileError(fmt::format("{}: examples of {} numbers, where dim is {}", rows.file,
                                rows.matrix.columns, dim));
  if (!target_path.empty()) read_targets(*this, rows);
  rows.classes = target_labels;
  return source_of(std::move(rows));
}

std::shared_ptr<const Table> SparseDataset::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string SparseDataset::missing_file() const {
  std::error_code error;
  for (const String& each : {load_path, target_path})
    if (!each.empty() && !std::filesystem::exists(each.c_str(), error))
      return std::string(each.view());
  return "";
}
void SparseDataset::files(std::vector<std::string>& list) const {
  for (const String& each : {load_path, target_path})
    if (!each.empty()) list.emplace_back(each.view());
}

}  // namespace ansatz
