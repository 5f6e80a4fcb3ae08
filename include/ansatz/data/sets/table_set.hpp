// TableDataset: a table of one's own, whose columns have names.
#pragma once

#include <ansatz/data/columns/column_rules.hpp>
#include <ansatz/data/columns/table_columns.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

#include <memory>
#include <optional>

namespace ansatz {

struct ReadColumns;

/// A text file with names of columns, of which one (or several) are predicted from the others:
/// docs/tables.md. What is learned of the columns, such as means and categories, is learned from
/// the rows of the data set that is trained on; a table `like` another does the same. It reads its
/// file when its Spaces are asked for, so it exists at run time only.
///
///     TableDataset table;
///     table.path = "adult.data";
///     table.target = {"income"};
class TableDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "Table";
  static constexpr const char* doc = "a table of one's own: columns by name, numbers and texts";
  String path;
  Shared<Dataset> like;
  ir::List<String> target;
  String task = "auto", target_scale = "standardize", weight;
  ColumnRules columns;
  ir::List<String> names;
  std::optional<bool> header;
  String separator = "auto", comment;
  std::optional<ir::List<String>> missing;
  String unknown = "refuse";
  RowParts split;
  String which_set;
  bool shuffle = true, stratify = false;
  int seed = 0;

  TableDataset();
  template <class K>
  static constexpr void keys(K& key) {
    using T = TableDataset;
    key("path", &T::path, "the file; also looked for under the data path").is_path();
    key("like", &T::like,
        "a Table that this one is read and scaled as; without path, another part of its rows");
    key("target", &T::target, "the column to predict, or several of numbers").not_with("like");
    key("task", &T::task,
        "'classification' or 'regression'; default: texts are classes, numbers are not")
        .not_with("like");
    key("target_scale", &T::target_scale,
        "of numbers to predict: 'standardize', 'min_max', 'none'; predict undoes it")
        .not_with("like");
    key("weight", &T::weight, "column of the weights of examples, for WeightedCost")
        .not_with("like");
    key("columns", &T::columns,
        "auto; a list of the columns to use; or a mapping of columns to standardize, min_max, "
        "none, "
        "one_hot, drop or {use: …, missing: …}")
        .not_with("like");
    key("names", &T::names, "names of the columns, where the file has none");
    key("header", &T::header,
        "whether the first line holds names; default: unless names are given");
    key("separator", &T::separator,
        "'comma', 'tab', 'semicolon', 'bar', 'blanks' or one character; default: by the first "
        "line");
    key("comment", &T::comment, "a character from which on a line is skipped");
    key("missing", &T::missing,
        "texts that stand for a missing value beside an empty field; default: NA, NaN, nan");
    key("unknown", &T::unknown,
        "a category that the training data did not have: 'refuse', or 'zeros'")
        .not_with("like");
    key("split", &T::split, "parts of the rows by name, such as {train: .8, test: .2}");
    key("which_set", &T::which_set,
        "the part of the split; default: 'train', or the first where none is called so");
    key("shuffle", &T::shuffle, "whether parts are drawn, or follow each other in the file")
        .only_with("split");
    key("stratify", &T::stratify, "whether each part has its share of the examples of every class")
        .only_with("split");
    key("seed", &T::seed, "of the drawing: numpy.random.RandomState(seed).permutation(rows)")
        .at_least(0)
        .only_with("split");
    preprocessing_keys(key);
  }
  const Preprocessing* preprocessing() const override { return this; }

  /// NameError and ValueError, beginning "Table: key", for what no file can have.
  void check() const;
  /// The file is read for it; NullSpace where that fails, which `learned` tells.
  SpaceInfo source_space(std::string_view source) const override;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

  /// How its columns become numbers: of the table that it is like, or what it was given, or else
  /// learned from its rows. Errors as of learn_columns.
  std::shared_ptr<const TableColumns> learned() const;
  /// Whether learning has failed, or the file is not there: its Spaces are unknown.
  bool fails() const;
  /// Whether it would have to read a file that is not there.
  bool learned_missing() const;
  /// From now on its columns are these.
  void take(std::shared_ptr<const TableColumns> known) const;
  /// Whether the targets are read. Those of rows that are to be predicted need not be there.
  void read_targets(bool wanted) const;
  /// Some of the rows of `load`, by their number there, as numbers whose means, deviations and
  /// fillings are learned from others of them. Categories and classes are those of all.
  Table rows(const std::vector<std::int64_t>& wanted,
             const std::vector<std::int64_t>& training) const;
  /// Columns of which most numbers lie outside of what was learned; see out_of_range.
  std::string warning() const;

 private:
  struct State;
  const TableDataset* model() const;  // the table that it is like, or null
  std::string file() const;
  const RowParts& parts() const;
  std::string_view part() const;      // of those its own
  const TableDataset& drawn() const;  // the table that says how parts are drawn
  std::vector<std::int32_t> strata(const ReadColumns& read) const;
  std::vector<std::int64_t> rows_of_part(const ReadColumns& read) const;
  void require_read(const TableColumns& known) const;
  std::shared_ptr<State> state_;
};

/// The table that a data set is, or that what it is derived from is; null of others.
const TableDataset* table_within(const Dataset* set);

/// While it lives, tables that would learn in this thread take these columns instead: those of a
/// model file, whose training data need not be there any more.
class KnownColumns {
 public:
  explicit KnownColumns(std::shared_ptr<const TableColumns> columns);
  ~KnownColumns();
  KnownColumns(const KnownColumns&) = delete;
  KnownColumns& operator=(const KnownColumns&) = delete;

 private:
  std::shared_ptr<const TableColumns> outer_;
};

}  // namespace ansatz
