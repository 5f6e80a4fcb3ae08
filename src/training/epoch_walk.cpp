#include "epoch_walk.hpp"

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

void EpochWalk::setup(Session& session, const Keys& keys) {
  if (!session.data())
    throw ValueError(fmt::format("{}: the job has no dataset", keys.algorithm));
  const int forced = session.job().model->batch_size();
  if (forced && keys.batch_size && forced != keys.batch_size && !keys.set_batch_size)
    throw ValueError(fmt::format("{}: batch_size is {}, but the model wants {}", keys.algorithm,
                                 keys.batch_size, forced));
  batches_.emplace(make_subset_iterator(keys.mode, session.data()->examples(),
                                        keys.batch_size ? keys.batch_size : forced,
                                        keys.batches_per_iter,
                                        stochastic(keys.mode) ? &rng_ : nullptr));
  if (forced && batches_->uneven())
    throw ValueError(fmt::format("{}: the model wants batches of {} examples, but {} examples "
                                 "leave a smaller one; the iteration mode even_{} leaves it out",
                                 keys.algorithm, forced, session.data()->examples(), keys.mode));
}

void EpochWalk::start(Session& session) {
  session.begin_epoch(batches_->num_examples());
  epoch_start_ = rng_;
  batches_->start();
  Subset part;
  // Batches of this epoch that a run before this one was interrupted after.
  for (std::int64_t skipped = 0; skipped < done_; ++skipped) batches_->next(part);
}

void EpochWalk::finish() {
  if (done_ < batches_->num_batches()) return;
  done_ = 0;
  epoch_start_ = rng_;
}

void EpochWalk::state(Archive& archive) {
  // The order of an epoch in progress follows from the generator at its start.
  archive("rng", epoch_start_);
  archive("batches_done", done_);
  if (!archive.saving()) rng_ = epoch_start_;
}

void visit_criterion(Archive& archive, CriterionRun* criterion) {
  if (!criterion) return;
  archive.enter("termination_criterion");
  criterion->state(archive);
  archive.leave();
}

}  // namespace ansatz
