// Softmax regression: 7,850 parameters, fitted to 50,000 digits by stochastic gradient descent.
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

// A Space of one's own is a struct; compilers print its name.
struct Pixels : VectorSpace<784> {};

int main() {
  auto step = compile([] {
    auto x = input<Pixels>("x");          // [examples, 784]
    auto y = input<IndexSpace<10>>("y");  // [examples], labels 0 .. 9
    auto W = parameter<Matrix<784, 10>>("W");
    auto b = parameter<VectorSpace<10>>("b");
    auto rate = scalar("learning_rate");  // known at run time
    auto p = softmax(matmul(x, W) + b);
    auto cost = mean(cross_entropy(p, y)) + 1e-5 * sum(square(W));
    return function(output("cost", cost), update(W, W - rate * grad(cost, W)),
                    update(b, b - rate * grad(cost, b)));
  });

  auto monitor = compile([] {
    auto x = input<Pixels>("x");
    auto y = input<IndexSpace<10>>("y");
    auto p = softmax(matmul(x, parameter<Matrix<784, 10>>("W")) + parameter<VectorSpace<10>>("b"));
    return function(output("error", 100 * mean(argmax(p) != y)));
  });
  monitor.bind(step.store());  // the same W and b

  const Digits train = mnist_or_drawn("train", 0, 50'000), test = mnist_or_drawn("test");
  Batches batches(train, 100, Iteration::shuffled_sequential, 1);
  for (int epoch = 1; epoch <= 15; ++epoch) {
    double cost = 0;
    for (auto part : batches)
      cost += step({{"x", part.x()}, {"y", part.y()}, {"learning_rate", 0.25}})["cost"];
    const float error = monitor({{"x", test.x()}, {"y", test.y()}})["error"];
    std::printf("epoch %d: cost %.3f, test error %.2f %%\n", epoch, cost / batches.size(), error);
  }
}
