#include "op_test.hpp"

#include <dsl/ops/arithmetic/sqrt.hpp>

TEST_CASE("sqrt: square root", "[op][sqrt]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return sqrt(x[0]); },
      .reference = [](auto& x) { return std::sqrt(x[0]); },
      .domain = {{0.2, 3}},
  });
}
