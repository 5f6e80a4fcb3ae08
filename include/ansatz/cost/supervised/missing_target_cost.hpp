// MissingTargetCost: the cost of those outputs whose target is known.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/layers/dropout.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/not_equal.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The cost of a model where targets may be missing: those that are -1 add nothing to the cost of
/// their example. Sums and means are those of the last layer's cost, missing outputs counting as
/// 0. With dropout_args the inputs of layers are left out as in Dropout.
class MissingTargetCost : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.mlp.missing_target_cost.MissingTargetCost";
  static constexpr const char* doc = "the model's cost of the examples that have targets";
  std::optional<DropoutArguments> dropout_args;

  constexpr MissingTargetCost() {}
  constexpr explicit MissingTargetCost(const DropoutArguments& how) : dropout_args(how) {}
  template <class K>
  static constexpr void keys(K& key) {
    key("dropout_args", &MissingTargetCost::dropout_args, "keys of Dropout; default: no dropout");
  }

  constexpr bool is_stochastic() const override { return dropout_args.has_value(); }
  constexpr void data_specs(const Model& model, Data& data) const override {
    const Layered& layered = layered_of(model);
    data.add(model.input_source(), model.input_space());
    data.add(model.target_source(), layered.output_space(model.input_space()));
  }

  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const Layered& layered = layered_of(model);
    Signal y;
    if (dropout_args)
      y = dropout_fprop(layered, data[model.input_source()], *dropout_args);
    else
      y = model.output(data[model.input_source()]);
    const AnyExpr t = format_as(data[model.target_source()], y.space).value();
    const AnyExpr known = t != -1;
    const Signal targets(y.space, where(known, t, 0));
    const AnyExpr matrix = layered.cost_matrix(targets, y);
    return layered.cost_from_cost_matrix(where(known, matrix, 0));
  }

 private:
  static constexpr const Layered& layered_of(const Model& model) {
    const Layered* const layered = model.as_layered();
    if (!layered) graph_error("MissingTargetCost needs a model made of layers, such as an MLP");
    return *layered;
  }
};

}  // namespace ansatz
