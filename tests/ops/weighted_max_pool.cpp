#include "op_test.hpp"

#include <dsl/ops/image/weighted_max_pool.hpp>

namespace {

using namespace ansatz;

// x [n, 5, 4, 2], windows 2 x 3, 2 x 2 apart: Pylearn2's weighted_max_pool_bc01 by its definition,
// whose zeros beyond the edges weigh nothing.
op_test::Array reference(const op_test::Array& x) {
  op_test::Array y{{x.dims[0], 3, 2, 2}, {}};
  for (int n = 0; n < x.dims[0]; ++n)
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c < 2; ++c)
        for (int k = 0; k < 2; ++k) {
          double sum = 0, weighted = 0;
          const auto each = [&](auto f) {
            for (int i = 2 * r; i < std::min(2 * r + 2, 5); ++i)
              for (int j = 2 * c; j < std::min(2 * c + 3, 4); ++j)
                f(x.values[static_cast<std::size_t>(((n * 5 + i) * 4 + j) * 2 + k)]);
          };
          each([&](double v) { sum += v; });
          each([&](double v) { weighted += sum == 0 ? 0 : v * v / sum; });
          y.values.push_back(weighted);
        }
  return y;
}

}  // namespace

TEST_CASE("weighted_max_pool: values and derivatives", "[op][weighted_max_pool]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 5, 4, 2}, .range = {.1, 2}}},
      .op = [](auto& x) { return weighted_max_pool(x[0], pool<2, 3>, stride<2>); },
      .reference = [](auto& in) { return reference(in[0]); },
  });
}

TEST_CASE("weighted_max_pool: a window of zeros has no weights, and no gradient",
          "[op][weighted_max_pool]") {
  const op_test::Build op = [](auto& x) { return weighted_max_pool(x[0], pool<2>); };
  const op_test::Array x{{2, 4, 1}, {0, 0, 1, 3, 0, 0, 0, 0}};
  CHECK(op_test::evaluate(op, {x}).values == op_test::Numbers{0, 2.5});
  const op_test::Numbers g = op_test::gradients(op, {x})[0].values;
  for (const std::size_t i : {0, 1, 4, 5}) CHECK(g[i] == 0);
  // d (a^2 + b^2) / (a + b): of a 1 beside a 3, two zeros more.
  CHECK(g[2] == Approx((2 * 1 * 4 - 10) / 16.));
  CHECK(g[3] == Approx((2 * 3 * 4 - 10) / 16.));
}

TEST_CASE("weighted_max_pool: Spaces are those of max_pool", "[op][weighted_max_pool]") {
  using X = Batch<Conv2DSpace<7, 6, 4, Axes::bc01>>;
  using Y = decltype(weighted_max_pool(std::declval<Expr<X>>(), pool<2>))::space;
  STATIC_REQUIRE(std::is_same_v<Y, Batch<Conv2DSpace<4, 3, 4, Axes::bc01>>>);
  STATIC_REQUIRE_FALSE(WindowsFit<X, Pool<7, 7>>);
}
