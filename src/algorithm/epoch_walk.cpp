#include "epoch_walk.hpp"

#include <ansatz/base/several_errors.hpp>
#include <ansatz/data/table.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

// No data set here tells the lengths of sequences.
void check_keys(const char* algorithm, const char* key, std::string_view mode, int batch_size,
                int num_batches) {
  try {
    check_iteration(mode, batch_size, num_batches);
    if (mode == "even_sequences")
      throw ValueError("even_sequences: no data set says how long its sequences are");
  } catch (const NameError& error) {
    throw NameError(fmt::format("{}: {}: {}", algorithm, key, error.what()));
  } catch (const ValueError& error) {
    throw ValueError(fmt::format("{}: {}: {}", algorithm, key, error.what()));
  }
}

}  // namespace

void EpochWalk::check(const Train& job, const Keys& keys) {
  const int forced = job.model->batch_size();
  check_each(
      [&] {
        if (!job.dataset)
          throw ValueError(fmt::format("{}: the job has no dataset", keys.algorithm));
      },
      [&] {
        if (forced && keys.batch_size && forced != keys.batch_size && !keys.set_batch_size)
          throw ValueError(fmt::format("{}: batch_size is {}, but the model wants {}",
                                       keys.algorithm, keys.batch_size, forced));
      },
      [&] {
        check_keys(keys.algorithm, "train_iteration_mode", keys.mode,
                   keys.batch_size ? keys.batch_size : forced, keys.batches_per_iter);
      });
}

void check_monitoring(const Train& job, const char* algorithm) {
  if (job.algorithm->monitoring_datasets.list.empty()) {
    if (job.algorithm->monitoring_batches)
      throw ValueError(
          fmt::format("{}: monitoring_batches is {}, but there is no "
                      "monitoring_dataset",
                      algorithm, job.algorithm->monitoring_batches));
    return;
  }
  const BatchSizes sizes = job.monitoring_batches();
  check_keys(algorithm, "monitor_iteration_mode", job.algorithm->monitor_mode(), sizes.batch_size,
             sizes.num_batches);
}

void EpochWalk::setup(Session& session, const Keys& keys) {
  check(session.job(), keys);
  const int forced = session.job().model->batch_size();
  try {
    batches_.emplace(session.data(),
                     BatchOrder{keys.mode, keys.batch_size ? keys.batch_size : forced,
                                keys.batches_per_iter, stochastic(keys.mode) ? &rng_ : nullptr});
  } catch (const ValueError& error) {
    if (dynamic_cast<const Table*>(session.data().get())) throw;
    throw ValueError(fmt::format("{}: train_iteration_mode: {}", keys.algorithm, error.what()));
  }
  if (batches_->num_batches() == 0)
    throw ValueError(
        fmt::format("{}: {} examples give no batch of {} in the iteration mode {}, "
                    "so that there would be nothing to learn from",
                    keys.algorithm, session.data()->examples(), batches_->batch_size(), keys.mode));
  if (forced && batches_->uneven())
    throw ValueError(
        fmt::format("{}: the model wants batches of {} examples, but {} examples "
                    "leave a smaller one; the iteration mode even_{} leaves it out",
                    keys.algorithm, forced, session.data()->examples(), keys.mode));
}

bool EpochWalk::endless() const { return batches_->source()->examples() == BatchSource::endless; }

void EpochWalk::start(Session& session) {
  in_epoch_ = true;
  session.begin_epoch(std::max(std::int64_t{0}, batches_->num_examples()));
  epoch_start_ = rng_;
  if (done_ == 0) seen_ = 0;
  // Without the batches of this epoch that a run before this one was interrupted after.
  batches_->start(done_, before_, session.records().epochs_seen);
}

void EpochWalk::finish() {
  const std::int64_t all = batches_->num_batches();
  if (all == BatchSource::unknown ? !batches_->at_end() : done_ < all) return;
  if (endless()) before_ += seen_;
  done_ = 0;
  in_epoch_ = false;
  epoch_start_ = rng_;
}

void EpochWalk::state(Archive& archive) {
  // The order of an epoch in progress follows from the generator at its start.
  archive("rng", epoch_start_);
  archive("batches_done", done_);
  if (endless()) {
    archive("examples_before", before_);
    require_count("examples_before", before_);
  }
  if (archive.saving()) return;
  rng_ = epoch_start_;
  seen_ = done_ * batches_->batch_size();
  const std::int64_t all = batches_->num_batches();
  if (done_ < 0 || (done_ >= all && all != BatchSource::unknown))
    throw FileError(fmt::format("batches_done is {}, but an epoch has {} batches", done_, all));
}

void visit_criterion(Archive& archive, CriterionRun* criterion) {
  if (!criterion) return;
  archive.enter("termination_criterion");
  criterion->state(archive);
  archive.leave();
}

}  // namespace ansatz
