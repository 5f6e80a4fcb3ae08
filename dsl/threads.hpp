// How many threads a program gets where it runs
#pragma once

#include <string>

namespace ansatz {

/// Of `wanted` threads, those that a call from the current thread can have: fewer where the
/// environment allows fewer (OMP_THREAD_LIMIT, OMP_MAX_ACTIVE_LEVELS, processors of the process,
/// its cgroup's share of them, threads that the system refuses) and one in a process forked after
/// threads were used. Fewer threads take longer; the numbers are those of `wanted`. At least 1.
int available_threads(int wanted);

/// Why they are fewer, in a sentence to be shown; empty where they are not.
std::string thread_warning(int wanted);

}  // namespace ansatz
