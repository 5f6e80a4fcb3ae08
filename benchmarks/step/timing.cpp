#include "timing.hpp"

#include <algorithm>
#include <chrono>

namespace bench {

namespace {

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

double median_of(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  const std::size_t half = v.size() / 2;
  return v.size() % 2 ? v[half] : (v[half - 1] + v[half]) / 2;
}

}  // namespace

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
      const double start = now();
      c->run(data, first, count);
      first += count;
      took = now() - start;
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
      const double start = now();
      contestants[i]->run(data, next[i], steps[i]);
      samples[i].seconds.push_back((now() - start) / static_cast<double>(steps[i]));
      next[i] += steps[i];
    }
  }
  return samples;
}

}  // namespace bench
