// A small convolutional net: two layers of 5 x 5 kernels, each with a pool behind it.
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

constexpr auto classify(Expr<Batch<Pixels>> x) {
  auto K0 = parameter<Tensor<5, 5, 1, 8>>("K0");  // rows, columns, channels in, channels out
  auto K1 = parameter<Tensor<5, 5, 8, 16>>("K1");
  auto image = reshape<Conv2DSpace<28, 28, 1>>(x);
  auto h0 = max_pool(relu(convolve(image, K0) + parameter<VectorSpace<8>>("b0")), pool<2>);
  auto h1 = max_pool(relu(convolve(h0, K1) + parameter<VectorSpace<16>>("b1")), pool<2>);
  // 28 - 4 = 24 pixels, 12 pooled; 12 - 4 = 8, 4 pooled. The compiler counts along:
  static_assert(std::is_same_v<decltype(h1), Expr<Batch<Conv2DSpace<4, 4, 16>>>>);
  return matmul(flatten(h1), parameter<Matrix<256, 10>>("W")) + parameter<VectorSpace<10>>("b");
}

int main() {
  auto step = compile([] {
    auto y = input<IndexSpace<10>>("y");
    auto cost = mean(cross_entropy(softmax(classify(input<Pixels>("x"))), y));
    return learn(cost, PlainGradient(), 0.1);
  });
  auto monitor = compile([] {
    auto y = input<IndexSpace<10>>("y");
    return function(output("error", 100 * mean(argmax(classify(input<Pixels>("x"))) != y)));
  });

  Store store = step.store();
  monitor.bind(store);
  for (const char* w : {"K0", "K1", "W"}) store.uniform(w, -0.1, 0.1, 1);

  const Digits train = mnist_or_drawn("train", 0, 20'000), test = mnist_or_drawn("test", 0, 2'000);
  Batches batches(train, 50, Iteration::shuffled_sequential, 1);
  for (int epoch = 1; epoch <= 3; ++epoch) {
    double cost = 0;
    for (auto part : batches) cost += step({{"x", part.x()}, {"y", part.y()}})["cost"];
    const float error = monitor({{"x", test.x()}, {"y", test.y()}})["error"];
    std::printf("epoch %d: cost %.3f, test error %.2f %%\n", epoch, cost / batches.size(), error);
  }
}
