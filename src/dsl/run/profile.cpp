#include <dsl/profile.hpp>

#include <algorithm>
#include <map>
#include <vector>

#include "../explain/plan.hpp"
#include "step_timer.hpp"

namespace ansatz {

namespace {

using Clock = running::StepTimer::Clock;
// Plans are copied as views; their steps stay where they are.
using Key = const ir::Step*;

struct Timed {
  double seconds = 0, flops = 0;
};
struct Calls {
  std::int64_t calls = 0;
  double seconds = 0;
  std::map<std::pair<int, int>, Timed> steps;
  std::vector<explaining::StepText> texts;
};
struct Event {
  Key plan;
  int first, last;
  Clock::time_point begin, end;
};

std::string joined(const std::vector<explaining::StepText>& texts, int first, int last,
                   std::string explaining::StepText::*what, const char* between) {
  std::string text;
  for (int s = first; s <= last && s < static_cast<int>(texts.size()); ++s) {
    const std::string& one = texts[static_cast<std::size_t>(s)].*what;
    if (!one.empty()) text += (text.empty() ? "" : between) + one;
  }
  return text;
}

}  // namespace

struct Profile::State final : running::StepTimer {
  bool keeps_events = false;
  std::map<Key, Calls> programs;
  std::map<Key, std::string> names;
  std::vector<Event> events;
  const Clock::time_point start = Clock::now();
  Calls* now = nullptr;
  Key plan = nullptr;

  void call(const ir::PlanView& view) override {
    plan = view.steps.data;
    const auto [at, cold] = programs.try_emplace(plan);
    now = cold ? nullptr : &at->second;
    if (cold) at->second.texts = explaining::step_texts(view);
    if (now) ++now->calls;
  }
  void step(int first, int last, Clock::time_point begin, double flops) override {
    if (!now) return;
    const Clock::time_point end = Clock::now();
    const double seconds = std::chrono::duration<double>(end - begin).count();
    Timed& timed = now->steps[{first, last}];
    timed.seconds += seconds;
    timed.flops += flops;
    now->seconds += seconds;
    if (keeps_events) events.push_back({plan, first, last, begin, end});
  }
};

Profile::Profile(bool keep_events) : state_(std::make_unique<State>()) {
  state_->keeps_events = keep_events;
  running::StepTimer::current() = state_.get();
}
Profile::~Profile() { running::StepTimer::current() = nullptr; }

ProgramProfile Profile::of(const ir::PlanView& plan) const {
  ProgramProfile profile;
  const auto at = state_->programs.find(plan.steps.data);
  if (at == state_->programs.end()) return profile;
  const Calls& calls = at->second;
  profile.calls = calls.calls;
  profile.seconds = calls.seconds;
  for (const auto& [steps, timed] : calls.steps)
    profile.steps.push_back(
        {steps.first, steps.second,
         joined(calls.texts, steps.first, steps.second, &explaining::StepText::by, "\n"),
         joined(calls.texts, steps.first, steps.second, &explaining::StepText::computes, "\n"),
         timed.seconds, timed.flops});
  return profile;
}

void Profile::name(const ir::PlanView& plan, const std::string& name) {
  state_->names[plan.steps.data] = name;
}

std::vector<StepEvent> Profile::events() const {
  const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  std::vector<StepEvent> list;
  for (const Event& e : state_->events) {
    const Calls& calls = state_->programs.at(e.plan);
    const auto named = state_->names.find(e.plan);
    list.push_back({named == state_->names.end() ? "program" : named->second,
                    joined(calls.texts, e.first, e.last, &explaining::StepText::computes, "; "),
                    e.first, seconds(e.begin - state_->start), seconds(e.end - e.begin)});
  }
  return list;
}

}  // namespace ansatz
