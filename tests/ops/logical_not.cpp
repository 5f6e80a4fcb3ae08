#include "op_test.hpp"

#include <dsl/ops/arithmetic/logical_not.hpp>

TEST_CASE("logical_not: 1 where it is 0, and no derivative", "[op][logical_not]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return !x[0]; },
      .reference = [](auto& x) { return static_cast<double>(x[0] == 0); },
  });
}
