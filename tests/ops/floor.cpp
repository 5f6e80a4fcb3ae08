#include "op_test.hpp"

#include <dsl/ops/arithmetic/floor.hpp>

TEST_CASE("floor: the largest integer not above, and no derivative", "[op][floor]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return floor(x[0]); },
      .reference = [](auto& x) { return std::floor(x[0]); },
      .kinks = {-2, -1, 0, 1, 2},
  });
}
