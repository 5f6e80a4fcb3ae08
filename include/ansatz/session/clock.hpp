// Clock: how long a run, its epochs and their training take.
#pragma once

#include <ansatz/serial/saved_state.hpp>

namespace ansatz {

/// Seconds of a run, those of the runs that it goes on with included.
class Clock {
 public:
  /// Seconds of a clock that never goes back.
  static double now();

  void start() { start_ = now(); }
  /// Since the first run began, without the time between runs.
  double seconds() const { return before_ + since_start(); }
  /// Since this run began.
  double since_start() const { return start_ > 0 ? now() - start_ : 0; }

  double training = 0;  ///< the last epoch's training
  double total = 0;     ///< the last epoch but one, with monitoring and saving

  /// Under the names of the model file.
  void save(StateValues& wall_clock) const;
  void restore(const StateValues& wall_clock);

 private:
  double start_ = 0, before_ = 0;
};

}  // namespace ansatz
