// Variational autoencoders, against plain loops and closed forms.
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/vae/vae_criterion.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/registry/job.hpp>

#include "probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

// The input is not said: a distribution's MLP is told it.
template <class L>
Shared<MLPBase> layers_of(const L& layer) {
  MLP<> mlp;
  mlp.layers.push_back(Shared<Layer>(layer));
  return Shared<MLPBase>(mlp);
}

template <class C, class L>
C made(const char* name, const L& layer) {
  C c;
  c.name = name;
  c.hidden_layers = layers_of(layer);
  return c;
}

VAE small_vae(bool gaussian_inputs = false) {
  VAE vae(nvis(6), nhid(3), prior(DiagonalGaussianPrior()),
          posterior(made<DiagonalGaussian>("posterior", Tanh("h_e", 5, irange(.5)))),
          conditional(made<BernoulliVector>("conditional", Tanh("h_d", 4, irange(.5)))));
  if (gaussian_inputs)
    vae.conditional =
        Shared<Conditional>(made<DiagonalGaussian>("conditional", Tanh("h_d", 4, irange(.5))));
  return vae;
}

Vector layer(const Probe& p, const std::string& name, const Vector& x, int inputs, bool squash) {
  Vector y = affine(x, p.get(name + "_W"), p.get(name + "_b"), inputs);
  if (squash)
    for (double& v : y) v = std::tanh(v);
  return y;
}

double log_normal(double x, double mu, double log_sigma) {
  const double z = (x - mu) / std::exp(log_sigma);
  return -.5 * (std::log(2 * M_PI) + 2 * log_sigma + z * z);
}

}  // namespace

TEST_CASE("vae: bound, importance sampling and KL are those of plain loops", "[model][vae]") {
  const bool gaussian = GENERATE(false, true);
  CAPTURE(gaussian);
  const VAE vae = small_vae(gaussian);
  const Data data = inputs_of(vae);
  const Signal x = data["features"];
  // Three draws, seen from outside: what a function of the same sites and seed draws.
  Function f;
  const Conditional::Parameters phi = vae.encode_phi(x);
  f.add(output("mu", phi[0]));
  f.add(output("log_sigma", phi[1]));
  const AnyExpr z = vae.posterior->sample(phi, normal_like(phi[0]));
  f.add(output("z", z));
  const Conditional::Parameters theta = vae.decode_theta(z);
  f.add(output("theta", theta[0]));
  if (gaussian) f.add(output("theta_log_sigma", theta[1]));
  f.add(output("log_p_x", vae.conditional->log_probability(x.value(), theta)));
  f.add(output("log_q", vae.posterior->log_probability(z, phi)));
  f.add(output("log_p", vae.prior->log_p(3, z)));
  f.add(output("kl", DiagonalGaussianPriorPosteriorKL().kl_divergence(*vae.prior, 3, phi)));
  Probe probe(vae, data, f);
  probe.randomize(.8, 5);
  Minibatch batch;
  batch.examples = 4;
  for (int i = 0; i < 24; ++i) batch.numbers["features"].push_back(i * i % 5 < 2);
  const Vector& rows = batch.numbers["features"];
  Computed c = probe(batch);

  const Vector h = layer(probe, "posterior_h_e", rows, 6, true);
  const Vector mu = layer(probe, "posterior_mu", h, 5, false);
  const Vector log_sigma = layer(probe, "posterior_log_sigma", h, 5, false);
  CHECK(difference(c["mu"], mu) < 1e-12);
  CHECK(difference(c["log_sigma"], log_sigma) < 1e-12);
  const Vector g = layer(probe, "conditional_h_d", c["z"], 3, true);
  const Vector s = layer(probe, "conditional_mu", g, 4, false);
  CHECK(difference(c["theta"], s) < 1e-12);
  const Vector n = probe.get("prior_mu"), t = probe.get("prior_log_sigma");
  for (std::size_t i = 0; i < 4; ++i) {
    double log_p_x = 0, log_q = 0, log_p = 0, kl = 0;
    for (std::size_t j = 0; j < 6; ++j) {
      const std::size_t at = i * 6 + j;
      if (gaussian) {
        log_p_x += log_normal(rows[at], s[at], c["theta_log_sigma"][at]);
      } else {
        const double p = 1 / (1 + std::exp(-s[at]));
        log_p_x += rows[at] == 1 ? std::log(p) : std::log(1 - p);
      }
    }
    for (std::size_t j = 0; j < 3; ++j) {
      const std::size_t at = i * 3 + j;
      log_q += log_normal(c["z"][at], mu[at], log_sigma[at]);
      log_p += log_normal(c["z"][at], n[j], t[j]);
      const double v = std::exp(2 * log_sigma[at]), w = std::exp(2 * t[j]);
      kl += .5 * (std::log(w / v) + (v + (mu[at] - n[j]) * (mu[at] - n[j])) / w - 1);
    }
    CHECK(c["log_p_x"][i] == Approx(log_p_x).epsilon(1e-10));
    CHECK(c["log_q"][i] == Approx(log_q).epsilon(1e-10));
    CHECK(c["log_p"][i] == Approx(log_p).epsilon(1e-10));
    CHECK(c["kl"][i] == Approx(kl).epsilon(1e-10));
  }
}

