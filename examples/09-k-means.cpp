// k-means (Lloyd 1957): no gradient, only an update of what is stored.
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

#include <algorithm>
#include <cstdio>

using namespace ansatz;

constexpr int clusters = 20;
struct Pixels : VectorSpace<784> {};

int main() {
  auto step = compile([] {
    auto x = input<Pixels>("x");
    auto centers = parameter<Matrix<clusters, 784>>("centers");
    // |x - c|^2 = |x|^2 - 2 x c + |c|^2, of which the first term is the same for all centers.
    auto score = sum(square(centers), axis<-1>) - 2 * matmul(x, transpose(centers));
    auto nearest = argmin(score);
    // Each center moves to the mean of its cluster; that of an empty one stays.
    auto member = one_hot(nearest);
    auto n = reshape<Matrix<clusters, 1>>(sum(member, batch));
    auto means = matmul(transpose(member), x) / maximum(n, 1);
    return function(output("cost", mean(sum(square(x), units) + min(score, units))),
                    output("cluster", nearest), update(centers, where(n > 0, means, centers)));
  });

  const Digits digits = mnist_or_drawn("test", 0, 5'000);
  step.store().set("centers", digits.image(0), {clusters, 784});  // the first digits
  for (int epoch = 1; epoch <= 12; ++epoch)
    std::printf("epoch %2d: squared distance %.2f\n", epoch,
                step({{"x", digits.x()}})["cost"].scalar());

  // How often a digit is the most frequent one of its cluster.
  int count[clusters][10] = {}, most_frequent = 0;
  const auto cluster = step({{"x", digits.x()}})["cluster"];
  for (int i = 0; i < digits.examples; ++i) ++count[cluster.labels()[i]][digits.labels[i]];
  for (const auto& digit : count) most_frequent += *std::max_element(digit, digit + 10);
  std::printf("%d clusters, purity %.1f %%\n", clusters, 100.0 * most_frequent / digits.examples);
}
