#include "batches_ahead.hpp"

#include <ansatz/data/table.hpp>

#include <signal.h>

#include <system_error>

namespace ansatz::data {

BatchesAhead::BatchesAhead(const std::vector<Column>& columns, int batches,
                           std::function<bool(RowsView&)> read)
    : read_(std::move(read)), slots_(static_cast<std::size_t>(batches) + 1) {
  for (Slot& slot : slots_) {
    slot.columns = columns;
    slot.memory.resize(columns.size());
  }
  // Signals go to the threads that know of them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {  // none is to be had: `next` reads each when it is asked for
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

BatchesAhead::~BatchesAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BatchesAhead::copy(const RowsView& rows, Slot& slot) {
  slot.examples = rows.size();
  for (std::size_t i = 0; i < slot.columns.size(); ++i) {
    const Column& from = rows.columns[i];
    Column& to = slot.columns[i];
    auto& memory = slot.memory[i];
    const auto bytes = static_cast<std::size_t>(rows.size() * from.width()) *
                       static_cast<std::size_t>(element_size(from.type));
    if (memory.size() < bytes) memory.resize(bytes);
    Table::gather(from, rows.subset, from.type, memory.data());
    to.examples = rows.size();
    to.data = memory.data();
  }
}

void BatchesAhead::run() {
  std::exception_ptr error;
  try {
    for (;;) {
      std::size_t place;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stop_ || filled_ + in_use_ < slots_.size(); });
        if (stop_) return;
        place = (first_ + filled_) % slots_.size();
      }
      RowsView rows;
      if (!read_(rows)) break;
      copy(rows, slots_[place]);
      {
        const std::lock_guard lock(mutex_);
        ++filled_;
      }
      changed_.notify_all();
    }
  } catch (...) {
    error = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    finished_ = true;
  }
  changed_.notify_all();
}

bool BatchesAhead::next(RowsView& rows) {
  if (!thread_.joinable()) {
    if (!read_(rows)) return false;
    copy(rows, slots_[0]);
    rows = {slots_[0].columns, {0, slots_[0].examples, nullptr}};
    return true;
  }
  Slot* slot;
  {
    std::unique_lock lock(mutex_);
    in_use_ = false;
    lock.unlock();
    changed_.notify_all();
    lock.lock();
    changed_.wait(lock, [&] { return finished_ || filled_ > 0; });
    if (filled_ == 0) {
      if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
      return false;
    }
    slot = &slots_[first_];
    first_ = (first_ + 1) % slots_.size();
    --filled_;
    in_use_ = true;
  }
  rows = {slot->columns, {0, slot->examples, nullptr}};
  return true;
}

}  // namespace ansatz::data