TEST_CASE("vae: the sampled divergence tends to the formula, and the bound stays below",
          "[model][vae]") {
  const VAE vae = small_vae();
  const Data data = inputs_of(vae);
  const Signal x = data["features"];
  Function f;
  f.add(output("exact", mean(vae.log_likelihood_lower_bound(x, 1))));
  f.add(output("sampled", mean(vae.log_likelihood_lower_bound(x, 1, true))));
  f.add(output("several", mean(vae.log_likelihood_lower_bound(x, 8))));
  f.add(output("importance", mean(vae.log_likelihood_approximation(x, 40))));
  Probe probe(vae, data, f);
  probe.randomize(.25, 2);
  // One example, many times: the mean over the batch is one over draws.
  const Vector one{1, 0, 1, 1, 0, 0};
  Minibatch batch;
  batch.examples = 20000;
  for (int i = 0; i < batch.examples; ++i)
    batch.numbers["features"].insert(batch.numbers["features"].end(), one.begin(), one.end());
  Computed c = probe(batch);
  CHECK(c["sampled"][0] == Approx(c["exact"][0]).margin(.05));
  CHECK(c["several"][0] == Approx(c["exact"][0]).margin(.05));
  CHECK(c["importance"][0] > c["exact"][0]);

  // log p(x) by quadrature over the three hidden variables, 41 points each.
  const Vector n = probe.get("prior_mu"), t = probe.get("prior_log_sigma");
  double p = 0;
  constexpr int points = 41;
  for (int a = 0; a < points * points * points; ++a) {
    const int index[] = {a % points, a / points % points, a / points / points};
    Vector z;
    double weight = 1;
    for (std::size_t j = 0; j < 3; ++j) {
      const double u = -5 + 10. * index[j] / (points - 1);
      z.push_back(n[j] + std::exp(t[j]) * u);
      weight *= std::exp(-.5 * u * u) / std::sqrt(2 * M_PI) * 10 / (points - 1);
    }
    const Vector s =
        layer(probe, "conditional_mu", layer(probe, "conditional_h_d", z, 3, true), 4, false);
    for (std::size_t j = 0; j < 6; ++j) {
      const double on = 1 / (1 + std::exp(-s[j]));
      weight *= one[j] == 1 ? on : 1 - on;
    }
    p += weight;
  }
  CHECK(c["importance"][0] < std::log(p) + .01);
  CHECK(c["importance"][0] == Approx(std::log(p)).margin(.05));
}

TEST_CASE("vae: gradients of both criteria", "[model][vae]") {
  for (const bool gaussian : {false, true}) {
    const VAE vae = small_vae(gaussian);
    const Minibatch batch = random_batch(inputs_of(vae), 5, 7);
    CHECK(gradient_error(vae, VAECriterion(2), batch) < 1e-6);
    CHECK(gradient_error(vae, ImportanceSamplingCriterion(3), batch) < 1e-6);
  }
  VAE fixed = small_vae();
  fixed.learn_prior = false;
  for (const ModelParameter& p : fixed.parameters())
    CHECK(p.frozen == p.name.view().starts_with("prior"));
}

TEST_CASE("vae: first values are drawn in Pylearn2's order, names are its names", "[model][vae]") {
  const VAE vae = small_vae();
  std::vector<std::string> names;
  for (const ModelParameter& p : vae.parameters()) names.push_back(p.name.c_str());
  CHECK(names == std::vector<std::string>{"posterior_h_e_W", "posterior_h_e_b", "posterior_mu_W",
                                          "posterior_mu_b", "posterior_log_sigma_W",
                                          "posterior_log_sigma_b", "conditional_h_d_W",
                                          "conditional_h_d_b", "conditional_mu_W",
                                          "conditional_mu_b", "prior_mu", "prior_log_sigma"});
  const Values first(vae);
  RandomState rng(2043);
  for (int i = 0; i < 3; ++i) rng.randint(1 << 30);
  const auto draw = [&](const char* name, double range) {
    Vector w = first.of.at(name);
    Vector expected(w.size()), mask(w.size());
    rng.uniform(-range, range, expected);
    rng.random_sample(mask);  // include_prob
    CHECK(difference(w, expected) == 0);
  };
  draw("conditional_h_d_W", .5);
  draw("conditional_mu_W", .01);
  draw("posterior_h_e_W", .5);
  draw("posterior_mu_W", .01);
  draw("posterior_log_sigma_W", .01);
}

