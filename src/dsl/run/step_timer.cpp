// Apart from profile.cpp, which knows plans in words: every program has this, few are explained.
#include "step_timer.hpp"

namespace ansatz::running {

StepTimer*& StepTimer::current() {
  static thread_local StepTimer* timer = nullptr;
  return timer;
}

}  // namespace ansatz::running
