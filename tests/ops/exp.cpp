#include "op_test.hpp"

#include <dsl/ops/arithmetic/exp.hpp>

TEST_CASE("exp: e to the power of x", "[op][exp]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return exp(x[0]); },
      .reference = [](auto& x) { return std::exp(x[0]); },
  });
}
