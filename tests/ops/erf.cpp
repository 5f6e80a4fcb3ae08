#include "op_test.hpp"

#include <dsl/ops/arithmetic/erf.hpp>

TEST_CASE("erf: error function", "[op][erf]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return erf(x[0]); },
      .reference = [](auto& x) { return std::erf(x[0]); },
  });
}
