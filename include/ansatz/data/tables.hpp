// Data sets from files and from other containers, as tables with the sources "features" and, if
// there are any, "targets".
#pragma once

#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/data/table.hpp>

#include <optional>
#include <string>

namespace ansatz {

/// MNIST, Fashion-MNIST, and digits of the stream: images 28 x 28 x 1 and labels of ten classes.
/// `digits_table(mnist("train", 0, 50000))`.
Table digits_table(Digits digits);

/// What Pylearn2's CSVDataset takes. Each member has an initialiser, as those of CsvOptions.
struct CsvDatasetOptions {
  std::string path = "train.csv";
  std::string task = "classification";     ///< or "regression"
  bool expect_labels = true;               ///< the first num_outputs columns are targets
  bool expect_headers = true;              ///< the first line holds names
  char delimiter = ',';                    ///< one character, or any_blanks
  std::optional<std::int64_t> start{};     ///< first example
  std::optional<std::int64_t> stop{};      ///< behind the last example
  std::optional<double> start_fraction{};  ///< this part of the file, from its beginning
  std::optional<double> end_fraction{};    ///< this part of the file, at its end
  int num_outputs = 1;
};

/// What can be said of them before the file is read. NameError for an unknown task, ValueError for
/// a range or a fraction that no file has, for both kinds of them, and for a delimiter that numbers
/// are written with; the message begins with the key.
void check(const CsvDatasetOptions& options);

/// A text file of numbers in double precision, read as `read_csv` does; from # on a line is a
/// comment, as for numpy.loadtxt. For classification, targets are labels, as many as
/// the largest plus one; for regression, real numbers [num_outputs]. Unlike the original, `stop`
/// works without `start`, and a file without labels has no targets whatever the task.
///
/// Throws FileError as of `read_csv`; NameError for an unknown task; ValueError for a label that
/// is no whole number from 0 on, for a range or a fraction outside the file, for both kinds of
/// them, and for a file without columns for features.
Table csv_table(const CsvDatasetOptions& options);

/// Pylearn2's NpyDataset: an array [examples, features], or images [examples, rows, columns,
/// channels], of any type that `read_npy` knows. Integers, and bool, become float32 where that
/// holds all values of their type, else double. Throws FileError for an array of other dimensions,
/// and for one without examples.
Table npy_table(const std::string& path);

/// Targets of a .npy file: real numbers [examples] or [examples, outputs], or, with `labels` > 0,
/// whole numbers 0 to labels - 1 of any type [examples]. Errors as of `npz_table`.
Column npy_targets(const std::string& path, int labels);

/// Pylearn2's NpzDataset: features as of `npy_table` from the array `key`, and targets from
/// `target_key` if it is not empty: real numbers [examples] or [examples, outputs], or, with
/// `target_labels` > 0, whole numbers 0 to target_labels - 1 of any type. Throws NameError for an
/// unknown key.
Table npz_table(const std::string& path, const std::string& key, const std::string& target_key = "",
                int target_labels = 0);

/// Arrays of a .npz file, each called as a column and of its kind (see sources.hpp): numbers or
/// images of its dimensions, or labels, behind the dimension of the examples; a single number or
/// label also as [examples, 1]. Throws NameError for an array that is not there; FileError for one
/// of other dimensions.
Table npz_table(const std::string& path, const std::vector<Column>& columns);

}  // namespace ansatz
