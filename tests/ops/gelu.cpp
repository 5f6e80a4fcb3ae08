#include "op_test.hpp"

#include <dsl/ops/activation/gelu.hpp>

TEST_CASE("gelu: x times the normal distribution function", "[op][gelu]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return gelu(x[0]); },
      .reference =
          [](auto& x) {
            return x[0] == -op_test::inf ? 0 : x[0] * std::erfc(-x[0] / std::sqrt(2.0)) / 2;
          },
      .domain = {{-3, 3}},
      .magnitude = 1,
  });
}
