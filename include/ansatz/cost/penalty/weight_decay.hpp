// WeightDecay: sum over layers of c sum W^2; L1WeightDecay: of c sum |W|
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/cost/coefficients.hpp>
#include <ansatz/job/cost.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A penalty of the weights of an MLP's layers, squared and without a factor 1/2; biases have none.
/// Of a model without layers, of the weights that it names (`Model::weights`).
/// `coeffs`: see Coefficients. Each is a named scalar, such as "weight_decay.h0".
class WeightDecay : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.mlp.WeightDecay";
  static constexpr const char* doc = "squares of weights";
  static constexpr const char* also[] = {"pylearn2.costs.cost.WeightDecay"};
  Coefficients coeffs;

  constexpr WeightDecay() {}
  constexpr explicit WeightDecay(const Coefficients& given) : coeffs(given) {}
  template <KeyOf<WeightDecay> O>
  constexpr explicit WeightDecay(const O& given) {
    give(*this, given);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("coeffs", &WeightDecay::coeffs,
                 "one number, a list with one for each layer, or numbers by name; lists may nest")
        .at_least(0);
  }

  constexpr bool supervised() const override { return false; }
  constexpr void data_specs(const Model&, Data&) const override {}
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    return decays::decay("weight_decay", model, coeffs, false);
  }
  constexpr String name() const override {
    if (coeffs.zero()) return "0_weight_decay";
    return "weight_decay";
  }
};

/// The same with absolute values; in a SumOfCosts its term is named l1_penalty.
class L1WeightDecay : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.mlp.L1WeightDecay";
  static constexpr const char* doc = "absolute values of weights";
  static constexpr const char* also[] = {"pylearn2.costs.cost.L1WeightDecay"};
  Coefficients coeffs;

  constexpr L1WeightDecay() {}
  constexpr explicit L1WeightDecay(const Coefficients& given) : coeffs(given) {}
  template <KeyOf<L1WeightDecay> O>
  constexpr explicit L1WeightDecay(const O& given) {
    give(*this, given);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("coeffs", &L1WeightDecay::coeffs,
                 "one number, a list with one for each layer, or numbers by name; lists may nest")
        .at_least(0);
  }

  constexpr bool supervised() const override { return false; }
  constexpr void data_specs(const Model&, Data&) const override {}
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    return decays::decay("l1_weight_decay", model, coeffs, true);
  }
  constexpr String name() const override {
    if (coeffs.zero()) return "0_l1_penalty";
    return "l1_penalty";
  }
};

}  // namespace ansatz
