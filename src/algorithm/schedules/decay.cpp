#include <ansatz/algorithm/schedules/decay.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "../ramp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

// The learning rate as a function of the number of updates.
template <class Rate>
class DecayRun final : public UpdateCallbackRun {
 public:
  explicit DecayRun(Rate rate) : rate_(std::move(rate)) {}

  void after_update(Session& session) override {
    if (count_ == 0) base_ = session.setting("learning_rate");
    ++count_;
    session.set_setting("learning_rate", rate_(base_, count_));
  }
  void state(Archive& archive) override {
    archive("count", count_);
    archive("base_lr", base_);
    require_count("count", count_);
  }

 private:
  Rate rate_;
  std::int64_t count_ = 0;
  double base_ = 0;
};

// The records remember how far it is.
class MomentumRun final : public UpdateCallbackRun {
 public:
  explicit MomentumRun(const MomentumOverExamples& how) : how_(how) {}

  void after_update(Session& session) override {
    const auto seen = static_cast<double>(session.records().examples_seen);
    session.set_setting("momentum", Ramp{0, how_.saturation}.mean(how_.init, how_.final, seen));
  }

 private:
  const MomentumOverExamples how_;
};

template <class Rate>
std::unique_ptr<UpdateCallbackRun> run_of(Rate rate) {
  return std::make_unique<DecayRun<Rate>>(std::move(rate));
}

}  // namespace

void ExponentialDecay::check() const {
  if (!(decay_factor > 0))
    throw ValueError(
        fmt::format("ExponentialDecay: decay_factor must be above 0, but is {}", decay_factor));
  if (!(min_lr >= 0))
    throw ValueError(
        fmt::format("ExponentialDecay: min_lr must not be negative, but is {}", min_lr));
}

std::unique_ptr<UpdateCallbackRun> ExponentialDecay::start(Session&) const {
  check();
  return run_of([this](double base, std::int64_t t) {
    return std::max(min_lr, base / std::pow(decay_factor, static_cast<double>(t)));
  });
}

void LinearDecay::check() const {
  check_linear_decay("LinearDecay", first, saturate, decay_factor);
}

std::unique_ptr<UpdateCallbackRun> LinearDecay::start(Session&) const {
  check();
  return run_of([this](double base, std::int64_t t) {
    return linear_decay(base, static_cast<double>(t), first, saturate, decay_factor);
  });
}

void AnnealedLearningRate::check() const {
  if (!(anneal_start > 0))
    throw ValueError(
        fmt::format("AnnealedLearningRate: anneal_start must be above 0, but is {}", anneal_start));
}

std::unique_ptr<UpdateCallbackRun> AnnealedLearningRate::start(Session&) const {
  check();
  return run_of([this](double base, std::int64_t t) {
    return base * std::min(1., anneal_start / static_cast<double>(t));
  });
}

std::unique_ptr<UpdateCallbackRun> MomentumOverExamples::start(Session&) const {
  return std::make_unique<MomentumRun>(*this);
}

}  // namespace ansatz
