// What a run says to people: what it is about before, a table during, how it ended after.
#include <ansatz/base/progress.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/job/layered.hpp>

#include "../base/in_shell.hpp"
#include "../base/say.hpp"
#include "observed.hpp"
#include "what_is_predicted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <utility>

namespace ansatz {

using namespace observing;

namespace {

// "1 epoch", "2 epochs"
std::string counted(std::int64_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string examples_text(const BatchSource& source) {
  const std::int64_t n = source.examples();
  if (n == BatchSource::endless) return "endless examples";
  return n < 0 ? "examples" : counted(n, "example");
}

// How many significant digits a column shows; a number and a star fit into it.
constexpr int digits = 5, least_width = 10;

struct Best {
  double value = 0;
  std::int64_t epoch = 0;
};

class TextObserver final : public RunObserver {
 public:
  explicit TextObserver(const TextOptions& options) : options_(options) {}

  void on_start(Session& session) override {
    if (options_.quiet) return;
    if (!options_.programs.empty()) say(stdout, "{}\n", options_.programs);
    tell_job(session);
    std::fflush(stdout);
  }
  void on_epoch_start(Session& session, std::int64_t examples) override {
    if (options_.quiet) return;
    const std::int64_t seen = session.records().epochs_seen, left = session.epochs_left();
    std::string label = fmt::format("epoch {}", seen + 1);
    if (left > 0) label += fmt::format("/{}", seen + left);
    if (left > 1 && epochs_ > 0)
      label += fmt::format(" (all: {} left)",
                           duration_text((session.seconds() - first_seconds_) /
                                         static_cast<double>(epochs_) * static_cast<double>(left)));
    progress_.emplace(label, examples);
  }
  void on_batch(Session&, int examples) override {
    if (progress_) progress_->advance(examples);
  }
  void on_monitor(Session& session) override {
    if (options_.quiet) return;
    if (!std::exchange(looked_, true)) {
      if (const auto what = fits_nothing(options_.channels, measured_names(session)); !what.empty())
        on_warning(session, what);
      first_seconds_ = session.seconds();
    } else {
      ++epochs_;
    }
    note_best(session);
    if (options_.verbose) {
      if (progress_) progress_->finish();
      print_all(session);
    } else {
      print_row(session);
    }
    progress_.reset();
    std::fflush(stdout);
  }
  void on_save(Session&, const std::string& path) override {
    if (std::find(saved_.begin(), saved_.end(), path) == saved_.end()) saved_.push_back(path);
  }
  void on_warning(Session&, const std::string& text) override {
    if (!options_.quiet) say(stderr, "warning: {}\n", shown(text));
  }
  void on_fault(Session&, const std::string& text) override {
    say(stderr, "warning: {}\n", shown(text));
  }
  void on_note(Session&, const std::string& text) override {
    if (!options_.quiet) say(stderr, "{}\n", shown(text));
  }
  void on_end(Session& session, RunEnd end) override {
    progress_.reset();
    if (options_.quiet) return;
    std::string line = counted(session.records().epochs_seen, "epoch") + " seen";
    if (const std::string why = session.why_ended(); end == RunEnd::finished && !why.empty())
      line = why;
    say(stdout, "ended: {}; {}\n",
        end == RunEnd::interrupted            ? "interrupted"
        : end == RunEnd::time_budget_exceeded ? "no time left"
                                              : line,
        duration_text(session.seconds()));
    for (const auto& [name, best] : best_)
      if (name == watched_best())
        say(stdout, "best: {} {:.{}g} at epoch {}\n", printable_name(name), best.value, digits,
            best.epoch);
    if (session.options().overfit > 0) say(stdout, "{}\n", verdict_on_overfit(session));
    for (const std::string& path : saved_) say(stdout, "saved: {}\n", shown(path));
    if (!saved_.empty() && !session.records().channels.empty())
      say(stdout, "next: ansatz plot {0}    ansatz print-monitor {0}    ansatz evaluate {0}\n",
          shown(in_shell(saved_.back())));
    std::fflush(stdout);
  }

 private:
  void tell_job(Session& session) const {
    const Model& model = *session.job().model;
    std::int64_t numbers = 0;
    for (const ModelParameter& p : session.parameters())
      numbers += session.store().shape(p.name.view()).count();
    const Layered* const layered = model.as_layered();
    say(stdout, "model: {}{}, {}, {}\n", layered ? layered->kind() : "model",
        layered ? fmt::format(" of {}", counted(layered->layer_count(), "layer")) : "",
        counted(numbers, "parameter"),
        session.precision() == ElementType::float64 ? "float64" : "float32");
    if (const auto& data = session.data()) {
      const std::string what = what_is_predicted(session);
      say(stdout, "data: {}{}{}\n", examples_text(*data), what.empty() ? "" : "; ", shown(what));
    }
    for (const Monitor::WatchedData& each : session.monitor().datasets())
      if (each.source != session.data() && each.source)
        say(stdout, "watched: {}{}\n", each.name.empty() ? "" : printable_name(each.name) + ", ",
            examples_text(*each.source));
    say(stdout, "threads: {} of {}{}\n", session.options().threads,
        std::thread::hardware_concurrency(), session.why_threads());
    const std::string path = session.job().save_path.c_str();
    std::error_code ignored;
    if (session.options().overfit > 0)
      say(stdout, "saves: nothing, as it overfits {}\n", counted_batches(session));
    else if (session.saves() && !path.empty() && session.job().save_freq > 0)
      say(stdout, "saves: {}{}\n", shown(path),
          !std::filesystem::exists(path, ignored) ? ""
          : session.options().resume              ? ", and goes on with it"
                                                  : ", in place of what is there");
  }

  static std::string duration_text(double s) {
    if (s < 60) return fmt::format("{:.1f} s", s);
    const auto all = static_cast<std::int64_t>(s + .5);
    if (all < 3600) return fmt::format("{}:{:02} min", all / 60, all % 60);
    return fmt::format("{}:{:02}:{:02} h", all / 3600, all / 60 % 60, all % 60);
  }
  // Whether the algorithm's own function computes the cost.
  static bool has_loss(Session& session) {
    if (session.find_program("objective")) return true;
    const AnyProgram* const step = session.find_program("step");
    for (int i = 0; step && i < step->results(); ++i)
      if (step->result_name(i) == "objective") return true;
    return false;
  }
  bool wanted(const std::string& name) const { return is_wanted(options_, name); }

  void note_best(Session& session) {
    is_best_.clear();
    each_measured(session, [&](const ChannelRecords& c) {
      if (!is_main_channel(c.name)) return;
      const double now = c.val_record.back();
      if (std::isnan(now)) return;  // less than nothing, and nothing is less than it
      const auto [at, first] = best_.try_emplace(c.name, Best{now, session.records().epochs_seen});
      if (!first && !(now < at->second.value)) return;
      at->second = {now, session.records().epochs_seen};
      is_best_[c.name] = true;
    });
  }
  // What one would choose a model by: errors before objectives, data that are not trained on before
  // those that are.
  std::string watched_best() const {
    std::string found;
    int rank = -1;
    for (const auto& [name, best] : best_) {
      if (!wanted(name)) continue;
      const int now = (name.ends_with("objective") ? 0 : 1) + (name.starts_with("valid") ? 4 : 0) +
                      (name.starts_with("train") ? 0 : 2);
      if (now > rank) rank = now, found = name;
    }
    return found;
  }

  // A line of the table; its header where its columns are not those of the line before.
  void print_row(Session& session) {
    std::vector<std::string> names;
    std::vector<std::string> values;
    if (has_loss(session)) {
      names.push_back("loss");
      const std::optional<double> loss = epochs_ > 0 ? session.loss() : std::nullopt;
      values.push_back(loss ? fmt::format("{:.{}g}", *loss, digits) : "");
    }
    each_measured(session, [&](const ChannelRecords& c) {
      if (!wanted(c.name)) return;
      names.push_back(printable_name(c.name));
      values.push_back(fmt::format("{:.{}g}{}", c.val_record.back(), digits,
                                   is_best_.contains(c.name) ? "*" : " "));
    });
    std::string header = " epoch", row = fmt::format("{:>6}", session.records().epochs_seen);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t width = std::max<std::size_t>(least_width, names[i].size());
      header += fmt::format("  {:>{}}", names[i], width);
      row += fmt::format("  {:>{}}", values[i], width);
    }
    header += "  examples/s      time";
    row += progress_ && progress_->examples_per_second() > 0
               ? fmt::format("  {:>10.0f}", progress_->examples_per_second())
               : fmt::format("  {:>10}", "");
    row += fmt::format("  {:>8}", duration_text(session.seconds()));
    if (progress_) progress_->erase();
    if (header != header_) say(stdout, "{}\n", header_ = header);
    say(stdout, "{}\n", row);
  }
  void print_all(Session& session) const {
    const MonitorRecords& records = session.records();
    say(stdout, "Monitoring step:\n\tEpochs seen: {}\n\tBatches seen: {}\n\tExamples seen: {}\n",
        records.epochs_seen, records.batches_seen, records.examples_seen);
    each_measured(session, [&](const ChannelRecords& c) {
      if (wanted(c.name))
        say(stdout, "\t{}: {}\n", printable_name(c.name),
            channel_text(c.val_record.back(), session.precision()));
    });
  }

  TextOptions options_;
  bool looked_ = false;      // for patterns that fit nothing
  std::int64_t epochs_ = 0;  // of this run
  double first_seconds_ = 0;
  std::string header_;
  std::map<std::string, Best> best_;
  std::map<std::string, bool> is_best_;  // channels whose last value is the lowest
  std::vector<std::string> saved_;
  std::optional<Progress> progress_;
};

}  // namespace

std::unique_ptr<RunObserver> text_observer(const TextOptions& options) {
  return std::make_unique<TextObserver>(options);
}

}  // namespace ansatz
