#include <ansatz/data/for_each_batch.hpp>

#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include "../dsl/text.hpp"
#include "batches_ahead.hpp"

#include <fmt/format.h>

#include <new>
#include <stdexcept>

namespace ansatz {

namespace {

// What is not known is as good as without end, until it shows.
SubsetIterator order_of(const BatchSource& source, const BatchOrder& order) {
  check_iteration(source, order.mode, order.batch_size, order.num_batches);
  const std::int64_t examples = source.examples();
  try {
    return make_subset_iterator(order.mode,
                                examples == BatchSource::unknown ? BatchSource::endless : examples,
                                order.batch_size, order.num_batches, order.rng);
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {
  }
  throw MemoryError(running::no_memory(fmt::format("the order of {} examples", examples),
                                       static_cast<std::size_t>(examples) * sizeof(std::int64_t)));
}

}  // namespace

/// Batches that a thread has read.
class BatchWalk::Ahead : public data::BatchesAhead {
  using BatchesAhead::BatchesAhead;
};

BatchWalk::BatchWalk(std::shared_ptr<const BatchSource> source, const BatchOrder& order)
    : source_(std::move(source)),
      cursor_(source_->open()),
      order_(order_of(*source_, order)),
      mode_(order.mode),
      wanted_batches_(order.num_batches),
      counted_(source_->examples() != BatchSource::unknown || order.num_batches != 0) {}

BatchWalk::~BatchWalk() = default;

std::int64_t BatchWalk::num_batches() const {
  return counted_ ? order_.num_batches() : BatchSource::unknown;
}

std::int64_t BatchWalk::num_examples() const {
  return counted_ ? order_.num_examples() : BatchSource::unknown;
}

void BatchWalk::start(std::int64_t done, std::int64_t from, std::int64_t epoch) {
  ahead_.reset();
  cursor_->begin_epoch(epoch);
  ended_ = at_end_ = false;
  from_ = from;
  read_batches_ = done;
  read_examples_ = 0;
  order_.start();
  Subset part;
  for (std::int64_t skipped = 0; skipped < done && order_.next(part); ++skipped)
    read_examples_ += part.size;
  if (source_->ahead() > 0)
    ahead_ = std::make_unique<Ahead>(source_->columns(), source_->ahead(),
                                     [this](RowsView& rows) { return read(rows); });
}

bool BatchWalk::next(RowsView& rows) {
  at_end_ = at_end_ || !(ahead_ ? ahead_->next(rows) : read(rows));
  return !at_end_;
}

// In the thread that reads ahead, where there is one.
bool BatchWalk::read(RowsView& rows) {
  Subset part;
  if (ended_ || !order_.next(part)) return false;
  if (part.slice()) part.start += from_;
  rows = cursor_->read(part);
  read_examples_ += rows.size();
  ended_ = rows.size() < part.size;
  const bool whole = rows.size() > 0 && (!ended_ || mode_ == "sequential");
  read_batches_ += whole;
  if (!ended_) return true;
  if (source_->examples() != BatchSource::unknown)
    throw ValueError(fmt::format("the data set ends after {} examples, where {} were promised",
                                 part.start + rows.size(), source_->examples()));
  if (read_batches_ < wanted_batches_)
    throw ValueError(fmt::format("{}: {} examples give {} batches of {}, but num_batches is {}",
                                 mode_, read_examples_, read_batches_, order_.batch_size(),
                                 wanted_batches_));
  return whole;
}

}  // namespace ansatz
