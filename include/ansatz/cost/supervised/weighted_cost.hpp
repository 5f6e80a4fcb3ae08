// WeightedCost: a model's cost, examples counted by their weights.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/layered.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The mean over the batch of w c, where w is the weight of an example, from the source "weights",
/// and c its cost by the last layer. A Table divides weights by their mean over the training data,
/// so that the mean of all batches is sum w c / sum w. Channels of the model do not know weights.
class WeightedCost : public Cost {
 public:
  static constexpr const char* yaml = "WeightedCost";
  static constexpr const char* doc = "the model's cost, examples counted by their weights";

  constexpr WeightedCost() {}
  template <class K>
  static constexpr void keys(K&) {}

  constexpr void data_specs(const Model& model, Data& data) const override {
    Cost::data_specs(model, data);
    data.add("weights", vector_space(1));
  }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const Layered* const layered = model.as_layered();
    if (!layered) graph_error("WeightedCost needs a model made of layers, such as an MLP");
    const Signal input = data[model.input_source()];
    const Place at = layered->places(layered->root()).back();
    const AnyExpr cost =
        layered->last().cost_per_example(at, data[model.target_source()], model.output(input));
    return AnyExpr(mean(sum(data["weights"].value(), axis<0>) * cost));
  }
};

}  // namespace ansatz
