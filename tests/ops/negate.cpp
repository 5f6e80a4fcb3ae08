#include "op_test.hpp"

#include <dsl/ops/arithmetic/negate.hpp>

TEST_CASE("negate: the number with its sign turned", "[op][negate]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return -x[0]; },
      .reference = [](auto& x) { return -x[0]; },
  });
}
