#include "op_test.hpp"

#include <dsl/ops/arithmetic/logical_or.hpp>

TEST_CASE("logical_or: 1 where one of both is not 0, and no derivative", "[op][logical_or]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] || x[1]; },
      .reference = [](auto& x) { return static_cast<double>(x[0] != 0 || x[1] != 0); },
  });
}
