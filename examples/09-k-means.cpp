// k-means (Lloyd 1957): no gradient, only a store and a loop over batches.
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

constexpr int clusters = 20;
struct Pixels : VectorSpace<784> {};
using Centers = Matrix<clusters, 784>;
using Clusters = VectorSpace<clusters>;

int main() {
  // Each example joins the cluster whose center is nearest.
  auto assign = compile([] {
    auto x = input<Pixels>("x");
    auto centers = parameter<Centers>("centers");
    auto sums = state<Centers>("sums");
    auto counts = state<Clusters>("counts");
    // |x - c|^2 = |x|^2 - 2 x c + |c|^2, of which the first term is the same for all centers.
    auto score = sum(square(centers), axis<-1>) - 2 * matmul(x, transpose(centers));
    auto nearest = argmin(score);
    auto member = one_hot(nearest);
    return function(output("cost", mean(sum(square(x), units) + min(score, units))),
                    output("cluster", nearest), update(sums, sums + matmul(transpose(member), x)),
                    update(counts, counts + sum(member, batch)));
  });
  // Each center moves to the mean of its cluster; that of an empty one stays.
  auto move = compile([] {
    auto centers = parameter<Centers>("centers");
    auto sums = state<Centers>("sums");
    auto counts = state<Clusters>("counts");
    auto n = reshape<Matrix<clusters, 1>>(counts);
    return function(update(centers, where(n > 0, sums / maximum(n, 1), centers)), update(sums, 0),
                    update(counts, 0));
  });
  Store store = assign.store();
  move.bind(store);

  const Digits digits = mnist_or_drawn("test", 0, 5'000);
  store.set("centers", digits.image(0), {clusters, 784});  // the first digits
  Batches batches(digits, 500);
  for (int epoch = 1; epoch <= 12; ++epoch) {
    double cost = 0;
    for (auto part : batches) cost += assign({{"x", part.x()}})["cost"];
    move();
    std::printf("epoch %2d: squared distance %.2f\n", epoch, cost / batches.size());
  }

  // How often a digit is the most frequent one of its cluster.
  int count[clusters][10] = {}, most_frequent = 0;
  const auto cluster = assign({{"x", digits.x()}})["cluster"];
  for (int i = 0; i < digits.examples; ++i) ++count[cluster.labels()[i]][digits.labels[i]];
  for (const auto& digit : count) {
    int most = 0;
    for (int n : digit) most = n > most ? n : most;
    most_frequent += most;
  }
  std::printf("%d clusters, purity %.1f %%\n", clusters, 100.0 * most_frequent / digits.examples);
}
