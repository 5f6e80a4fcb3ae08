// SavedDataset: examples as they were saved, preprocessed or not.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/data/source.hpp>
#include <ansatz/job/dataset.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What save_dataset wrote, or `ansatz preprocess`: what Pylearn2's scripts keep in `train.pkl`.
/// `!pkl: "train.pkl"` gives one.
class SavedDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "ansatz.datasets.SavedDataset";
  static constexpr const char* doc = "examples as `ansatz preprocess` saved them";
  String path;

  constexpr SavedDataset() {}
  template <KeyOf<SavedDataset>... O>
  constexpr explicit SavedDataset(const char* file, const O&... options) : path(file) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("path", &SavedDataset::path, "the file").is_path();
    preprocessing_keys(key);
  }
  /// KeyFaults of `path` where the file is there and is no such file.
  void check() const;
  constexpr const Preprocessing* preprocessing() const override { return this; }
  SpaceInfo source_space(std::string_view source) const override;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override { list.emplace_back(path.view()); }
};

/// Replaces `path` by all examples of a source: a file of tensors (safetensors), one a source of
/// data, whose metadata say which are images and which labels. FileError if writing fails, and
/// where `path` holds what is no such file.
void save_dataset(const std::string& path, const std::shared_ptr<const BatchSource>& data);

}  // namespace ansatz
