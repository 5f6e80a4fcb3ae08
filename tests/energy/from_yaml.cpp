// Models and costs of energies as job files have them.
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/cost/energy/noise_contrastive.hpp>
#include <ansatz/cost/energy/score_matching.hpp>
#include <ansatz/model/energy/normalized_ebm.hpp>
#include <ansatz/model/energy/rbm.hpp>
#include <ansatz/registry/job.hpp>

#include "../model/probe.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

const std::string gaussian_yaml =
    "!obj:pylearn2.models.rbm.GaussianBinaryRBM {\n"
    "  nvis: 5, nhid: 3, irange: .05, learn_sigma: True, init_sigma: .4, init_bias_hid: -2.,\n"
    "  energy_function_class: !obj:pylearn2.energy_functions.rbm_energy.grbm_type_1 {},\n"
    "  mean_vis: False, sigma_lr_scale: 1e-3 }";

template <class T>
const T& made(const Shared<Object>& object) {
  return dynamic_cast<const T&>(*object);
}

}  // namespace

TEST_CASE("energies from YAML: RBMs with a matrix and with a convolution", "[energy][yaml]") {
  const Shared<Object> grbm = load_object("grbm.yaml", gaussian_yaml);
  CHECK(made<RBM>(grbm).parameters().size() == 4);
  const Shared<Object> conv = load_object("conv.yaml", R"(
!obj:pylearn2.models.rbm.GaussianBinaryRBM {
  vis_space: &vis !obj:pylearn2.space.Conv2DSpace { shape: [6, 6], num_channels: 3 },
  hid_space: &hid !obj:pylearn2.space.Conv2DSpace { shape: [4, 4], num_channels: 2 },
  transformer: !obj:pylearn2.linear.conv2d.make_random_conv2D {
    irange: .05, input_space: *vis, output_space: *hid, kernel_shape: [3, 3], batch_size: 5 },
  energy_function_class: !obj:pylearn2.energy_functions.rbm_energy.grbm_type_1 {} })");
  CHECK(made<RBM>(conv).hidden_space() == conv2d_space(4, 4, 2));
  const std::string binary =
      "!obj:pylearn2.models.rbm.RBM { nvis: 4, nhid: 3, irange: .1, rng: 7, init_bias_hid: [1, 2, "
      "3], monitor_reconstruction: true }";
  const Shared<Object> rbm = load_object("rbm.yaml", binary);
  CHECK(Values(made<Model>(rbm)).of.at("bias_hid") == std::vector<double>{1, 2, 3});
  const auto error_of = [](const std::string& text) {
    return message_of([&] { (void)load_object("rbm.yaml", text); });
  };
  std::string wrong = binary;
  CHECK_THAT(error_of(wrong.replace(wrong.find("[1, 2"), 5, "[1")),
             Contains("rbm.yaml:1") && Contains("2 numbers; give one, or 3"));
  CHECK_THAT(error_of("!obj:pylearn2.models.rbm.RBM { nvis: 4 }"), Contains("nhid"));
  wrong = gaussian_yaml;
  CHECK_THAT(error_of(wrong.replace(wrong.find("init_sigma: .4"), 14, "min_sigma: 11.")),
             Contains("above max_sigma"));
}

TEST_CASE("energies from YAML: costs that differ only in what they ask of one model",
          "[energy][yaml]") {
  const Shared<Object> normalized =
      load_object("model.yaml",
                  "!obj:pylearn2.models.normalized_ebm.NormalizedEBM { init_logZ: 3., "
                  "learn_logZ: true, ebm: " +
                      gaussian_yaml + " }");
  const Model& model = made<Model>(normalized);
  CHECK(Values(model).of.at("logZ_driver") == std::vector<double>{3});
  const Minibatch batch = random_batch(data_of(model, SM()), 4, 3);
  const std::string module = "!obj:pylearn2.costs.ebm_estimation.";
  for (const char* text : {"SM { lambd: .1 }",
                           "NCE { noise_per_clean: 2, noise: "
                           "!obj:ansatz.distributions.IsotropicGaussian { stdev: .5 } }"}) {
    const Shared<Object> cost = load_object("cost.yaml", module + text);
    // Score matching has no use for log Z.
    const bool score = dynamic_cast<const SM*>(cost.get());
    const Model& of = score ? *made<NormalizedEBM>(normalized).ebm : model;
    CHECK(gradient_error(of, made<Cost>(cost), batch, .3) < 1e-6);
  }
  for (const char* text : {"CDk { nsteps: 3, seed: 7 }", "SML { batch_size: 4, nsteps: 2 }"}) {
    const Shared<Object> cost = load_object("cost.yaml", module + text);
    CHECK_FALSE(made<Cost>(cost).expr(model, data_of(model, SM())));
    CHECK(made<Cost>(cost).gradients(model, data_of(model, SM())).of.size() == 5);
  }
  CHECK_THAT(message_of([&] { (void)load_object("cost.yaml", module + "CDk { nsteps: 0 }"); }),
             Contains("nsteps: found 0; allowed: whole numbers from 1"));
}
