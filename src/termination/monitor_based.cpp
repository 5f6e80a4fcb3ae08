#include <ansatz/termination/monitor_based.hpp>

#include <ansatz/base/shown.hpp>
#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/monitor/objective_channel.hpp>

#include <fmt/format.h>

#include <limits>

namespace ansatz {

namespace {

class MonitorBasedRun final : public CriterionRun {
 public:
  explicit MonitorBasedRun(const MonitorBased& description)
      : description_(description), countdown_(description.N) {}

  bool continue_learning(Session& session) override {
    if (channel_.empty())
      channel_ = objective_channel(session.records(), description_.channel_name, "MonitorBased");
    const double value = last_value(session.records(), channel_, "MonitorBased");
    // What falls less does not count: over N records it may add up to enough.
    if (value < in_proportion(best_, 1. - description_.prop_decrease)) {
      countdown_ = description_.N;
      best_ = value;
    } else {
      --countdown_;
    }
    return countdown_ > 0;
  }
  std::string why() const override {
    return fmt::format("{} did not fall by {:g} % within {} records", printable_name(channel_),
                       100 * description_.prop_decrease, description_.N);
  }
  void state(Archive& archive) override {
    archive("best_value", best_);
    archive("countdown", countdown_);
  }

 private:
  const MonitorBased& description_;
  std::string channel_;
  double best_ = std::numeric_limits<double>::infinity();
  std::int64_t countdown_;
};

}  // namespace

void MonitorBased::check() const {
  if (!(prop_decrease >= 0 && prop_decrease < 1))
    throw ValueError(
        fmt::format("MonitorBased: prop_decrease must be at least 0 and below 1, "
                    "but is {}",
                    prop_decrease));
  if (N < 1) throw ValueError(fmt::format("MonitorBased: N must be at least 1, but is {}", N));
}

void MonitorBased::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
}

std::unique_ptr<CriterionRun> MonitorBased::start(Session&) const {
  check();
  return std::make_unique<MonitorBasedRun>(*this);
}

}  // namespace ansatz
