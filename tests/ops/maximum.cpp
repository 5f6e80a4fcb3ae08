#include "op_test.hpp"

#include <dsl/ops/arithmetic/maximum.hpp>

TEST_CASE("maximum: the larger of two numbers, NaN if either is", "[op][maximum]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return maximum(x[0], x[1]); },
      .reference =
          [](auto& x) {
            return std::isnan(x[1]) || !(x[0] >= x[1]) ? (std::isnan(x[0]) ? x[0] : x[1]) : x[0];
          },
  });
}

TEST_CASE("maximum: of equal numbers the first gets the whole gradient", "[op][maximum]") {
  const auto g = op_test::gradients([](auto& x) { return maximum(x[0], x[1]); },
                                    {op_test::vector_of({1, 2, 3}), op_test::vector_of({1, 3, 2})});
  CHECK(g[0].values == op_test::Numbers{1, 0, 1});
  CHECK(g[1].values == op_test::Numbers{0, 1, 0});
}
