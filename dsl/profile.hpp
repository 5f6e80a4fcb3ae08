// Profile: what each step of a program takes.
#pragma once

#include <dsl/plan/plan.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// A step of a plan, or several that are done a few examples at a time together, in all calls.
struct StepProfile {
  int first = 0, last = 0;   ///< steps of the plan, as `explain` numbers them
  std::string by, computes;  ///< "gemm", "v0 = features @ h0_W"; of several steps one a line
  double seconds = 0;        ///< of thread 0, its waiting for others included
  double flops = 0;          ///< floating-point operations that the ops count
};

struct ProgramProfile {
  std::int64_t calls = 0;
  double seconds = 0;
  std::vector<StepProfile> steps;  ///< in their order
};

/// A step of a call: when it began, in seconds since the profile did, and how long it took.
struct StepEvent {
  std::string program, computes;
  int step = 0;
  double begin = 0, seconds = 0;
};

/// While it exists, the calls of programs that this thread makes are timed step by step; the first
/// of each program is not, as it is the one that meets cold caches. One at a time in a thread.
///
///     Profile profile;
///     for (auto part : batches) step({{"x", part.x()}, {"y", part.y()}});
///     for (const StepProfile& s : profile.of(step.plan()).steps) …
class Profile {
 public:
  /// @param keep_events  for `events`: memory for each step of every call
  explicit Profile(bool keep_events = false);
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  ProgramProfile of(const ir::PlanView& plan) const;
  /// All timed steps, in their order.
  std::vector<StepEvent> events() const;
  /// What the events call the programs of a plan; "program" where nothing was said.
  void name(const ir::PlanView& plan, const std::string& name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ansatz
