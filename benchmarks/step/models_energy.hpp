// Models without labels whose steps are longer: chains of several steps, denoising score matching,
// a variational and a contractive autoencoder.
#pragma once

#include <dsl/ops/control/repeat.hpp>

#include "models.hpp"

namespace bench {

/// Restricted Boltzmann machine by persistent contrastive divergence: `batch` chains as state, so
/// many Gibbs steps an update. The cost is the chains' mean number of hidden units that are on.
constexpr Function persistent_machine(int visible, int hidden, int batch, int steps) {
  const AnyExpr x(input("x", VectorSpace(visible)).value());
  const AnyExpr W = parameter("W0", Matrix(visible, hidden));
  const AnyExpr c = parameter("b0", VectorSpace(hidden)), b = parameter("b1", VectorSpace(visible));
  const AnyExpr chains = state("chains", Matrix(batch, visible));
  const AnyExpr v = stop_gradient(repeat(
      steps,
      [&](const AnyExpr& now) {
        const AnyExpr h = bernoulli(sigmoid(matmul(now, W) + c));
        return AnyExpr(bernoulli(sigmoid(matmul(h, transpose(W)) + b)));
      },
      chains));
  const AnyExpr z = matmul(v, W) + c;
  const AnyExpr of_data = -mean(sum(x * b, units)) - mean(sum(softplus(matmul(x, W) + c), units));
  const AnyExpr of_chains = -(sum(v * b) + sum(softplus(z))) / batch;
  const AnyExpr cost = of_data - of_chains;
  const auto rate = scalar("learning_rate");
  return function(output("cost", sum(sigmoid(z)) / batch), update(chains, v),
                  update(W, W - rate * grad(cost, W)), update(b, b - rate * grad(cost, b)),
                  update(c, c - rate * grad(cost, c)));
}

/// Gaussian visible units by denoising score matching (Vincent 2011), .4 being the deviation of
/// noise and units.
constexpr Function score_matching(int visible, int hidden) {
  constexpr double variance = .16;
  const AnyExpr x(input("x", VectorSpace(visible)).value());
  const AnyExpr W = parameter("W0", Matrix(visible, hidden));
  const AnyExpr c = parameter("b0", VectorSpace(hidden)), b = parameter("b1", VectorSpace(visible));
  const AnyExpr v = stop_gradient(x + .4 * normal_like(x));
  const AnyExpr free_energy =
      sum(v * (.5 * v - b), units) / variance - sum(softplus((matmul(v, W) + c) / variance), units);
  return learn(mean(square(-grad(sum(free_energy), v) - (x - v) / variance)), false);
}

/// Rectifiers on both sides of normal hidden variables (Kingma and Welling 2014).
constexpr Function variational_autoencoder(int visible, int width, int hidden) {
  const AnyExpr x(input("x", VectorSpace(visible)).value());
  const auto affine = [](const AnyExpr& in, int layer, int n, int m) {
    return AnyExpr(matmul(in, parameter(Name('W', layer).text, Matrix(n, m))) +
                   parameter(Name('b', layer).text, VectorSpace(m)));
  };
  const AnyExpr h = relu(affine(x, 0, visible, width));
  const AnyExpr mu = affine(h, 1, width, hidden), log_sigma = affine(h, 2, width, hidden);
  const AnyExpr z = mu + exp(log_sigma) * normal_like(mu);
  const AnyExpr logits = affine(relu(affine(z, 3, hidden, width)), 4, width, visible);
  const AnyExpr restored = sum(softplus(logits) - x * logits, units);
  const AnyExpr divergence = .5 * sum(exp(2 * log_sigma) + square(mu) - 1 - 2 * log_sigma, units);
  return learn(mean(restored + divergence), false);
}

/// Contractive autoencoder with tied weights (Rifai et al. 2011): .1 of the squared derivatives of
/// the code by the inputs.
constexpr Function contractive_autoencoder(int visible, int hidden) {
  const AnyExpr x(input("x", VectorSpace(visible)).value());
  const AnyExpr W = parameter("W0", Matrix(visible, hidden));
  const AnyExpr b = parameter("b0", VectorSpace(hidden)), c = parameter("b1", VectorSpace(visible));
  const AnyExpr h = sigmoid(matmul(x, W) + b), z = matmul(h, transpose(W)) + c;
  const AnyExpr restored = sum(softplus(z) - x * z, units);
  const AnyExpr penalty = sum(square(h * (1 - h)) * sum(square(W), axis<0>), units);
  return learn(mean(restored + .1 * penalty), false);
}

}  // namespace bench
