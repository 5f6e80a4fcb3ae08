#include <ansatz/algorithm/schedules/epoch_schedules.hpp>

#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/monitor/objective_channel.hpp>
#include "../ramp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ansatz {

namespace {

// A setting as a function of the number of epochs. With `at_once` it is set at setup, too.
template <class Value>
class EpochSchedule final : public ExtensionRun {
 public:
  EpochSchedule(const char* setting, bool at_once, Value value)
      : setting_(setting), at_once_(at_once), value_(std::move(value)) {}

  void setup(Session& session) override {
    base_ = session.setting(setting_);
    if (!at_once_) return;
    count_ = session.records().epochs_seen;
    session.set_setting(setting_, value_(base_, count_));
  }
  void on_monitor(Session& session) override {
    ++count_;
    session.set_setting(setting_, value_(base_, count_));
  }
  void state(Archive& archive) override {
    archive("count", count_);
    archive("base", base_);
    require_count("count", count_);
  }

 private:
  const char* setting_;
  bool at_once_;
  Value value_;
  std::int64_t count_ = 0;
  double base_ = 0;
};

template <class Value>
std::unique_ptr<ExtensionRun> make_schedule(const char* setting, bool at_once, Value value) {
  return std::make_unique<EpochSchedule<Value>>(setting, at_once, std::move(value));
}

// The channel that is named; "": none is.
std::string watched_channel(const MonitorBasedLRAdjuster& adjuster) {
  if (adjuster.dataset_name.empty()) return adjuster.channel_name.c_str();
  return std::string(adjuster.dataset_name.view()) + "_objective";
}

class LrAdjusterRun final : public ExtensionRun {
 public:
  explicit LrAdjusterRun(const MonitorBasedLRAdjuster& adjuster) : adjuster_(adjuster) {}

  void on_monitor(Session& session) override {
    if (channel_.empty())
      channel_ = objective_channel(session.records(), watched_channel(adjuster_),
                                   "MonitorBasedLRAdjuster");
    const std::vector<double>& v = session.records().at(channel_).val_record;
    double rate = session.setting("learning_rate");
    if (v.size() >= 2) {
      const double now = v.back(), before = v[v.size() - 2];
      if (now > in_proportion(before, adjuster_.high_trigger))
        rate *= adjuster_.shrink_amt;
      else if (now > in_proportion(before, adjuster_.low_trigger))
        rate *= adjuster_.grow_amt;
    }
    rate = std::min(adjuster_.max_lr, std::max(adjuster_.min_lr, rate));
    session.set_setting("learning_rate", rate);
  }

 private:
  const MonitorBasedLRAdjuster& adjuster_;
  std::string channel_;
};

}  // namespace

void MomentumAdjustor::check() const {
  if (!(first >= 0 && first <= saturate))
    throw ValueError(
        fmt::format("MomentumAdjustor: 0 <= start <= saturate must hold, but start is "
                    "{} and saturate {}",
                    first, saturate));
  if (!(final_momentum >= 0 && final_momentum < 1))
    throw ValueError(
        fmt::format("MomentumAdjustor: final_momentum must be at least 0 and below 1, "
                    "but is {}",
                    final_momentum));
}

void MomentumAdjustor::check_job(const JobFacts& facts) const {
  if (!facts.has_setting("momentum"))
    throw ValueError(
        "MomentumAdjustor: the algorithm has no momentum; its learning_rule must be "
        "Momentum");
}

std::unique_ptr<ExtensionRun> MomentumAdjustor::start(Session& session) const {
  check();
  check_job(session.facts());
  return make_schedule("momentum", true, [this](double base, std::int64_t count) {
    return Ramp{1. * first, 1. * saturate}.mean(base, final_momentum, static_cast<double>(count));
  });
}

void LinearDecayOverEpoch::check() const {
  check_linear_decay("LinearDecayOverEpoch", first, saturate, decay_factor);
}

void LinearDecayOverEpoch::check_job(const JobFacts& facts) const {
  (void)facts.setting("learning_rate");
}

std::unique_ptr<ExtensionRun> LinearDecayOverEpoch::start(Session& session) const {
  check();
  check_job(session.facts());
  return make_schedule("learning_rate", true, [this](double base, std::int64_t count) {
    return linear_decay(base, static_cast<double>(count), first, saturate, decay_factor);
  });
}

void OneOverEpoch::check() const {
  if (first < 0)
    throw ValueError(fmt::format("OneOverEpoch: start must not be negative, but is {}", first));
  if (half_life < 0)
    throw ValueError(fmt::format(
        "OneOverEpoch: half_life must not be negative (0: start + 1), but is {}", half_life));
}

void OneOverEpoch::check_job(const JobFacts& facts) const {
  const double base = facts.setting("learning_rate");
  if (base < min_lr)
    throw ValueError(
        fmt::format("OneOverEpoch: the learning rate {} is below min_lr, {}", base, min_lr));
}

std::unique_ptr<ExtensionRun> OneOverEpoch::start(Session& session) const {
  check();
  check_job(session.facts());
  return make_schedule("learning_rate", false, [this](double base, std::int64_t count) {
    if (count < first) return base;
    const double half = half_life ? half_life : first + 1;
    return std::max(min_lr, base * half / (static_cast<double>(count - first) + half));
  });
}

void MonitorBasedLRAdjuster::check() const {
  for (const auto& [name, value] :
       {std::pair{"shrink_amt", shrink_amt}, std::pair{"grow_amt", grow_amt}})
    if (!(value >= 0))
      throw ValueError(
          fmt::format("MonitorBasedLRAdjuster: {} must not be negative, but is {}", name, value));
  if (!(min_lr <= max_lr))
    throw ValueError(
        fmt::format("MonitorBasedLRAdjuster: min_lr is {}, above max_lr, {}", min_lr, max_lr));
  if (!channel_name.empty() && !dataset_name.empty())
    throw ValueError("MonitorBasedLRAdjuster: channel_name and dataset_name exclude each other");
}

void MonitorBasedLRAdjuster::check_job(const JobFacts& facts) const {
  (void)facts.setting("learning_rate");
}

void MonitorBasedLRAdjuster::watched(std::vector<WatchedChannel>& list) const {
  const char* const key = dataset_name.empty() ? "channel_name" : "dataset_name";
  list.push_back({this, key, watched_channel(*this)});
}

std::unique_ptr<ExtensionRun> MonitorBasedLRAdjuster::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<LrAdjusterRun>(*this);
}

}  // namespace ansatz
