// TextTable: a text file as columns of numbers and texts.
#pragma once

#include <ansatz/files/csv.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ansatz {

/// How a file is read.
struct TableFormat {
  /// "comma", "tab", "semicolon", "bar", "blanks", one character, or "auto": by the first line.
  std::string separator = "auto";
  std::string comment{};  ///< one character from which on a line is skipped, or ""
  /// Whether the first line holds names. Default: yes, unless `names` are given and are not those
  /// of the first line.
  std::optional<bool> header{};
  std::vector<std::string> names{};  ///< of the columns; empty: those of the first line
  /// Names that a file without some of its columns lacks: those of targets and weights.
  std::vector<std::string> dispensable{};
  std::vector<std::string> missing{"NA", "NaN", "nan"};  ///< beside an empty field
  /// What who reads a file without names should do.
  std::string without_names = "give names: [...], or header: False for column_1, column_2, …";
};

/// NameError or ValueError, beginning with the key, for a separator or a comment that is none.
void check(const TableFormat& format);

/// What a walk over a column found.
struct ColumnFacts {
  std::string name;
  std::int64_t numbers = 0, texts = 0, dates = 0, missing = 0;  ///< values of each kind
  std::int64_t commas = 0;  ///< of the texts those that are numbers with a comma, "1,5"
  bool whole = true;        ///< whether all its numbers are whole
  /// The first value that is no number, the first date, the first number.
  std::string text, date, number;
  std::int64_t text_line = 0, date_line = 0, number_line = 0;

  std::int64_t values() const { return numbers + texts + dates; }
};

/// The values of a column: numbers, NaN where they are missing, or texts by number, -1 likewise.
struct ColumnValues {
  std::string name;
  bool is_text = false;
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
  std::vector<std::string> texts;  ///< in the order of their first appearance
};

/// A column to be read.
struct WantedColumn {
  std::string name;
  bool is_text = false;
};

/// A text file whose columns have names. It is in memory; each walk takes time as it is long.
class TextTable {
 public:
  /// FileError as of CsvLines; for a file without a line; for names given twice, an empty one
  /// beside others of that name, numbers where names should stand, and text that is not UTF-8.
  TextTable(const std::string& path, const TableFormat& format);

  const std::string& path() const { return path_; }
  const std::vector<std::string>& names() const { return names_; }
  bool header() const { return header_; }
  const std::string& separator() const { return separator_; }  ///< by its name
  /// "PATH: WHAT", and the line of the names where there is one.
  std::string said(const std::string& what) const;
  /// Where a column stands. NameError, with those that there are, for one that is not there.
  std::size_t require(const std::string& name) const;
  bool has(const std::string& name) const;

  /// What the columns hold. FileError for lines of another number of fields than the first.
  std::vector<ColumnFacts> look();
  /// Columns by name. FileError, with line and column, for a field that is no number where numbers
  /// are wanted, and for numbers that are not finite.
  std::vector<ColumnValues> read(const std::vector<WantedColumn>& wanted);
  /// The line of each row, after `look` or `read`.
  const std::vector<std::int64_t>& lines() const { return line_of_row_; }

 private:
  template <class Use>
  void each_row(const Use& use);
  bool is_missing(const std::string& text) const;

  std::string path_, separator_;
  std::vector<std::string> missing_, names_;
  std::unordered_map<std::string, std::size_t> places_;  // of names
  CsvLines lines_;
  bool header_ = true;
  std::size_t fields_ = 0;
  std::int64_t first_line_ = 0;
  std::vector<std::int64_t> line_of_row_;
};

/// Whether a text is a date or a time as people write them: 2020-01-31, 31.1.2020, 1/31/20,
/// 31 Jan 2020, 12:30, with or without a time behind it.
bool is_date(std::string_view text);

}  // namespace ansatz
