#include <ansatz/monitor/objective_channel.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

std::vector<std::string_view> names_of(const MonitorRecords& records) {
  std::vector<std::string_view> names;
  for (const ChannelRecords& c : records.channels) names.push_back(c.name);
  return names;
}

[[noreturn]] void throw_unknown(const std::vector<std::string_view>& known,
                                std::string_view channel, std::string_view who) {
  if (known.empty())
    throw NameError(
        fmt::format("{}: the monitor has no channels, so none named \"{}\"; give the "
                    "algorithm a monitoring_dataset",
                    who, channel));
  throw NameError(fmt::format("{}: the monitor has no channel \"{}\"{}", who, channel,
                              allowed_names(channel, known)));
}

}  // namespace

std::string objective_channel(const MonitorRecords& records, std::string_view given,
                              std::string_view who) {
  return objective_channel(names_of(records), given, who);
}

std::string objective_channel(const std::vector<std::string_view>& known, std::string_view given,
                              std::string_view who) {
  const auto has = [&](std::string_view name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  if (!given.empty()) {
    if (!has(given)) throw_unknown(known, given, who);
    return std::string(given);
  }
  if (has("objective")) return "objective";
  std::vector<std::string_view> ending;
  for (const std::string_view name : known)
    if (name.ends_with("objective")) ending.push_back(name);
  if (ending.size() == 1) return std::string(ending.front());
  if (ending.empty())
    throw NameError(
        fmt::format("{}: no channel ends in \"objective\"; name one (channel_name), "
                    "and give the algorithm a monitoring_dataset",
                    who));
  throw NameError(
      fmt::format("{}: several channels end in \"objective\": {}; name one of them "
                  "(channel_name)",
                  who, fmt::join(ending, ", ")));
}

double last_value(const MonitorRecords& records, std::string_view channel, std::string_view who) {
  const ChannelRecords* found = records.find(channel);
  if (!found) throw_unknown(names_of(records), channel, who);
  if (found->val_record.empty())
    throw ValueError(fmt::format("{}: channel \"{}\" has no record yet", who, channel));
  return found->val_record.back();
}

}  // namespace ansatz
