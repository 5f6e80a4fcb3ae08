// DBMWeightDecay: sum over hidden layers of c sum W^2
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// WeightDecay under the name that Pylearn2 has for it in jobs of deep Boltzmann machines: one
/// coefficient for each hidden layer, from below.
class DBMWeightDecay : public WeightDecay {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.WeightDecay";
  static constexpr const char* doc = "squares of a DBM's weights";

  constexpr DBMWeightDecay() {}
  constexpr ~DBMWeightDecay() override {}
  template <class K>
  static constexpr void keys(K& key) {
    WeightDecay::keys(key);
  }
};

}  // namespace ansatz
