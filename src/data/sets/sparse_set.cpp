#include <ansatz/data/sets/sparse_set.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/files/sparse.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace ansatz {

namespace {

struct Rows {
  SparseMatrix matrix;
  std::vector<float> numbers;  // targets, `outputs` of each example
  std::vector<std::int32_t> labels;
  std::int64_t outputs = 0;
};

void read_targets(const SparseDataset& set, Rows& rows) {
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
  const auto read = std::make_shared<Rows>();
  const std::string file = load_path.c_str();
  read->matrix = read_sparse_npz(file);
  const std::int64_t width = read->matrix.columns;
  if (dim > 0 && width != dim)
    throw FileError(fmt::format("{}: examples of {} numbers, where dim is {}", file, width, dim));
  if (!target_path.empty()) read_targets(*this, *read);
  Pages pages;
  pages.columns.push_back(number_column("features", {width}));
  pages.columns[0].origin = std::make_shared<const Origin>(Origin{file, {}});
  if (!read->labels.empty()) pages.columns.push_back(label_column("targets", target_labels));
  if (!read->numbers.empty()) pages.columns.push_back(number_column("targets", {read->outputs}));
  pages.examples = read->matrix.rows;
  pages.ahead = 0;  // filling up takes less time than a thread
  std::error_code error;
  pages.facts = fmt::format("a sparse matrix of {} numbers, in a file of {} bytes",
                            read->matrix.size(), std::filesystem::file_size(file, error));
  pages.begin = [rows = std::shared_ptr<const Rows>(read), width]() -> RowsAt {
    return [rows, width](const Subset& wanted, std::span<void* const> out) {
      auto* features = static_cast<float*>(out[0]);
      std::fill_n(features, wanted.size * width, 0.f);
      for (std::int64_t i = 0; i < wanted.size; ++i, features += width) {
        const auto row = static_cast<std::size_t>(wanted[i]);
        for (std::int64_t k = rows->matrix.starts[row]; k < rows->matrix.starts[row + 1]; ++k)
          features[rows->matrix.indices[static_cast<std::size_t>(k)]] =
              rows->matrix.values[static_cast<std::size_t>(k)];
        if (!rows->labels.empty()) static_cast<std::int32_t*>(out[1])[i] = rows->labels[row];
        if (!rows->numbers.empty())
          std::copy_n(rows->numbers.begin() + wanted[i] * rows->outputs, rows->outputs,
                      static_cast<float*>(out[1]) + i * rows->outputs);
      }
    };
  };
  return paged(std::move(pages));
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
