#include "op_test.hpp"

#include <dsl/ops/arithmetic/round.hpp>

TEST_CASE("round: the nearest integer, halves to even, and no derivative", "[op][round]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return round(x[0]); },
      .reference = [](auto& x) { return std::nearbyint(x[0]); },
      .kinks = {-1.5, -0.5, 0.5, 1.5},
  });
}
