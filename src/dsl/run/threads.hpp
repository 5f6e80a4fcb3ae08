// Threads that come: a region of OpenMP is entered with a number that it is sure to give.
#pragma once

namespace ansatz::running {

/// Processors that the process may use at once: those it is bound to, and its cgroup's share of
/// time.
int usable_processors();

/// Of `wanted` threads, how many the calling thread can have now; starts them where it has not yet.
/// Cheap when nothing has changed.
int team_of(int wanted);

}  // namespace ansatz::running
