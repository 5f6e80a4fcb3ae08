#include <ansatz/model/layers/dense.hpp>

namespace ansatz {

void Dense::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  const String w = own(at, "W"), mask_name = own(at, "W_mask");
  std::vector<double> mask;
  if (!mask_weights.empty()) {
    mask = read_weight_mask(layer_name, mask_weights, inputs(at), units());
    values.set(mask_name, mask.data(), static_cast<std::int64_t>(mask.size()));
  }
  draw_weights(*this, {layer_name, w, inputs(at), units(), mask.empty() ? nullptr : mask.data()},
               true, values, rng);
  if (use_bias) set_numbers(init_bias, "init_bias", layer_name, own(at, "b"), units(), values);
}

}  // namespace ansatz
