#include <ansatz/termination/channels.hpp>

#include <ansatz/base/shown.hpp>
#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/monitor/objective_channel.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

void require_name(const String& name, const char* what) {
  if (name.empty()) throw ValueError(fmt::format("{} is empty; give the name of one", what));
}

// Why a channel that should have come down to something ended it: NaN is not above anything, too.
std::string why_not_above(std::string_view channel, double value, const std::string& otherwise) {
  return fmt::format("{} {}", printable_name(channel), std::isnan(value) ? "is nan" : otherwise);
}

class ChannelTargetRun final : public CriterionRun {
 public:
  explicit ChannelTargetRun(const ChannelTarget& c) : criterion_(c) {}
  bool continue_learning(Session& session) override {
    value_ = last_value(session.records(), criterion_.channel_name, "ChannelTarget");
    return value_ > criterion_.target;
  }
  std::string why() const override {
    return why_not_above(criterion_.channel_name.view(), value_,
                         fmt::format("is at most {:g}", criterion_.target));
  }

 private:
  const ChannelTarget& criterion_;
  double value_ = 0;
};

class ChannelInfRun final : public CriterionRun {
 public:
  explicit ChannelInfRun(const ChannelInf& c) : criterion_(c) {}
  bool continue_learning(Session& session) override {
    return !std::isinf(last_value(session.records(), criterion_.channel_name, "ChannelInf"));
  }
  std::string why() const override {
    return fmt::format("{} is infinite", printable_name(criterion_.channel_name.view()));
  }

 private:
  const ChannelInf& criterion_;
};

// The other monitor is one that push_monitor named: that of an earlier phase, or of the file.
double value_to_match(const MatchChannel& criterion, const std::vector<MonitorRecords>& earlier) {
  const std::string_view name = criterion.prev_monitor_name;
  const MonitorRecords* const other = find_monitor(earlier, name);
  if (other) return last_value(*other, criterion.prev_channel_name, "MatchChannel");
  std::vector<std::string_view> known;
  for (const MonitorRecords& m : earlier) known.push_back(m.name);
  throw NameError(fmt::format("MatchChannel: the model has no earlier monitor \"{}\"{}", name,
                              allowed_names(name, known)));
}

class MatchChannelRun final : public CriterionRun {
 public:
  explicit MatchChannelRun(const MatchChannel& c) : criterion_(c) {}

  bool continue_learning(Session& session) override {
    wanted_ = value_to_match(criterion_, session.old_monitors());
    value_ = last_value(session.records(), criterion_.channel_name, "MatchChannel");
    return value_ > wanted_;
  }
  std::string why() const override {
    const std::string other =
        fmt::format("{} of {}", printable_name(criterion_.prev_channel_name.view()),
                    printable_name(criterion_.prev_monitor_name.view()));
    if (std::isnan(wanted_)) return other + " is nan";
    return why_not_above(criterion_.channel_name.view(), value_, "came down to " + other);
  }

 private:
  const MatchChannel& criterion_;
  double value_ = 0, wanted_ = 0;
};

}  // namespace

void ChannelTarget::check() const { require_name(channel_name, "ChannelTarget: channel_name"); }
void ChannelInf::check() const { require_name(channel_name, "ChannelInf: channel_name"); }
void MatchChannel::check() const {
  require_name(channel_name, "MatchChannel: channel_name");
  require_name(prev_channel_name, "MatchChannel: prev_channel_name");
  require_name(prev_monitor_name, "MatchChannel: prev_monitor_name");
}

void ChannelTarget::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
}
void ChannelInf::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
}
void MatchChannel::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
}

void MatchChannel::check_job(const JobFacts& facts) const {
  std::vector<MonitorRecords> earlier;
  if (const auto* const loaded = dynamic_cast<const LoadedModel*>(facts.job.model.get()))
    for (const MonitorRecords& each : loaded->monitors())
      if (each.name != "monitor") earlier.push_back(each);  // that one goes on
  (void)value_to_match(*this, earlier);
}

std::unique_ptr<CriterionRun> ChannelTarget::start(Session&) const {
  return std::make_unique<ChannelTargetRun>(*this);
}
std::unique_ptr<CriterionRun> ChannelInf::start(Session&) const {
  return std::make_unique<ChannelInfRun>(*this);
}
std::unique_ptr<CriterionRun> MatchChannel::start(Session&) const {
  return std::make_unique<MatchChannelRun>(*this);
}

}  // namespace ansatz
