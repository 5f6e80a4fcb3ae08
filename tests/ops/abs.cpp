#include "op_test.hpp"

#include <dsl/ops/arithmetic/abs.hpp>

TEST_CASE("abs: the number without its sign", "[op][abs]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return abs(x[0]); },
      .reference = [](auto& x) { return std::abs(x[0]); },
      .kinks = {0},
  });
}

TEST_CASE("abs: the derivative at 0 is 0", "[op][abs]") {
  const op_test::Build op = [](auto& x) { return abs(x[0]); };
  CHECK(op_test::gradients(op, {op_test::vector_of({-2, 0, 2})})[0].values ==
        op_test::Numbers{-1, 0, 1});
}
