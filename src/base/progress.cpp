#include <ansatz/base/progress.hpp>

#include "base/say.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

namespace ansatz {

namespace {

using Steady = std::chrono::steady_clock;
constexpr auto redraw_interval = std::chrono::milliseconds(100);

double seconds(Steady::duration d) { return std::chrono::duration<double>(d).count(); }

bool is_terminal(std::FILE* out) {
  const int descriptor = fileno(out);
  if (descriptor < 0 || !isatty(descriptor)) return false;
  const char* kind = std::getenv("TERM");
  return kind && *kind && std::string_view(kind) != "dumb";
}

int terminal_width(std::FILE* out) {
  winsize size{};
  return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// 12 s, 3:05, 1:02:03
std::string duration(double s) {
  if (!(s < 1e9)) return "?";
  const auto all = static_cast<long>(std::ceil(s));
  if (all < 60) return fmt::format("{} s", all);
  if (all < 3600) return fmt::format("{}:{:02}", all / 60, all % 60);
  return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
}

std::string rate_text(double rate) {
  return fmt::format("{:.{}f} examples/s", rate, rate < 10 ? 1 : 0);
}

// Eighths of a cell, so that a short bar still moves smoothly.
std::string bar_text(double part, int cells) {
  static constexpr const char* eighth[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(part, 0.0, 1.0) * cells * 8);
  std::string bar;
  for (int i = 0; i < cells; ++i)
    bar += eighths >= 8 * (i + 1) ? "█" : eighth[std::max(0, eighths - 8 * i)];
  return bar;
}

}  // namespace

struct Progress::State {
  std::string label;
  std::int64_t total = 0, done = 0;
  std::FILE* out = nullptr;
  bool terminal = false, drawn = false, finished = false;
  Steady::time_point start, last, redraw;

  double rate() const {
    const double time = seconds(last - start);
    return done > 0 && time > 0 ? static_cast<double>(done) / time : 0;
  }

  void draw() {
    const int width = terminal_width(out) - 1;  // the last cell would wrap on some terminals
    std::string tail = fmt::format("  {}", rate_text(rate()));
    std::string head = label;
    if (total > 0) {
      const double part = static_cast<double>(done) / static_cast<double>(total);
      head += fmt::format(" {:3.0f} %", 100 * std::clamp(part, 0.0, 1.0));
      const auto left = static_cast<double>(std::max<std::int64_t>(0, total - done));
      if (rate() > 0) tail += fmt::format("  {} left", duration(left / rate()));
      const int room = width - static_cast<int>(head.size() + tail.size()) - 3;
      if (room >= 4) head += fmt::format(" ▕{}▏", bar_text(part, std::min(room, 30)));
    } else {
      head += fmt::format(" {}", done);
    }
    // \r and clear: the line is drawn over; 7l and 7h: it is never wrapped.
    ansatz::draw(out, "\r\x1b[K\x1b[?7l{}{}\x1b[?7h", head, tail);
    std::fflush(out);
    drawn = true;
  }
};

Progress::Progress(std::string_view label, std::int64_t total, std::FILE* out) : state_(new State) {
  state_->label = printable_name(label);
  state_->total = total;
  state_->out = out;
  state_->terminal = is_terminal(out);
  state_->start = state_->last = state_->redraw = Steady::now();
}

Progress::~Progress() {
  if (state_->drawn && !state_->finished) std::fputc('\n', state_->out);
  delete state_;
}

void Progress::advance(std::int64_t examples) {
  State& s = *state_;
  s.done += examples;
  s.last = Steady::now();
  if (!s.terminal || s.finished || s.last < s.redraw) return;
  s.redraw = s.last + redraw_interval;
  s.draw();
}

std::int64_t Progress::done() const { return state_->done; }
double Progress::examples_per_second() const { return state_->rate(); }

void Progress::erase() {
  State& s = *state_;
  if (s.finished) return;
  s.finished = true;
  if (s.drawn) ansatz::draw(s.out, "\r\x1b[K");
}

void Progress::finish(std::string_view result) {
  State& s = *state_;
  if (s.finished) return;
  s.finished = true;
  ansatz::draw(s.out, "{}{}{}{}  {}  {:.1f} s\n", s.terminal ? "\r\x1b[K" : "", s.label,
               result.empty() ? "" : "  ", printable_name(result), rate_text(s.rate()),
               seconds(s.last - s.start));
  std::fflush(s.out);
}

}  // namespace ansatz
