#include <ansatz/base/random_state.hpp>
#include <ansatz/job/first_values.hpp>
#include <ansatz/job/store_values.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <limits>

namespace ansatz {

void FirstValues::draw(Store store) const {
  RandomState rng = random_state(seed, {1});
  StoreValues values(store);
  for (int i = 0; i < store.size(); ++i) {
    const std::string_view name = store.name(i);
    const Dims& shape = store.shape(name);
    if (store.kind(name) != StoreKind::parameter || shape.rank < 2 || shape.count() == 0) continue;
    const std::int64_t units = shape[shape.rank - 1], inputs = shape.count() / units;
    if (std::max(inputs, units) > std::numeric_limits<int>::max())
      throw ValueError(fmt::format("parameter \"{}\": too many elements to draw", name));
    DrawnWeights weights;
    const std::string owner = fmt::format("parameter {}", name);
    weights.owner = owner;
    weights.parameter = name;
    weights.filters.inputs = static_cast<int>(inputs);
    weights.filters.units = static_cast<int>(units);
    // What an input meets: of a kernel all its places of each unit.
    weights.filters.outputs = static_cast<int>(shape.count() / shape[shape.rank - 2]);
    draw_weights(*this, weights, false, values, rng);
  }
}

}  // namespace ansatz
