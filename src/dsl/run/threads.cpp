#include "threads.hpp"

#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include <dsl/threads.hpp>

namespace ansatz {

namespace running {

namespace {

/// libgomp's threads do not follow a fork, and it waits for them for ever.
std::atomic<bool> started{false}, left_behind{false};

/// Threads of the system that have been alive at once, `wanted` at most, this one among them.
/// OpenMP ends the process when it cannot have a thread, so it is asked for none that may not come.
int threads_that_start(int wanted) {
  std::atomic<bool> open{false};
  std::vector<std::atomic<pid_t>> ids(static_cast<std::size_t>(wanted));
  std::vector<std::thread> crew;
  crew.reserve(ids.size());
  try {
    for (std::size_t i = 1; i < ids.size(); ++i)
      crew.emplace_back([&open, &id = ids[i]] {
        id = gettid();
        open.wait(false);
      });
  } catch (const std::exception&) {  // as many as there are
  }
  open = true;
  open.notify_all();
  for (std::thread& each : crew) each.join();
  // A thread that is joined may count among those of the process for a moment.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (std::size_t i = 1; i <= crew.size(); ++i)
    while (tgkill(getpid(), ids[i], 0) == 0 && std::chrono::steady_clock::now() < patience)
      std::this_thread::yield();
  return static_cast<int>(crew.size()) + 1;
}

/// Processors' worth of time in a period; 0: no limit. Of version 2 of cgroups and of version 1.
double quota_in(const std::string& folder) {
  std::string quota;
  double period = 0, time = 0;
  if (std::ifstream v2(folder + "/cpu.max"); v2 >> quota >> period) {
    if (std::istringstream(quota) >> time && time > 0 && period > 0) return time / period;
    return 0;
  }
  std::ifstream v1(folder + "/cpu.cfs_quota_us"), v1_period(folder + "/cpu.cfs_period_us");
  return v1 >> time && v1_period >> period && time > 0 && period > 0 ? time / period : 0;
}

/// The least share of the process's group and of those it lies in.
double least_quota() {
  double least = 0;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t a = line.find(':'), b = line.find(':', a + 1);
    if (a == std::string::npos || b == std::string::npos) continue;
    const std::string controllers = "," + line.substr(a + 1, b - a - 1) + ",";
    const bool v2 = controllers == ",,";
    if (!v2 && controllers.find(",cpu,") == std::string::npos) continue;
    const std::string root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
    for (std::string path = line.substr(b + 1);; path.resize(path.rfind('/'))) {
      if (path == "/") path.clear();
      const double quota = quota_in(root + path);
      if (quota > 0 && (least == 0 || quota < least)) least = quota;
      if (path.find('/') == std::string::npos) break;
    }
  }
  return least;
}

}  // namespace

int usable_processors() {
  int count = static_cast<int>(std::thread::hardware_concurrency());
  cpu_set_t bound;
  if (sched_getaffinity(0, sizeof bound, &bound) == 0) count = CPU_COUNT(&bound);
  static const double quota = least_quota();
  if (quota > 0 && quota < count) count = static_cast<int>(std::ceil(quota));
  return std::max(count, 1);
}

int team_of(int wanted) {
  static thread_local int proven = 1;
  if (wanted <= 1 || left_behind || omp_get_active_level() >= omp_get_max_active_levels()) return 1;
  wanted = std::min(wanted, omp_get_thread_limit());
  if (wanted <= proven) return wanted;
  static std::once_flag once;
  std::call_once(once,
                 [] { pthread_atfork(nullptr, nullptr, [] { left_behind = started.load(); }); });
  const int team = threads_that_start(wanted);
  if (team > 1) {
    started = true;
#pragma omp parallel num_threads(team)
    proven = team;
  }
  return team;
}

}  // namespace running

int available_threads(int wanted) {
  return running::team_of(std::min(wanted, running::usable_processors()));
}

std::string thread_warning(int wanted) {
  const int team = available_threads(wanted);
  if (team >= wanted) return {};
  std::string why;
  if (running::left_behind)
    why = "the process was forked after threads were used";
  else if (omp_get_max_active_levels() <= omp_get_active_level())
    why = "OpenMP allows no more levels of threads (OMP_MAX_ACTIVE_LEVELS)";
  else if (omp_get_thread_limit() < wanted && omp_get_thread_limit() <= team)
    why = "OMP_THREAD_LIMIT is " + std::to_string(omp_get_thread_limit());
  else if (running::usable_processors() <= team)
    why =
        "the process may use " + std::to_string(team) + (team == 1 ? " processor" : " processors");
  else
    why = "the system starts no more";
  return std::to_string(team) + " of " + std::to_string(wanted) + " threads: " + why +
         "; the numbers are the same, only later";
}

}  // namespace ansatz
