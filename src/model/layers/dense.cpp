#include <ansatz/model/layers/dense.hpp>

namespace ansatz {

void Dense::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  draw(weights_at(at), ("layer " + layer_name).view(), true, values, rng);
  if (use_bias) set_numbers(init_bias, "init_bias", layer_name, own(at, "b"), units(), values);
}

}  // namespace ansatz
