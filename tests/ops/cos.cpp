#include "op_test.hpp"

#include <dsl/ops/arithmetic/sin.hpp>

TEST_CASE("cos: cosine", "[op][cos]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return cos(x[0]); },
      .reference = [](auto& x) { return std::cos(x[0]); },
  });
}
