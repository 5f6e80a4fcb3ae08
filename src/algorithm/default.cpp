#include <ansatz/algorithm/default.hpp>

#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "epoch_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

class DefaultRun final : public AlgorithmRun {
 public:
  DefaultRun(const DefaultTrainingAlgorithm& algorithm, Session& session)
      : algorithm_(algorithm), model_(session.job().model->start(session)) {
    if (algorithm.termination_criterion)
      criterion_ = algorithm.termination_criterion->start(session);
  }

  void setup(Session& session) override {
    algorithm_.check();
    algorithm_.check_job(session.facts());
    batch_size_ = algorithm_.batch_size ? algorithm_.batch_size : session.job().model->batch_size();
  }

  void train(Session& session) override {
    session.begin_epoch(std::int64_t{batch_size_} * algorithm_.batches_per_iter);
    while (done_ < algorithm_.batches_per_iter && more_ && !session.interrupted()) {
      more_ = model_->train_batch(session.table(), batch_size_);
      ++done_;
      session.report_batch(batch_size_);
    }
    // An epoch that was interrupted goes on where it stopped, also after `--resume`.
    in_epoch_ = done_ < algorithm_.batches_per_iter && more_;
    if (!in_epoch_) done_ = 0;
    session.require_finite_parameters();
  }

  bool in_epoch() const override { return in_epoch_; }

  bool continue_learning(Session& session) override {
    return more_ && (!criterion_ || criterion_->continue_learning(session));
  }
  const CriterionRun* criterion() const override { return criterion_.get(); }

  void state(Archive& archive) override {
    archive("batches_done", done_);
    require_count("batches_done", done_);
    done_ = std::min<std::int64_t>(done_, algorithm_.batches_per_iter);
    archive("learn_more", more_);
    archive.enter("model");
    model_->state(archive);
    archive.leave();
    visit_criterion(archive, criterion_.get());
  }

 private:
  const DefaultTrainingAlgorithm& algorithm_;
  std::unique_ptr<ModelRun> model_;
  std::unique_ptr<CriterionRun> criterion_;
  int batch_size_ = 0;
  std::int64_t done_ = 0;  // batches of the epoch
  bool in_epoch_ = false;
  bool more_ = true;
};

// SGD's run, which refers to its keys.
class GradientRun final : public AlgorithmRun {
 public:
  GradientRun(SGD sgd, Session& session) : sgd_(std::move(sgd)), run_(sgd_.start(session)) {}
  void setup(Session& session) override { run_->setup(session); }
  void train(Session& session) override { run_->train(session); }
  bool in_epoch() const override { return run_->in_epoch(); }
  bool continue_learning(Session& session) override { return run_->continue_learning(session); }
  const CriterionRun* criterion() const override { return run_->criterion(); }
  void state(Archive& archive) override { run_->state(archive); }

 private:
  const SGD sgd_;
  std::unique_ptr<AlgorithmRun> run_;
};

}  // namespace

void DefaultTrainingAlgorithm::check() const {
  if (batches_per_iter < 1)
    throw ValueError(
        fmt::format("DefaultTrainingAlgorithm: batches_per_iter must be at least 1, "
                    "but is {}",
                    batches_per_iter));
}

void DefaultTrainingAlgorithm::check_job(const JobFacts& facts) const {
  if (facts.job.model->as_layered() && !facts.job.model->trains_itself())
    throw ValueError(
        "DefaultTrainingAlgorithm: the model does not train itself; give the job "
        "another algorithm, such as SGD");
  const int forced = facts.job.model->batch_size();
  if (forced && batch_size && forced != batch_size && !set_batch_size)
    throw ValueError(
        fmt::format("DefaultTrainingAlgorithm: batch_size is {}, but the model "
                    "wants {}",
                    batch_size, forced));
  if (batch_size < 1 && forced < 1) throw ValueError("DefaultTrainingAlgorithm: name a batch_size");
  if (!facts.job.dataset) throw ValueError("DefaultTrainingAlgorithm: the job has no dataset");
  const S3C* const s3c = model_as<S3C>(*facts.job.model);
  if (s3c && !s3c->m_step->learning_rate)
    throw ValueError("DefaultTrainingAlgorithm: the model's m_step names no learning_rate");
  if (const std::optional<SGD> sgd = as_sgd(*facts.job.model)) return sgd->check_job(facts);
  check_monitoring(facts.job, "DefaultTrainingAlgorithm");
}

std::unique_ptr<AlgorithmRun> DefaultTrainingAlgorithm::start(Session& session) const {
  if (std::optional<SGD> sgd = as_sgd(*session.job().model)) {
    check();
    return std::make_unique<GradientRun>(std::move(*sgd), session);
  }
  return std::make_unique<DefaultRun>(*this, session);
}

}  // namespace ansatz
