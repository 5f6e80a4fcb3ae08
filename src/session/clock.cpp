#include <ansatz/session/clock.hpp>

#include <chrono>

namespace ansatz {

double Clock::now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

void Clock::save(StateValues& wall_clock) const {
  wall_clock["seconds"] = seconds();
  wall_clock["training_seconds_this_epoch"] = training;
  wall_clock["total_seconds_last_epoch"] = total;
}

void Clock::restore(const StateValues& wall_clock) {
  before_ = state_value<double>(wall_clock, "seconds");
  training = state_value<double>(wall_clock, "training_seconds_this_epoch");
  total = state_value<double>(wall_clock, "total_seconds_last_epoch");
}

}  // namespace ansatz
