#include <ansatz/data/folds/splits.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace ansatz {

namespace {

using Rows = std::vector<std::int64_t>;

RandomState generator_of(const Seed& seed) {
  return seed.empty() ? RandomState(0) : random_state(seed, {});
}

Rows first_of(std::int64_t n) {
  Rows rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

// The first of them have one example more where they do not divide evenly.
std::vector<Rows> k_folds(std::int64_t n, int k, bool shuffle, RandomState& rng) {
  Rows order = first_of(n);
  if (shuffle) rng.shuffle(order);
  std::vector<Rows> folds;
  std::int64_t at = 0;
  for (int i = 0; i < k; ++i) {
    const std::int64_t size = n / k + (i < n % k);
    Rows fold(order.begin() + at, order.begin() + at + size);
    std::sort(fold.begin(), fold.end());
    folds.push_back(std::move(fold));
    at += size;
  }
  return folds;
}

// The examples of each class, in the order of the labels.
std::map<std::int32_t, Rows> by_label(std::span<const std::int32_t> labels) {
  std::map<std::int32_t, Rows> classes;
  for (std::size_t i = 0; i < labels.size(); ++i)
    classes[labels[i]].push_back(static_cast<std::int64_t>(i));
  return classes;
}

// Each class is divided by itself; a class with fewer examples than folds is in some of them only.
std::vector<Rows> stratified_folds(std::span<const std::int32_t> labels, int k, bool shuffle,
                                   RandomState& rng) {
  std::vector<Rows> folds(static_cast<std::size_t>(k));
  const std::map<std::int32_t, Rows> classes = by_label(labels);
  std::size_t most = 0;
  for (const auto& [label, rows] : classes) most = std::max(most, rows.size());
  if (most < static_cast<std::size_t>(k))
    throw ValueError(fmt::format("n_folds {}: the largest class has {} examples only", k, most));
  for (const auto& [label, rows] : classes) {
    const auto count = static_cast<std::int64_t>(rows.size());
    const std::vector<Rows> of_class = k_folds(std::max<std::int64_t>(count, k), k, shuffle, rng);
    for (std::size_t i = 0; i < folds.size(); ++i)
      for (const std::int64_t row : of_class[i])
        if (row < count) folds[i].push_back(rows[static_cast<std::size_t>(row)]);
  }
  for (Rows& fold : folds) std::sort(fold.begin(), fold.end());
  return folds;
}

Rows without(std::int64_t n, std::initializer_list<const Rows*> left_out) {
  std::vector<bool> out(static_cast<std::size_t>(n));
  for (const Rows* rows : left_out)
    for (const std::int64_t row : *rows) out[static_cast<std::size_t>(row)] = true;
  Rows rest;
  for (std::int64_t i = 0; i < n; ++i)
    if (!out[static_cast<std::size_t>(i)]) rest.push_back(i);
  return rest;
}

struct Sizes {
  std::int64_t train, test;
};

// scikit-learn's: a proportion for testing is rounded up, one for training down.
Sizes sizes_of(std::int64_t n, double test, const std::optional<double>& train) {
  const double all = static_cast<double>(n);
  const std::int64_t tested =
      test < 1 ? static_cast<std::int64_t>(std::ceil(test * all)) : std::llround(test);
  std::int64_t trained = n - tested;
  if (train)
    trained =
        *train < 1 ? static_cast<std::int64_t>(std::floor(*train * all)) : std::llround(*train);
  if (tested < 1 || trained < 1 || tested + trained > n)
    throw ValueError(fmt::format(
        "a test set of {} and a training set of {} of {} examples cannot be", tested, trained, n));
  return {trained, tested};
}

struct Pair {
  Rows train, test;
};

Pair shuffled(std::int64_t n, const Sizes& sizes, RandomState& rng) {
  const Rows order = rng.permutation(n);
  const auto middle = order.begin() + sizes.test;
  return {Rows(middle, middle + sizes.train), Rows(order.begin(), middle)};
}

Rows permuted(const Rows& rows, RandomState& rng) {
  Rows out = rows;
  rng.shuffle(out);
  return out;
}

Pair shuffled_by_class(std::span<const std::int32_t> labels, const Sizes& sizes, RandomState& rng) {
  const auto n = static_cast<double>(labels.size());
  Pair pair;
  const std::map<std::int32_t, Rows> classes = by_label(labels);
  for (const auto& [label, rows] : classes)
    if (rows.size() < 2)
      throw ValueError(
          fmt::format("class {} has one example only: two at least are needed", label));
  for (const auto& [label, rows] : classes) {
    const double count = static_cast<double>(rows.size()), part = count / n;
    const auto trained =
        static_cast<std::size_t>(std::nearbyint(static_cast<double>(sizes.train) * part));
    const auto tested =
        std::min(rows.size() - trained,
                 static_cast<std::size_t>(std::nearbyint(static_cast<double>(sizes.test) * part)));
    const Rows order = rng.permutation(static_cast<std::int64_t>(rows.size()));
    for (std::size_t i = 0; i < trained + tested; ++i)
      (i < trained ? pair.train : pair.test).push_back(rows[static_cast<std::size_t>(order[i])]);
  }
  const auto missing = [](std::int64_t wanted, const Rows& rows) {
    return std::max<std::int64_t>(0, wanted - static_cast<std::int64_t>(rows.size()));
  };
  const std::int64_t more_train = missing(sizes.train, pair.train),
                     more_test = missing(sizes.test, pair.test);
  if (more_train > 0 || more_test > 0) {  // what rounding left out
    const Rows rest =
        permuted(without(static_cast<std::int64_t>(labels.size()), {&pair.train, &pair.test}), rng);
    const auto left = static_cast<std::int64_t>(rest.size());
    pair.train.insert(pair.train.end(), rest.begin(), rest.begin() + std::min(more_train, left));
    pair.test.insert(pair.test.end(), rest.end() - std::min(more_test, left), rest.end());
  }
  pair.train = permuted(pair.train, rng);
  pair.test = permuted(pair.test, rng);
  return pair;
}

void require_labels(const Splits& splits, std::int64_t examples,
                    std::span<const std::int32_t> labels) {
  if (splits.stratified() && static_cast<std::int64_t>(labels.size()) != examples)
    throw ValueError("stratified folds need one label of each example");
}

}  // namespace

void KFoldSplits::check_folds() const {
  if (with_validation && n_folds < 3)
    throw KeyFaults({{"n_folds", fmt::format("{}: three at least are needed, to train, to validate "
                                             "and to test",
                                             n_folds)}});
}

std::vector<FoldRows> KFoldSplits::split(std::int64_t examples,
                                         std::span<const std::int32_t> labels) const {
  require_labels(*this, examples, labels);
  if (n_folds > examples)
    throw ValueError(fmt::format("n_folds {}: there are {} examples only", n_folds, examples));
  RandomState rng = generator_of(random_state);
  const std::vector<Rows> tests = by_class ? stratified_folds(labels, n_folds, shuffle, rng)
                                           : k_folds(examples, n_folds, shuffle, rng);
  std::vector<FoldRows> folds;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    FoldRows fold;
    fold.test = tests[i];
    if (with_validation) fold.valid = tests[(i + 1) % tests.size()];
    fold.train = without(examples, {&fold.valid, &fold.test});
    folds.push_back(std::move(fold));
  }
  return folds;
}

