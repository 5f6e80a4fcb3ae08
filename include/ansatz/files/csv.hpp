// Tables of numbers from text files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
};

/// Looks at the first line alone. FileError when the file cannot be read.
CsvFirstLine read_csv_first_line(const std::string& path, const CsvOptions& options = {});

}  // namespace ansatz
