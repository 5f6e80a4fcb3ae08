// for_each_batch: the one walk over batches, for training, monitoring, commands and users.
#pragma once

#include <ansatz/data/table.hpp>

#include <string>
#include <type_traits>

namespace ansatz {

/// Which batches an epoch has; see make_subset_iterator. 0 stands for "not given".
struct BatchOrder {
  std::string mode = "sequential";
  std::int64_t batch_size = 0, num_batches = 0;
  RandomState* rng = nullptr;  ///< of a stochastic mode; must outlive the walk
};

/// The batches of a source, epoch by epoch:
///
///     BatchWalk walk(source, {"shuffled_sequential", 100, 0, &rng});
///     for (int epoch = 0; epoch < 20; ++epoch)
///       for_each_batch(walk, [&](const RowsView& rows) { … });
///
/// Where the source says that it pays, a thread reads ahead: as many batches as it says, in the
/// same order and with the same values; what fails there is thrown at the batch that it spoils, and
/// the thread ends with the epoch or with the walk.
class BatchWalk {
 public:
  /// Throws as check_iteration and make_subset_iterator do.
  BatchWalk(std::shared_ptr<const BatchSource> source, const BatchOrder& order);
  BatchWalk(const BatchWalk&) = delete;
  BatchWalk& operator=(const BatchWalk&) = delete;
  ~BatchWalk();

  /// Begins an epoch.
  /// @param done  batches of it that an interrupted run has seen already
  /// @param from  of a source without end: examples before the epoch
  /// @param epoch  which one it is, where examples are drawn anew in each
  void start(std::int64_t done = 0, std::int64_t from = 0, std::int64_t epoch = 0);
  /// The next batch, valid until the next call; false at the end of the epoch.
  bool next(RowsView& rows);

  const std::shared_ptr<const BatchSource>& source() const { return source_; }
  /// Examples that an epoch visits; BatchSource::unknown where that shows at its end.
  std::int64_t num_examples() const;
  /// Batches of an epoch; BatchSource::unknown where that shows at its end.
  std::int64_t num_batches() const;
  std::int64_t batch_size() const { return order_.batch_size(); }
  /// Whether there is a smaller batch, as far as that is known.
  bool uneven() const { return counted_ && order_.uneven(); }
  /// Whether `next` has said that the epoch is over.
  bool at_end() const { return at_end_; }

 private:
  class Ahead;
  bool read(RowsView& rows);

  std::shared_ptr<const BatchSource> source_;
  std::unique_ptr<RowCursor> cursor_;
  SubsetIterator order_;
  std::string mode_;
  std::int64_t wanted_batches_ = 0;
  bool counted_ = true;  // whether it is known how many batches there are
  bool ended_ = false;   // the source, within this epoch
  bool at_end_ = false;
  std::int64_t from_ = 0, read_batches_ = 0, read_examples_ = 0;
  std::unique_ptr<Ahead> ahead_;
};

/// Calls `use(rows)` with each batch that is left of the epoch; where it gives false, it is the
/// last. Returns the number of examples it was called with.
template <class Use>
std::int64_t for_each_batch_left(BatchWalk& walk, Use use) {
  std::int64_t examples = 0;
  for (RowsView rows; walk.next(rows);) {
    examples += rows.size();
    if constexpr (std::is_same_v<decltype(use(rows)), bool>) {
      if (!use(rows)) break;
    } else {
      use(rows);
    }
  }
  return examples;
}

/// The same of a whole epoch, from its beginning.
template <class Use>
std::int64_t for_each_batch(BatchWalk& walk, Use use) {
  walk.start();
  return for_each_batch_left(walk, use);
}

/// One epoch of a source, in order.
template <class Use>
std::int64_t for_each_batch(std::shared_ptr<const BatchSource> source, std::int64_t batch_size,
                            Use use) {
  BatchWalk walk(std::move(source), {"sequential", batch_size, 0, nullptr});
  return for_each_batch(walk, use);
}

}  // namespace ansatz
