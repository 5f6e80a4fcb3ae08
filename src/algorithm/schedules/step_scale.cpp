#include <ansatz/algorithm/schedules/step_scale.hpp>

#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/monitor/objective_channel.hpp>
#include <ansatz/session/kept_parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace ansatz {

namespace {

constexpr const char* scale_setting = "scale_step";

void publish(Session& session) {
  session.monitor().add_channel(
      scale_setting, [&session] { return session.setting(scale_setting); },
      "part of the way to the new parameters that is gone");
}

void require_setting(const JobFacts& facts, const char* who) {
  if (!facts.has_setting(scale_setting))
    throw ValueError(fmt::format("{}: the algorithm has no scale_step; BGD has", who));
}

class ScaleStepRun final : public ExtensionRun {
 public:
  explicit ScaleStepRun(const ScaleStep& description) : description_(description) {}
  void setup(Session& session) override { publish(session); }
  void on_monitor(Session& session) override {
    const double next = session.setting(scale_setting) * description_.scale;
    session.set_setting(scale_setting, std::max(next, description_.min_value));
  }

 private:
  const ScaleStep& description_;
};

class ShrinkerRun final : public ExtensionRun {
 public:
  ShrinkerRun(const StepShrinker& description, const char* who, Session& session, bool backtrack)
      : description_(description), who_(who) {
    if (backtrack) kept_.emplace(session, "step_shrinker");
  }

  void setup(Session& session) override { publish(session); }

  void on_monitor(Session& session) override {
    double latest = last_value(session.records(), description_.channel, who_);
    if (!first_) {
      double scale = session.setting(scale_setting);
      if (latest < before_) {
        scale = std::max(scale, std::min(scale * description_.scale_up, description_.max_scale));
      } else {  // risen, the same, or no number
        scale *= description_.scale;
        if (scale < description_.giveup_after) {
          scale = description_.giveup_after;
          session.stop();
        }
        if (kept_) {
          kept_->give_back();
          latest = before_;
        }
      }
      session.set_setting(scale_setting, scale);
    }
    before_ = latest;
    first_ = false;
    if (kept_) kept_->take();
  }
  void state(Archive& archive) override {
    archive("before", before_);
    archive("first", first_);
  }

 private:
  const StepShrinker& description_;
  const char* who_;
  std::optional<KeptParameters> kept_;
  double before_ = std::numeric_limits<double>::infinity();
  bool first_ = true;
};

void check_shrinker(const StepShrinker& s, const char* who) {
  if (!(s.scale > 0 && s.scale < 1))
    throw ValueError(fmt::format("{}: scale must be above 0 and below 1, but is {}", who, s.scale));
  if (!(s.scale_up >= 1))
    throw ValueError(fmt::format("{}: scale_up must be at least 1, but is {}", who, s.scale_up));
  if (!(s.giveup_after > 0))
    throw ValueError(
        fmt::format("{}: giveup_after must be above 0, but is {}", who, s.giveup_after));
}

}  // namespace

void ScaleStep::check() const {
  if (!(scale > 0))
    throw ValueError(fmt::format("ScaleStep: scale must be above 0, but is {}", scale));
  if (!(min_value > 0))
    throw ValueError(fmt::format("ScaleStep: min_value must be above 0, but is {}", min_value));
}
void StepShrinker::check() const { check_shrinker(*this, "StepShrinker"); }
void BacktrackingStepShrinker::check() const { check_shrinker(*this, "BacktrackingStepShrinker"); }

void ScaleStep::check_job(const JobFacts& facts) const { require_setting(facts, "ScaleStep"); }
void StepShrinker::check_job(const JobFacts& facts) const {
  require_setting(facts, "StepShrinker");
}
void BacktrackingStepShrinker::check_job(const JobFacts& facts) const {
  require_setting(facts, "BacktrackingStepShrinker");
}

void ScaleStep::published(const Train&, std::vector<std::string>& names) const {
  names.emplace_back(scale_setting);
}
void StepShrinker::published(const Train&, std::vector<std::string>& names) const {
  names.emplace_back(scale_setting);
}
void StepShrinker::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel", channel.c_str()});
}

std::unique_ptr<ExtensionRun> ScaleStep::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<ScaleStepRun>(*this);
}
std::unique_ptr<ExtensionRun> StepShrinker::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<ShrinkerRun>(*this, "StepShrinker", session, false);
}
std::unique_ptr<ExtensionRun> BacktrackingStepShrinker::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<ShrinkerRun>(*this, "BacktrackingStepShrinker", session, true);
}

}  // namespace ansatz
