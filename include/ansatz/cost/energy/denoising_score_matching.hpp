// SMD: denoising score matching, (psi(v') - (v - v') / s^2)^2
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/corruption/corruptor.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/reduce/mean.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Denoising score matching (Vincent 2011, equation 4.3): the mean over examples and units of the
/// squared distance, at a corrupted example, of the model's score and of that of the corruption,
/// which points back to the example. With normal noise of variance s^2 the latter is (v - v') /
/// s^2.
class SMD : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.ebm_estimation.SMD";
  static constexpr const char* doc = "denoising score matching";
  Shared<Corruptor> corruptor;

  constexpr SMD() {}
  constexpr explicit SMD(const Shared<Corruptor>& noise) : corruptor(noise) {}
  constexpr ~SMD() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruptor", &SMD::corruptor, "the noise: GaussianCorruptor");
  }
  constexpr bool supervised() const override { return false; }
  constexpr bool is_stochastic() const override { return true; }
  constexpr std::optional<AnyExpr> expr(const Model& given, const Data& data) const override {
    const EnergyModel* const model = energy_model("SMD", given);
    if (!model) return {};
    const AnyExpr v = inputs_of(given, data);
    // Of the example alone: whatever the corruption keeps of it, its score is by the corrupted one.
    const AnyExpr corrupted = stop_gradient(corruptor->corrupt(v));
    const AnyExpr back = -grad(sum(corruptor->corruption_free_energy(corrupted, v)), corrupted);
    return mean(square(model->score(corrupted) - back));
  }
};

}  // namespace ansatz
