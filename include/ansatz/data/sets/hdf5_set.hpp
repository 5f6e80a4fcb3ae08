// HDF5Dataset: arrays of an HDF5 file, larger than memory if need be.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Arrays of an HDF5 file as sources: array sources[i] holds examples of spaces[i], one a row, and
/// is called aliases[i], or as in the file. Batches are read from the file, in any order, and a
/// thread prepares the next ones; with load_all all of it is in memory. Labels (an IndexSpace) are
/// integers.
///
///     !obj:HDF5Dataset { filename: digits.h5, sources: [features, targets],
///                        spaces: [ !obj:VectorSpace { dim: 784 }, !obj:IndexSpace { … } ] }
///
/// Pylearn2's older form names arrays by what they are, instead: X or topo_view, and y.
class HDF5Dataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.hdf5.HDF5Dataset";
  static constexpr const char* doc = "arrays of an HDF5 file, larger than memory if need be";
  String filename;
  ir::List<String> sources, aliases;
  ir::List<SpaceInfo> spaces;
  bool load_all = false;
  std::optional<int> cache_size;
  std::optional<String> use_h5py;
  String X, topo_view, y;
  std::optional<int> y_labels;

  constexpr HDF5Dataset() {}
  template <KeyOf<HDF5Dataset>... O>
  constexpr explicit HDF5Dataset(const char* file, const O&... options) : filename(file) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("filename", &HDF5Dataset::filename, "the file").is_path();
    key("sources", &HDF5Dataset::sources, "names of the arrays");
    key("spaces", &HDF5Dataset::spaces, "the Space of an example of each");
    key("aliases", &HDF5Dataset::aliases, "what the sources are called, if not as in the file");
    key("load_all", &HDF5Dataset::load_all, "read all of it into memory at first");
    key("cache_size", &HDF5Dataset::cache_size, "accepted and ignored");
    key("use_h5py", &HDF5Dataset::use_h5py, "accepted and ignored");
    key("X", &HDF5Dataset::X, "instead of sources: the array of features, [examples, features]");
    key("topo_view", &HDF5Dataset::topo_view,
        "instead of X: the array of images, [examples, rows, columns, channels]");
    key("y", &HDF5Dataset::y, "the array of targets, with X or topo_view");
    key("y_labels", &HDF5Dataset::y_labels, "targets are labels below this").at_least(1);
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    for (int i = 0; i < sources.size() && i < spaces.size(); ++i)
      if (name_of(i) == source) return spaces[i];
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

 private:
  constexpr std::string_view name_of(int i) const {
    return i < aliases.size() ? aliases[i].view() : sources[i].view();
  }
};

}  // namespace ansatz
