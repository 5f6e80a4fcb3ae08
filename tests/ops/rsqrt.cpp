#include "op_test.hpp"

#include <dsl/ops/arithmetic/rsqrt.hpp>

TEST_CASE("rsqrt: one over the square root", "[op][rsqrt]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return rsqrt(x[0]); },
      .reference = [](auto& x) { return 1 / std::sqrt(x[0]); },
      .domain = {{0.2, 3}},
  });
}
