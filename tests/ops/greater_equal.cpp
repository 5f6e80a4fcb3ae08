#include "op_test.hpp"

#include <dsl/ops/arithmetic/greater_equal.hpp>

TEST_CASE("greater_equal: 1 where the first is greater or equal, else 0, and no derivative",
          "[op][greater_equal]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] >= x[1]; },
      .reference = [](auto& x) { return static_cast<double>(x[0] >= x[1]); },
  });
}
