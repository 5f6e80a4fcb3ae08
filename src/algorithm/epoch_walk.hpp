// The batches of the training data, epoch by epoch, for runs that may end and go on anywhere.
#pragma once

#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/session/session.hpp>

#include <optional>
#include <string>
#include <type_traits>

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

  /// ValueError when the job has no data set, or the model wants batches of another size, or the
  /// keys do not say how large batches are; NameError for an unknown mode.
  static void check(const Train& job, const Keys& keys);
  /// The same; and ValueError when the examples cannot be divided so, or the data set does not have
  /// them in that order.
  void setup(Session& session, const Keys& keys);

  /// Calls `learn(rows)` with each batch, until the epoch or the run ends, counts the batch, and
  /// calls `after()`, for which the monitor has seen it. Where `learn` gives false, the run was
  /// interrupted within the batch, which is not counted: it is the first one of the run that goes
  /// on.
  template <class F, class G>
  void epoch(Session& session, F learn, G after) {
    start(session);
    if (!session.interrupted())
      for_each_batch_left(*batches_, [&](const RowsView& rows) {
        if constexpr (std::is_same_v<decltype(learn(rows)), bool>) {
          if (!learn(rows)) return false;
        } else {
          learn(rows);
        }
        ++done_;
        seen_ += rows.size();
        session.report_batch(static_cast<int>(rows.size()));
        after();
        return !session.interrupted();
      });
    finish();
  }
  template <class F>
  void epoch(Session& session, F learn) {
    epoch(session, learn, [] {});
  }

  /// Whether a run was interrupted within an epoch.
  bool in_epoch() const { return in_epoch_; }
  void state(Archive& archive);

 private:
  void start(Session& session);
  void finish();
  bool endless() const;

  RandomState rng_;
  RandomState epoch_start_ = rng_;
  std::int64_t done_ = 0;  // batches of the epoch
  bool in_epoch_ = false;  // also when it was interrupted before its first batch
  // Of data without end: an epoch goes on where the one before ended.
  std::int64_t seen_ = 0, before_ = 0;
  std::optional<BatchWalk> batches_;
};

/// What holds for the monitoring of every algorithm: errors as above.
void check_monitoring(const Train& job, const char* algorithm);

/// Saves or restores a criterion that may not be there.
void visit_criterion(Archive& archive, CriterionRun* criterion);

}  // namespace ansatz
