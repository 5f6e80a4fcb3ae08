// Newton's method: Hessian-vector products as gradients of gradients (Pearlmutter 1994), and with
// them the method of conjugate gradients (Hestenes and Stiefel 1952), all in one program.
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cstdio>
#include <vector>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

int main() {
  auto step = compile<double>([] {
    auto x = input<Pixels>("x");
    auto y = input<IndexSpace<10>>("y");
    auto W = parameter<Matrix<784, 10>>("W");
    auto cost = mean(cross_entropy(softmax(matmul(x, W)), y)) + 0.01 * sum(square(W));
    auto g = grad(cost, W);

    // A step of solving H d = -g. The 7840 x 7840 numbers of H are never computed.
    auto solve = [&](auto d, auto residual, auto direction) {
      auto p = stop_gradient(direction);  // the product's factor, not a function of W
      auto Hp = grad(sum(g * p), W);
      auto alpha = sum(square(residual)) / sum(p * Hp);
      auto next = residual - alpha * Hp;
      auto beta = sum(square(next)) / sum(square(residual));
      return carry(d + alpha * direction, next, next + beta * direction);
    };
    auto [d, residual, direction] = repeat(scalar("steps", 10), solve, 0 * W, -g, -g);
    return function(output("cost", cost), output("slope", norm(g)), update(W, W + d));
  });

  const Digits digits = mnist_or_drawn("train", 0, 1'000);
  const std::vector<double> images(digits.images.begin(), digits.images.end());
  const Dims shape{digits.examples, 784};
  for (int iteration = 0; iteration < 6; ++iteration) {
    auto r = step({{"x", view(images.data(), shape)}, {"y", digits.y()}});
    std::printf("cost %.8f, length of the gradient %.1e\n", r["cost"].scalar(),
                r["slope"].scalar());
  }
}
