#include "op_test.hpp"

#include <dsl/ops/arithmetic/divide.hpp>

TEST_CASE("divide: quotient of two numbers", "[op][divide]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] / x[1]; },
      .reference = [](auto& x) { return x[0] / x[1]; },
      .domain = {{-2, 2}, {0.5, 2}},
  });
}
