#include "sparse_rows.hpp"

#include <ansatz/data/sources.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ansatz::data {

std::shared_ptr<const BatchSource> source_of(SparseRows rows) {
  const std::int64_t width = rows.matrix.columns;
  Pages pages;
  pages.columns.push_back(number_column("features", {width}));
  pages.columns[0].origin = std::make_shared<const Origin>(Origin{rows.file, {}});
  if (!rows.labels.empty()) pages.columns.push_back(label_column("targets", rows.classes));
  if (!rows.numbers.empty()) pages.columns.push_back(number_column("targets", {rows.outputs}));
  pages.examples = rows.matrix.rows;
  pages.ahead = 0;  // filling up takes less time than a thread
  std::error_code error;
  pages.facts = fmt::format("a sparse matrix of {} numbers, in a file of {} bytes",
                            rows.matrix.size(), std::filesystem::file_size(rows.file, error));
  const auto all = std::make_shared<const SparseRows>(std::move(rows));
  pages.begin = [all, width]() -> RowsAt {
    return [all, width](const Subset& wanted, std::span<void* const> out) {
      const SparseMatrix& matrix = all->matrix;
      auto* features = static_cast<float*>(out[0]);
      std::fill_n(features, wanted.size * width, 0.f);
      for (std::int64_t i = 0; i < wanted.size; ++i, features += width) {
        const auto example = static_cast<std::size_t>(wanted[i]);
        const auto row =
            all->order.empty() ? example : static_cast<std::size_t>(all->order[example]);
        for (std::int64_t k = matrix.starts[row]; k < matrix.starts[row + 1]; ++k)
          features[matrix.indices[static_cast<std::size_t>(k)]] =
              matrix.values[static_cast<std::size_t>(k)];
        if (!all->labels.empty()) static_cast<std::int32_t*>(out[1])[i] = all->labels[example];
        if (!all->numbers.empty())
          std::copy_n(all->numbers.begin() + wanted[i] * all->outputs, all->outputs,
                      static_cast<float*>(out[1]) + i * all->outputs);
      }
    };
  };
  return paged(std::move(pages));
}

}  // namespace ansatz::data
