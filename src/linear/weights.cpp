#include <ansatz/job/initialization.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/linear/weights.hpp>

namespace ansatz {

void Weights::draw(const WeightsAt& at, std::string_view owner, bool second_draw,
                   InitialValues& values, RandomState& rng) const {
  std::vector<double> mask;
  if (!mask_weights.empty()) {
    mask = read_weight_mask(owner, mask_weights, map(at)->shape(at.between));
    values.set(mask_name(at).view(), mask.data(), static_cast<std::int64_t>(mask.size()));
  }
  draw_weights(*this, {owner, at.parameter, map(at)->filters(at.between), mask}, second_draw,
               values, rng);
}

}  // namespace ansatz
