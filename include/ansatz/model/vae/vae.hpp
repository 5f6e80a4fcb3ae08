// VAE: the variational autoencoder
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/model/vae/kl_integrator.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/log.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The variational autoencoder of Kingma and Welling (2014): a prior p(z) of `nhid` hidden
/// variables, a conditional p(x | z) of the `nvis` inputs, and a posterior q(z | x) that stands for
/// the true one. VAECriterion and ImportanceSamplingCriterion train it.
///
/// Functions: "predict", E(x | z) at the mean of q(z | x), [batch, nvis]; "encode", that mean
/// (named z); "decode", E(x | z) of an input z [batch, nhid]; "sample", draws x and their means of
/// an input epsilon [batch, nhid] of standard normal numbers.
class VAE : public Model {
 public:
  static constexpr const char* yaml = "pylearn2.models.vae.VAE";
  static constexpr const char* doc = "variational autoencoder (Kingma, Welling 2014)";
  int nvis = 0, nhid = 0;
  Shared<Prior> prior;
  Shared<Conditional> conditional, posterior;
  bool learn_prior = true;
  Shared<KLIntegrator> kl_integrator;
  int fixed_batch_size = 0;
  Seed seed;

  constexpr VAE() {}
  constexpr ~VAE() override {}
  /// VAE(nvis(784), nhid(20), prior(DiagonalGaussianPrior()), conditional(BernoulliVector(…)),
  ///     posterior(DiagonalGaussian(…)))
  template <KeyOf<VAE>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit VAE(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &VAE::nvis, "number of inputs").at_least(1);
    key.required("prior", &VAE::prior, "p(z), of the hidden variables");
    key.required("conditional", &VAE::conditional, "p(x | z), of the inputs");
    key.required("posterior", &VAE::posterior, "q(z | x), of the hidden variables");
    key.required("nhid", &VAE::nhid, "number of hidden variables").at_least(1);
    key("learn_prior", &VAE::learn_prior, "whether the prior's parameters are trained");
    key("kl_integrator", &VAE::kl_integrator,
        "formula of KL(q(z | x) || p(z)); default: the one that fits, else it is sampled");
    key("batch_size", &VAE::fixed_batch_size, "every batch has this many examples; 0: any")
        .at_least(1);
    key("seed", &VAE::seed, "of the first parameter values; default 2043");
  }
  /// KeyFaults: parts that do not fit each other.
  void check() const;

  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr SpaceInfo latent_space() const { return vector_space(nhid); }
  constexpr int batch_size() const override { return fixed_batch_size; }

  /// q(z | x): the parameters of the distribution.
  constexpr Conditional::Parameters encode_phi(const Signal& x) const {
    return posterior->encode(x, nhid);
  }
  /// p(x | z) of z [batch, nhid].
  constexpr Conditional::Parameters decode_theta(const AnyExpr& z, bool training = false) const {
    Signal s(latent_space(), z);
    s.training = training;
    return conditional->encode(s, nvis);
  }
  constexpr AnyExpr means_from_theta(const Conditional::Parameters& theta) const {
    return conditional->expectation(theta);
  }
  /// A lower bound of log p(x), [batch]: E_q log p(x | z) - KL(q(z | x) || p(z)), the expectation
  /// by num_samples draws (Kingma and Welling 2014, equation 3, or 2 with approximate_kl).
  constexpr AnyExpr log_likelihood_lower_bound(const Signal& x, int num_samples,
                                               bool approximate_kl = false) const {
    const Conditional::Parameters phi = encode_phi(x);
    const Shared<KLIntegrator> formula = integrator();
    const bool sampled = approximate_kl || !formula;
    AnyExpr total = constant(0);
    for (int i = 0; i < num_samples; ++i) {
      const AnyExpr z = draw(phi);
      AnyExpr term = conditional->log_probability(x.value(), decode_theta(z, x.training));
      if (sampled) term = term + prior->log_p(nhid, z) - posterior->log_probability(z, phi);
      if (i == 0)
        total = term;
      else
        total = total + term;
    }
    if (num_samples > 1) total = total / num_samples;
    if (!sampled) total = total - formula->kl_divergence(*prior, nhid, phi);
    return total;
  }
  /// An estimate of log p(x), [batch], by importance sampling with num_samples draws of q(z | x):
  /// also a lower bound on the mean, and a tighter one (Burda et al. 2016, equation 8).
  constexpr AnyExpr log_likelihood_approximation(const Signal& x, int num_samples) const {
    const Conditional::Parameters phi = encode_phi(x);
    AnyExpr total;
    for (int i = 0; i < num_samples; ++i) {
      const AnyExpr z = draw(phi);
      const AnyExpr weight = conditional->log_probability(x.value(), decode_theta(z, x.training)) +
                             prior->log_p(nhid, z) - posterior->log_probability(z, phi);
      if (i == 0)
        total = weight;
      else  // log(e^a + e^b)
        total = total + softplus(weight - total);
    }
    return total - log(constant(num_samples));
  }

  constexpr Signal output(const Signal& x) const override {
    return Signal(input_space(), means_from_theta(decode_theta(mean_code(x), x.training)));
  }
  constexpr void named_outputs(const Signal& x, ir::List<Data::Entry>& list) const override {
    list.push_back({"z", Signal(latent_space(), mean_code(x))});
    list.push_back({"", output(x)});
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    list.add("encode", [&] {
      Function f;
      f.add(ansatz::output("z", mean_code(data[input_source()])));
      return f;
    });
    list.add("decode", [&] {
      Function f;
      f.add(ansatz::output("x", means_from_theta(decode_theta(latent_input("z")))));
      return f;
    });
    list.add("sample", [&] {
      const Conditional::Parameters theta =
          decode_theta(prior->sample(nhid, latent_input("epsilon")));
      Function f;
      f.add(ansatz::output("x", conditional->sample(theta)));
      f.add(ansatz::output("mean", means_from_theta(theta)));
      return f;
    });
  }

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    posterior->parameters(input_space(), nhid, list);
    conditional->parameters(latent_space(), nvis, list);
    ir::List<ModelParameter> of_prior;
    prior->parameters(nhid, of_prior);
    for (ModelParameter& each : of_prior) {
      if (!learn_prior) each.frozen = true;
      list.push_back(each);
    }
  }
  void initialize(InitialValues& values) const override;
  constexpr void modify_updates(UpdateList& updates) const override {
    conditional->modify_updates(latent_space(), updates);
    posterior->modify_updates(input_space(), updates);
  }
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    conditional->weights(latent_space(), nvis, list);
    posterior->weights(input_space(), nhid, list);
  }
  constexpr void channels(const Data& data, ChannelList& list) const override {
    const Signal x = format_as(data[input_source()], input_space());
    const Conditional::Parameters phi = encode_phi(x);
    posterior->channels(phi, list);
    conditional->channels(decode_theta(draw(phi)), list);
  }

 private:
  constexpr Shared<KLIntegrator> integrator() const {
    if (kl_integrator) return kl_integrator;
    return find_integrator_for(*prior, *posterior);
  }
  constexpr AnyExpr draw(const Conditional::Parameters& phi) const {
    return posterior->sample(phi, normal_like(phi[0]));
  }
  constexpr AnyExpr mean_code(const Signal& x) const {
    return posterior->expectation(encode_phi(x));
  }
  constexpr AnyExpr latent_input(const char* called) const {
    return ansatz::input_of(called, latent_space()).value();
  }
};

}  // namespace ansatz
