// Sums over all states of a few binary units.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace ansatz::testing {

/// All texts of so many bits, [2^bits, bits], the first unit the most significant.
inline std::vector<double> all_states(int bits) {
  std::vector<double> states;
  for (int text = 0; text < 1 << bits; ++text)
    for (int i = bits; i-- > 0;) states.push_back(text >> i & 1);
  return states;
}

inline std::vector<double> random_bits(int count, unsigned seed) {
  std::mt19937 bits(seed);
  std::vector<double> x(static_cast<std::size_t>(count));
  for (double& v : x) v = bits() >> 31;
  return x;
}

/// log sum_i e^-x_i
inline double log_sum_exp_of_minus(const std::vector<double>& x) {
  const double least = *std::min_element(x.begin(), x.end());
  double sum = 0;
  for (double each : x) sum += std::exp(least - each);
  return std::log(sum) - least;
}

}  // namespace ansatz::testing
