#include <ansatz/training/cosine_decay.hpp>

#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

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
    set(session, static_cast<double>(session.records().epochs_seen - first_epoch_) + done / whole);
  }
  void state(Archive& archive) override {
    archive("base", base_);
    archive("first_epoch", first_epoch_);
    archive("epoch_start", epoch_start_);
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

template <class Rate>
std::unique_ptr<ExtensionRun> make_run(Rate rate) {
  return std::make_unique<FractionRun<Rate>>(std::move(rate));
}

}  // namespace

std::unique_ptr<ExtensionRun> CosineDecay::start(Session& session) const {
  if (!(warm_up >= 0 && warm_up < total_epochs))
    throw ValueError(fmt::format("CosineDecay: 0 <= warm_up < total_epochs must hold, but warm_up "
                                 "is {} and total_epochs {}", warm_up, total_epochs));
  if (!(min_lr >= 0 && min_lr <= session.setting("learning_rate")))
    throw ValueError(fmt::format("CosineDecay: min_lr must be between 0 and the learning rate {}, "
                                 "but is {}", session.setting("learning_rate"), min_lr));
  if (restart_factor != 0 && !(restart_factor >= 1))
    throw ValueError(fmt::format("CosineDecay: restart_factor must be 0 or at least 1, but is {}",
                                 restart_factor));
  return make_run([this](double base, double epochs) {
    if (epochs < warm_up) return base * (epochs / warm_up);
    double period = total_epochs - warm_up, since = epochs - warm_up;
    while (since >= period) {
      if (restart_factor == 0) return min_lr;
      since -= period;
      period *= restart_factor;
    }
    return min_lr + (base - min_lr) * (1 + std::cos(std::numbers::pi * (since / period))) / 2;
  });
}

std::unique_ptr<ExtensionRun> Warmup::start(Session&) const {
  if (!(warm_up > 0))
    throw ValueError(fmt::format("Warmup: warm_up must be above 0, but is {}", warm_up));
  return make_run([this](double base, double epochs) {
    return base * std::min(1., epochs / warm_up);
  });
}

}  // namespace ansatz
