// VAECriterion, ImportanceSamplingCriterion: what a variational autoencoder is trained by
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/vae/vae.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What both criteria are: minus a number for each example, whose mean over the batch is made
/// small, by num_samples draws of the hidden variables.
class CriterionOfVAE : public Cost {
 public:
  int num_samples = 1;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_samples", &CriterionOfVAE::num_samples,
                 "how often the hidden variables of an example are drawn")
        .from_to(1, 1000);
  }
  constexpr bool supervised() const override { return false; }
  constexpr bool is_stochastic() const override { return true; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const VAE* const vae = model_as<VAE>(model);
    if (!vae) {
      graph_error("this cost needs a VAE for its model");
      return {};
    }
    return -mean(per_example(*vae, format_as(data[model.input_source()], model.input_space())));
  }

 protected:
  constexpr virtual AnyExpr per_example(const VAE& vae, const Signal& x) const = 0;
};

/// Minus the lower bound of the log-likelihood (Kingma and Welling 2014). Its KL divergence is the
/// model's formula, where it has one.
class VAECriterion : public CriterionOfVAE {
 public:
  static constexpr const char* yaml = "pylearn2.costs.vae.VAECriterion";
  static constexpr const char* doc = "minus the lower bound of a VAE's log-likelihood";

  constexpr VAECriterion() {}
  constexpr explicit VAECriterion(int samples) { num_samples = samples; }
  constexpr ~VAECriterion() override {}
  template <class K>
  static constexpr void keys(K& key) {
    CriterionOfVAE::keys(key);
  }

 protected:
  constexpr AnyExpr per_example(const VAE& vae, const Signal& x) const override {
    return vae.log_likelihood_lower_bound(x, num_samples);
  }
};

/// Minus the log-likelihood as importance sampling estimates it (Burda et al. 2016).
class ImportanceSamplingCriterion : public CriterionOfVAE {
 public:
  static constexpr const char* yaml = "pylearn2.costs.vae.ImportanceSamplingCriterion";
  static constexpr const char* doc = "minus a VAE's log-likelihood by importance sampling";

  constexpr ImportanceSamplingCriterion() {}
  constexpr explicit ImportanceSamplingCriterion(int samples) { num_samples = samples; }
  constexpr ~ImportanceSamplingCriterion() override {}
  template <class K>
  static constexpr void keys(K& key) {
    CriterionOfVAE::keys(key);
  }

 protected:
  constexpr AnyExpr per_example(const VAE& vae, const Signal& x) const override {
    return vae.log_likelihood_approximation(x, num_samples);
  }
};

}  // namespace ansatz
