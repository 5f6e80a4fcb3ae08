// Softmax regression: 7,850 parameters, fitted to 50,000 digits by stochastic gradient descent.
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <cstdio>
#include <dsl/dsl.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};  // a Space of one's own is a struct; compilers print its name

int main() {
  auto step = compile([] {
    auto x = input<Pixels>("x");          // [examples, 784]
    auto y = input<IndexSpace<10>>("y");  // [examples], labels 0 .. 9
    auto W = parameter<Matrix<784, 10>>("W");
    auto b = parameter<VectorSpace<10>>("b");
    auto p = softmax(matmul(x, W) + b);
    auto cost = mean(cross_entropy(p, y)) + 1e-5 * sum(square(W));
    return function(output("wrong", mean(argmax(p) != y)), update(W, W - .25 * grad(cost, W)),
                    update(b, b - .25 * grad(cost, b)));
  });

  const Digits digits = mnist_or_drawn("train", 0, 50'000);
  Batches batches(digits, 100, Iteration::shuffled_sequential, 1);
  for (int epoch = 1; epoch <= 10; ++epoch) {
    double wrong = 0;
    for (auto part : batches) wrong += step({{"x", part.x()}, {"y", part.y()}})["wrong"];
    std::printf("epoch %d: %.2f %% wrong\n", epoch, 100 * wrong / batches.size());
  }
}
