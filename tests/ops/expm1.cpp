#include "op_test.hpp"

#include <dsl/ops/arithmetic/expm1.hpp>

TEST_CASE("expm1: e to the power of x, less 1", "[op][expm1]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return expm1(x[0]); },
      .reference = [](auto& x) { return std::expm1(x[0]); },
  });
}

TEST_CASE("expm1: small numbers keep their digits", "[op][expm1]") {
  const auto y =
      op_test::evaluate([](auto& x) { return expm1(x[0]); }, {op_test::vector_of({1e-18})});
  CHECK(y.values[0] == 1e-18);
}
