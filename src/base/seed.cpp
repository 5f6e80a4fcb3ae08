#include <ansatz/base/seed.hpp>

#include <ansatz/base/random_state.hpp>

namespace ansatz {

RandomState random_state(const Seed& seed, std::initializer_list<std::int64_t> by_default) {
  if (seed.empty()) return RandomState(std::vector<std::int64_t>(by_default));
  if (!seed.list) return RandomState(static_cast<std::int64_t>(seed.numbers[0]));
  return RandomState(std::vector<std::int64_t>(seed.numbers.begin(), seed.numbers.end()));
}

}  // namespace ansatz
