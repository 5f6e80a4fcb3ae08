// Tables of numbers from text files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

/// Which field of a line is the class, counted from 0: none of them, or the last one.
inline constexpr int no_class = -2;
inline constexpr int last_field = -1;

// Each member has an initialiser: without one, g++ warns at read_csv(path, {.header = true}).
struct CsvOptions {
  char separator = ',';        ///< ' ' or tab: any number of both
  bool header = false;         ///< the first line holds names
  int class_field = no_class;  ///< a field with the name of a class, kept out of the numbers
  std::vector<std::string> classes{};  ///< the classes in the order of their labels (so that test
                                       ///< data get the labels of training data); empty: found
  std::string missing{};               ///< a field with this text is NaN, such as "?"; empty: none
};

/// Numbers, one example a row, and classes.
struct CsvTable {
  int rows = 0;
  int columns = 0;                   ///< of numbers: the class is not counted
  std::vector<double> values;        ///< [rows, columns], row-major
  std::vector<std::int32_t> labels;  ///< [rows]: index into classes; empty without class_field
  std::vector<std::string> classes;  ///< in the order given, or of their first appearance
  std::vector<std::string> names;    ///< [columns], from the header; empty without one
};

/// Reads a text file of numbers, plain or gzip. Numbers have a decimal point in every locale;
/// blanks around a field and empty lines are skipped; a field may stand in double quotes.
///
/// Throws FileError with file:line:column (bytes, from 1) for a field that is not a number,
/// a line with another number of fields than the first one, a class not in `classes`.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {});

/// What the first line of a file tells that is not empty.
struct CsvFirstLine {
  int fields = 0;        ///< 0: there is none
  bool numbers = false;  ///< all fields are numbers, so that it holds no names
};

/// Looks at the first line alone. FileError when the file cannot be read.
CsvFirstLine read_csv_first_line(const std::string& path, const CsvOptions& options = {});

}  // namespace ansatz
