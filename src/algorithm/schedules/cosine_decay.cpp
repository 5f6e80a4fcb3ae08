#include <ansatz/algorithm/schedules/cosine_decay.hpp>

#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "../ramp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ansatz {

namespace {

// The learning rate as a function of the epochs done so far.
template <class Rate>
class FractionRun final : public ExtensionRun {
 public:
  explicit FractionRun(Rate rate) : rate_(std::move(rate)) {}

  void setup(Session& session) override {
    base_ = session.setting("learning_rate");
    first_epoch_ = session.records().epochs_seen;
    set(session, 0);
  }
  void on_monitor(Session& session) override {
    epoch_start_ = session.records().examples_seen;
    set(session, static_cast<double>(session.records().epochs_seen - first_epoch_));
  }
  void on_batch(Session& session) override {
    const auto done = static_cast<double>(session.records().examples_seen - epoch_start_);
    const auto whole = static_cast<double>(session.epoch_examples());
    if (whole == 0) return;  // how long the epoch is shows at its end
    set(session, static_cast<double>(session.records().epochs_seen - first_epoch_) + done / whole);
  }
  void state(Archive& archive) override {
    archive("base", base_);
    archive("first_epoch", first_epoch_);
    archive("epoch_start", epoch_start_);
    require_count("first_epoch", first_epoch_);
    require_count("epoch_start", epoch_start_);
  }

 private:
  void set(Session& session, double epochs) {
    session.set_setting("learning_rate", rate_(base_, epochs));
  }

  Rate rate_;
  double base_ = 0;
  std::int64_t first_epoch_ = 0;
  std::int64_t epoch_start_ = 0;  // examples seen before the epoch in progress
};

// Takes most of the periods that are over from `since`, where there are too many to count one by
// one at every batch. The n-th is `factor` times as long as the one before; all n together are
// period (factor^n - 1) / (factor - 1).
void skip_periods(double& since, double& period, double factor) {
  if (factor == 1) {
    since = std::fmod(since, period);
    return;
  }
  const double growth = std::log(factor);
  const double over = std::floor(std::log1p(since / period * (factor - 1)) / growth);
  if (!(over > 1000)) return;
  since = std::max(0., since - period * std::expm1(over * growth) / (factor - 1));
  period *= std::exp(over * growth);
}

template <class Rate>
std::unique_ptr<ExtensionRun> make_run(Rate rate) {
  return std::make_unique<FractionRun<Rate>>(std::move(rate));
}

}  // namespace

void CosineDecay::check() const {
  if (!(warm_up >= 0 && warm_up < total_epochs))
    throw ValueError(
        fmt::format("CosineDecay: 0 <= warm_up < total_epochs must hold, but warm_up "
                    "is {} and total_epochs {}",
                    warm_up, total_epochs));
  // No batch is so small a part of an epoch.
  if (!(total_epochs - warm_up >= 1e-9))
    throw ValueError(
        fmt::format("CosineDecay: total_epochs must be above warm_up by at least "
                    "1e-9, but is {}",
                    total_epochs));
  if (!(min_lr >= 0))
    throw ValueError(fmt::format("CosineDecay: min_lr must not be negative, but is {}", min_lr));
  if (restart_factor != 0 && !(restart_factor >= 1))
    throw ValueError(fmt::format("CosineDecay: restart_factor must be 0 or at least 1, but is {}",
                                 restart_factor));
}

void CosineDecay::check_job(const JobFacts& facts) const {
  const double base = facts.setting("learning_rate");
  if (min_lr > base)
    throw ValueError(
        fmt::format("CosineDecay: min_lr must be between 0 and the learning rate {}, "
                    "but is {}",
                    base, min_lr));
}

std::unique_ptr<ExtensionRun> CosineDecay::start(Session& session) const {
  check();
  check_job(session.facts());
  return make_run([this](double base, double epochs) {
    if (epochs < warm_up) return base * Ramp{0, warm_up}.part(epochs);
    double period = total_epochs - warm_up, since = epochs - warm_up;
    if (since >= period && restart_factor == 0) return min_lr;
    if (since >= period) skip_periods(since, period, restart_factor);
    while (since >= period) {
      since -= period;
      period *= restart_factor;
    }
    return min_lr + (base - min_lr) * (1 + std::cos(std::numbers::pi * (since / period))) / 2;
  });
}

void Warmup::check() const {
  if (!(warm_up > 0))
    throw ValueError(fmt::format("Warmup: warm_up must be above 0, but is {}", warm_up));
}

void Warmup::check_job(const JobFacts& facts) const { (void)facts.setting("learning_rate"); }

std::unique_ptr<ExtensionRun> Warmup::start(Session& session) const {
  check();
  check_job(session.facts());
  return make_run([this](double base, double epochs) {
    return base * Ramp{0, warm_up}.part(epochs);
  });
}

}  // namespace ansatz
