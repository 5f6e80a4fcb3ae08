// ChannelSmoother: a channel averaged over records.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Publishes the mean of the last k records of a channel, or of all while there are fewer. In
/// Pylearn2 it is the last k - 1.
class ChannelSmoother : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.ChannelSmoother";
  static constexpr const char* doc = "a channel that averages the last records of another";
  String channel_to_smooth, channel_to_publish;
  int k = 5;

  constexpr ChannelSmoother() {}
  constexpr ChannelSmoother(const char* from, const char* to, int records = 5)
      : channel_to_smooth(from), channel_to_publish(to), k(records) {}
  template <class K>
  static constexpr void keys(K& key) {
    using This = ChannelSmoother;
    key.required("channel_to_smooth", &This::channel_to_smooth, "channel to average");
    key.required("channel_to_publish", &This::channel_to_publish, "name of the new channel");
    key("k", &This::k, "number of records");
  }

  void check() const;
  void published(const Train& job, std::vector<std::string>& names) const override;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
