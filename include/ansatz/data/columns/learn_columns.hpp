// What is learned of the columns of a table, and what becomes of them.
#pragma once

#include <ansatz/data/columns/column_rules.hpp>
#include <ansatz/data/columns/table_columns.hpp>
#include <ansatz/data/columns/text_table.hpp>
#include <ansatz/data/table.hpp>

#include <functional>
#include <string>
#include <vector>

namespace ansatz {

/// What is to be learned.
struct ColumnTask {
  std::vector<std::string> targets;
  std::string task = "auto";  ///< or "classification", "regression"
  ColumnRules rules;
  bool unknown_as_zeros = false;
  ColumnUse target_use = ColumnUse::standardize;  ///< of numbers
  std::string weight;                             ///< column of the weights of examples, or none
};

/// NameError, ValueError, beginning with the key, for rules that no table can have.
void check(const ColumnTask& task);

/// Columns of a file, read.
struct ReadColumns {
  std::string file;
  std::vector<ColumnValues> columns;
  std::vector<std::int64_t> lines;  ///< of each row

  std::int64_t rows() const { return std::ssize(lines); }
  const ColumnValues* find(std::string_view name) const;
};

/// Looks at all of a file and learns from the rows that `training` gives, of those that were read.
///
/// Without a rule, numbers are standardized and texts are one-hot; missing numbers become the mean,
/// missing texts the most frequent one. FileError, NameError, ValueError: for columns that are not
/// there; for dates; for numbers with a few texts among them; for texts that nearly all differ; for
/// a target of whole numbers that may as well be classes; for a target that is missing somewhere,
/// or the same everywhere.
/// @param read  what was read, for `table_of`
TableColumns learn_columns(
    TextTable& table, const ColumnTask& task, ReadColumns& read,
    const std::function<std::vector<std::int64_t>(const ReadColumns&)>& training);

/// The same kinds, categories and classes, with the numbers of other rows: means, deviations,
/// ranges, and what stands for missing values.
TableColumns learned_from(const std::vector<std::int64_t>& rows, const ReadColumns& read,
                          TableColumns columns);

/// Reads what `columns` names. Targets and weights only where `targets`.
/// NameError, FileError for columns that are not there and values of another kind.
ReadColumns read_columns(TextTable& table, const TableColumns& columns, bool targets);

/// Rows as numbers: "features", and where they were read "targets" and "weights". ValueError, with
/// file and line, for categories and classes that are unknown and for values that are missing and
/// may not be.
Table table_of(const ReadColumns& read, const TableColumns& columns,
               const std::vector<std::int64_t>& rows);

/// Columns of numbers of which more than half of the rows lie outside of what the training data
/// had, as a warning says it; "" where there are none. Such columns may have been swapped.
std::string out_of_range(const ReadColumns& read, const TableColumns& columns);

}  // namespace ansatz
