// SparseDataset: rows most of whose numbers are zero.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A matrix that scipy.sparse.save_npz wrote, an example a row (see read_sparse_npz). In memory
/// are the numbers that are not zero; a batch is filled up while it is read, so that any model
/// takes it. What a row's Space is shows when the file is read, unless `dim` says it.
class SparseDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.sparse_dataset.SparseDataset";
  static constexpr const char* doc = "a sparse matrix of SciPy's";
  String load_path, target_path;
  int dim = 0, target_labels = 0;
  std::optional<bool> zipped_npy;

  constexpr SparseDataset() {}
  template <KeyOf<SparseDataset>... O>
  constexpr explicit SparseDataset(const char* file, const O&... options) : load_path(file) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = SparseDataset;
    key.required("load_path", &Self::load_path, "the .npz file of the matrix").is_path();
    key("dim", &Self::dim, "numbers of an example, which the file must have; 0: as it has")
        .at_least(0);
    key("target_path", &Self::target_path,
        "a .npy file of targets: [examples, outputs], or labels [examples] with target_labels")
        .is_path();
    key("target_labels", &Self::target_labels, "targets are labels below this; 0: numbers")
        .at_least(0)
        .only_with("target_path");
    key("zipped_npy", &Self::zipped_npy, "accepted and ignored: a file tells what it is");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features" && dim > 0) return vector_space(dim);
    if (source == "targets" && target_labels > 0) return index_space(target_labels);
    return {};
  }
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
