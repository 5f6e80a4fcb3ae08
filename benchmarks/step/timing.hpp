// Interleaved timing: the clock of a virtual machine drifts by several per cent within the hour and
// neighbours take cores away, so every round times every contestant.
#pragma once

#include <vector>

#include "contestant.hpp"

namespace bench {

struct Protocol {
  int rounds = 15;
  double sample_seconds = 0.03;
  bool cpu_time = false;  ///< seconds of CPU time instead of seconds
};

/// Seconds a step, one entry a round.
class Samples {
 public:
  std::vector<double> seconds;
  double median() const;
  double fastest() const;
  double slowest() const;
};

/// The median of the rounds' ratios: of two contestants timed one after the other.
double ratio_of_medians(const Samples& a, const Samples& b);

std::vector<Samples> measure(const std::vector<Contestant*>& contestants, const Data& data,
                             const Protocol& protocol);

}  // namespace bench
