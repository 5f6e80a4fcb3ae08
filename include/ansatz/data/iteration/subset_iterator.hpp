// How an epoch walks over a data set: Pylearn2's iteration modes.
#pragma once

#include <ansatz/base/random_state.hpp>

#include <memory>
#include <string_view>

namespace ansatz {

/// The examples of a batch: some that follow each other, or a list.
struct Subset {
  std::int64_t start = 0;                 ///< of a slice: its first example
  std::int64_t size = 0;                  ///< number of examples
  const std::int64_t* indices = nullptr;  ///< [size], or null for the slice start .. stop() - 1

  bool slice() const { return indices == nullptr; }
  std::int64_t stop() const { return start + size; }
  std::span<const std::int64_t> list() const {
    return {indices, indices ? static_cast<std::size_t>(size) : 0};
  }
  /// The i-th example, either way.
  std::int64_t operator[](std::int64_t i) const { return indices ? indices[i] : start + i; }
};

/// What iteration modes there are, in the order of the reference.
std::span<const std::string_view> iteration_modes();
/// Whether all batches have the same size. Throws NameError for an unknown mode.
bool uniform_batch_size(std::string_view mode);
/// Whether random numbers are drawn. Throws NameError for an unknown mode.
bool stochastic(std::string_view mode);

/// Whether make_subset_iterator can do with these, whatever the number of examples. Throws
/// NameError for an unknown mode; ValueError for a negative number, when neither is given, and
/// when one is missing that the mode needs.
void check_iteration(std::string_view mode, std::int64_t batch_size, std::int64_t num_batches);

/// The batches of an epoch, as lists of examples:
///
///     SubsetIterator batches = make_subset_iterator("shuffled_sequential", n, 100, 0, &rng);
///     for (int epoch = 0; epoch < 20; ++epoch) {
///       batches.start();
///       for (Subset part; batches.next(part);) …
///     }
///
/// Nothing is drawn before `start`, and all that an epoch depends on is the generator's state at
/// that moment: to continue a run after an epoch, restore the generator. Memory is allocated by
/// `make_subset_iterator` only.
class SubsetIterator {
 public:
  SubsetIterator(SubsetIterator&&) noexcept = default;
  SubsetIterator& operator=(SubsetIterator&&) noexcept = default;

  /// Begins an epoch: draws its order.
  void start();
  /// The next batch, good until the next call; false at the end of the epoch, and until it is
  /// started again. Starts the first epoch by itself.
  bool next(Subset& batch);

  /// Examples that an epoch visits; repetitions count. At most so many when `even_sequences` is
  /// cut short by num_batches.
  std::int64_t num_examples() const { return num_examples_; }
  /// Examples of a batch: of all, or of the largest.
  std::int64_t batch_size() const { return batch_size_; }
  /// Batches of an epoch, those left out not counted.
  std::int64_t num_batches() const { return num_batches_; }
  /// Whether there is a smaller batch.
  bool uneven() const { return uneven_; }

 private:
  friend SubsetIterator make_subset_iterator(std::string_view, std::int64_t, std::int64_t,
                                             std::int64_t, RandomState*,
                                             std::span<const std::int64_t>);
  enum class Kind { slices, list, random_slice, random_list, sequences };
  struct Group {
    std::int64_t begin, end;  // in order_
    std::int64_t used;
  };

  SubsetIterator() = default;
  void size_sequential(std::string_view mode, std::int64_t batches, bool even);
  void size_random(std::string_view mode, std::int64_t batches);
  void size_sequences(std::int64_t batches, std::span<const std::int64_t> lengths);
  Subset next_of_sequences();

  Kind kind_ = Kind::slices;
  bool shuffled_ = false, uneven_ = false, started_ = false;
  std::int64_t dataset_size_ = 0, batch_size_ = 0, num_batches_ = 0, num_examples_ = 0;
  std::int64_t done_ = 0;       // batches of this epoch
  std::int64_t place_ = 0;      // in order_ of batches, or in groups_
  RandomState* rng_ = nullptr;  // the caller's, or own_rng_
  std::unique_ptr<RandomState> own_rng_;
  std::vector<std::int64_t> order_;     // of examples or of batches; the list of a random batch
  std::vector<std::int64_t> in_order_;  // order_ before it is shuffled
  std::vector<Group> groups_, shuffled_groups_;  // sequences of one length
};

/// An iterator over `dataset_size` examples. 0 stands for "not given", as None does in Pylearn2.
/// A stochastic mode without `rng` uses a RandomState(42) of its own; `rng` must outlive the
/// iterator, and is not allowed for a mode that draws nothing.
///
/// * `sequential`: slices in order; the last batch may be smaller.
/// * `shuffled_sequential`: a permutation, in order.
/// * `random_slice`: slices that start anywhere; needs both batch_size and num_batches.
/// * `random_uniform`: examples drawn with replacement; needs both.
/// * `batchwise_shuffled_sequential`: the slices of `sequential` in random order.
/// * `even_sequential`, `even_shuffled_sequential`, `even_batchwise_shuffled_sequential`: the
///   same, without the examples that do not fill a batch.
/// * `even_sequences`: examples of equal `lengths` [dataset_size], batch_size at most; lengths in
///   random order take turns. Draws a permutation of the lengths, then in that order one of each
///   length's examples; this order could not be compared with a run of Pylearn2.
///
/// With num_batches alone, batch_size is the quotient rounded up (down if even), which may leave
/// fewer batches. Throws NameError
/// for an unknown mode; ValueError for a negative number, when neither is given, when one is
/// missing that the mode needs, or when the examples do not suffice for num_batches.
SubsetIterator make_subset_iterator(std::string_view mode, std::int64_t dataset_size,
                                    std::int64_t batch_size, std::int64_t num_batches,
                                    RandomState* rng = nullptr,
                                    std::span<const std::int64_t> lengths = {});

}  // namespace ansatz
