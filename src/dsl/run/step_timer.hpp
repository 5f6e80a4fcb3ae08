// Who times the steps of the calls that this thread makes.
#pragma once

#include <dsl/plan/plan.hpp>

#include <chrono>

namespace ansatz::running {

class StepTimer {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~StepTimer() = default;
  virtual void call(const ir::PlanView& plan) = 0;
  /// Steps first .. last of the plan of the last call.
  virtual void step(int first, int last, Clock::time_point begin, double flops) = 0;

  /// That of this thread; null: none.
  static StepTimer*& current();
};

}  // namespace ansatz::running
