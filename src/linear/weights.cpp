#include <ansatz/job/initialization.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/linear/weights.hpp>

namespace ansatz {

void Weights::draw(const WeightsAt& at, std::string_view owner, bool second_draw,
                   InitialValues& values, RandomState& rng) const {
  std::vector<double> mask;
  if (!mask_weights.empty()) {
    mask = read_numbers(owner, "mask_weights", mask_weights, map(at)->shape(at.between));
    values.set(mask_name(at).view(), mask.data(), static_cast<std::int64_t>(mask.size()));
  }
  const Between between = named_between(at);
  const ir::List<LinearTransform::Table> tables = map(at)->tables(between);
  for (int k = 0; k < tables.size(); ++k) {
    const std::vector<double> numbers = map(at)->numbers(between, k, owner);
    const String name = at.parameter + "_" + tables[k].what;
    values.set(name.view(), numbers.data(), static_cast<std::int64_t>(numbers.size()));
  }
  const DrawnWeights drawn{owner, at.parameter, map(at)->filters(between), mask};
  if (given() == 0 && map(at)->begins_itself())
    map(at)->begin(between, drawn, values);
  else
    draw_weights(*this, drawn, second_draw, values, rng);
}

}  // namespace ansatz
