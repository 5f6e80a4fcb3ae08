#include <ansatz/termination/channels.hpp>

#include <ansatz/nearest_name.hpp>
#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

#include "objective_channel.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

class ChannelTargetRun final : public CriterionRun {
 public:
  explicit ChannelTargetRun(const ChannelTarget& c) : criterion_(c) {}
  bool continue_learning(Session& session) override {
    return last_value(session.records(), criterion_.channel_name, "ChannelTarget") >
           criterion_.target;
  }

 private:
  const ChannelTarget& criterion_;
};

class ChannelInfRun final : public CriterionRun {
 public:
  explicit ChannelInfRun(const ChannelInf& c) : criterion_(c) {}
  bool continue_learning(Session& session) override {
    return !std::isinf(last_value(session.records(), criterion_.channel_name, "ChannelInf"));
  }

 private:
  const ChannelInf& criterion_;
};

class MatchChannelRun final : public CriterionRun {
 public:
  explicit MatchChannelRun(const MatchChannel& c) : criterion_(c) {}

  bool continue_learning(Session& session) override {
    const std::string_view name = criterion_.prev_monitor_name;
    const MonitorRecords* other = find_monitor(session.old_monitors(), name);
    if (!other) {
      std::vector<std::string_view> known;
      for (const MonitorRecords& m : session.old_monitors()) known.push_back(m.name);
      throw NameError(fmt::format("MatchChannel: the model has no earlier monitor \"{}\"{}", name,
                                  allowed_names(name, known)));
    }
    const double wanted = last_value(*other, criterion_.prev_channel_name, "MatchChannel");
    return last_value(session.records(), criterion_.channel_name, "MatchChannel") > wanted;
  }

 private:
  const MatchChannel& criterion_;
};

}  // namespace

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
