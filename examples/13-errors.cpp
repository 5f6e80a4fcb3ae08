// What a program says to input that it cannot use, and where a number stopped being one.
#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cstdio>
#include <vector>

using namespace ansatz;

// All exceptions of the library are of class Error: ShapeError, NameError, ValueError, FileError.
void attempt(auto&& what) {
  try {
    what();
    std::printf("nothing is wrong\n");
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
  }
}

int main() {
  auto step = compile([] {
    auto x = input<VectorSpace<3>>("features");
    auto y = input<IndexSpace<4>>("label");
    auto W = parameter<Matrix<3, 4>>("W");
    auto cost = mean(cross_entropy(softmax(matmul(x, W)), y));
    return function(output("cost", cost), update(W, W - scalar("learning_rate") * grad(cost, W)));
  });
  const std::vector<float> numbers(6, 1);
  const std::vector<int> labels{0, 0}, outside{0, 4};
  const auto x = view(numbers.data(), {2, 3});

  std::printf("-- a call\n");
  attempt([&] { step({{"features", x}, {"label", labels}, {"learning_rate", 0.1}}); });
  attempt([&] { step({{"feature", x}, {"label", labels}}); });
  attempt([&] { step({{"features", view(numbers.data(), {3, 2})}, {"label", labels}}); });
  attempt([&] { step({{"features", x}, {"label", outside}}); });
  attempt([&] { step({{"features", view(numbers.data(), {1, 3})}, {"label", labels}}); });
  attempt([] {
    auto twice = compile([] { return function(outputs(2 * scalar("momentum"))); });
    twice();
  });

  std::printf("-- a store\n");
  attempt([&] { step.store().fill("w", 0); });
  attempt([&] { step.store().data<double>("W"); });

  std::printf("-- a model made at run time\n");
  attempt([] {
    auto images = input("x", VectorSpace(784));
    build(function(outputs(matmul(images, parameter("W", Matrix(700, 10))))));
  });

  // A rate that is too large. Without check mode NaN spreads in silence.
  std::printf("-- check mode\n");
  step.check(true);
  step.set("learning_rate", 3e38);
  attempt([&] {
    for (int i = 0; i < 10; ++i) step({{"features", x}, {"label", labels}});
  });
}
