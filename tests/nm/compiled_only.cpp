// A program all of whose functions are compiled. Nothing of the compiler inside the compiler may
// be left in it; what check.py looks for.
#include <cstdio>
#include <vector>

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

int main() {
  using namespace ansatz;
  auto step = compile([] {
    const auto x = input<VectorSpace<20>>("x");
    const auto y = input<IndexSpace<3>>("y");
    const auto W = parameter<Matrix<20, 3>>("W");
    const auto b = parameter<VectorSpace<3>>("b");
    const auto learning_rate = scalar("learning_rate", 0.1);
    const auto h = x * bernoulli_like(x, 0.8);
    const auto cost = mean(cross_entropy(softmax(matmul(h, W) + b), y));
    return function(output("cost", cost), update(W, W - learning_rate * grad(cost, W)),
                    update(b, b - learning_rate * grad(cost, b)));
  });
  const std::vector<float> x(4 * 20, 1.0f);
  const std::vector<std::int32_t> y{0, 1, 2, 0};
  const float cost = step({{"x", view(x.data(), {4, 20})}, {"y", y}})["cost"];
  std::printf("%s\n", cost > 1.09f && cost < 1.11f ? "right" : "wrong");
}
