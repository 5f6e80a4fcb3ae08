#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/mlp/mlp.hpp>

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

namespace ansatz {

void MLPBase::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (nvis > 0 && space.kind != SpaceKind::null)
    faults.push_back(
        {"nvis", "nvis and input_space exclude each other: both say what one example is"});
  if (layers.empty()) faults.push_back({"layers", "an MLP needs at least one layer"});
  std::map<std::string_view, int> first;
  for (int i = 0; i < layers.size(); ++i) {
    const auto [before, is_new] = first.emplace(layers[i]->layer_name.view(), i);
    if (is_new) continue;
    faults.push_back({fmt::format("layers[{}].layer_name", i),
                      fmt::format("two layers of one MLP have the name '{}'; the other is "
                                  "layers[{}]; names must differ",
                                  before->first, before->second)});
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void MLPBase::initialize(InitialValues& values) const {
  RandomState rng = random_state(seed, {2013, 1, 4});
  initialize(root(), values, rng);
}

void NestedMLP::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  mlp->initialize(inside(at), values, rng);
}

}  // namespace ansatz
