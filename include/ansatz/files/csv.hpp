// Tables of numbers from text files.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dsl/exceptions.hpp>

namespace ansatz {

/// Which field of a line is the class, counted from 0: none of them, or the last one.
inline constexpr int no_class = -2;
inline constexpr int last_field = -1;

/// A separator: any number of blanks and tabs, also before the first field. Any other separator
/// stands alone, and between two of them is an empty field.
inline constexpr char any_blanks = '\0';

// Each member has an initialiser: without one, g++ warns at read_csv(path, {.header = true}).
struct CsvOptions {
  char separator = ',';        ///< one character, or any_blanks
  bool header = false;         ///< the first line holds names
  int class_field = no_class;  ///< a field with the name of a class, kept out of the numbers
  std::vector<std::string> classes{};  ///< the classes in the order of their labels (so that test
                                       ///< data get the labels of training data); empty: found
  std::string missing{};               ///< a field with this text is NaN, such as "?"; empty: none
  char comment = '\0';  ///< from it on a line is skipped, '#' for NumPy; '\0': from none
  std::string header_key = "header";  ///< what messages call `header`
};

/// Numbers, one example a row, and classes.
struct CsvTable {
  int rows = 0;
  int columns = 0;                   ///< of numbers: the class is not counted
  std::vector<double> values;        ///< [rows, columns], row-major
  std::vector<std::int32_t> labels;  ///< [rows]: index into classes; empty without class_field
  std::vector<std::string> classes;  ///< in the order given, or of their first appearance
  std::vector<std::string> names;    ///< [columns], from the header; empty without one, and where
                                     ///< names that have blanks stand between blanks
  std::vector<std::int64_t> lines;   ///< [rows]: the line of the file, from 1
};

/// Reads a text file of numbers in UTF-8, plain or gzip. Numbers have a decimal point in every
/// locale, and are 0 where they are too small for a double; blanks around a field that do not
/// separate are skipped, as are empty lines; a field may stand in double quotes; lines end with
/// \n, \r\n or \r. With a header, a comment that comes first is the line of names, as
/// numpy.savetxt writes it; where it is another comment, a line of words alone is.
///
/// Throws FileError with file:line:column (bytes, from 1) for a field that is not a number,
/// a line with another number of fields than the first one, a class not in `classes`.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {});

/// What the first line of a file tells that is neither empty nor a comment.
struct CsvFirstLine {
  int fields = 0;        ///< 0: there is none
  bool numbers = false;  ///< all fields are numbers, and no comment before it may be their names
  std::vector<std::string> texts{};  ///< of the fields
};

/// Looks at the first line alone. FileError when the file cannot be read.
CsvFirstLine read_csv_first_line(const std::string& path, const CsvOptions& options = {});

/// A field of a line as text.
struct CsvField {
  std::string text;        ///< without blanks around it, and without its quotes
  std::size_t column = 1;  ///< of its first character in the line, from 1
};

/// The lines of a text file, one after the other, as texts; by the rules of `read_csv`, but a field
/// in quotes may have line ends in it, as in Python's csv. Of the options, separator and comment
/// count. FileError as of `read_csv`, also for a file of more than 4 GB.
///
///     CsvLines lines("table.csv");
///     while (lines.next()) use(lines.fields());
class CsvLines {
 public:
  explicit CsvLines(const std::string& path, const CsvOptions& options = {});
  ~CsvLines();
  CsvLines(const CsvLines&) = delete;
  CsvLines& operator=(const CsvLines&) = delete;

  /// The text of the first line that is neither empty nor a comment; "" when there is none.
  std::string_view first_line() const;
  /// Reads from now on with another separator; where something was read already, after `rewind`.
  void separator(char c);

  /// Takes the next line that is neither empty nor a comment; false when there is none.
  bool next();
  /// Of the line taken last, at least one.
  std::span<const CsvField> fields() const;
  /// The number of that line, from 1; where quotes go over several, of the first.
  std::int64_t line() const;
  /// Back to the beginning of the file, which is not read again.
  void rewind();
  /// "PATH:LINE:COLUMN: WHAT", of the line taken last.
  FileError error(std::size_t column, const std::string& what) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A number as `read_csv` reads it: false for text that is none, and for one too large for a
/// double; "inf" and "nan" are numbers.
bool csv_value(std::string_view text, double& value);

}  // namespace ansatz
