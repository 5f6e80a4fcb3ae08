#include "op_test.hpp"

#include <dsl/ops/arithmetic/greater.hpp>

TEST_CASE("greater: 1 where the first is greater, else 0, and no derivative", "[op][greater]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return x[0] > x[1]; },
      .reference = [](auto& x) { return static_cast<double>(x[0] > x[1]); },
  });
}
