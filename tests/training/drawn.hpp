// Random numbers to compute with.
#pragma once

#include <ansatz/base/random_state.hpp>

#include <vector>

namespace ansatz::testing {

/// `count` numbers of the standard normal distribution.
inline std::vector<double> drawn(std::size_t count, std::int64_t seed = 1) {
  RandomState random(seed);
  std::vector<double> x(count);
  random.randn(x);
  return x;
}

}  // namespace ansatz::testing
