#include "classes/best_channels.hpp"

#include <ansatz/monitor/objective_channel.hpp>
#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/session.hpp>

#include <limits>

namespace ansatz::named {

namespace {

constexpr const char* name = "MonitorBasedBest";

class BestChannelsRun final : public ExtensionRun {
 public:
  explicit BestChannelsRun(const MonitorBasedBest& description) : description_(description) {}

  void on_monitor(Session& session) override {
    const MonitorRecords& records = session.records();
    const double value = last_value(records, description_.channel_name, name);
    if (!(value < best_)) return;
    best_ = value;
    StateValues& tags = session.tags();
    const auto tag = [](std::string_view of) { return std::string(name) + "." + std::string(of); };
    for (const String& each : description_.save_channel_names)
      tags[tag(each.view())] = last_value(records, each, name);
    tags[tag("epoch")] = static_cast<double>(records.epochs_seen);
  }
  void state(Archive& archive) override { archive("best", best_); }

 private:
  const MonitorBasedBest& description_;
  double best_ = std::numeric_limits<double>::infinity();
};

}  // namespace

void MonitorBasedBest::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
  for (const String& each : save_channel_names)
    list.push_back({this, "save_channel_names", each.c_str()});
}

std::unique_ptr<ExtensionRun> MonitorBasedBest::start(Session&) const {
  return std::make_unique<BestChannelsRun>(*this);
}

}  // namespace ansatz::named
