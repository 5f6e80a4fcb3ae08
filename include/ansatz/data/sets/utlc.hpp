// The sets of the contest for unsupervised and transfer learning.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The Unsupervised and Transfer Learning Challenge (Guyon, Dror, Lemaire, Taylor, Aha 2011): six
/// sets under nicknames, most without labels. Pylearn2's functions give three arrays; a data set is
/// one of them, `which_set`.
class UtlcSet : public Dataset, public Preprocessing {
 public:
  String name, which_set;
  bool normalize = true, transfer = false, randomize_valid = false, randomize_test = false;

  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return source == "features" && width() ? vector_space(width()) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

 protected:
  constexpr UtlcSet() {}
  constexpr UtlcSet(const char* nickname, const char* set) : name(nickname), which_set(set) {}
  template <class K>
  static constexpr void utlc_keys(K& key) {
    key.required("which_set", &UtlcSet::which_set, "'train', 'valid' or 'test'");
    key("normalize", &UtlcSet::normalize, "by the numbers that Pylearn2 has for each of them");
    key("transfer", &UtlcSet::transfer, "of 'train': targets are the labels for transfer");
    key("randomize_valid", &UtlcSet::randomize_valid, "'valid' in a random order, always the same");
    key("randomize_test", &UtlcSet::randomize_test, "'test' in a random order, always the same");
    preprocessing_keys(key);
  }
  /// Of an example; 0: no set has this name.
  constexpr int width() const {
    constexpr struct {
      const char* name;
      int numbers;
    } sets[] = {{"avicenna", 120},  {"harry", 5000},  {"rita", 7200},
                {"sylvester", 100}, {"terry", 47236}, {"ule", 784}};
    for (const auto& each : sets)
      if (name == each.name) return each.numbers;
    return 0;
  }
  void check_names() const;
  bool randomized() const { return which_set == "valid" ? randomize_valid : randomize_test; }
  /// Where the examples are, and where their targets are, if it has any.
  virtual std::vector<std::string> places() const = 0;
  virtual std::vector<std::string> target_places() const;
};

/// Arrays of numbers: avicenna (120 numbers an example), harry (5000), rita (7200), sylvester (100)
/// or ule (784). Files: UTLC/filetensor/NAME_{train,valid,test,transfer}.ft[.gz], of ule also
/// ule_{trainl,validl,testl}.ft or .tf, its labels: matrices as NORB has them. They stay in memory
/// as the file has them, bytes as bytes, and are normalised as batches are read.
///
///     UtlcArrays("ule", "train")
class UtlcArrays : public UtlcSet {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.utlc.load_ndarray_dataset";
  static constexpr const char* doc = "a set of the contest for transfer learning";
  bool normalize_on_the_fly = false, labels = false;

  constexpr UtlcArrays() {}
  constexpr UtlcArrays(const char* nickname, const char* set) : UtlcSet(nickname, set) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = UtlcArrays;
    key.required("name", &UtlcSet::name, "'avicenna', 'harry', 'rita', 'sylvester' or 'ule'");
    key("normalize_on_the_fly", &Self::normalize_on_the_fly,
        "the same as normalize, which is done batch by batch anyway");
    key("labels", &Self::labels, "of ule: targets are its labels, a number for each class")
        .not_with("transfer");
    utlc_keys(key);
  }
  void check() const;
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  std::vector<std::string> places() const override;
  std::vector<std::string> target_places() const override;
};

/// Sparse matrices: harry (5000 numbers an example), terry (47236) or ule (784). Files:
/// UTLC/sparse/NAME_{train,valid,test}.npz, which scipy.sparse.save_npz wrote.
class UtlcSparse : public UtlcSet {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.utlc.load_sparse_dataset";
  static constexpr const char* doc = "a set of the contest for transfer learning, sparse";

  constexpr UtlcSparse() {}
  constexpr UtlcSparse(const char* nickname, const char* set) : UtlcSet(nickname, set) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("name", &UtlcSet::name, "'harry', 'terry' or 'ule'");
    utlc_keys(key);
  }
  void check() const;
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  std::vector<std::string> places() const override;
};

/// Avicenna, letters of Arabic manuscripts, 120 numbers an example, normalised. `standardize` takes
/// the mean from each number and divides it by its deviation, or .001 where that is smaller: those
/// of training, validation and test set together.
class Avicenna : public UtlcArrays {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.avicenna.Avicenna";
  static constexpr const char* doc = "letters of manuscripts, 120 numbers each";
  bool standardize = false;

  constexpr Avicenna() : UtlcArrays("avicenna", "") {}
  constexpr Avicenna(const char* set, bool by_all) : UtlcArrays("avicenna", set) {
    standardize = by_all;
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &UtlcSet::which_set, "'train', 'valid' or 'test'");
    key.required("standardize", &Avicenna::standardize,
                 "mean 0 and deviation 1 of each number, over all three sets");
    preprocessing_keys(key);
  }
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
