// A multilayer perceptron, 784-500-500-10, learns digits by gradient descent with momentum.
//
//     example_mlp_mnist [epochs]
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/base/progress.hpp>
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/job/first_values.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

#include <cstdio>
#include <string>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

// The model: from a batch of images to the scores of ten classes.
constexpr auto classify(Expr<Batch<Pixels>> x) {
  auto h0 = relu(matmul(x, parameter<Matrix<784, 500>>("W0")) + parameter<VectorSpace<500>>("b0"));
  auto h1 = relu(matmul(h0, parameter<Matrix<500, 500>>("W1")) + parameter<VectorSpace<500>>("b1"));
  return matmul(h1, parameter<Matrix<500, 10>>("W2")) + parameter<VectorSpace<10>>("b2");
}

int main(int argc, char** argv) {
  auto step = compile([] {
    auto y = input<IndexSpace<10>>("y");
    auto cost = mean(cross_entropy(softmax(classify(input<Pixels>("x"))), y));
    return learn(cost, Momentum(0.9), 0.05);
  });
  auto monitor = compile([] {
    auto y = input<IndexSpace<10>>("y");
    return function(output("error", 100 * mean(argmax(classify(input<Pixels>("x"))) != y)));
  });

  monitor.bind(step.store());
  first_values(step.store(), he_uniform(true));  // all matrices
  step.threads(2);

  const Digits train = mnist_or_drawn("train", 0, 50'000);
  const Digits valid = mnist_or_drawn("train", 50'000, 60'000), test = mnist_or_drawn("test");
  std::printf("%d digits %s\n", train.examples,
              find_mnist() ? "of MNIST" : "drawn (no MNIST found)");
  const auto error = [&](const Digits& d) -> double {
    return monitor({{"x", d.x()}, {"y", d.y()}})["error"];
  };

  const int epochs = argc > 1 ? std::stoi(argv[1]) : find_mnist() ? 20 : 5;
  double best = 100, chosen = 100, rate = 0.05;
  Batches batches(train, 100, Iteration::shuffled_sequential, 1);
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    Progress progress("epoch " + std::to_string(epoch), train.examples);
    for (auto part : batches) {
      step({{"x", part.x()}, {"y", part.y()}, {"learning_rate", rate}});
      progress.advance(part.examples);
    }
    rate *= 0.9;
    const double on_valid = error(valid), on_test = error(test);
    if (on_valid < best) best = on_valid, chosen = on_test;
    char text[64];
    std::snprintf(text, sizeof text, "validation %.2f %%, test %.2f %%", on_valid, on_test);
    progress.finish(text);
  }
  std::printf("chosen on the validation digits: test error %.2f %%\n", chosen);
}
