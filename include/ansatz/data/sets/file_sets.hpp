// Data sets in files: CSV, .npy and .npz.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A text file of numbers, targets in the first columns. See csv_table for its rules and errors.
class CSVDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.csv_dataset.CSVDataset";
  static constexpr const char* doc = "a text file of numbers";
  String path = "train.csv";
  String task = "classification";
  bool expect_labels = true;
  bool expect_headers = true;
  String delimiter = ",";
  std::optional<int> start, stop;
  std::optional<double> start_fraction, end_fraction;
  int num_outputs = 1;

  constexpr CSVDataset() {}
  template <KeyOf<CSVDataset>... O>
  constexpr explicit CSVDataset(const char* file, const O&... options) : path(file) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("path", &CSVDataset::path, "the file").is_path();
    key("task", &CSVDataset::task, "'classification' (targets are labels) or 'regression'");
    key("expect_labels", &CSVDataset::expect_labels, "whether the first columns are targets");
    key("expect_headers", &CSVDataset::expect_headers, "whether the first line holds names");
    key("delimiter", &CSVDataset::delimiter,
        "the character between two numbers, or comma, tab, semicolon, bar, blanks; '': blanks, any "
        "number of blanks and tabs");
    key("start", &CSVDataset::start, "first example").at_least(0);
    key("stop", &CSVDataset::stop, "one after the last example").at_least(0);
    key("start_fraction", &CSVDataset::start_fraction, "this part of the file, from its beginning");
    key("end_fraction", &CSVDataset::end_fraction, "this part of the file, at its end");
    key("num_outputs", &CSVDataset::num_outputs, "number of columns of targets")
        .at_least(1)
        .only_with("expect_labels");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  /// The character that `delimiter` names, or any_blanks; errors as of `check`.
  char separator() const;
  /// NameError and ValueError, beginning "CSVDataset: key", for what no file can have.
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

/// An array of a .npy file: features [examples, features], or images; and targets in another.
class NpyDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.npy_npz.NpyDataset";
  static constexpr const char* doc = "an array of a .npy file";
  String file, target_path;
  String mmap_mode;
  int target_labels = 0;

  constexpr NpyDataset() {}
  template <KeyOf<NpyDataset>... O>
  constexpr explicit NpyDataset(const char* path, const O&... options) : file(path) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("file", &NpyDataset::file, "the .npy file").is_path();
    key("target_path", &NpyDataset::target_path,
        "a .npy file of targets: [examples, outputs], or labels [examples] with target_labels")
        .is_path();
    key("target_labels", &NpyDataset::target_labels, "targets are labels below this; 0: numbers")
        .at_least(0)
        .only_with("target_path");
    key("mmap_mode", &NpyDataset::mmap_mode,
        "'r': the file is mapped, and only what is read is in memory; default: all of it is");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return source == "targets" && target_labels > 0 ? index_space(target_labels) : SpaceInfo();
  }
  /// NameError for another mmap_mode.
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

/// Arrays of a .npz file: features under `key`, targets under `target_key`.
class NpzDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.npy_npz.NpzDataset";
  static constexpr const char* doc = "arrays of a .npz file";
  String file, key, target_key;
  int target_labels = 0;

  constexpr NpzDataset() {}
  constexpr NpzDataset(const char* path, const char* features, const char* targets = "",
                       int labels = 0)
      : file(path), key(features), target_key(targets), target_labels(labels) {}
  template <class K>
  static constexpr void keys(K& k) {
    k.required("file", &NpzDataset::file, "the .npz file").is_path();
    k.required("key", &NpzDataset::key, "name of the array of features");
    k("target_key", &NpzDataset::target_key, "name of the array of targets");
    k("target_labels", &NpzDataset::target_labels, "targets are labels below this; 0: numbers")
        .at_least(0)
        .only_with("target_key");
    preprocessing_keys(k);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
