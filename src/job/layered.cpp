#include <ansatz/job/layered.hpp>

namespace ansatz {

void Layered::initialize(const Place& from, InitialValues& values, RandomState& rng) const {
  const ir::List<Place> at = places(from);
  for (int i = 0; i < layer_count(); ++i) layer(i).initialize(at[i], values, rng);
}

}  // namespace ansatz
