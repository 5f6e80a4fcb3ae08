#include "op_test.hpp"

#include <dsl/ops/activation/softplus.hpp>

TEST_CASE("softplus: log of 1 + e^x", "[op][softplus]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return softplus(x[0]); },
      .reference =
          [](auto& x) {
            return x[0] > 0 ? x[0] + std::log1p(std::exp(-x[0])) : std::log1p(std::exp(x[0]));
          },
      .domain = {{-4, 4}},
  });
}

TEST_CASE("softplus: large inputs do not overflow", "[op][softplus]") {
  const auto y = op_test::evaluate<float>([](auto& x) { return softplus(x[0]); },
                                          {op_test::vector_of({89, 1e30, -1e30})});
  CHECK(y.values[0] == 89);
  CHECK(y.values[1] == static_cast<float>(1e30));
  CHECK(y.values[2] == 0);
}
