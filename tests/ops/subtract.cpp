#include "op_test.hpp"

#include <dsl/ops/arithmetic/subtract.hpp>

TEST_CASE("subtract: difference of two numbers", "[op][subtract]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] - x[1]; },
      .reference = [](auto& x) { return x[0] - x[1]; },
  });
}
