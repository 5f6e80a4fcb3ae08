// NCE: data are to be told from noise
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/density/distribution.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/reduce/mean.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Noise-contrastive estimation (Gutmann and Hyvärinen 2010, equation 3, with a minus): with
/// G(v) = log p(v) - log p_noise(v), the mean over the data of log(1 + e^-G) plus the mean over
/// `noise_per_clean` draws an example of log(1 + e^G). The model knows its log Z: NormalizedEBM.
class NCE : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.ebm_estimation.NCE";
  static constexpr const char* doc = "noise-contrastive estimation: data are told from noise";
  Shared<Distribution> noise;
  int noise_per_clean = 1;

  constexpr NCE() {}
  constexpr NCE(const Shared<Distribution>& of, int draws) : noise(of), noise_per_clean(draws) {}
  constexpr ~NCE() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("noise", &NCE::noise, "the distribution of the noise");
    key.required("noise_per_clean", &NCE::noise_per_clean, "draws of it for each example")
        .from_to(1, 100);
  }
  constexpr bool supervised() const override { return false; }
  constexpr bool is_stochastic() const override { return true; }
  constexpr std::optional<AnyExpr> expr(const Model& given, const Data& data) const override {
    const EnergyModel* const model = energy_model("NCE", given);
    if (!model) return {};
    const AnyExpr v = inputs_of(given, data);
    const auto G = [&](const AnyExpr& x) { return model->log_prob(x) - noise->log_prob(x); };
    AnyExpr of_noise = mean(softplus(G(noise->sample_like(v))));
    for (int i = 1; i < noise_per_clean; ++i)
      of_noise = of_noise + mean(softplus(G(noise->sample_like(v))));
    if (noise_per_clean > 1) of_noise = of_noise / noise_per_clean;
    return mean(softplus(-G(v))) + of_noise;
  }
};

}  // namespace ansatz
