#include "live_answers.hpp"

#include <dsl/nearest_name.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace ansatz::live {

namespace {

using Json = nlohmann::json;

// Of a nesting that a request needs; deeper ones are refused before they are read.
constexpr int deepest = 4;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > deepest) return true;
  }
  return false;
}

Json parse(std::string_view text) {
  if (too_deep(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string line(const Json& j) { return j.dump(-1, ' ', true, Json::error_handler_t::replace); }
std::string error(const std::string& text) { return line(Json{{"error", text}}); }

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }

// Of an answer, which the server holds until the client has taken it.
constexpr std::int64_t most_records = 200000;

struct Slice {
  std::int64_t start = 0, end = -1, step = 1;
  std::int64_t end_of(std::int64_t size) const { return end < 0 ? size : std::min(end, size); }
  std::int64_t count(std::int64_t size) const {
    const std::int64_t span = end_of(size) - start;
    return span > 0 ? (span - 1) / step + 1 : 0;
  }
};

Json records_of(const MonitorRecords& records, const ChannelRecords& c, const Slice& slice) {
  Json values = Json::array(), batches = values, examples = values, epochs = values, times = values;
  const std::int64_t end = slice.end_of(std::ssize(c.val_record));
  for (std::int64_t i = slice.start; i < end; i += slice.step) {
    const auto moment = static_cast<std::size_t>(c.first + i);
    values.push_back(number(c.val_record[static_cast<std::size_t>(i)]));
    batches.push_back(records.batch_record[moment]);
    examples.push_back(records.example_record[moment]);
    epochs.push_back(records.epoch_record[moment]);
    times.push_back(number(records.time_record[moment]));
    if (end - i <= slice.step) break;  // i + step may be too large a number
  }
  return Json{{"val_record", values},
              {"batch_record", batches},
              {"example_record", examples},
              {"epoch_record", epochs},
              {"time_record", times}};
}

std::string unknown_channel(const MonitorRecords& records, const std::string& name) {
  std::vector<std::string_view> known;
  for (const ChannelRecords& c : records.channels) known.push_back(c.name);
  return error("there is no channel \"" + name + "\"" + allowed_names(name, known));
}

std::string update_channels(const MonitorRecords& records, const Json& request) {
  Slice slice;
  for (auto [key, value] : {std::pair{"start", &slice.start}, std::pair{"end", &slice.end},
                            std::pair{"step", &slice.step}}) {
    if (!request.contains(key)) continue;
    if (!request[key].is_number_integer())
      return error(std::string(key) + " must be a whole number");
    *value = request[key].get<std::int64_t>();
  }
  if (slice.start < 0) return error("start must be at least 0");
  if (slice.end < -1) return error("end must be at least 0, or -1 for all");
  if (slice.step < 1) return error("step must be at least 1");
  std::vector<std::string> names;
  if (!request.contains("channels") || !read_choice(line(request["channels"]), names))
    return error("update_channels needs \"channels\": a list of names");
  Json channels = Json::object();
  std::int64_t sum = 0;
  for (const std::string& name : names) {
    const ChannelRecords* c = records.find(name);
    if (!c) return unknown_channel(records, name);
    if (!channels.contains(name)) sum += slice.count(std::ssize(c->val_record));
    if (sum > most_records)
      return error("an answer has at most " + std::to_string(most_records) +
                   " records; ask for fewer channels, or by start, end and step");
    if (!channels.contains(name)) channels[name] = records_of(records, *c, slice);
  }
  return line(Json{{"channels", channels}});
}

}  // namespace

std::string answer(const MonitorRecords& records, std::string_view request) {
  const Json j = parse(request);
  if (!j.is_object() || !j.contains("request") || !j["request"].is_string())
    return error("a request is a line of JSON: {\"request\": \"list_channels\"}");
  const std::string what = j["request"].get<std::string>();
  if (what == "update_channels") return update_channels(records, j);
  if (what != "list_channels")
    return error("there is no request \"" + what + "\"" +
                 allowed_names(what, {"list_channels", "update_channels"}));
  Json names = Json::array();
  for (const ChannelRecords& c : records.channels) names.push_back(c.name);
  return line(Json{{"channels", names}});
}

std::string publication(const MonitorRecords& records, const std::vector<std::string>& chosen) {
  Json channels = Json::object();
  for (const ChannelRecords& c : records.channels) {
    // Of a channel that a job before this one watched, nothing was measured now.
    if (c.val_record.empty() || c.first + std::ssize(c.val_record) != records.size()) continue;
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), c.name) == chosen.end())
      continue;
    channels[c.name] = number(c.val_record.back());
  }
  const Json seconds = records.time_record.empty() ? Json(0) : number(records.time_record.back());
  return line(Json{{"epochs_seen", records.epochs_seen},
                   {"batches_seen", records.batches_seen},
                   {"examples_seen", records.examples_seen},
                   {"seconds", seconds},
                   {"channels", channels}});
}

bool read_choice(std::string_view text, std::vector<std::string>& chosen) {
  const Json j = parse(text);
  if (!j.is_array()) return false;
  for (const Json& each : j)
    if (!each.is_string()) return false;
  chosen = j.get<std::vector<std::string>>();
  return true;
}

}  // namespace ansatz::live
