#include "op_test.hpp"

#include <dsl/ops/arithmetic/sign.hpp>

TEST_CASE("sign: -1, 0 or 1, and no derivative", "[op][sign]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return sign(x[0]); },
      .reference = [](auto& x) { return std::isnan(x[0]) ? x[0] : (x[0] > 0) - (x[0] < 0); },
      .kinks = {0},
  });
}
