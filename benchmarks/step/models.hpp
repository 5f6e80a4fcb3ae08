// The models, each written once: the compiler and the running process lower the same function.
#pragma once

#include <dsl/function.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/tiled_convolve.hpp>
#include <dsl/ops/linear/sparse_matmul.hpp>
#include <dsl/parameters.hpp>

namespace bench {

using namespace ansatz;

/// A net of dense layers with rectifiers, 10 classes, trained by gradient descent.
struct Net {
  int layers = 0;
  int size[24] = {};      ///< layers + 1 of them, inputs first
  bool momentum = false;  ///< of 0.9
  bool dropout = false;   ///< 0.2 of the inputs, 0.5 of the hidden units
};

inline constexpr Net softmax_regression{1, {784, 10}};
inline constexpr Net perceptron{3, {784, 500, 500, 10}, true};
inline constexpr Net dropout_net{3, {784, 1200, 1200, 10}, true, true};
inline constexpr Net deep_net{
    21, {64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 10}};

/// A letter and a number: "W12".
struct Name {
  char text[8] = {};
  constexpr Name(char letter, int number) {
    int n = 0;
    text[n++] = letter;
    if (number >= 10) text[n++] = static_cast<char>('0' + number / 10);
    text[n++] = static_cast<char>('0' + number % 10);
  }
};

constexpr AnyExpr drop(const AnyExpr& h, double kept) {
  return h * bernoulli_like(h, kept) * (1 / kept);
}

/// Updates for every parameter of `cost`.
constexpr Function learn(const AnyExpr& cost, bool momentum) {
  auto rate = scalar("learning_rate");
  Function f = function(output("cost", cost));
  for (const AnyExpr& w : parameters_of(cost)) {
    AnyExpr direction = grad(cost, w);
    if (momentum) {
      const AnyExpr v = state_like(w, "velocity");
      direction = 0.9 * v + direction;
      f.add(update(v, direction));
    }
    f.add(update(w, w - rate * direction));
  }
  return f;
}

constexpr Function dense(const Net& net) {
  AnyExpr h(input("x", VectorSpace(net.size[0])).value());
  for (int l = 0; l < net.layers; ++l) {
    if (net.dropout) h = drop(h, l ? 0.5 : 0.8);
    h = matmul(h, parameter(Name('W', l).text, Matrix(net.size[l], net.size[l + 1]))) +
        parameter(Name('b', l).text, VectorSpace(net.size[l + 1]));
    if (l + 1 < net.layers) h = relu(h);
  }
  const AnyExpr y(input("y", IndexSpace(10)).value());
  return learn(mean(cross_entropy(softmax(h), y)), net.momentum);
}

/// Denoising autoencoder with tied weights; 0.3 of the inputs are set to 0.
constexpr Function autoencoder(int visible, int hidden) {
  auto x = input("x", VectorSpace(visible));
  auto W = parameter("W0", Matrix(visible, hidden));
  auto b = parameter("b0", VectorSpace(hidden)), c = parameter("b1", VectorSpace(visible));
  auto h = sigmoid(matmul(x * bernoulli_like(x, 0.7), W) + b);
  auto r = sigmoid(matmul(h, transpose(W)) + c);
  return learn(AnyExpr(mean(sum(binary_cross_entropy(r, x), units)).value()), false);
}

/// Restricted Boltzmann machine, one step of contrastive divergence (Hinton 2002).
constexpr Function boltzmann_machine(int visible, int hidden) {
  auto x = input("x", VectorSpace(visible));
  auto W = parameter("W0", Matrix(visible, hidden));
  auto c = parameter("b0", VectorSpace(hidden)), b = parameter("b1", VectorSpace(visible));
  auto free_energy = [&](const auto& v) {
    return -sum(v * b, units) - sum(softplus(matmul(v, W) + c), units);
  };
  auto sample = bernoulli(sigmoid(matmul(x, W) + c));
  auto v = stop_gradient(sigmoid(matmul(sample, transpose(W)) + b));
  auto cost = mean(free_energy(x)) - mean(free_energy(v));
  auto rate = scalar("learning_rate");
  return function(output("cost", mean(sum(square(x - v), units))),
                  update(W, W - rate * grad(cost, W)), update(b, b - rate * grad(cost, b)),
                  update(c, c - rate * grad(cost, c)));
}

/// Two layers of 5 x 5 kernels, 16 and 32 channels, each with a pool of 2 x 2, and a softmax.
constexpr Function convolutional_net() {
  auto x = reshape<Conv2DSpace<28, 28, 1>>(input<VectorSpace<784>>("x"));
  auto y = input<IndexSpace<10>>("y");
  auto W0 = parameter<Tensor<5, 5, 1, 16>>("W0");
  auto W1 = parameter<Tensor<5, 5, 16, 32>>("W1");
  auto W2 = parameter<Matrix<512, 10>>("W2");
  auto h0 = max_pool(relu(convolve(x, W0, cross_correlation) + parameter<VectorSpace<16>>("b0")),
                     pool<2>);
  auto h1 = max_pool(relu(convolve(h0, W1, cross_correlation) + parameter<VectorSpace<32>>("b1")),
                     pool<2>);
  auto z = matmul(flatten(h1), W2) + parameter<VectorSpace<10>>("b2");
  return learn(AnyExpr(mean(cross_entropy(softmax(z), y)).value()), false);
}

/// Two layers of 5 x 5 kernels, 32 and 64 channels, as many places as pixels, each with a pool of
/// 2 x 2; 500 rectifiers and a softmax (after LeCun et al. 1998).
constexpr Function lenet() {
  auto x = reshape<Conv2DSpace<28, 28, 1>>(input<VectorSpace<784>>("x"));
  auto y = input<IndexSpace<10>>("y");
  auto W0 = parameter<Tensor<5, 5, 1, 32>>("W0");
  auto W1 = parameter<Tensor<5, 5, 32, 64>>("W1");
  auto W2 = parameter<Matrix<3136, 500>>("W2");
  auto W3 = parameter<Matrix<500, 10>>("W3");
  auto h0 = max_pool(
      relu(convolve(x, W0, cross_correlation, border::same) + parameter<VectorSpace<32>>("b0")),
      pool<2>);
  auto h1 = max_pool(
      relu(convolve(h0, W1, cross_correlation, border::same) + parameter<VectorSpace<64>>("b1")),
      pool<2>);
  auto h2 = relu(matmul(flatten(h1), W2) + parameter<VectorSpace<500>>("b2"));
  auto z = matmul(h2, W3) + parameter<VectorSpace<10>>("b3");
  return learn(AnyExpr(mean(cross_entropy(softmax(z), y)).value()), false);
}

/// A softmax behind rectifiers of a layer h; W0 and b0 are the layer's.
template <class H>
constexpr Function softmax_of(const H& h, int units_below) {
  const AnyExpr z = matmul(AnyExpr(h.value()), parameter("W1", Matrix(units_below, 10))) +
                    parameter("b1", VectorSpace(10));
  const AnyExpr y(input("y", IndexSpace(10)).value());
  return learn(mean(cross_entropy(softmax(z), y)), false);
}
/// Kernels of 5 x 5 that no two places share, 4 channels.
constexpr Function local_net() {
  auto x = reshape<Conv2DSpace<28, 28, 1>>(input<VectorSpace<784>>("x"));
  auto W0 = parameter<Tensor<576, 5, 5, 1, 4>>("W0");
  auto b0 = parameter<Conv2DSpace<24, 24, 4>>("b0");
  return softmax_of(flatten(relu(tiled_convolve(x, W0, cross_correlation) + b0)), 2304);
}
/// Kernels of 5 x 5 that repeat after two places, 8 channels.
constexpr Function tiled_net() {
  auto x = reshape<Conv2DSpace<28, 28, 1>>(input<VectorSpace<784>>("x"));
  auto W0 = parameter<Tensor<4, 5, 5, 1, 8>>("W0");
  auto b0 = parameter<Conv2DSpace<24, 24, 8>>("b0");
  return softmax_of(flatten(relu(tiled_convolve(x, W0, tile<2>, cross_correlation) + b0)), 4608);
}

/// Which of 784 inputs is the k-th that a unit of a sparse layer sees.
constexpr int seen_input(int unit, int k) { return (unit * 131 + k * 53 + k * k) % 784; }
/// Units that see a few inputs each; which, is state.
constexpr Function sparse_net(int count, int each) {
  auto x = input("x", VectorSpace(784));
  auto seen = state("seen", Matrix(count, each));
  auto h = sparse_matmul(x, parameter("W0", Matrix(count, each)), seen) +
           parameter("b0", VectorSpace(count));
  return softmax_of(relu(h), count);
}

/// Logistic regression on `features` numbers; the target is a number, 0 or 1.
constexpr Function logistic_regression(int features) {
  auto x = input("x", VectorSpace(features)), y = input("y", VectorSpace(1));
  auto W = parameter("W0", Matrix(features, 1));
  auto b = parameter("b0", VectorSpace(1));
  auto p = sigmoid(matmul(x, W) + b);
  return learn(AnyExpr(mean(sum(binary_cross_entropy(p, y), units)).value()), false);
}

}  // namespace bench