std::vector<FoldRows> ShuffleSplits::split(std::int64_t examples,
                                           std::span<const std::int32_t> labels) const {
  require_labels(*this, examples, labels);
  const Sizes sizes = sizes_of(examples, test_size, train_size);
  RandomState rng = generator_of(random_state);
  const auto draw = [](std::int64_t n, std::span<const std::int32_t> of, const Sizes& wanted,
                       RandomState& from) {
    return of.empty() ? shuffled(n, wanted, from) : shuffled_by_class(of, wanted, from);
  };
  const std::span<const std::int32_t> used = by_class ? labels : std::span<const std::int32_t>();
  std::vector<FoldRows> folds;
  for (int i = 0; i < n_iter; ++i) {
    Pair pair = draw(examples, used, sizes, rng);
    FoldRows fold;
    fold.test = std::move(pair.test);
    if (with_validation) {
      const auto trained = static_cast<std::int64_t>(pair.train.size());
      double wanted = valid_size.value_or(static_cast<double>(sizes.test));
      // Of the whole set, so more of what is left to be trained on.
      if (wanted < 1) wanted /= 1 - static_cast<double>(sizes.test) / static_cast<double>(examples);
      std::vector<std::int32_t> of_train;
      if (by_class)
        for (const std::int64_t row : pair.train)
          of_train.push_back(labels[static_cast<std::size_t>(row)]);
      RandomState again = generator_of(random_state);  // Pylearn2 begins it anew for every fold
      const Pair inner = draw(trained, of_train, sizes_of(trained, wanted, {}), again);
      for (const std::int64_t row : inner.test)
        fold.valid.push_back(pair.train[static_cast<std::size_t>(row)]);
      for (const std::int64_t row : inner.train)
        fold.train.push_back(pair.train[static_cast<std::size_t>(row)]);
    } else {
      fold.train = std::move(pair.train);
    }
    folds.push_back(std::move(fold));
  }
  return folds;
}

std::vector<FoldRows> LeaveOneOutSplits::split(std::int64_t examples,
                                               std::span<const std::int32_t> labels) const {
  std::vector<FoldRows> folds;
  for (std::int64_t i = 0; i < examples; ++i) folds.push_back(fold(i, examples, labels));
  return folds;
}

FoldRows LeaveOneOutSplits::fold(std::int64_t index, std::int64_t examples,
                                 std::span<const std::int32_t>) const {
  if (examples < 2) throw ValueError("to leave one example out, two at least are needed");
  FoldRows fold;
  fold.test = {index};
  fold.train = without(examples, {&fold.test});
  return fold;
}

}  // namespace ansatz
