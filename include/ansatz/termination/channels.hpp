// ChannelTarget, ChannelInf, MatchChannel: until a channel has a certain value.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Goes on while the channel is above `target`.
class ChannelTarget : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.ChannelTarget";
  static constexpr const char* doc = "stop when a channel is at a value or below";
  String channel_name;
  double target = 0;

  constexpr ChannelTarget() {}
  constexpr ChannelTarget(const char* channel, double value)
      : channel_name(channel), target(value) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("channel_name", &ChannelTarget::channel_name, "channel to watch");
    key.required("target", &ChannelTarget::target, "training stops at or below this value");
  }

  /// ValueError: a name is empty.
  void check() const;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

/// Stops when the channel is infinite, as its documentation says; Pylearn2's code did the opposite.
class ChannelInf : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.ChannelInf";
  static constexpr const char* doc = "stop when a channel is infinite";
  String channel_name;

  constexpr ChannelInf() {}
  constexpr explicit ChannelInf(const char* channel) : channel_name(channel) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("channel_name", &ChannelInf::channel_name, "channel to watch");
  }

  /// ValueError: a name is empty.
  void check() const;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

/// Goes on while the channel is above the last value of another channel in a monitor that
/// push_monitor put aside.
class MatchChannel : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.MatchChannel";
  static constexpr const char* doc =
      "stop when a channel has come down to a record of an earlier monitor";
  String channel_name, prev_channel_name, prev_monitor_name;

  constexpr MatchChannel() {}
  constexpr MatchChannel(const char* channel, const char* prev_channel, const char* prev_monitor)
      : channel_name(channel), prev_channel_name(prev_channel), prev_monitor_name(prev_monitor) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("channel_name", &MatchChannel::channel_name, "channel to watch");
    key.required("prev_channel_name", &MatchChannel::prev_channel_name, "channel to match");
    key.required("prev_monitor_name", &MatchChannel::prev_monitor_name, "monitor that has it");
  }

  void check_job(const JobFacts& facts) const override;
  /// ValueError: a name is empty.
  void check() const;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

}  // namespace ansatz
