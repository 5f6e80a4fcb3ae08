// The random order that Pylearn2's data sets are brought into.
#pragma once

#include <ansatz/base/random_state.hpp>

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace ansatz::data {

/// From the first to the last, each example is swapped with any of all.
inline std::vector<std::int64_t> swapped_order(RandomState& random, std::int64_t examples) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(examples));
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t& each : order)
    std::swap(each, order[static_cast<std::size_t>(random.randint(0, examples))]);
  return order;
}

}  // namespace ansatz::data
