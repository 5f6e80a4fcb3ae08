#include <ansatz/base/key_faults.hpp>
#include <ansatz/cost/autoencoder/gsn_cost.hpp>

#include <fmt/format.h>

namespace ansatz {

void GSNCost::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (costs.empty() || costs.size() > 2)
    faults.push_back({"costs", fmt::format("has {} entries; give one or two", costs.size())});
  if (costs.size() == 2 && costs[0].layer == costs[1].layer)
    faults.push_back({"costs", fmt::format("two costs of layer {}", costs[0].layer)});
  double total = 0;
  for (int i = 0; i < costs.size(); ++i) {
    total += costs[i].coefficient;
    if (costs[i].layer < 0) faults.push_back({fmt::format("costs[{}]", i), "layers count from 0"});
    if (!(costs[i].coefficient >= 0))
      faults.push_back({fmt::format("costs[{}]", i),
                        fmt::format("coefficient {}: numbers from 0", costs[i].coefficient)});
  }
  if (!costs.empty() && !(total > 0))
    faults.push_back({"costs", "the coefficients must have a sum above 0"});
  const bool one_given = mode.view() == "supervised" || mode.view() == "anti_supervised";
  if (mode.view() != "joint" && !one_given)
    faults.push_back({"mode", fmt::format("found '{}'; allowed: joint, supervised, anti_supervised",
                                          mode.view())});
  if (one_given && costs.size() == 1)
    faults.push_back({"mode", fmt::format("{} needs two costs", mode.view())});
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void write_value(Describer& to, const LayerCost& value) {
  to.open_list();
  to.integer(value.layer);
  to.number(value.coefficient);
  to.object(value.cost.get());
  to.close();
}

}  // namespace ansatz
