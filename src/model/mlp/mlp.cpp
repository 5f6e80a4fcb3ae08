#include <ansatz/base/random_state.hpp>
#include <ansatz/model/mlp/mlp.hpp>

namespace ansatz {

void MLPBase::initialize(InitialValues& values) const {
  RandomState rng = random_state(seed, {2013, 1, 4});
  initialize(root(), values, rng);
}

void NestedMLP::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  mlp->initialize(inside(at), values, rng);
}

}  // namespace ansatz
