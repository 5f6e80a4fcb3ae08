#include "op_test.hpp"

#include <dsl/ops/activation/sigmoid.hpp>

TEST_CASE("sigmoid: logistic function", "[op][sigmoid]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return sigmoid(x[0]); },
      .reference = [](auto& x) { return 1 / (1 + std::exp(-x[0])); },
      .magnitude = 1e-36,
  });
}
