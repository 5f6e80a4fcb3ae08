// Splits: which examples of a data set are trained on, which are kept apart, fold by fold
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/base/seed.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The examples of a fold, by their numbers.
struct FoldRows {
  std::vector<std::int64_t> train, valid, test;
};

/// A way to divide examples into folds: the subset iterators of Pylearn2 and scikit-learn 0.16,
/// with their draws. Equal seeds give equal folds.
class Splits {
 public:
  constexpr virtual ~Splits() {}
  /// Whether the labels are looked at.
  constexpr virtual bool stratified() const { return false; }
  /// Whether each fold has examples for validation.
  constexpr virtual bool validates() const { return false; }
  /// Number of folds of so many examples.
  constexpr virtual std::int64_t folds(std::int64_t examples) const = 0;
  /// @param labels  one of each example where `stratified`; else nothing
  /// Errors: ValueError where there are too few examples, or too few of a class.
  virtual std::vector<FoldRows> split(std::int64_t examples,
                                      std::span<const std::int32_t> labels) const = 0;
  /// One of them, from 0.
  virtual FoldRows fold(std::int64_t index, std::int64_t examples,
                        std::span<const std::int32_t> labels) const {
    return split(examples, labels).at(static_cast<std::size_t>(index));
  }
};

/// What is given of k-fold iterators: fold i is the test set of split i, all others are trained on.
/// Validation*: the next fold's test set is this one's validation set.
class KFoldSplits : public Splits {
 public:
  int n_folds = 3;
  bool shuffle = false;
  Seed random_state;
  bool by_class = false, with_validation = false;

  template <class T, bool Validates, class K>
  static constexpr void split_keys(K& key) {
    key("n_folds", &T::n_folds, "number of folds").at_least(2);
    key("shuffle", &T::shuffle, "whether examples are shuffled first");
    key("random_state", &T::random_state, "seed of the shuffling; default 0");
  }
  /// KeyFaults: too few folds to validate.
  void check_folds() const;
  constexpr bool stratified() const override { return by_class; }
  constexpr bool validates() const override { return with_validation; }
  constexpr std::int64_t folds(std::int64_t) const override { return n_folds; }
  std::vector<FoldRows> split(std::int64_t examples,
                              std::span<const std::int32_t> labels) const override;
};

/// What is given of iterators that draw their sets anew for every fold. Sizes below 1 are
/// proportions of the examples, others are numbers of them.
class ShuffleSplits : public Splits {
 public:
  int n_iter = 10;
  double test_size = .1;
  std::optional<double> valid_size, train_size;
  Seed random_state;
  bool by_class = false, with_validation = false;

  template <class T, bool Validates, class K>
  static constexpr void split_keys(K& key) {
    key("n_iter", &T::n_iter, "number of folds").at_least(1);
    key("test_size", &T::test_size,
        "of the test set: a proportion of the examples, or, from 1 up, their number")
        .above(0);
    key("train_size", &T::train_size,
        "of the training set, likewise; default: all that are not tested")
        .above(0);
    key("random_state", &T::random_state, "seed of the draws; default 0");
    if constexpr (Validates)
      key("valid_size", &T::valid_size,
          "of the validation set, likewise; default: that of the test set")
          .above(0);
  }
  constexpr bool stratified() const override { return by_class; }
  constexpr bool validates() const override { return with_validation; }
  constexpr std::int64_t folds(std::int64_t) const override { return n_iter; }
  std::vector<FoldRows> split(std::int64_t examples,
                              std::span<const std::int32_t> labels) const override;
};

/// Each example is the test set once.
class LeaveOneOutSplits : public Splits {
 public:
  template <class T, bool Validates, class K>
  static constexpr void split_keys(K&) {}
  constexpr std::int64_t folds(std::int64_t examples) const override { return examples; }
  std::vector<FoldRows> split(std::int64_t examples,
                              std::span<const std::int32_t> labels) const override;
  FoldRows fold(std::int64_t index, std::int64_t examples,
                std::span<const std::int32_t> labels) const override;
};

}  // namespace ansatz
