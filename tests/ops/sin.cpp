#include "op_test.hpp"

#include <dsl/ops/arithmetic/sin.hpp>

TEST_CASE("sin: sine", "[op][sin]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return sin(x[0]); },
      .reference = [](auto& x) { return std::sin(x[0]); },
  });
}
