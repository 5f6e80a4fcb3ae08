#include "timing.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace bench {

namespace {

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/// Seconds that `steps` steps take.
double time_of(Contestant& c, const Data& data, long first, long steps, bool cpu_time) {
  const double start = cpu_time ? c.cpu_seconds() : now();
  c.run(data, first, steps);
  return (cpu_time ? c.cpu_seconds() : now()) - start;
}

double median_of(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  const std::size_t half = v.size() / 2;
  return v.size() % 2 ? v[half] : (v[half - 1] + v[half]) / 2;
}

}  // namespace

double Contestant::cpu_seconds() const {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double Samples::median() const { return median_of(seconds); }
double Samples::fastest() const { return *std::min_element(seconds.begin(), seconds.end()); }
double Samples::slowest() const { return *std::max_element(seconds.begin(), seconds.end()); }

double ratio_of_medians(const Samples& a, const Samples& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.seconds.size(); ++i) ratios.push_back(a.seconds[i] / b.seconds[i]);
  return median_of(ratios);
}

std::vector<Samples> measure(const std::vector<Contestant*>& contestants, const Data& data,
                             const Protocol& protocol) {
  std::vector<long> steps, next;  // of a sample; number of the next step
  for (Contestant* c : contestants) {
    long count = 1, first = 0;
    for (double took = 0; took < protocol.sample_seconds; count *= 2) {
      took = time_of(*c, data, first, count, protocol.cpu_time);
      first += count;
      if (took >= protocol.sample_seconds) {
        count = std::max(1l, static_cast<long>(count * protocol.sample_seconds / took));
        break;
      }
    }
    steps.push_back(count);
    next.push_back(first);
  }
  std::vector<Samples> samples(contestants.size());
  for (int round = 0; round < protocol.rounds; ++round) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      contestants[i]->run(data, next[i], std::max(1l, steps[i] / 10));  // caches
      const double took = time_of(*contestants[i], data, next[i], steps[i], protocol.cpu_time);
      samples[i].seconds.push_back(took / static_cast<double>(steps[i]));
      next[i] += steps[i];
    }
  }
  return samples;
}

}  // namespace bench
