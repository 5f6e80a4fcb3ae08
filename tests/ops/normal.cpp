#include "op_test.hpp"

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/random/normal.hpp>

namespace {

// The pattern is zero; adding it tells the program how many examples there are.
const op_test::Build draw_normal = [](auto& x) { return normal_like(x[0]) + x[0]; };

}  // namespace

TEST_CASE("normal: with the moments of the distribution", "[op][normal]") {
  bool inside = true;
  double sum = 0, squares = 0, fourth = 0;
  const auto drawn =
      op_test::draws(draw_normal, {op_test::zeros(1000, 33)}, {.seed = 5, .count = 3});
  for (const auto& y : drawn)
    for (double v : y.values) {
      inside = inside && std::isfinite(v);
      sum += v;
      squares += v * v;
      fourth += v * v * v * v;
    }
  const double n = 99000;
  CHECK(inside);
  CHECK(sum / n == Approx(0).margin(0.016));
  CHECK(squares / n == Approx(1).margin(0.023));
  CHECK(fourth / n == Approx(3).margin(0.16));
}

TEST_CASE("normal: two calls are two draws", "[op][normal]") {
  const op_test::Build difference = [](auto& x) {
    return normal_like(x[0]) - normal_like(x[0]) + x[0];
  };
  const auto y = op_test::draws(difference, {op_test::zeros(5, 9)})[0];
  for (double v : y.values) CHECK(v != 0);
}

TEST_CASE("normal: seed and call decide, and nothing else", "[op][normal]") {
  const auto a = op_test::draws(draw_normal, {op_test::zeros(4, 9)}, {.seed = 1, .count = 2});
  const auto b = op_test::draws(draw_normal, {op_test::zeros(4, 9)}, {.seed = 1, .count = 2});
  const auto c = op_test::draws(draw_normal, {op_test::zeros(4, 9)}, {.seed = 2, .count = 2});
  CHECK(a[0].values == b[0].values);
  CHECK(a[1].values == b[1].values);
  CHECK(a[0].values != a[1].values);
  CHECK(a[0].values != c[0].values);
}

TEST_CASE("normal: an example's numbers do not depend on the others", "[op][normal]") {
  const auto few = op_test::draws(draw_normal, {op_test::zeros(3, 9)})[0].values;
  auto many = op_test::draws(draw_normal, {op_test::zeros(50, 9)})[0].values;
  many.resize(few.size());
  CHECK(few == many);
}

TEST_CASE("normal: has no gradient", "[op][normal]") {
  const auto g = op_test::gradients([](auto& x) { return normal_like(x[0]) + 2 * x[0]; },
                                    {op_test::vector_of({1, 2, 3})});
  CHECK(g[0].values == op_test::Numbers{2, 2, 2});
}

TEST_CASE("normal: has the Space asked for, or that of its pattern", "[op][normal]") {
  using namespace ansatz;
  using Hidden = Batch<VectorSpace<500>, chains>;
  const auto x = input<VectorSpace<7>>("x");
  const auto y = input<IndexSpace<10>>("y");
  STATIC_REQUIRE(std::is_same_v<decltype(normal<Hidden>()), Expr<Hidden>>);
  STATIC_REQUIRE(std::is_same_v<decltype(normal_like(x)), Expr<Batch<VectorSpace<7>>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(normal_like(y)), Expr<Batch<Scalar>>>);
}
