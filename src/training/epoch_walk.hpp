// The batches of the training data, epoch by epoch, for runs that may end and go on anywhere.
#pragma once

#include <ansatz/data/subset_iterator.hpp>
#include <ansatz/train/session.hpp>

#include <optional>
#include <string>

namespace ansatz {

/// Walks over the training data as an algorithm's keys say. A run that was interrupted within an
/// epoch goes on with the next batch of the same order.
class EpochWalk {
 public:
  /// What the keys of an algorithm say of it.
  struct Keys {
    const char* algorithm;  ///< for messages
    std::string mode;
    int batch_size, batches_per_iter;
    bool set_batch_size;
  };

  explicit EpochWalk(RandomState rng) : rng_(std::move(rng)) {}

  /// ValueError when there is no data, or the model wants batches of another size.
  void setup(Session& session, const Keys& keys);

  /// Calls `learn(part)` with each batch, until the epoch or the run ends, and counts the batch.
  template <class F>
  void epoch(Session& session, F learn) {
    start(session);
    Subset part;
    while (!session.interrupted() && batches_->next(part)) {
      learn(part);
      ++done_;
      session.report_batch(static_cast<int>(part.size));
    }
    finish();
  }

  /// Whether a run was interrupted within an epoch.
  bool in_epoch() const { return done_ > 0; }
  void state(Archive& archive);

 private:
  void start(Session& session);
  void finish();

  RandomState rng_;
  RandomState epoch_start_ = rng_;
  std::int64_t done_ = 0;  // batches of the epoch
  std::optional<SubsetIterator> batches_;
};

/// Saves or restores a criterion that may not be there.
void visit_criterion(Archive& archive, CriterionRun* criterion);

}  // namespace ansatz
