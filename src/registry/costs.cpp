#include "builtin.hpp"
#include "loader.hpp"

#include <ansatz/cost/method_cost.hpp>
#include <ansatz/cost/penalty/lp_penalty.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/cost/supervised/missing_target_cost.hpp>
#include <ansatz/job/default_cost.hpp>

namespace ansatz {

bool read_value(const Value& from, LayerNumbers& to) {
  to = {};
  if (!from.is_mapping()) {
    from.refuse("a mapping of names of layers to numbers, such as {h0: .8}");
    return false;
  }
  bool good = true;
  const std::vector<std::string> names = from.keys();
  const std::vector<Value> values = from.items();
  for (std::size_t i = 0; i < values.size(); ++i) {
    LayerNumbers::OfLayer each;
    each.layer = String(names[i]);
    good = read_value(values[i], each.value) && good;
    to.list.push_back(each);
  }
  return good;
}

bool read_value(const Value& from, Coefficients& to) {
  to = Coefficients();
  if (!from.is_list() && !from.is_mapping()) return read_value(from, to.value);
  bool good = true;
  const std::vector<std::string> names = from.keys();
  const std::vector<Value> values = from.items();
  to.kind = from.is_list() ? Coefficients::Kind::list : Coefficients::Kind::by_name;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Coefficients each;
    good = read_value(values[i], each) && good;
    if (from.is_mapping()) to.names.push_back(String(names[i]));
    to.elements.push_back(each);
  }
  return good;
}

bool read_value(const Value& from, CostTerm& to) {
  if (!from.is_list()) return read_value(from, to.cost);
  const std::vector<Value> pair = from.items();
  if (pair.size() != 2) {
    from.refuse("a cost, or a pair [coefficient, cost]");
    return false;
  }
  const bool number = read_value(pair[0], to.coefficient);
  return read_value(pair[1], to.cost) && number;
}

bool read_value(const Value& from, DropoutArguments& to) {
  to = {};
  if (!from.is_mapping()) {
    from.refuse("a mapping with keys of Dropout");
    return false;
  }
  std::vector<Field> list;
  registering::Fields<DropoutArguments> fields{to, list};
  DropoutArguments::keys(fields);
  return from.loader().read_keys(from, "dropout_args", list);
}

void add_costs(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<Default>("the cost of the model's last layer");
  to.add<SumOfCosts>("the sum of several costs, with coefficients");
  to.add<WeightDecay>("squares of weights", {"pylearn2.costs.cost.WeightDecay"});
  to.add<L1WeightDecay>("absolute values of weights", {"pylearn2.costs.cost.L1WeightDecay"});
  to.add<Dropout>("the model's cost with inputs of layers left out at random",
                  {"pylearn2.costs.mlp.Dropout"});
  to.add<MethodCost>("what a method of the model gives, such as cost_from_X");
  to.add<MissingTargetCost>("the model's cost of the examples that have targets");
  to.add<LpPenalty>("powers of absolute values of parameters");
}

}  // namespace ansatz
