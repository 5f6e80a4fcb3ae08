#include "op_test.hpp"

#include <dsl/ops/arithmetic/minimum.hpp>

TEST_CASE("minimum: the smaller of two numbers, NaN if either is", "[op][minimum]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return minimum(x[0], x[1]); },
      .reference =
          [](auto& x) {
            return std::isnan(x[1]) || !(x[0] <= x[1]) ? (std::isnan(x[0]) ? x[0] : x[1]) : x[0];
          },
  });
}

TEST_CASE("minimum: of equal numbers the first gets the whole gradient", "[op][minimum]") {
  const auto g = op_test::gradients([](auto& x) { return minimum(x[0], x[1]); },
                                    {op_test::vector_of({1, 2, 3}), op_test::vector_of({1, 3, 2})});
  CHECK(g[0].values == op_test::Numbers{1, 1, 0});
  CHECK(g[1].values == op_test::Numbers{0, 0, 1});
}
