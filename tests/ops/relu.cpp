#include "op_test.hpp"

#include <dsl/ops/activation/relu.hpp>

TEST_CASE("relu: x where it is positive, else 0", "[op][relu]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return relu(x[0]); },
      .reference = [](auto& x) { return std::isnan(x[0]) ? x[0] : std::max(x[0], 0.0); },
      .kinks = {0},
  });
}

TEST_CASE("relu: with a slope, that slope where x is negative", "[op][relu]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return relu(x[0], x[1]); },
      .reference = [](auto& x) { return x[0] > 0 ? x[0] : x[1] * x[0]; },
      .kinks = {0},
  });
}

TEST_CASE("relu: the derivative at 0 is 0", "[op][relu]") {
  const op_test::Build op = [](auto& x) { return relu(x[0]); };
  CHECK(op_test::gradients(op, {op_test::vector_of({-1, 0, -0.0, 1})})[0].values ==
        op_test::Numbers{0, 0, 0, 1});
}

TEST_CASE("relu: with a slope, the derivative at 0 is the slope", "[op][relu]") {
  const op_test::Build op = [](auto& x) { return relu(x[0], 0.25); };
  CHECK(op_test::gradients(op, {op_test::vector_of({-1, 0, 1})})[0].values ==
        op_test::Numbers{0.25, 0.25, 1});
}
