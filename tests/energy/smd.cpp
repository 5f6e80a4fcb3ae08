// SMD: denoising score matching as a cost of a job.
#include <ansatz/cost/energy/denoising_score_matching.hpp>
#include <ansatz/model/corruption/corruptors.hpp>

#include "../model/probe.hpp"
#include "small_rbm.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {}  // namespace

TEST_CASE("SMD: gradients against central differences", "[energy][score_matching]") {
  const GaussianBinaryRBM rbm = small_gaussian_rbm();
  const SMD cost(Shared<Corruptor>(GaussianCorruptor(.4)));
  CHECK(cost.is_stochastic());
  CHECK(gradient_error(rbm, cost, random_batch(data_of(rbm, cost), 6, 3)) < 1e-6);
}

TEST_CASE("SMD: with sigma that of the noise, sigma^-4 times a denoising autoencoder's error",
          "[energy][score_matching]") {
  const GaussianBinaryRBM rbm = small_gaussian_rbm();
  const GaussianCorruptor noise(.6);
  const SMD cost{Shared<Corruptor>(noise)};
  const Data data = data_of(rbm, cost);
  const AnyExpr v = data["features"].value();
  Function smd, autoencoder;
  smd.add(output("cost", *cost.expr(rbm, data)));
  const AnyExpr back = rbm.mean_v_given_h(rbm.mean_h_given_v(noise.corrupt(v)));
  autoencoder.add(output("error", mean(square(back - v))));
  const Minibatch batch = random_batch(data, 8, 3);
  const auto at_sigma = [&](const Function& f, const char* name) {
    Probe probe(rbm, data, f);
    probe.randomize(.7, 3);
    probe.set("sigma_driver", {.6});
    probe.program().seed(5);
    return probe(batch)[name][0];
  };
  CHECK(at_sigma(smd, "cost") ==
        Approx(at_sigma(autoencoder, "error") / std::pow(.6, 4)).epsilon(1e-10));
}

TEST_CASE("SMD: noise without a free energy, models without one", "[energy][score_matching]") {
  const GaussianBinaryRBM rbm = small_gaussian_rbm();
  const SMD cost(Shared<Corruptor>(BinomialCorruptor(.4)));
  CHECK_THAT(message_of([&] { (void)cost.expr(rbm, data_of(rbm, cost)); }),
             Contains("corruption_free_energy"));
}
