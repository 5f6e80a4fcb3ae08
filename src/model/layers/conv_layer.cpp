#include <ansatz/job/model.hpp>
#include <ansatz/model/layers/conv_layer.hpp>

namespace ansatz {

void ConvLayer::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  draw(weights_at(at), ("layer " + layer_name).view(), false, values, rng);
  values.fill(own(at, "b").view(), init_bias);
}

}  // namespace ansatz
