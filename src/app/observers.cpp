#include "observers.hpp"

#include <ansatz/progress.hpp>
#include <ansatz/serial/json.hpp>

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include <fnmatch.h>

namespace ansatz::app {

namespace {

bool matches(const std::vector<std::string>& patterns, const std::string& name) {
  for (const std::string& pattern : patterns)
    if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return true;
  return false;
}

// What one wants to see of a run at a glance.
bool is_main(const std::string& name) {
  for (const char* end : {"objective", "misclass", "reconstruction_error", "_mse"})
    if (name.ends_with(end)) return true;
  return false;
}

class TextObserver final : public RunObserver {
 public:
  explicit TextObserver(const TextOptions& options) : options_(options) {}

  void on_start(Session&) override {
    if (options_.quiet) return;
    fmt::print("{}\n", options_.programs);
    std::fflush(stdout);
  }
  void on_epoch_start(Session& session, std::int64_t examples) override {
    if (options_.quiet) return;
    progress_.emplace(fmt::format("epoch {}", session.records().epochs_seen + 1), examples);
  }
  void on_batch(Session&, int examples) override {
    if (progress_) progress_->advance(examples);
  }
  void on_monitor(Session& session) override {
    if (options_.quiet) return;
    if (!options_.verbose) {
      const std::string line = main_channels(session);
      if (progress_)
        progress_->finish(line);
      else
        fmt::print("epoch {}  {}\n", session.records().epochs_seen, line);
    } else {
      if (progress_) progress_->finish();
      print_all(session);
    }
    progress_.reset();
    std::fflush(stdout);
  }
  void on_warning(Session&, const std::string& text) override {
    if (!options_.quiet) fmt::print(stderr, "warning: {}\n", text);
  }

 private:
  bool wanted(const std::string& name) const {
    if (!options_.channels.empty()) return matches(options_.channels, name);
    return options_.verbose || is_main(name);
  }
  std::string main_channels(Session& session) const {
    std::string line;
    const MonitorRecords& records = session.records();
    for (int i : session.monitor().sorted_channels()) {
      const ChannelRecords& c = records.channels[static_cast<std::size_t>(i)];
      if (!wanted(c.name) || c.val_record.empty()) continue;
      line += fmt::format("{}{} {:.5g}", line.empty() ? "" : "  ", c.name, c.val_record.back());
    }
    return line;
  }
  void print_all(Session& session) const {
    const MonitorRecords& records = session.records();
    fmt::print("Monitoring step:\n\tEpochs seen: {}\n\tBatches seen: {}\n\tExamples seen: {}\n",
               records.epochs_seen, records.batches_seen, records.examples_seen);
    for (int i : session.monitor().sorted_channels()) {
      const ChannelRecords& c = records.channels[static_cast<std::size_t>(i)];
      if (wanted(c.name) && !c.val_record.empty())
        fmt::print("\t{}: {}\n", c.name, channel_text(c.val_record.back()));
    }
  }

  TextOptions options_;
  std::optional<Progress> progress_;
};

class JsonObserver final : public RunObserver {
 public:
  explicit JsonObserver(const std::string& programs) : what_programs_(programs) {}

  void on_start(Session& session) override {
    std::string programs;
    for (const JobProgram* p : session.programs())
      programs += fmt::format("{}{{\"name\":{},\"loops\":{},\"compiled_loops\":{}}}",
                              programs.empty() ? "" : ",", json_string(p->name),
                              p->program->loops(), p->program->compiled_loops());
    put(fmt::format("{{\"event\":\"start\",\"program\":{},\"functions\":[{}]}}",
                    json_string(what_programs_), programs));
  }
  void on_monitor(Session& session) override {
    const MonitorRecords& records = session.records();
    std::string channels;
    for (int i : session.monitor().sorted_channels()) {
      const ChannelRecords& c = records.channels[static_cast<std::size_t>(i)];
      if (c.val_record.empty()) continue;
      channels += fmt::format("{}{}:{}", channels.empty() ? "" : ",", json_string(c.name),
                              json_number(c.val_record.back()));
    }
    put(fmt::format("{{\"event\":\"epoch\",\"epoch\":{},\"batches_seen\":{},\"examples_seen\":{},"
                    "\"seconds\":{},\"channels\":{{{}}}}}",
                    records.epochs_seen, records.batches_seen, records.examples_seen,
                    json_number(session.seconds()), channels));
  }
  void on_save(Session&, const std::string& path) override {
    put(fmt::format("{{\"event\":\"save\",\"path\":{}}}", json_string(path)));
  }
  void on_warning(Session&, const std::string& text) override {
    put(fmt::format("{{\"event\":\"warning\",\"text\":{}}}", json_string(text)));
  }
  void on_end(Session& session, RunEnd end) override {
    const MonitorRecords& records = session.records();
    const char* reason = end == RunEnd::interrupted            ? "interrupted"
                         : end == RunEnd::time_budget_exceeded ? "time_budget_exceeded"
                                                               : "finished";
    put(fmt::format("{{\"event\":\"end\",\"reason\":\"{}\",\"epochs_seen\":{},\"seconds\":{}}}",
                    reason, records.epochs_seen, json_number(session.seconds())));
  }

 private:
  static void put(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

  std::string what_programs_;
};

}  // namespace

std::unique_ptr<RunObserver> text_observer(const TextOptions& options) {
  return std::make_unique<TextObserver>(options);
}
std::unique_ptr<RunObserver> json_observer(const std::string& programs) {
  return std::make_unique<JsonObserver>(programs);
}

std::string channel_text(double value) {
  return std::abs(value) >= 1e4 ? fmt::format("{:.3e}", value) : fmt::format("{}", value);
}

}  // namespace ansatz::app
