// How many threads a run has that was not told.
#pragma once

#include <dsl/plan/plan.hpp>

#include <cstdint>
#include <string>

namespace ansatz {

/// Floating-point operations of a call with so many examples; what a `repeat` holds counts once.
double work_of(const ir::PlanView& plan, std::int64_t examples);

/// Threads that pay for steps of so many operations: at most the processors that the process may
/// use and OMP_NUM_THREADS, and none with less than five million of its own
/// (docs/threads-and-reproducibility.md).
int threads_for(double work);
/// Why that is one, to follow "as".
std::string why_one_thread(double work);

}  // namespace ansatz
