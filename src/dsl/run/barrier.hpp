// Waiting for the other threads within a step.
#pragma once

#include <atomic>
#include <thread>

namespace ansatz::running {

/// A barrier that spins for some microseconds before it gives the processor away: two barriers a
/// step of a millisecond are worth that, and a thread that sleeps takes longer to wake.
class Barrier {
 public:
  void wait(int team) {
    const unsigned phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == team) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      return;
    }
    for (int spins = 0; phase_.load(std::memory_order_acquire) == phase; ++spins) {
      if (spins < 4096)
        __builtin_ia32_pause();
      else
        std::this_thread::yield();
    }
  }

 private:
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<unsigned> phase_{0};
};

}  // namespace ansatz::running
