#include "op_test.hpp"

#include <type_traits>

#include <dsl/ops.hpp>

TEST_CASE("logical_and: 1 where neither is 0, and no derivative", "[op][logical_and]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] && x[1]; },
      .reference = [](auto& x) { return static_cast<double>(x[0] != 0 && x[1] != 0); },
  });
}

TEST_CASE("logical_and: with a number, of comparisons, and in one loop", "[op][logical_and]") {
  using namespace ansatz;
  op_test::check_elementwise({
      .op = [](auto& x) { return (x[0] > -1 && x[0] < 1) || !(x[1] != 0) || 0; },
      .reference =
          [](auto& x) { return static_cast<double>((x[0] > -1 && x[0] < 1) || !(x[1] != 0)); },
  });
  const auto x = input<VectorSpace<3>>("x");
  STATIC_REQUIRE(std::is_same_v<decltype(!(x < 1) && (x > 0)), Expr<Batch<VectorSpace<3>>>>);
}
