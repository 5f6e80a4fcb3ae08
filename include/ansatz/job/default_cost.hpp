// Default: the cost of the model's last layer.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The cost that the model calls "cost_from_X": of an MLP, the cost of its last layer against the
/// targets.
class Default : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.mlp.Default";
  static constexpr const char* doc = "the cost of the model's last layer";
  template <class K>
  static constexpr void keys(K&) {}

  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    AnyExpr value;
    if (!model.method("cost_from_X", data, value))
      graph_error("Default: the model has no cost of its own");
    return value;
  }
};

}  // namespace ansatz
