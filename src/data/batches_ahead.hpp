// A thread that reads batches while others are used.
#pragma once

#include <ansatz/data/source.hpp>

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace ansatz::data {

/// Calls `read(rows)` in a thread, until it gives false or throws, and keeps copies of what it
/// gave: at most `batches` of them beside the one in use.
class BatchesAhead {
 public:
  BatchesAhead(const std::vector<Column>& columns, int batches,
               std::function<bool(RowsView&)> read);
  BatchesAhead(const BatchesAhead&) = delete;
  BatchesAhead& operator=(const BatchesAhead&) = delete;
  /// Ends the thread, at the latest when the batch that it reads is read.
  ~BatchesAhead();

  /// The next batch, valid until the next call; false when there is none. Throws what the reading
  /// of it has thrown.
  bool next(RowsView& rows);

 private:
  // A batch, with memory of its own.
  struct Slot {
    std::vector<Column> columns;
    std::vector<std::vector<unsigned char>> memory;
    std::int64_t examples = 0;
  };
  void run();
  static void copy(const RowsView& rows, Slot& slot);

  std::function<bool(RowsView&)> read_;
  std::vector<Slot> slots_;  // a ring; the one before `first_` is in use
  std::size_t first_ = 0, filled_ = 0;
  bool in_use_ = false, finished_ = false, stop_ = false;
  std::exception_ptr error_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace ansatz::data
