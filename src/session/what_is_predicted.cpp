#include "what_is_predicted.hpp"

#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/table_set.hpp>
#include <ansatz/data/source.hpp>
#include <ansatz/files/csv.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

std::string size_of(const Column& column) {
  if (column.labels)
    return column.width() == 1
               ? fmt::format("{} classes", column.labels)
               : fmt::format("{} labels of {} classes", column.width(), column.labels);
  return fmt::format("{} number{}", column.width(), column.width() == 1 ? "" : "s");
}

// Columns by their numbers, those of targets called as the first line calls them.
std::string names_of(const CSVDataset& set, std::size_t first, std::size_t count) {
  CsvOptions options;
  options.comment = '#';
  options.separator = set.separator();
  const std::vector<std::string> names = read_csv_first_line(set.path.c_str(), options).texts;
  std::string text;
  for (std::size_t i = first; i < first + count && i < names.size(); ++i)
    text += (text.empty() ? "" : ", ") + names[i];
  return text;
}

std::string called(const Dataset* set, const Column& column) {
  const auto* const csv = dynamic_cast<const CSVDataset*>(set);
  if (!csv || column.source != "targets") return column.source;
  const std::string names =
      csv->expect_headers ? names_of(*csv, 0, static_cast<std::size_t>(csv->num_outputs)) : "";
  if (!names.empty()) return names;
  return csv->num_outputs == 1 ? "the first column"
                               : fmt::format("the first {} columns", csv->num_outputs);
}

}  // namespace

std::string what_is_predicted(Session& session) {
  const Train& job = session.job();
  if (!session.data()) return "";
  if (const auto* const set = dynamic_cast<const TableDataset*>(job.dataset.get())) {
    const std::shared_ptr<const TableColumns> columns = set->learned();
    const std::string filled = columns->filled();
    return (columns->targets.empty() ? "reads " : "predicts ") + columns->summary() +
           (filled.empty() ? "" : "\n" + filled);
  }
  std::string inputs, targets;
  const auto read = [&](std::string& text, const Sources& sources, const SpaceInfo& space) {
    for (const DataSpecs& each : flatten(space, sources))
      if (const Column* const column = session.data()->find(each.source.name.view()))
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ",
                            called(job.dataset.get(), *column), size_of(*column));
  };
  try {
    const Data wanted = job.data();
    read(inputs, job.model->input_source(), job.model->input_space());
    bool reads_targets = false;
    for (const DataSpecs& each : flatten(job.model->target_space(), job.model->target_source()))
      reads_targets = reads_targets || wanted.has(each.source.name);
    if (reads_targets) read(targets, job.model->target_source(), job.model->target_space());
  } catch (const Error&) {
    return "";  // a model of one's own need not tell
  }
  return targets.empty() || inputs.empty() ? ""
                                           : fmt::format("predicts {} from {}", targets, inputs);
}

}  // namespace ansatz
