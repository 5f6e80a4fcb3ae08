#include <ansatz/extension/channel_smoother.hpp>

#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/monitor/objective_channel.hpp>

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
    session.monitor().add_channel(
        description_.channel_to_publish.c_str(),
        [this, &session] { return mean(session.monitor()); },
        fmt::format("mean of {} records of {}", description_.k, from));
  }

 private:
  // Of the records so far and the one that is being made.
  double mean(const Monitor& monitor) const {
    const std::string_view from = description_.channel_to_smooth;
    const std::vector<double>& before = monitor.records().at(from).val_record;
    const std::size_t n = std::min(before.size(), static_cast<std::size_t>(description_.k - 1));
    double total = 0;
    for (std::size_t i = before.size() - n; i < before.size(); ++i) total += before[i];
    return (total + monitor.current(from)) / static_cast<double>(n + 1);
  }

  const ChannelSmoother& description_;
};

}  // namespace

void ChannelSmoother::check() const {
  if (k < 1) throw ValueError(fmt::format("ChannelSmoother: k must be at least 1, but is {}", k));
}

void ChannelSmoother::published(const Train&, std::vector<std::string>& names) const {
  names.emplace_back(channel_to_publish.view());
}

void ChannelSmoother::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_to_smooth", channel_to_smooth.c_str()});
}

std::unique_ptr<ExtensionRun> ChannelSmoother::start(Session&) const {
  check();
  return std::make_unique<SmootherRun>(*this);
}

}  // namespace ansatz
