#include <ansatz/training/default.hpp>

#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

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
    const int forced = session.job().model->batch_size(), given = algorithm_.batch_size;
    if (forced && given && forced != given && !algorithm_.set_batch_size)
      throw ValueError(fmt::format("DefaultTrainingAlgorithm: batch_size is {}, but the model "
                                   "wants {}", given, forced));
    batch_size_ = given ? given : forced;
    if (batch_size_ < 1) throw ValueError("DefaultTrainingAlgorithm: name a batch_size");
    if (algorithm_.batches_per_iter < 1)
      throw ValueError(fmt::format("DefaultTrainingAlgorithm: batches_per_iter must be at least 1, "
                                   "but is {}", algorithm_.batches_per_iter));
    if (!session.data()) throw ValueError("DefaultTrainingAlgorithm: the job has no dataset");
  }

  void train(Session& session) override {
    session.begin_epoch(std::int64_t{batch_size_} * algorithm_.batches_per_iter);
    while (done_ < algorithm_.batches_per_iter && more_ && !session.interrupted()) {
      more_ = model_->train_batch(*session.data(), batch_size_);
      ++done_;
      session.report_batch(batch_size_);
    }
    if (done_ == algorithm_.batches_per_iter || !more_) done_ = 0;
    session.require_finite_parameters();
  }

  bool in_epoch() const override { return done_ > 0; }

  bool continue_learning(Session& session) override {
    return more_ && (!criterion_ || criterion_->continue_learning(session));
  }

  void state(Archive& archive) override {
    archive("batches_done", done_);
    archive("learn_more", more_);
    archive.enter("model");
    model_->state(archive);
    archive.leave();
    if (!criterion_) return;
    archive.enter("termination_criterion");
    criterion_->state(archive);
    archive.leave();
  }

 private:
  const DefaultTrainingAlgorithm& algorithm_;
  std::unique_ptr<ModelRun> model_;
  std::unique_ptr<CriterionRun> criterion_;
  int batch_size_ = 0;
  std::int64_t done_ = 0;  // batches of the epoch
  bool more_ = true;
};

}  // namespace

std::unique_ptr<AlgorithmRun> DefaultTrainingAlgorithm::start(Session& session) const {
  return std::make_unique<DefaultRun>(*this, session);
}

}  // namespace ansatz
