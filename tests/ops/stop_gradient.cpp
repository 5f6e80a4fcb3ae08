#include "op_test.hpp"

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/control/stop_gradient.hpp>

TEST_CASE("stop_gradient: the same value, which gradients do not see", "[op][stop_gradient]") {
  const auto x = op_test::vector_of({2, 3});
  const op_test::Build op = [](auto& a) { return a[0] * stop_gradient(a[0]); };
  CHECK(op_test::evaluate(op, {x}).values == op_test::Numbers{4, 9});
  CHECK(op_test::gradients(op, {x})[0].values == op_test::Numbers{2, 3});
  CHECK(op_test::second_derivative(op, {x}).values == op_test::Numbers{0, 0});
}
