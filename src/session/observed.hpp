// What observers show of a run.
#pragma once

#include <ansatz/serial/run_records.hpp>
#include <ansatz/session/observers.hpp>

namespace ansatz::observing {

inline std::vector<std::string> measured_names(Session& session) {
  std::vector<std::string> names;
  for (const ChannelRecords& c : session.records().channels)
    if (measured_last(session.records(), c)) names.push_back(c.name);
  return names;
}

// Calls `use` with each channel that was measured now.
template <class Use>
void each_measured(Session& session, Use use) {
  const MonitorRecords& records = session.records();
  for (int i : session.monitor().sorted_channels()) {
    const ChannelRecords& c = records.channels[static_cast<std::size_t>(i)];
    if (measured_last(records, c)) use(c);
  }
}

inline std::string counted_batches(const Session& session) {
  const int n = session.options().overfit;
  return n == 1 ? "1 batch" : std::to_string(n) + " batches";
}
// What it says of a model that it can, or cannot, learn a few batches by heart.
inline std::string verdict_on_overfit(const Session& session) {
  return counted_batches(session) +
         (session.learned_by_heart()
              ? " learned by heart: model, cost and data fit together"
              : " not learned by heart: look at the learning rate, the cost and the targets before "
                "anything else; more data will not help");
}

inline bool is_wanted(const TextOptions& options, const std::string& name) {
  if (!options.channels.empty()) return matches(options.channels, name);
  return options.verbose || is_main_channel(name);
}

}  // namespace ansatz::observing
