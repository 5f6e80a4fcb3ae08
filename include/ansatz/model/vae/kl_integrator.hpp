// KLIntegrator: KL(q(z | x) || p(z)) in closed form
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/vae/conditional.hpp>
#include <ansatz/model/vae/prior.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The divergence of a posterior from a prior, where there is a formula for the two.
class KLIntegrator : public Object {
 public:
  static constexpr const char* kind_name = "KL integrator";
  static constexpr bool outlives_faults = true;

  /// Whether it has the formula for these.
  constexpr virtual bool fits(const Prior&, const Conditional& posterior) const = 0;
  /// Of each hidden variable, [batch, nhid]; `phi` are the posterior's parameters.
  constexpr virtual AnyExpr per_component_kl_divergence(
      const Prior&, int nhid, const Conditional::Parameters& phi) const = 0;
  /// [batch]
  constexpr AnyExpr kl_divergence(const Prior& prior, int nhid,
                                  const Conditional::Parameters& phi) const {
    return sum(per_component_kl_divergence(prior, nhid, phi), axis<0>);
  }
};

/// Of two normal distributions with independent components (Kingma and Welling 2014, appendix B):
/// log s - log t + (t^2 + (m - n)^2) / (2 s^2) - 1/2, of means n, m and deviations s, t of prior
/// and posterior.
class DiagonalGaussianPriorPosteriorKL : public KLIntegrator {
 public:
  static constexpr const char* yaml = "pylearn2.models.vae.kl.DiagonalGaussianPriorPosteriorKL";
  static constexpr const char* doc = "KL divergence of normal distributions, both diagonal";

  constexpr DiagonalGaussianPriorPosteriorKL() {}
  constexpr ~DiagonalGaussianPriorPosteriorKL() override {}
  template <class K>
  static constexpr void keys(K&) {}

  constexpr bool fits(const Prior& prior, const Conditional& posterior) const override {
    return dynamic_cast<const DiagonalGaussianPrior*>(&prior) &&
           dynamic_cast<const DiagonalGaussian*>(&posterior);
  }
  constexpr AnyExpr per_component_kl_divergence(const Prior& prior, int nhid,
                                                const Conditional::Parameters& phi) const override {
    const auto& p = static_cast<const DiagonalGaussianPrior&>(prior);
    const AnyExpr log_s = p.log_sigma(nhid);
    return log_s - phi[1] +
           (0.5 * (exp(2 * phi[1]) + square(phi[0] - p.mu(nhid)))) / exp(2 * log_s) - 0.5;
  }
};

/// The one that has a formula for these; null: there is none.
constexpr Shared<KLIntegrator> find_integrator_for(const Prior& prior,
                                                   const Conditional& posterior) {
  const DiagonalGaussianPriorPosteriorKL known;
  if (known.fits(prior, posterior)) return Shared<KLIntegrator>(known);
  return nullptr;
}

}  // namespace ansatz
