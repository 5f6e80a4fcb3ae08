#include <ansatz/job/model.hpp>
#include <ansatz/model/layers/batch_normalization.hpp>

namespace ansatz {

void BatchNormalization::initialize(const Place& at, InitialValues& values, RandomState&) const {
  if (scale) values.fill(own(at, "gamma"), 1);
  if (center) values.fill(own(at, "beta"), 0);
}

}  // namespace ansatz
