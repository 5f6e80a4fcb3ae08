#include "op_test.hpp"

#include <dsl/ops/arithmetic/less_equal.hpp>

TEST_CASE("less_equal: 1 where the first is less or equal, else 0, and no derivative",
          "[op][less_equal]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] <= x[1]; },
      .reference = [](auto& x) { return static_cast<double>(x[0] <= x[1]); },
  });
}
