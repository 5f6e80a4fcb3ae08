#include <ansatz/base/describe.hpp>
#include <ansatz/cost/coefficients.hpp>
#include <ansatz/cost/sum_of_costs.hpp>

namespace ansatz {

void write_value(Describer& to, const Coefficients& value) {
  using Kind = Coefficients::Kind;
  if (value.kind == Kind::number) {
    to.number(value.value);
    return;
  }
  if (value.kind == Kind::list)
    to.open_list();
  else
    to.open_mapping(nullptr);
  for (int i = 0; i < value.elements.size(); ++i) {
    if (value.kind == Kind::by_name) to.key(value.names[i].view());
    write_value(to, value.elements[i]);
  }
  to.close();
}

void write_value(Describer& to, const CostTerm& value) {
  if (!value.coefficient) {
    write_value(to, value.cost);
    return;
  }
  to.open_list();
  to.number(*value.coefficient);
  write_value(to, value.cost);
  to.close();
}

}  // namespace ansatz
