#include <ansatz/model/mlp.hpp>
#include <ansatz/random_state.hpp>

namespace ansatz {

namespace {

RandomState generator(const Seed& seed) {
  std::vector<std::int64_t> numbers;
  for (unsigned n : seed.numbers) numbers.push_back(n);
  if (numbers.empty()) numbers = {2013, 1, 4};
  if (numbers.size() == 1 && !seed.list) return RandomState(numbers[0]);
  return RandomState(numbers);
}

}  // namespace

void MLPBase::initialize(InitialValues& values) const {
  RandomState rng = generator(seed);
  initialize(root(), values, rng);
}

void MLPBase::initialize(const Place& from, InitialValues& values, RandomState& rng) const {
  const ir::List<Place> at = places(from);
  for (int i = 0; i < layers.size(); ++i) layers[i]->initialize(at[i], values, rng);
}

void NestedMLP::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  mlp->initialize(inside(at), values, rng);
}

}  // namespace ansatz
