// Records on their way from the thread that trains to one that shows them.
#pragma once

#include <ansatz/serial/monitor_records.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace ansatz {

/// What one thread records, for another: the training hands over what is new, and goes on at once.
class RecordsFeed {
 public:
  /// A record of all channels.
  struct Moment {
    std::int64_t batches, examples, epochs;
    double seconds;
    std::vector<double> values;

    void add_to(MonitorRecords& records) const;
  };
  struct News {
    std::optional<MonitorRecords> all;  ///< instead of what came before
    std::vector<Moment> moments;        ///< after that

    /// Brings a copy of the records to what they are now.
    void add_to(MonitorRecords& records);
  };

  /// Takes as long as copying one value a channel and new record does. Of one thread.
  void publish(const MonitorRecords& records);
  /// What was published since the last call. Of any thread.
  News take();

 private:
  std::mutex mutex_;  // of news_ alone, and never held for longer than moving them takes
  News news_;
  std::size_t sent_channels_ = 0;  // of the thread that publishes
  std::int64_t sent_moments_ = -1;
};

}  // namespace ansatz
