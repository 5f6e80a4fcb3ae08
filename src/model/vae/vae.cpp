#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/vae/vae.hpp>

#include <fmt/format.h>

#include <vector>

namespace ansatz {

void Conditional::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (hidden_layers && hidden_layers->input_space().kind != SpaceKind::null)
    faults.push_back({"mlp",
                      "the MLP of a conditional distribution is told its input by the VAE: leave "
                      "out nvis and input_space"});
  if (name.empty()) faults.push_back({"name", "the names of its parameters begin with it"});
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void Conditional::initialize(const SpaceInfo& b, int ndim, InitialValues& values,
                             RandomState& rng) const {
  const Place at = place(b);
  hidden_layers->initialize(at, values, rng);
  if (!output_layer_required) return;
  for (int i = 0; i < heads(); ++i) layer(i, ndim).initialize(above(at), values, rng);
}

void VAE::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (conditional && posterior) {
    if (conditional->name == posterior->name)
      faults.push_back({"posterior", fmt::format("conditional and posterior are both called '{}'; "
                                                 "their parameters need different names",
                                                 posterior->name.view())});
    if (!posterior->reparametrised())
      faults.push_back(
          {"posterior", "it cannot be drawn by the reparametrisation trick; DiagonalGaussian can"});
    if (prior && kl_integrator && !kl_integrator->fits(*prior, *posterior))
      faults.push_back({"kl_integrator", "it has no formula for this prior and this posterior"});
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void VAE::initialize(InitialValues& values) const {
  RandomState rng = seed.empty() ? RandomState(2014 + 9 + 20) : random_state(seed, {});
  // Prior, conditional and posterior each draw the seed of a generator that Pylearn2 gives them.
  for (int i = 0; i < 3; ++i) rng.randint(std::int64_t{1} << 30);
  prior->initialize(values);
  conditional->initialize(latent_space(), nvis, values, rng);
  posterior->initialize(input_space(), nhid, values, rng);
}

}  // namespace ansatz
