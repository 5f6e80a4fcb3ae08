// Dropout: the cost of the model's last layer, with some inputs of its layers left out.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/layers/dropout.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The cost of a model whose layers lose some of their inputs at random, anew for each batch
/// (Srivastava et al. 2014). What the model predicts is its plain output: the scales, 1 / p as a
/// rule, keep the layers' inputs at the same size on average.
///
///     Dropout(input_include_probs({{"h0", .8}}), input_scales({{"h0", 1 / .8}}))
class Dropout : public Cost, public DropoutArguments {
 public:
  static constexpr const char* yaml = "pylearn2.costs.mlp.dropout.Dropout";
  static constexpr const char* doc = "the model's cost with inputs of layers left out at random";
  static constexpr const char* also[] = {"pylearn2.costs.mlp.Dropout"};

  constexpr Dropout() {}
  template <KeyOf<Dropout>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit Dropout(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    DropoutArguments::keys(key);
  }

  constexpr bool is_stochastic() const override { return true; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const Layered* const layered = model.as_layered();
    if (!layered) {
      graph_error("Dropout needs a model made of layers, such as an MLP");
      return {};
    }
    return layered->cost(data[model.target_source()],
                         dropout_fprop(*layered, data[model.input_source()], *this));
  }
};

}  // namespace ansatz
