#include <ansatz/session/observers.hpp>

#include <ansatz/base/shown.hpp>
#include <dsl/nearest_name.hpp>

#include "../base/json_lines.hpp"
#include "../base/say.hpp"
#include "../dsl/text.hpp"
#include "observed.hpp"
#include "what_is_predicted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fnmatch.h>

namespace ansatz {

using namespace observing;

namespace {

class JsonObserver final : public RunObserver {
 public:
  explicit JsonObserver(const TextOptions& options) : options_(options) {}

  void on_start(Session& session) override {
    if (options_.quiet) return;
    OrderedJson functions = OrderedJson::array();
    for (const JobProgram* p : session.programs())
      functions.push_back({{"name", p->name},
                           {"loops", p->program->loops()},
                           {"compiled_loops", p->program->compiled_loops()}});
    put_event("start", {{"program", options_.programs},
                        {"data", what_is_predicted(session)},
                        {"functions", std::move(functions)}});
  }
  void on_epoch_start(Session&, std::int64_t examples) override {
    epoch_examples_ = examples;
    seen_ = 0;
  }
  void on_batch(Session& session, int examples) override {
    if (options_.quiet) return;
    const bool first = seen_ == 0;
    seen_ += examples;
    const auto now = std::chrono::steady_clock::now();
    const bool more = epoch_examples_ == 0 || seen_ < epoch_examples_;
    if (!first && more && now - told_ < std::chrono::milliseconds(100)) return;
    told_ = now;
    const MonitorRecords& records = session.records();
    put_event("batch", {{"epoch", records.epochs_seen + 1},
                        {"batches_seen", records.batches_seen},
                        {"examples_seen", records.examples_seen},
                        {"examples_of_epoch", seen_},
                        {"seconds", session.seconds()}});
  }
  void on_monitor(Session& session) override {
    if (options_.quiet) return;
    if (!std::exchange(looked_, true))
      if (const auto what = fits_nothing(options_.channels, measured_names(session)); !what.empty())
        on_warning(session, what);
    const MonitorRecords& records = session.records();
    OrderedJson channels = OrderedJson::object();
    each_measured(session, [&](const ChannelRecords& c) {
      if (options_.channels.empty() || matches(options_.channels, c.name))
        channels[c.name] = json_of(c.val_record.back());
    });
    OrderedJson event = {{"epoch", records.epochs_seen},
                         {"batches_seen", records.batches_seen},
                         {"examples_seen", records.examples_seen},
                         {"seconds", session.seconds()}};
    if (const std::optional<double> loss = session.loss()) event["loss"] = json_of(*loss);
    event["channels"] = std::move(channels);
    put_event_with("epoch", event);
  }
  void on_save(Session&, const std::string& path) override {
    if (!options_.quiet) put_event("save", {{"path", path}});
  }
  void on_warning(Session&, const std::string& text) override {
    if (!options_.quiet) put_event("warning", {{"text", text}});
  }
  void on_fault(Session&, const std::string& text) override {
    put_event("warning", {{"text", text}});
  }
  void on_note(Session&, const std::string& text) override {
    if (!options_.quiet) put_event("note", {{"text", text}});
  }
  void on_end(Session& session, RunEnd end) override {
    const MonitorRecords& records = session.records();
    const char* reason = end == RunEnd::interrupted            ? "interrupted"
                         : end == RunEnd::time_budget_exceeded ? "time_budget_exceeded"
                                                               : "finished";
    OrderedJson event = {{"reason", reason}, {"epochs_seen", records.epochs_seen}};
    const std::string why = session.why_ended();
    if (end == RunEnd::finished && !why.empty()) event["why"] = why;
    if (session.options().overfit > 0) {
      event["learned_by_heart"] = session.learned_by_heart();
      event["verdict"] = verdict_on_overfit(session);
    }
    event["seconds"] = session.seconds();
    put_event_with("end", event);
  }

 private:
  TextOptions options_;
  bool looked_ = false;  // for patterns that fit nothing
  std::int64_t epoch_examples_ = 0, seen_ = 0;
  std::chrono::steady_clock::time_point told_;
};

}  // namespace

std::unique_ptr<RunObserver> json_observer(const TextOptions& options) {
  return std::make_unique<JsonObserver>(options);
}

void observing::show_warning(const std::string& text) {
  if (shows_json)
    put_event("warning", {{"text", text}});
  else
    say(stderr, "{}\n", shown(text));
}

bool observing::matches(const std::vector<std::string>& patterns, const std::string& name) {
  for (const std::string& pattern : patterns)
    if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return true;
  return false;
}

void show_folds(const std::vector<ChannelOfFolds>& channels, const TextOptions& options,
                bool json) {
  if (options.quiet || channels.empty()) return;
  const std::size_t folds = channels.front().values.size();
  OrderedJson list = OrderedJson::object();
  std::vector<const ChannelOfFolds*> shown_ones;
  std::size_t width = 0;
  for (const ChannelOfFolds& each : channels) {
    if (!is_wanted(options, each.channel)) continue;
    shown_ones.push_back(&each);
    width = std::max(width, printable_name(each.channel).size());
    OrderedJson values = OrderedJson::array();
    for (const double x : each.values) values.push_back(json_of(x));
    list[each.channel] = {{"mean", json_of(each.mean)},
                          {"deviation", json_of(each.deviation)},
                          {"values", std::move(values)}};
  }
  if (json) return put_event("folds", {{"folds", folds}, {"channels", std::move(list)}});
  say(stdout, "{} folds: mean +- standard deviation (least to greatest)\n", folds);
  for (const ChannelOfFolds* each : shown_ones) {
    const auto [least, greatest] = std::minmax_element(each->values.begin(), each->values.end());
    say(stdout, "  {:<{}}  {:.5g} +- {:.2g}  ({:.5g} to {:.5g})\n", printable_name(each->channel),
        width, each->mean, each->deviation, *least, *greatest);
  }
}

namespace {

// The name that a pattern is most like, in its end where the pattern begins with a star.
std::string nearest_to(std::string pattern, const std::vector<std::string>& names) {
  const bool ending = pattern.starts_with('*');
  std::erase(pattern, '*');
  std::vector<std::string_view> parts;
  std::vector<const std::string*> wholes;
  for (const std::string& name : names)
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (i > 0 && !(ending && name[i] == '_')) continue;
      parts.push_back(std::string_view(name).substr(i));
      wholes.push_back(&name);
    }
  const std::string_view near = nearest_name(pattern, parts);
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!near.empty() && parts[i].data() == near.data()) return *wholes[i];
  return "";
}

}  // namespace

std::string observing::fits_nothing(const std::vector<std::string>& patterns,
                                    const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (const std::string& name : names) found = found || matches({pattern}, name);
    if (found) continue;
    const std::string near = nearest_to(pattern, names);
    text += fmt::format("{}--channels '{}' fits no channel{}{}", text.empty() ? "" : "\n", pattern,
                        near.empty() ? "" : "; nearest: ", near);
  }
  return text;
}

bool observing::measured_last(const MonitorRecords& records, const ChannelRecords& channel) {
  return !channel.val_record.empty() &&
         channel.first + std::ssize(channel.val_record) == records.size();
}

std::string observing::csv_number(double value) { return running::real_text(value); }

std::string observing::channel_text(double value, ElementType precision) {
  if (std::abs(value) >= 1e4) return fmt::format("{:.3e}", value);
  // Of a sum of floats, the digits of a double would be those of rounding.
  if (precision == ElementType::float32) return fmt::format("{}", static_cast<float>(value));
  return fmt::format("{}", value);
}

}  // namespace ansatz
