#include "op_test.hpp"

#include <type_traits>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

TEST_CASE("arange: numbers a step apart, the end left out", "[op][arange]") {
  STATIC_REQUIRE(std::is_same_v<decltype(arange<4>()), Expr<VectorSpace<4>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(arange<2, 9, 3>()), Expr<VectorSpace<3>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(arange<5, 1, -2>()), Expr<VectorSpace<2>>>);
  auto program = build<double>(
      function(output("4", arange<4>()), output("2 9 3", arange<2, 9, 3>()),
               output("5 1 -2", arange<5, 1, -2>()), output("late", arange(3)),
               output("fine", arange(-1, 1, 0.5)), output("none", sum(arange(2, 2)))));
  const auto r = program();
  const auto numbers = [&](const char* name) {
    return std::vector<double>(r[name].data(), r[name].data() + r[name].size());
  };
  CHECK(numbers("4") == std::vector<double>{0, 1, 2, 3});
  CHECK(numbers("2 9 3") == std::vector<double>{2, 5, 8});
  CHECK(numbers("5 1 -2") == std::vector<double>{5, 3});
  CHECK(numbers("late") == std::vector<double>{0, 1, 2});
  CHECK(numbers("fine") == std::vector<double>{-1, -0.5, 0, 0.5});
  CHECK(numbers("none") == std::vector<double>{0});
  CHECK_THROWS_WITH(arange(0, 1, 0), "arange: the step must not be 0");
}
