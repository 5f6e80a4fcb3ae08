#include <ansatz/extension/channel_smoother.hpp>

#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

#include "../termination/objective_channel.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

class SmootherRun final : public ExtensionRun {
 public:
  explicit SmootherRun(const ChannelSmoother& description) : description_(description) {}

  void setup(Session& session) override {
    const std::string_view from = description_.channel_to_smooth;
    objective_channel(session.records(), from, "ChannelSmoother");
    session.monitor().add_channel(description_.channel_to_publish.c_str(), [] { return 0.; },
                                  fmt::format("mean of {} records of {}", description_.k, from));
  }
  void on_monitor(Session& session) override {
    // The record that was just made has the other channel's new value, too.
    MonitorRecords& records = session.monitor().records();
    const std::vector<double>& from = records.at(description_.channel_to_smooth).val_record;
    const std::size_t n = std::min(from.size(), static_cast<std::size_t>(description_.k));
    double total = 0;
    for (std::size_t i = from.size() - n; i < from.size(); ++i) total += from[i];
    for (ChannelRecords& c : records.channels)
      if (c.name == description_.channel_to_publish.view())
        c.val_record.back() = total / static_cast<double>(n);
  }

 private:
  const ChannelSmoother& description_;
};

}  // namespace

std::unique_ptr<ExtensionRun> ChannelSmoother::start(Session&) const {
  if (k < 1) throw ValueError(fmt::format("ChannelSmoother: k must be at least 1, but is {}", k));
  return std::make_unique<SmootherRun>(*this);
}

}  // namespace ansatz
