#include "profile.hpp"

#include "../base/json_lines.hpp"
#include "../base/say.hpp"
#include "output_option.hpp"
#include "process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ansatz::app {

namespace {

struct Measured {
  std::string name;
  ProgramProfile profile;
};

double rate(double flops, double seconds) { return seconds > 0 ? flops / seconds / 1e9 : 0; }

void show_program(const Measured& m) {
  const auto calls = static_cast<double>(m.profile.calls);
  double flops = 0;
  for (const StepProfile& s : m.profile.steps) flops += s.flops;
  say(stdout, "{}: {:.4g} ms a call ({} calls), {:.3g} GFLOP/s\n", m.name,
      1e3 * m.profile.seconds / calls, m.profile.calls, rate(flops, m.profile.seconds));
  say(stdout, "  share        ms  GFLOP/s   step  by       computes\n");
  for (const StepProfile& s : m.profile.steps) {
    std::string_view by = s.by, computes = s.computes;
    std::string head =
        fmt::format("{:>5.1f} %  {:>8.4f}  {:>7.1f}  {:>5}", 100 * s.seconds / m.profile.seconds,
                    1e3 * s.seconds / calls, rate(s.flops, s.seconds), s.first);
    // Of several steps that are done together, a line each.
    for (;;) {
      const std::size_t end_by = by.find('\n'), end = computes.find('\n');
      say(stdout, "{}  {:<7}  {}\n", head, printable_name(by.substr(0, end_by)),
          printable_name(computes.substr(0, end)));
      if (end == std::string_view::npos || end_by == std::string_view::npos) break;
      by.remove_prefix(end_by + 1);
      computes.remove_prefix(end + 1);
      head = std::string(head.size(), ' ');
    }
  }
}

OrderedJson program_json(const Measured& m) {
  OrderedJson steps = OrderedJson::array();
  for (const StepProfile& s : m.profile.steps)
    steps.push_back({{"first", s.first},
                     {"last", s.last},
                     {"by", s.by},
                     {"computes", s.computes},
                     {"seconds", s.seconds},
                     {"flops", s.flops}});
  return {{"program", m.name},
          {"calls", m.profile.calls},
          {"seconds", m.profile.seconds},
          {"steps", std::move(steps)}};
}

// The format of Chrome's about:tracing and of Perfetto; times in microseconds.
std::string trace_text(const std::vector<StepEvent>& events) {
  OrderedJson list = OrderedJson::array();
  for (const StepEvent& e : events)
    list.push_back({{"name", e.computes},
                    {"cat", e.program},
                    {"ph", "X"},
                    {"ts", 1e6 * e.begin},
                    {"dur", 1e6 * e.seconds},
                    {"pid", 1},
                    {"tid", 1},
                    {"args", {{"step", e.step}}}});
  return json_text({{"displayTimeUnit", "ms"}, {"traceEvents", std::move(list)}}) + "\n";
}

}  // namespace

ProfilingObserver::ProfilingObserver(std::unique_ptr<RunObserver> shows, int batches,
                                     std::string trace)
    : TellingObserver(std::move(shows)),
      left_(batches),
      trace_(std::move(trace)),
      profile_(!trace_.empty()) {}

void ProfilingObserver::on_start(Session& session) {
  for (const JobProgram* each : session.programs())
    profile_.name(each->program->plan(), each->name);
  TellingObserver::on_start(session);
}

void ProfilingObserver::on_epoch_start(Session& session, std::int64_t examples) {
  if (asked_to_end()) enough_ = true;
  TellingObserver::on_epoch_start(session, examples);
}

// The first batch is not timed.
void ProfilingObserver::on_batch(Session& session, int examples) {
  TellingObserver::on_batch(session, examples);
  if (left_-- <= 0 || asked_to_end()) enough_ = true;
}

void ProfilingObserver::on_end(Session& session, RunEnd) {
  std::vector<Measured> all;
  for (const JobProgram* each : session.programs()) {
    ProgramProfile profile = profile_.of(each->program->plan());
    if (profile.calls > 0) all.push_back({each->name, std::move(profile)});
  }
  std::sort(all.begin(), all.end(), [](const Measured& a, const Measured& b) {
    return a.profile.seconds > b.profile.seconds;
  });
  if (observing::shows_json) {
    OrderedJson programs = OrderedJson::array();
    for (const Measured& each : all) programs.push_back(program_json(each));
    put_event("profile", {{"programs", std::move(programs)}});
    put_event("end", {{"reason", asked_to_end() ? "interrupted" : "finished"}});
  } else {
    for (const Measured& each : all) show_program(each);
  }
  if (!trace_.empty()) write_output(trace_, trace_text(profile_.events()));
}

}  // namespace ansatz::app
