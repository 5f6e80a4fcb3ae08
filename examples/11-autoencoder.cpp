// A denoising autoencoder (Vincent et al. 2008): pixels are lost at random, and to be restored.
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

constexpr auto restore(Expr<Batch<Pixels>> x) {
  auto W = parameter<Matrix<784, 200>>("W");  // used both ways
  auto h = sigmoid(matmul(x, W) + parameter<VectorSpace<200>>("b"));
  return sigmoid(matmul(h, transpose(W)) + parameter<Pixels>("c"));
}

int main() {
  auto step = compile([] {
    auto x = input<Pixels>("x");
    auto damaged = x * bernoulli_like(x, scalar("kept"));  // a new mask at every call
    auto cost = mean(sum(binary_cross_entropy(restore(damaged), x), units));
    return learn(cost, PlainGradient(), 0.05);
  });
  auto repair = compile([] {
    auto x = input<Pixels>("x");
    auto damaged = x * bernoulli_like(x, scalar("kept"));
    auto restored = restore(damaged);
    return function(output("damaged", damaged), output("restored", restored),
                    output("before", mean(sum(square(damaged - x), units))),
                    output("after", mean(sum(square(restored - x), units))));
  });
  repair.bind(step.store());
  step.store().uniform("W", -0.1, 0.1, 1);
  step.seed(1);

  const Digits train = mnist_or_drawn("train", 0, 10'000), test = mnist_or_drawn("test", 0, 1'000);
  Batches batches(train, 20, Iteration::shuffled_sequential, 1);
  for (int epoch = 1; epoch <= 8; ++epoch) {
    double cost = 0;
    for (auto part : batches) cost += step({{"x", part.x()}, {"kept", 0.5}})["cost"];
    std::printf("epoch %d: cost %.1f nats\n", epoch, cost / batches.size());
  }
  auto r = repair({{"x", test.x()}, {"kept", 0.5}});
  std::printf("squared distance to the test digits: %.1f damaged, %.1f restored\n",
              r["before"].scalar(), r["after"].scalar());

  // A test digit as it is, damaged, restored.
  const float* images[] = {test.image(0), r["damaged"].data(), r["restored"].data()};
  for (int row = 4; row < 27; row += 2, std::putchar('\n'))
    for (const float* image : images)
      for (int column = 0; column < 28; ++column) {
        const float* pixel = image + 28 * row + column;
        std::putchar(" .:+#@"[int(5 * (pixel[0] + pixel[28]) / 2 + 0.5f)]);
      }
}
