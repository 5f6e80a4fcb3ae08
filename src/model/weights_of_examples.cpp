#include "weights_of_examples.hpp"

#include <ansatz/data/sets/derived_sets.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

std::vector<double> weights_of_examples(const char* who, const Shared<Dataset>& dataset,
                                        int examples, std::int64_t features, double factor) {
  FromDataset part;
  part.dataset = dataset;
  part.num_examples = examples;
  const std::shared_ptr<const Table> table = part.load();
  const Column& column = table->column("features");
  if (column.width() != features || column.labels)
    throw ValueError(
        fmt::format("{}: random_patches_src has examples of {} {}, but there are {} visible units",
                    who, column.width(), column.labels ? "labels" : "numbers", features));
  std::vector<double> rows(static_cast<std::size_t>(features * examples)), weights(rows.size());
  Table::gather(column, {0, examples, nullptr}, ElementType::float64, rows.data());
  const auto n = static_cast<std::size_t>(features), count = static_cast<std::size_t>(examples);
  for (std::size_t j = 0; j < count; ++j)
    for (std::size_t i = 0; i < n; ++i) weights[i * count + j] = factor * rows[j * n + i];
  return weights;
}

}  // namespace ansatz
