#include <ansatz/training/sgd.hpp>

#include <ansatz/data/subset_iterator.hpp>
#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

class SgdRun final : public AlgorithmRun {
 public:
  SgdRun(const SGD& sgd, Session& session)
      : sgd_(sgd), step_(session.program("step")), rng_(random_state(sgd.seed, {2012, 10, 5})) {
    if (!(sgd.learning_rate > 0))
      throw ValueError(fmt::format("SGD: learning_rate must be above 0, not {}",
                                   sgd.learning_rate));
    for (const auto& each : sgd.update_callbacks) callbacks_.push_back(each->start(session));
    if (sgd.termination_criterion) criterion_ = sgd.termination_criterion->start(session);
  }

  void setup(Session& session) override {
    const Model& model = *session.job().model;
    const int forced = model.batch_size();
    int batch = sgd_.batch_size ? sgd_.batch_size : forced;
    if (forced && sgd_.batch_size && forced != sgd_.batch_size && !sgd_.set_batch_size)
      throw ValueError(fmt::format("SGD: batch_size is {}, but the model wants {}",
                                   sgd_.batch_size, forced));
    const std::string mode = sgd_.train_iteration_mode.c_str();
    batches_.emplace(make_subset_iterator(mode, session.data()->examples(), batch,
                                          sgd_.batches_per_iter,
                                          stochastic(mode) ? &rng_ : nullptr));
    if (forced && batches_->uneven())
      throw ValueError(fmt::format(
          "SGD: the model wants batches of {} examples, but {} examples leave a smaller one; "
          "use the train_iteration_mode even_{}",
          forced, session.data()->examples(), mode));
    reader_.emplace(session.data(), step_);
    session.require_finite_parameters();
  }

  void train(Session& session) override {
    session.require_finite_parameters();
    session.begin_epoch(batches_->num_examples());
    epoch_start_ = rng_;
    batches_->start();
    Subset part;
    // Batches of this epoch that a run before this one was interrupted after.
    for (std::int64_t skipped = 0; skipped < done_; ++skipped) batches_->next(part);
    while (!session.interrupted() && batches_->next(part)) {
      const auto& arguments = reader_->arguments(part);
      step_.call(arguments.data(), static_cast<int>(arguments.size()));
      for (auto& each : callbacks_) each->after_update(session);
      ++done_;
      session.report_batch(static_cast<int>(part.size));
    }
    if (done_ == batches_->num_batches()) {
      done_ = 0;
      epoch_start_ = rng_;
    }
    session.require_finite_parameters();
  }

  bool in_epoch() const override { return done_ > 0; }

  bool continue_learning(Session& session) override {
    return !criterion_ || criterion_->continue_learning(session);
  }

  void state(Archive& archive) override {
    // The order of an epoch in progress follows from the generator at its start.
    archive("rng", epoch_start_);
    archive("batches_done", done_);
    if (!archive.saving()) rng_ = epoch_start_;
    for (std::size_t i = 0; i < callbacks_.size(); ++i) {
      archive.enter(fmt::format("update_callbacks[{}]", i));
      callbacks_[i]->state(archive);
      archive.leave();
    }
    if (!criterion_) return;
    archive.enter("termination_criterion");
    criterion_->state(archive);
    archive.leave();
  }

 private:
  const SGD& sgd_;
  AnyProgram& step_;
  RandomState rng_;
  RandomState epoch_start_ = rng_;
  std::int64_t done_ = 0;  // batches of the epoch
  std::optional<SubsetIterator> batches_;
  std::optional<BatchReader> reader_;
  std::vector<std::unique_ptr<UpdateCallbackRun>> callbacks_;
  std::unique_ptr<CriterionRun> criterion_;
};

}  // namespace

std::unique_ptr<AlgorithmRun> SGD::start(Session& session) const {
  return std::make_unique<SgdRun>(*this, session);
}

}  // namespace ansatz
