// A penalty on a gradient: a classifier whose cost changes little when its input does
// (Drucker and LeCun 1992, "double backpropagation").
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

constexpr auto cost_of(Expr<Batch<Pixels>> x) {
  auto h = tanh(matmul(x, parameter<Matrix<784, 100>>("W0")) + parameter<VectorSpace<100>>("b0"));
  auto z = matmul(h, parameter<Matrix<100, 10>>("W1")) + parameter<VectorSpace<10>>("b1");
  return cross_entropy(softmax(z), input<IndexSpace<10>>("y"));  // a number an example
}

// The mean length of dcost/dx. Every example has its own cost, so one gradient of the sum serves.
constexpr auto slope(auto cost, auto x) { return mean(norm(grad(sum(cost), x), units)); }

int main() {
  auto step = compile([] {
    auto x = input<Pixels>("x");
    auto cost = cost_of(x);
    auto total = mean(cost) + scalar("penalty") * slope(cost, x);
    return learn(total, PlainGradient(), 0.2);
  });
  // The same model, looked at where every pixel was moved a little so as to do most harm
  // (Goodfellow et al. 2015).
  auto monitor = compile([] {
    auto x = input<Pixels>("x");
    auto cost = cost_of(x);
    auto attacked = cost_of(x + 0.05 * sign(grad(sum(cost), x)));
    return function(output("cost", mean(cost)), output("slope", slope(cost, x)),
                    output("attacked", mean(attacked)));
  });
  Store store = step.store();
  monitor.bind(store);

  const Digits train = mnist_or_drawn("train", 0, 5'000), test = mnist_or_drawn("test", 0, 2'000);
  for (double penalty : {0.0, 0.5}) {
    store.uniform("W0", -0.05, 0.05, 1);
    store.uniform("W1", -0.1, 0.1, 2);
    for (const char* b : {"b0", "b1"}) store.fill(b, 0);
    Batches batches(train, 50, Iteration::shuffled_sequential, 1);
    for (int epoch = 0; epoch < 10; ++epoch)
      for (auto part : batches) step({{"x", part.x()}, {"y", part.y()}, {"penalty", penalty}});
    auto r = monitor({{"x", test.x()}, {"y", test.y()}});
    std::printf("penalty %.1f: test cost %.3f, its slope %.3f; attacked, %.3f\n", penalty,
                r["cost"].scalar(), r["slope"].scalar(), r["attacked"].scalar());
  }
}
