// Denoising score matching in the language's own words, and what it is of a Gaussian RBM whose
// sigma is that of the noise: sigma^-4 times the squared error of a denoising autoencoder.
#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include "enumerate.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace ansatz;

namespace {

struct Pixels : VectorSpace<6> {};

Function denoising() {
  const auto v = input<Pixels>("v");
  const auto W = parameter<Matrix<6, 4>>("W");
  const auto b = parameter<Pixels>("b");
  const auto c = parameter<VectorSpace<4>>("c");
  const auto variance = scalar("variance");
  const auto free_energy = [&](const auto& x) {
    return sum(x * (0.5 * x - b), units) / variance -
           sum(softplus((matmul(x, W) + c) / variance), units);
  };
  const auto corrupted = stop_gradient(v + sqrt(variance) * normal_like(v));
  const auto score = -grad(sum(free_energy(corrupted)), corrupted);
  const auto back = (v - corrupted) / variance;
  const auto cost = mean(square(score - back));

  const auto h = sigmoid((matmul(corrupted, W) + c) / variance);
  const auto error = mean(square(matmul(h, transpose(W)) + b - v));
  Function f;
  f.add(output("cost", cost));
  f.add(output("autoencoder", error));
  f.add(output("dW", grad(cost, W)));
  f.add(output("dW_autoencoder", grad(error, W)));
  return f;
}

}  // namespace

TEST_CASE("denoising score matching is sigma^-4 times the error of a denoising autoencoder",
          "[energy][score_matching]") {
  Program<double> program = build<double>(denoising());
  Store store = program.store();
  store.uniform("W", -1, 1, 1);
  store.uniform("b", -1, 1, 2);
  store.uniform("c", -1, 1, 3);
  const std::vector<double> v = testing::random_bits(5 * 6, 3);
  for (const double sigma : {.3, .7, 1.5}) {
    const double variance = sigma * sigma;
    const Results<double> r = program({{"v", view(v.data(), Dims(5, 6))}, {"variance", variance}});
    const double factor = 1 / (variance * variance);
    CHECK(r["cost"].data()[0] == Approx(factor * r["autoencoder"].data()[0]).epsilon(1e-10));
    for (int i = 0; i < 24; ++i)
      CHECK(r["dW"].data()[i] ==
            Approx(factor * r["dW_autoencoder"].data()[i]).epsilon(1e-8).margin(1e-10));
  }
}
