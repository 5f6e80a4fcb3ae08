// TableColumns: how a table of texts becomes numbers, as it was learned from the training data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// What becomes of a column.
enum class ColumnUse { standardize, min_max, none, one_hot, classes };

/// What stands for a value that is missing.
enum class ColumnFill { mean, median, most_frequent, category, refuse };

/// A column of a table, with what was learned of it. Numbers become (x - offset) / scale.
struct TableColumn {
  std::string name;
  ColumnUse use = ColumnUse::standardize;
  ColumnFill missing = ColumnFill::mean;
  // Of numbers, over the values that are there.
  double mean = 0, deviation = 0;  ///< the deviation divides by their number
  double least = 0, greatest = 0;
  double fill = 0;  ///< in place of a number that is missing
  // Of texts.
  std::vector<std::string> categories;  ///< sorted: as numbers where all are, else by bytes
  std::string fill_category;            ///< in place of a text that is missing
  std::int64_t missing_values = 0;      ///< of the training data

  bool is_text() const { return use == ColumnUse::one_hot || use == ColumnUse::classes; }
  /// Numbers that it becomes.
  std::int64_t width() const;
  double offset() const;
  double scale() const;  ///< 1 for a column that is constant
  double scaled(double x) const { return (x - offset()) / scale(); }
  double original(double y) const { return y * scale() + offset(); }
};

/// How a table is read, and what was learned of its columns. As text it is the part
/// `ansatz.columns` of a model file.
struct TableColumns {
  std::string separator = "auto";  ///< "comma", "tab", "semicolon", "bar", "blanks", "auto"
  std::string comment;             ///< one character, or none
  bool header = true;              ///< whether the first line holds names
  std::vector<std::string> names;  ///< of all columns, in the order of the training data
  std::vector<std::string> missing_texts;
  bool unknown_as_zeros = false;  ///< a category that was not learned; else it is refused

  std::vector<TableColumn> features, targets;
  std::string weight;         ///< the column of the weights of examples, or none
  double mean_weight = 1;     ///< by which they are divided
  std::int64_t examples = 0;  ///< of the training data

  bool classifies() const { return !targets.empty() && targets[0].use == ColumnUse::classes; }
  std::int64_t width() const;  ///< of the features

  /// "income (2 classes: <=50K, >50K) from 14 columns (105 numbers)"; without targets, "from" and
  /// what follows.
  std::string summary() const;
  /// "2399 missing values filled in: workclass 1836 (Private), …"; "" where there are none.
  std::string filled() const;
};

std::string_view name_of(ColumnUse use);
std::string_view name_of(ColumnFill fill);

/// JSON, of which every number has the digits that its bits need.
std::string to_json(const TableColumns& columns);
/// FileError, beginning with `path`, for text that is something else.
TableColumns table_columns_of(const std::string& json, const std::string& path);

}  // namespace ansatz
