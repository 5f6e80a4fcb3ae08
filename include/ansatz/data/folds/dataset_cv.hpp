// DatasetCV and its kin: a data set, divided for cross-validation
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/data/folds/splits.hpp>
#include <ansatz/data/sets/derived_sets.hpp>
#include <ansatz/job/dataset.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A way to divide examples, as DatasetCV is given one.
class SubsetSplits : public Object {
 public:
  static constexpr const char* kind_name = "subset iterator";
  static constexpr bool outlives_faults = true;
  int n = 0;

  template <class T, class K>
  static constexpr void subset_keys(K& key) {
    key("n", &T::n, "number of examples; if given, the data set must have as many").at_least(2);
  }
  constexpr virtual const Splits& splits() const = 0;
};

/// A data set and how it is divided into folds: what TrainCV trains on, fold by fold. A
/// preprocessor is fitted on the training set of each fold, and applied to all its sets.
class DatasetFolds : public Object {
 public:
  static constexpr const char* kind_name = "data set for cross-validation";
  static constexpr bool outlives_faults = true;
  Shared<Dataset> dataset;
  Shared<Preprocessor> preprocessor;
  bool fit_preprocessor = false, return_dict = true;

  template <class T, class K>
  static constexpr void data_keys(K& key) {
    key.required("dataset", &T::dataset, "the data set that is divided");
    key("preprocessor", &T::preprocessor, "what is done to the features of each fold");
    key("fit_preprocessor", &T::fit_preprocessor,
        "the preprocessor learns from the training set of each fold what it needs");
    key("return_dict", &T::return_dict, "as in Pylearn2, where TrainCV needs true");
  }
  constexpr virtual const Splits& splits() const = 0;
  /// Whether the number of examples that a subset iterator was told is another; "" if not.
  std::string fault_of(std::int64_t examples) const;
  constexpr virtual int told_examples() const { return 0; }

  /// Number of folds: reads the data if it depends on them.
  std::int64_t fold_count() const;
  /// The examples of a fold. Errors: ValueError of the split.
  FoldRows rows_of(std::int64_t fold, const Table& all) const;
};

/// What subset iterators have in common.
template <class How, bool ByClass, bool Validates>
class SubsetsOf : public SubsetSplits, public How {
 public:
  constexpr SubsetsOf() {
    if constexpr (requires { How::by_class; }) {
      How::by_class = ByClass;
      How::with_validation = Validates;
    }
  }
  constexpr ~SubsetsOf() override {}
  template <class K>
  static constexpr void keys(K& key) {
    subset_keys<SubsetsOf>(key);
    How::template split_keys<SubsetsOf, Validates>(key);
  }
  void check() const {
    if constexpr (requires(const How& h) { h.check_folds(); }) How::check_folds();
  }
  constexpr const Splits& splits() const override { return *this; }
};

/// What data sets for cross-validation have in common that say themselves how they are divided.
template <class How, bool ByClass, bool Validates>
class FoldsOf : public DatasetFolds, public How {
 public:
  constexpr FoldsOf() {
    if constexpr (requires { How::by_class; }) {
      How::by_class = ByClass;
      How::with_validation = Validates;
    }
  }
  constexpr ~FoldsOf() override {}
  template <class K>
  static constexpr void keys(K& key) {
    data_keys<FoldsOf>(key);
    How::template split_keys<FoldsOf, Validates>(key);
  }
  void check() const {
    if constexpr (requires(const How& h) { h.check_folds(); }) How::check_folds();
  }
  constexpr const Splits& splits() const override { return *this; }
};

class KFold : public SubsetsOf<KFoldSplits, false, false> {
 public:
  static constexpr const char* yaml = "sklearn.cross_validation.KFold";
  static constexpr const char* doc = "k folds";
};
class StratifiedKFold : public SubsetsOf<KFoldSplits, true, false> {
 public:
  static constexpr const char* yaml = "sklearn.cross_validation.StratifiedKFold";
  static constexpr const char* doc = "k folds with equal shares of the classes";
};
class ShuffleSplit : public SubsetsOf<ShuffleSplits, false, false> {
 public:
  static constexpr const char* yaml = "sklearn.cross_validation.ShuffleSplit";
  static constexpr const char* doc = "sets drawn anew for every fold";
};
class StratifiedShuffleSplit : public SubsetsOf<ShuffleSplits, true, false> {
 public:
  static constexpr const char* yaml = "sklearn.cross_validation.StratifiedShuffleSplit";
  static constexpr const char* doc = "the same, with equal shares of the classes";
};
class LeaveOneOut : public SubsetsOf<LeaveOneOutSplits, false, false> {
 public:
  static constexpr const char* yaml = "sklearn.cross_validation.LeaveOneOut";
  static constexpr const char* doc = "each example is tested once";
};
class ValidationKFold : public SubsetsOf<KFoldSplits, false, true> {
 public:
  static constexpr const char* yaml = "pylearn2.cross_validation.subset_iterators.ValidationKFold";
  static constexpr const char* doc = "k folds; the next is for validation";
};
class StratifiedValidationKFold : public SubsetsOf<KFoldSplits, true, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.subset_iterators.StratifiedValidationKFold";
  static constexpr const char* doc = "the same, with equal shares of the classes";
};
class ValidationShuffleSplit : public SubsetsOf<ShuffleSplits, false, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.subset_iterators.ValidationShuffleSplit";
  static constexpr const char* doc = "three sets drawn anew for every fold";
};
class StratifiedValidationShuffleSplit : public SubsetsOf<ShuffleSplits, true, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.subset_iterators.StratifiedValidationShuffleSplit";
  static constexpr const char* doc = "the same, with equal shares of the classes";
};

