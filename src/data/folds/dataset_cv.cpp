#include <ansatz/data/folds/dataset_cv.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/sets/table_set.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace ansatz {

namespace {

std::size_t size_of(ElementType type) { return type == ElementType::float64 ? 8 : 4; }

// Classes of one-hot rows, or labels as they are.
std::vector<std::int32_t> labels_of(const Table& all) {
  const Column* found = nullptr;
  for (const Column& each : all.columns())
    if (each.source == "targets") found = &each;
  if (!found) throw ValueError("stratified folds need targets; this data set has none");
  const Column& targets = *found;
  std::vector<std::int32_t> labels;
  const std::int64_t width = targets.width();
  if (targets.labels > 0) {
    if (width != 1) throw ValueError("stratified folds need one label of each example");
    const auto* at = static_cast<const std::int32_t*>(targets.data);
    return {at, at + targets.examples};
  }
  const auto number = [&](std::int64_t i) {
    return targets.type == ElementType::float64
               ? static_cast<const double*>(targets.data)[i]
               : static_cast<double>(static_cast<const float*>(targets.data)[i]);
  };
  for (std::int64_t i = 0; i < targets.examples; ++i) {
    std::int32_t label = -1;
    // A number of each example: its class, as 0 and 1 of a Sigmoid are.
    if (width == 1) {
      const double x = number(i);
      if (!(x >= 0 && x < 1e9 && x == std::floor(x)))
        throw ValueError(
            fmt::format("stratified folds need classes: {} has the target {}, which is none",
                        targets.place_of(i), x));
      labels.push_back(static_cast<std::int32_t>(x));
      continue;
    }
    for (std::int64_t k = 0; k < width; ++k) {
      const double x = number(i * width + k);
      if (x != 0 && (x != 1 || label >= 0))
        throw ValueError(
            fmt::format("stratified folds need classes: the targets of {} are neither "
                        "a label nor one-hot",
                        targets.place_of(i)));
      if (x == 1) label = static_cast<std::int32_t>(k);
    }
    if (label < 0)
      throw ValueError(fmt::format("stratified folds need classes: the targets of {} are all 0",
                                   targets.place_of(i)));
    labels.push_back(label);
  }
  return labels;
}

Column rows_of(const Column& column, const std::vector<std::int64_t>& rows) {
  const std::size_t bytes = static_cast<std::size_t>(column.width()) * size_of(column.type);
  auto memory = std::make_shared<std::vector<char>>(bytes * rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(memory->data() + i * bytes,
                static_cast<const char*>(column.data) + static_cast<std::size_t>(rows[i]) * bytes,
                bytes);
  Column part = column;
  part.examples = static_cast<std::int64_t>(rows.size());
  part.data = memory->data();
  part.owner = memory;
  part.first = 0;
  part.origin = nullptr;
  if (column.origin && !column.origin->lines.empty()) {
    Origin origin;
    origin.file = column.origin->file;
    for (const std::int64_t row : rows)
      origin.lines.push_back(column.origin->lines[static_cast<std::size_t>(column.first + row)]);
    part.origin = std::make_shared<const Origin>(std::move(origin));
  }
  return part;
}

}  // namespace

std::string DatasetFolds::fault_of(std::int64_t examples) const {
  if (told_examples() == 0 || told_examples() == examples) return "";
  return fmt::format("the subset iterator is for {} examples, but the data set has {}",
                     told_examples(), examples);
}

std::int64_t DatasetFolds::fold_count() const {
  const std::int64_t known = splits().folds(-1);
  return known >= 0 ? known : splits().folds(dataset->load()->examples());
}

FoldRows DatasetFolds::rows_of(std::int64_t fold, const Table& all) const {
  if (const std::string why = fault_of(all.examples()); !why.empty()) throw ValueError(why);
  std::vector<std::int32_t> labels;
  if (splits().stratified()) labels = labels_of(all);
  return splits().fold(fold, all.examples(), labels);
}

void Fold::check() const {
  if (which_set != "train" && which_set != "valid" && which_set != "test")
    throw KeyFaults(
        {{"which_set", fmt::format("'{}': train, valid or test is needed", which_set.view())}});
}

std::shared_ptr<const BatchSource> Fold::open() const { return load(); }

std::shared_ptr<const Table> Fold::load() const {
  const Table all = in_memory(open_raw());
  const FoldRows rows = folds->rows_of(fold, all);
  const auto& wanted = which_set == "train"   ? rows.train
                       : which_set == "valid" ? rows.valid
                                              : rows.test;
  if (wanted.empty())
    throw ValueError(
        fmt::format("fold {} has no examples in its set '{}'", fold, which_set.view()));
  // What a table of one's own learns of its columns is learned from the training set alone.
  if (const auto* const table = dynamic_cast<const TableDataset*>(from().get())) {
    std::shared_ptr<const BatchSource> part =
        std::make_shared<const Table>(table->rows(wanted, rows.train));
    if (const auto& how = table->preprocessing()->preprocessor) part = how->start()->apply(part);
    return std::make_shared<const Table>(in_memory(part));
  }
  std::vector<Column> columns;
  for (const Column& each : all.columns()) columns.push_back(ansatz::rows_of(each, wanted));
  return std::make_shared<const Table>(std::move(columns));
}

}  // namespace ansatz
