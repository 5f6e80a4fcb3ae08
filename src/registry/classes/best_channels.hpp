// MonitorBasedBest: what channels had when one was the best; for job files alone.
#pragma once

#include <ansatz/job/extension.hpp>

namespace ansatz::named {

/// Whenever channel_name falls below all it was before, the values of save_channel_names in that
/// record become the model's tags `MonitorBasedBest.<channel>`, and its epoch
/// `MonitorBasedBest.epoch`. The keys are those of the class that Pylearn2's job
/// papers/maxout/svhn2.yaml names, which is not in Pylearn2 itself.
class MonitorBasedBest : public Extension {
 public:
  static constexpr const char* yaml = "noisy_encoder.utils.best_params.MonitorBasedBest";
  static constexpr const char* doc = "keeps the values of channels when one is the best so far";
  String channel_name;
  ir::List<String> save_channel_names;

  template <class K>
  static constexpr void keys(K& key) {
    using This = MonitorBasedBest;
    key.required("channel_name", &This::channel_name, "channel to watch");
    key("save_channel_names", &This::save_channel_names, "channels whose values are kept");
  }

  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz::named
