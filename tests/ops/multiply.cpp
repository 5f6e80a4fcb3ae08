#include "op_test.hpp"

#include <dsl/ops/arithmetic/multiply.hpp>

TEST_CASE("multiply: product of two numbers", "[op][multiply]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] * x[1]; },
      .reference = [](auto& x) { return x[0] * x[1]; },
  });
}
