// MatlabDataset: an array of a .mat file.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The array `which_set` of a .mat file of version 5 or 7.3 (see read_mat_array): features
/// [examples, features], or images [examples, rows, columns, channels].
class MatlabDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.matlab_dataset.MatlabDataset";
  static constexpr const char* doc = "an array of a .mat file";
  String path, which_set;

  constexpr MatlabDataset() {}
  constexpr MatlabDataset(const char* file, const char* array) : path(file), which_set(array) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("path", &MatlabDataset::path, "the .mat file").is_path();
    key.required("which_set", &MatlabDataset::which_set, "name of the array");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
