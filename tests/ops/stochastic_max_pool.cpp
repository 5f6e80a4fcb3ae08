#include "op_test.hpp"

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/image/stochastic_max_pool.hpp>
#include <dsl/ops/image/weighted_max_pool.hpp>

#include <map>

namespace {

using namespace ansatz;

// Each window's numbers differ, so that a result says which pixel was drawn.
const op_test::Array image{{1, 3, 4, 1}, {1, 2, 3, 4, 5, 0, 7, 8, 9, 10, .5, .25}};
const op_test::Build pools = [](auto& x) { return stochastic_max_pool(x[0], pool<2>); };
constexpr int draws_each = 20000;

}  // namespace

TEST_CASE("stochastic_max_pool: each pixel as often as its share of its window",
          "[op][stochastic_max_pool]") {
  const std::vector<op_test::Array> drawn =
      op_test::draws(pools, {image}, {.seed = 5, .count = draws_each});
  // Windows of 3 x 4 pixels: two of 2 x 2, two of 1 x 2 at the far edge.
  const std::vector<std::vector<double>> windows = {{1, 2, 5, 0}, {3, 4, 7, 8}, {9, 10}, {.5, .25}};
  for (std::size_t w = 0; w < windows.size(); ++w) {
    std::map<double, int> times;
    for (const op_test::Array& each : drawn) ++times[each.values[w]];
    double sum = 0;
    int seen = 0;
    for (const double v : windows[w]) sum += v;
    for (const double v : windows[w]) {
      const double p = v / sum, deviation = std::sqrt(p * (1 - p) / draws_each);
      CHECK(std::abs(times[v] / double(draws_each) - p) <= 5 * deviation);
      seen += times[v];
    }
    CHECK(seen == draws_each);
  }
}

TEST_CASE("stochastic_max_pool: windows that overlap, each with its own shares",
          "[op][stochastic_max_pool]") {
  const op_test::Build op = [](auto& x) {
    return stochastic_max_pool(x[0], pool<1, 2>, stride<1>);
  };
  const op_test::Array x{{1, 1, 3, 1}, {1, 3, 1}};
  const auto drawn = op_test::draws(op, {x}, {.seed = 1, .count = draws_each});
  double threes[2] = {};
  for (const op_test::Array& each : drawn)
    for (std::size_t w : {0, 1}) threes[w] += (each.values[w] == 3) / double(draws_each);
  for (const double share : threes) CHECK(std::abs(share - .75) < .02);
}

TEST_CASE("stochastic_max_pool: the pixel that was drawn gets the gradient",
          "[op][stochastic_max_pool]") {
  // 10 y by x: 10 where x is what was drawn, so that x times the gradient sums to 10 y.
  const op_test::Build op = [](auto& x) { return 10. * stochastic_max_pool(x[0], pool<2>); };
  const op_test::Numbers g = op_test::gradients(op, {image}, op_test::Batch::yes)[0].values;
  double all = 0;
  int drawn = 0;
  for (const double v : g) {
    CHECK((v == 0 || v == 10));
    drawn += v != 0;
    all += v;
  }
  CHECK(drawn == 4);
  CHECK(all == 40);
}

TEST_CASE("stochastic_max_pool: zeros, and what is below them, are never drawn beside others",
          "[op][stochastic_max_pool]") {
  const op_test::Array x{{1, 2, 4, 1}, {0, 0, 0, -3, 0, 0, 1e-30, 0}};
  for (const op_test::Array& each : op_test::draws(pools, {x}, {.seed = 2, .count = 500})) {
    CHECK(each.values[0] == 0);
    CHECK(each.values[1] == 1e-30);
  }
}

TEST_CASE("stochastic_max_pool: what does not fit is refused under the name that was called",
          "[op][stochastic_max_pool][weighted_max_pool]") {
  const AnyExpr row = input("x", VectorSpace(6));
  CHECK_THROWS_WITH(stochastic_max_pool(row, PoolOptions{}),
                    Catch::Matchers::StartsWith("stochastic_max_pool of [examples, 6]: "));
  CHECK_THROWS_WITH(weighted_max_pool(row, PoolOptions{}),
                    Catch::Matchers::StartsWith("weighted_max_pool of [examples, 6]: "));
}
