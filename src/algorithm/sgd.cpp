#include <ansatz/algorithm/sgd.hpp>

#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/base/several_errors.hpp>
#include "epoch_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

EpochWalk::Keys walk_of(const SGD& sgd) {
  return {"SGD", sgd.train_iteration_mode.c_str(), sgd.batch_size, sgd.batches_per_iter,
          sgd.set_batch_size};
}

class SgdRun final : public AlgorithmRun {
 public:
  SgdRun(const SGD& sgd, Session& session)
      : sgd_(sgd), step_(session.program("step")), walk_(random_state(sgd.seed, {2012, 10, 5})) {
    sgd.check();
    sgd.check_job(session.facts());
    for (const auto& each : sgd.update_callbacks) callbacks_.push_back(each->start(session));
    if (sgd.termination_criterion) criterion_ = sgd.termination_criterion->start(session);
  }

  void setup(Session& session) override {
    walk_.setup(session, walk_of(sgd_));
    reader_.emplace(*session.data(), step_);
    for (int i = 0; i < step_.results(); ++i)
      if (step_.result_name(i) == "objective") objective_ = i;
    session.require_finite_parameters();
  }

  void train(Session& session) override {
    session.require_finite_parameters();
    const auto learn = [&](const RowsView& rows) {
      const auto& arguments = reader_->arguments(rows);
      step_.call(arguments.data(), static_cast<int>(arguments.size()));
      if (objective_ >= 0) session.report_loss(step_.number(objective_));
    };
    walk_.epoch(session, learn, [&] {
      for (auto& each : callbacks_) each->after_update(session);
    });
    session.require_finite_parameters();
  }

  bool in_epoch() const override { return walk_.in_epoch(); }

  bool continue_learning(Session& session) override {
    return !criterion_ || criterion_->continue_learning(session);
  }
  const CriterionRun* criterion() const override { return criterion_.get(); }

  void state(Archive& archive) override {
    walk_.state(archive);
    for (std::size_t i = 0; i < callbacks_.size(); ++i) {
      archive.enter(fmt::format("update_callbacks[{}]", i));
      callbacks_[i]->state(archive);
      archive.leave();
    }
    visit_criterion(archive, criterion_.get());
  }

 private:
  const SGD& sgd_;
  AnyProgram& step_;
  int objective_ = -1;  // which of its results; -1: the cost has no value
  EpochWalk walk_;
  std::optional<BatchReader> reader_;
  std::vector<std::unique_ptr<UpdateCallbackRun>> callbacks_;
  std::unique_ptr<CriterionRun> criterion_;
};

}  // namespace

void SGD::check() const {
  if (!(learning_rate > 0))
    throw ValueError(fmt::format("SGD: learning_rate must be above 0, not {}", learning_rate));
  if (!(clip_norm >= 0))
    throw ValueError(fmt::format("SGD: clip_norm must not be negative, but is {}", clip_norm));
  const auto check_mode = [](const char* key, std::string_view mode) {
    const auto known = iteration_modes();
    if (std::find(known.begin(), known.end(), mode) == known.end())
      throw NameError(fmt::format("SGD: {} is \"{}\"{}", key, mode,
                                  allowed_names(mode, {known.begin(), known.end()})));
  };
  check_mode("train_iteration_mode", train_iteration_mode);
  check_mode("monitor_iteration_mode", monitor_iteration_mode);
}

void SGD::check_job(const JobFacts& facts) const {
  check_each([&] { EpochWalk::check(facts.job, walk_of(*this)); },
             [&] { check_monitoring(facts.job, "SGD"); });
}

std::unique_ptr<AlgorithmRun> SGD::start(Session& session) const {
  return std::make_unique<SgdRun>(*this, session);
}

}  // namespace ansatz
