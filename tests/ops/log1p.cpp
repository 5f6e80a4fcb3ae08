#include "op_test.hpp"

#include <dsl/ops/arithmetic/log1p.hpp>

TEST_CASE("log1p: logarithm of 1 + x", "[op][log1p]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return log1p(x[0]); },
      .reference = [](auto& x) { return std::log1p(x[0]); },
      .domain = {{-0.7, 3}},
  });
}

TEST_CASE("log1p: small numbers keep their digits", "[op][log1p]") {
  const auto y =
      op_test::evaluate([](auto& x) { return log1p(x[0]); }, {op_test::vector_of({1e-18})});
  CHECK(y.values[0] == 1e-18);
}
