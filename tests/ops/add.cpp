#include "op_test.hpp"

#include <dsl/ops/arithmetic/add.hpp>

TEST_CASE("add: sum of two numbers", "[op][add]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] + x[1]; },
      .reference = [](auto& x) { return x[0] + x[1]; },
  });
}
