#include "op_test.hpp"

#include <dsl/ops/arithmetic/square.hpp>

TEST_CASE("square: the number times itself", "[op][square]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return square(x[0]); },
      .reference = [](auto& x) { return x[0] * x[0]; },
  });
}
