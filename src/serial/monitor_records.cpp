#include <ansatz/serial/monitor_records.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

namespace ansatz {

namespace {

[[noreturn]] void unknown(const char* what, std::string_view name,
                          const std::vector<std::string_view>& known) {
  const std::string_view nearest = nearest_name(name, known);
  throw NameError(fmt::format("there is no {} '{}'{}{}", what, name,
                              nearest.empty() ? "" : "; nearest: ", nearest));
}

}  // namespace

const ChannelRecords* MonitorRecords::find(std::string_view channel) const {
  const auto at = std::find_if(channels.begin(), channels.end(),
                               [&](const ChannelRecords& c) { return c.name == channel; });
  return at == channels.end() ? nullptr : &*at;
}

const ChannelRecords& MonitorRecords::at(std::string_view channel) const {
  if (const ChannelRecords* found = find(channel)) return *found;
  std::vector<std::string_view> known;
  for (const ChannelRecords& c : channels) known.push_back(c.name);
  unknown("channel", channel, known);
}

int MonitorRecords::add_channel(const std::string& channel, const std::string& doc,
                                const std::string& dataset, bool wall_clock) {
  if (const ChannelRecords* found = find(channel)) {
    // Records that go on from a pushed monitor have their channels already.
    if (copy_history) return static_cast<int>(found - channels.data());
    throw NameError(fmt::format("two channels are named '{}'", channel));
  }
  channels.push_back({channel, doc, dataset, wall_clock, size(), {}});
  return static_cast<int>(channels.size()) - 1;
}

void MonitorRecords::record(double seconds, const std::vector<int>& which,
                            const std::vector<double>& values) {
  std::vector<bool> given(channels.size());
  for (const int index : which) {
    const auto i = static_cast<std::size_t>(index);
    if (index < 0 || i >= channels.size() || given[i])
      throw ValueError(
          fmt::format("monitor '{}' has {} channels; {} is none of them, or given twice", name,
                      channels.size(), index));
    given[i] = true;
  }
  if (which.size() != values.size())
    throw ValueError(fmt::format("{} values for {} channels", values.size(), which.size()));
  for (std::size_t i = 0; i < which.size(); ++i) {
    ChannelRecords& channel = channels[static_cast<std::size_t>(which[i])];
    // What was not measured at earlier moments, as by an extension that came later, is NaN there.
    channel.val_record.resize(static_cast<std::size_t>(size() - channel.first),
                              std::numeric_limits<double>::quiet_NaN());
    channel.val_record.push_back(without_sign_of_nan(values[i]));
  }
  batch_record.push_back(batches_seen);
  example_record.push_back(examples_seen);
  epoch_record.push_back(epochs_seen);
  time_record.push_back(seconds);
}

// Records come from files of anybody; all that indexes by them relies on this.
std::string MonitorRecords::fault() const {
  if (example_record.size() != batch_record.size() || epoch_record.size() != batch_record.size() ||
      time_record.size() != batch_record.size())
    return "counters and times are recorded at different numbers of moments";
  std::vector<std::string_view> names;
  for (const ChannelRecords& c : channels) {
    const auto records = static_cast<std::int64_t>(c.val_record.size());
    if (c.first < 0 || c.first > size() || records > size() - c.first)
      return fmt::format("channel '{}' has {} records from the one of index {} on, of {}", c.name,
                         records, c.first, size());
    names.push_back(c.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? "" : fmt::format("two channels are named '{}'", *twice);
}

const MonitorRecords* find_monitor(const std::vector<MonitorRecords>& monitors,
                                   std::string_view name) {
  const auto at = std::find_if(monitors.begin(), monitors.end(),
                               [&](const MonitorRecords& m) { return m.name == name; });
  return at == monitors.end() ? nullptr : &*at;
}

double read_channel(const std::vector<MonitorRecords>& monitors, std::string_view channel,
                    std::string_view monitor) {
  const MonitorRecords* found = find_monitor(monitors, monitor);
  if (!found) {
    std::vector<std::string_view> known;
    for (const MonitorRecords& m : monitors) known.push_back(m.name);
    unknown("monitor", monitor, known);
  }
  const ChannelRecords& records = found->at(channel);
  if (records.val_record.empty())
    throw NameError(fmt::format("channel '{}' has no records yet", channel));
  return records.val_record.back();
}

void push_monitor(std::vector<MonitorRecords>& monitors, const std::string& new_name,
                  bool transfer_experience, bool save_records) {
  const MonitorRecords* old = find_monitor(monitors);
  if (!old) throw NameError("there is no monitor to push: the model has never been monitored");
  if (find_monitor(monitors, new_name))
    throw NameError(fmt::format("the model has a monitor '{}' already", new_name));
  MonitorRecords fresh;
  if (save_records) {
    fresh = *old;
    fresh.batches_seen = fresh.examples_seen = fresh.epochs_seen = 0;
    fresh.training_succeeded = fresh.time_budget_exceeded = false;
    fresh.copy_history = true;
  }
  if (transfer_experience) {
    fresh.batches_seen = old->batches_seen;
    fresh.examples_seen = old->examples_seen;
    fresh.epochs_seen = old->epochs_seen;
  }
  monitors[static_cast<std::size_t>(old - monitors.data())].name = new_name;
  monitors.push_back(std::move(fresh));
}

}  // namespace ansatz
