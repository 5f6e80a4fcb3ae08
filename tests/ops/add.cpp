#include "op_test.hpp"

#include <type_traits>

#include <dsl/ops.hpp>

TEST_CASE("add: sum of two numbers", "[op][add]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] + x[1]; },
      .reference = [](auto& x) { return x[0] + x[1]; },
  });
}

TEST_CASE("add: a += b and its like change the variable, not its Space", "[op][add]") {
  using namespace ansatz;
  const auto changed = [](auto& x) {
    AnyExpr y = x[0];
    y += x[1];
    y *= y -= 2;
    y /= 4;
    return y;
  };
  const auto y = op_test::evaluate(changed, {{{3}, {1, -2, 5}}, {{3}, {2, 3, -1.5}}});
  CHECK(y.values == op_test::Numbers{0.25, 0.25, 0.5625});
  auto x = input<VectorSpace<3>>("x");
  const auto before = x;
  STATIC_REQUIRE(std::is_same_v<decltype(x += 1), Expr<Batch<VectorSpace<3>>>&>);
  x += parameter<VectorSpace<3>>("b");
  CHECK(&(x *= 2) == &x);
  CHECK(before.value().term() != x.value().term());
  AnyExpr row = parameter<VectorSpace<3>>("b");
  using Catch::Matchers::Contains;
  CHECK_THROWS_WITH(row += x, Contains("operator+= of [3] and [examples, 3]") &&
                                  Contains("the Space must stay the same"));
}
