#include "objective_channel.hpp"

#include <ansatz/nearest_name.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

[[noreturn]] void throw_unknown(const MonitorRecords& records, std::string_view channel,
                                std::string_view who) {
  std::vector<std::string_view> known;
  for (const ChannelRecords& c : records.channels) known.push_back(c.name);
  if (known.empty())
    throw NameError(fmt::format("{}: the monitor has no channels, so none named \"{}\"; give the "
                                "algorithm a monitoring_dataset",
                                who, channel));
  throw NameError(fmt::format("{}: the monitor has no channel \"{}\"{}", who, channel,
                              allowed_names(channel, known)));
}

}  // namespace

std::string objective_channel(const MonitorRecords& records, std::string_view given,
                              std::string_view who) {
  if (!given.empty()) {
    if (!records.find(given)) throw_unknown(records, given, who);
    return std::string(given);
  }
  if (records.find("objective")) return "objective";
  std::vector<std::string> ending;
  for (const ChannelRecords& c : records.channels)
    if (std::string_view(c.name).ends_with("objective")) ending.push_back(c.name);
  if (ending.size() == 1) return ending.front();
  if (ending.empty())
    throw NameError(fmt::format("{}: no channel ends in \"objective\"; name one (channel_name), "
                                "and give the algorithm a monitoring_dataset",
                                who));
  std::string text;
  for (const std::string& name : ending) text += (text.empty() ? "" : ", ") + name;
  throw NameError(fmt::format("{}: several channels end in \"objective\": {}; name one of them "
                              "(channel_name)",
                              who, text));
}

double last_value(const MonitorRecords& records, std::string_view channel, std::string_view who) {
  const ChannelRecords* found = records.find(channel);
  if (!found) throw_unknown(records, channel, who);
  if (found->val_record.empty())
    throw ValueError(fmt::format("{}: channel \"{}\" has no record yet", who, channel));
  return found->val_record.back();
}

}  // namespace ansatz
