// A restricted Boltzmann machine, trained by persistent contrastive divergence (Tieleman 2008).
//
// The cost, -log p(v), cannot be computed; its gradient can be estimated: it is that of the mean
// free energy of the data minus the mean free energy of samples of the model.
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};
struct Hidden : VectorSpace<200> {};

struct Machine {
  Expr<Matrix<784, 200>> W = parameter<Matrix<784, 200>>("W");
  Expr<Pixels> b = parameter<Pixels>("b");  // of the visible units
  Expr<Hidden> c = parameter<Hidden>("c");

  constexpr auto hidden(auto v) const { return sigmoid(matmul(v, W) + c); }
  constexpr auto visible(auto h) const { return sigmoid(matmul(h, transpose(W)) + b); }
  constexpr auto free_energy(auto v) const {
    return -sum(v * b, units) - sum(softplus(matmul(v, W) + c), units);
  }
};

int main() {
  auto step = compile([] {
    const Machine rbm;
    auto x = bernoulli(input<Pixels>("x"));      // grey is the probability of black
    auto v = state<Batch<Pixels, chains>>("v");  // Markov chains, kept from step to step
    auto h = bernoulli(rbm.hidden(v));
    auto sample = stop_gradient(bernoulli(rbm.visible(h)));
    auto cost = mean(rbm.free_energy(x)) - mean(rbm.free_energy(sample));
    auto seen = binary_cross_entropy(rbm.visible(rbm.hidden(x)), x);
    return learn(cost, PlainGradient(), 0.05)
        .add(output("reconstruction", mean(sum(seen, units))))
        .add(update(v, sample));
  });

  step.seed(1);
  step.store().uniform("W", -0.05, 0.05, 1);
  step.store().resize("v", 100);  // how many chains is known at run time

  const Digits train = mnist_or_drawn("train", 0, 10'000);
  Batches batches(train, 20, Iteration::shuffled_sequential, 1);
  for (int epoch = 1; epoch <= 8; ++epoch) {
    double nats = 0;
    for (auto part : batches) nats += step({{"x", part.x()}})["reconstruction"];
    std::printf("epoch %d: a reconstruction costs %.1f nats\n", epoch, nats / batches.size());
  }

  // What the model has come to believe in: three of its chains.
  const float* image = step.store().data<float>("v");
  const auto ink = [&](int row, int column) { return image[28 * row + column] > 0; };
  for (int row = 0; row < 28; row += 2, std::putchar('\n'))
    for (int chain = 0; chain < 84 * 28; chain += 28 * 28)
      for (int column = 0; column < 28; ++column)
        std::putchar(" .':"[ink(row + chain / 28 + 1, column) + 2 * ink(row + chain / 28, column)]);
}