/// Divided by a subset iterator.
class DatasetCV : public DatasetFolds {
 public:
  static constexpr const char* yaml = "pylearn2.cross_validation.dataset_iterators.DatasetCV";
  static constexpr const char* doc = "cross-validation by a subset iterator";
  static constexpr const char* also[] = {
      "pylearn2.cross_validation.dataset_iterators.StratifiedDatasetCV"};
  Shared<SubsetSplits> subset_iterator;

  constexpr DatasetCV() {}
  constexpr ~DatasetCV() override {}
  template <class K>
  static constexpr void keys(K& key) {
    data_keys<DatasetCV>(key);
    key.required("subset_iterator", &DatasetCV::subset_iterator, "how it is divided");
  }
  constexpr const Splits& splits() const override { return subset_iterator->splits(); }
  constexpr int told_examples() const override { return subset_iterator->n; }
};
class DatasetKFold : public FoldsOf<KFoldSplits, false, false> {
 public:
  static constexpr const char* yaml = "pylearn2.cross_validation.dataset_iterators.DatasetKFold";
  static constexpr const char* doc = "k-fold cross-validation";
};
class StratifiedDatasetKFold : public FoldsOf<KFoldSplits, true, false> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.StratifiedDatasetKFold";
  static constexpr const char* doc =
      "k-fold cross-validation, each fold with its share of every class";
};
class DatasetShuffleSplit : public FoldsOf<ShuffleSplits, false, false> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.DatasetShuffleSplit";
  static constexpr const char* doc =
      "cross-validation by sets that are drawn anew; n_iter 1: a holdout";
};
class StratifiedDatasetShuffleSplit : public FoldsOf<ShuffleSplits, true, false> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.StratifiedDatasetShuffleSplit";
  static constexpr const char* doc = "the same, with equal shares of the classes";
};
class DatasetValidationKFold : public FoldsOf<KFoldSplits, false, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.DatasetValidationKFold";
  static constexpr const char* doc = "k-fold cross-validation with sets for validation";
};
class StratifiedDatasetValidationKFold : public FoldsOf<KFoldSplits, true, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.StratifiedDatasetValidationKFold";
  static constexpr const char* doc = "the same, with equal shares of the classes";
};
class DatasetValidationShuffleSplit : public FoldsOf<ShuffleSplits, false, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.DatasetValidationShuffleSplit";
  static constexpr const char* doc = "training, validation and test sets that are drawn anew";
};
class StratifiedDatasetValidationShuffleSplit : public FoldsOf<ShuffleSplits, true, true> {
 public:
  static constexpr const char* yaml =
      "pylearn2.cross_validation.dataset_iterators.StratifiedDatasetValidationShuffleSplit";
  static constexpr const char* doc = "the same, with equal shares of the classes";
};
class DatasetLeaveOneOut : public FoldsOf<LeaveOneOutSplits, false, false> {
 public:
  static constexpr const char* yaml =
      "ansatz.cross_validation.dataset_iterators.DatasetLeaveOneOut";
  static constexpr const char* doc = "cross-validation in which each example is tested once";
};

/// One set of one fold: "train", "valid" or "test". Jobs that TrainCV makes read these.
class Fold : public DerivedDataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "ansatz.cross_validation.Fold";
  static constexpr const char* doc = "one set of one fold of a data set";
  Shared<DatasetFolds> folds;
  int fold = 0;
  String which_set = "train";

  constexpr Fold() {}
  constexpr ~Fold() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("folds", &Fold::folds, "the data set and how it is divided");
    key.required("fold", &Fold::fold, "which fold, from 0").at_least(0);
    key("which_set", &Fold::which_set, "train, valid or test");
    preprocessing_keys(key);
  }
  void check() const;
  const Preprocessing* preprocessing() const override { return this; }
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  constexpr const Shared<Dataset>& from() const override { return folds->dataset; }
};

}  // namespace ansatz
