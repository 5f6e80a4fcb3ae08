#include <ansatz/base/random_state.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/model/layers/projection_layer.hpp>

namespace ansatz {

void ProjectionLayer::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  const String owner = "layer " + layer_name, W = own(at, "W");
  draw_weights(*this, {owner.view(), W.view(), {labels(at.input), dim, dim, false}}, false, values,
               rng);
}

}  // namespace ansatz