TEST_CASE("vae: an MLP whose output is the distribution's parameters", "[model][vae]") {
  VAE vae = small_vae();
  auto own = made<BernoulliVector>("conditional", Linear("out", 6, irange(.3)));
  own.output_layer_required = false;
  vae.conditional = Shared<Conditional>(own);
  const Minibatch batch = random_batch(inputs_of(vae), 5, 7);
  CHECK(gradient_error(vae, VAECriterion(1), batch) < 1e-6);

  auto wrong = made<BernoulliVector>("conditional", Linear("out", 7, irange(.3)));
  wrong.output_layer_required = false;
  vae.conditional = Shared<Conditional>(wrong);
  CHECK_THAT(message_of([&] { (void)vae.output(inputs_of(vae)["features"]); }),
             Contains("conditional: the MLP gives VectorSpace(7), but its output must be mu, "
                      "VectorSpace(6)"));
}

TEST_CASE("vae: parts that do not fit are refused", "[model][vae]") {
  VAE vae = small_vae();
  vae.posterior = vae.conditional;
  CHECK_THAT(message_of([&] { vae.check(); }), Contains("both called 'conditional'"));
  vae.posterior = Shared<Conditional>(made<BernoulliVector>("posterior", Tanh("h", 4, irange(.5))));
  CHECK_THAT(message_of([&] { vae.check(); }), Contains("reparametrisation"));
  BernoulliVector told = made<BernoulliVector>("c", Tanh("h", 4, irange(.5)));
  Shared<MLPBase> own(MLP(VectorSpace(3), Tanh("h", 4, irange(.5))));
  told.hidden_layers = own;
  CHECK_THAT(message_of([&] { told.check(); }), Contains("leave out nvis and input_space"));
}

TEST_CASE("vae: from YAML", "[model][vae]") {
  const std::string mlp =
      "mlp: !obj:MLP { layers: [ !obj:Tanh { layer_name: h, dim: 4, irange: .5 } ] }";
  const std::string text =
      "!obj:pylearn2.models.vae.VAE { nvis: 6, nhid: 3, learn_prior: false, batch_size: 5, seed: "
      "7,\n"
      "  prior: !obj:pylearn2.models.vae.prior.DiagonalGaussianPrior {},\n"
      "  conditional: !obj:pylearn2.models.vae.conditional.BernoulliVector { name: c, " +
      mlp +
      " },\n"
      "  posterior: !obj:pylearn2.models.vae.conditional.DiagonalGaussian { name: q, " +
      mlp +
      ", output_layer_required: true },\n"
      "  kl_integrator: !obj:pylearn2.models.vae.kl.DiagonalGaussianPriorPosteriorKL {} }";
  const Shared<Object> made = load_object("vae.yaml", text);
  const VAE& vae = dynamic_cast<const VAE&>(*made);
  CHECK(vae.batch_size() == 5);
  const Shared<Object> criterion =
      load_object("cost.yaml", "!obj:pylearn2.costs.vae.VAECriterion { num_samples: 2 }");
  const Shared<Object> importance = load_object(
      "cost.yaml", "!obj:pylearn2.costs.vae.ImportanceSamplingCriterion { num_samples: 3 }");
  const Minibatch batch = random_batch(inputs_of(vae), 5, 7);
  for (const Object* cost : {criterion.get(), importance.get()})
    CHECK(gradient_error(vae, dynamic_cast<const Cost&>(*cost), batch) < 1e-6);
  const auto error_of = [&](const std::string& bad) {
    return message_of([&] { (void)load_object("vae.yaml", bad); });
  };
  std::string told = text;
  told.insert(told.find("layers: ["), "nvis: 6, ");
  CHECK_THAT(error_of(told), Contains("vae.yaml:3") && Contains("leave out nvis"));
  std::string other = text;
  other.replace(other.find("nhid: 3"), 7, "nhid: 0");
  CHECK_THAT(error_of(other), Contains("nhid") && Contains("vae.yaml:1"));
  CHECK_THAT(message_of([&] {
               (void)VAECriterion(1).expr(*stack(6, {Tanh("h", 3, irange(.1))}), inputs_of(vae));
             }),
             Contains("needs a VAE"));
}
