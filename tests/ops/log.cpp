#include "op_test.hpp"

#include <dsl/ops/arithmetic/log.hpp>

TEST_CASE("log: natural logarithm", "[op][log]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return log(x[0]); },
      .reference = [](auto& x) { return std::log(x[0]); },
      .domain = {{0.2, 3}},
  });
}
