#include "op_test.hpp"

#include <dsl/ops/activation/elu.hpp>

TEST_CASE("elu: x where it is positive, else alpha (e^x - 1)", "[op][elu]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return elu(x[0], x[1]); },
      .reference = [](auto& x) { return x[0] > 0 ? x[0] : x[1] * std::expm1(x[0]); },
      .kinks = {0},
      .singular = [](auto& x) { return std::isinf(x[1]); },
  });
}

TEST_CASE("elu: alpha is 1 unless given", "[op][elu]") {
  const auto y =
      op_test::evaluate([](auto& x) { return elu(x[0]); }, {op_test::vector_of({-1, 3})});
  CHECK(y.values[0] == Approx(std::expm1(-1.0)));
  CHECK(y.values[1] == 3);
}

TEST_CASE("elu: large inputs leave no NaN in the second derivative", "[op][elu]") {
  const auto h = op_test::second_derivative(
      [](auto& x) { return elu(x[0], x[1]); },
      {op_test::vector_of({1000, 0, -1000}), op_test::vector_of({1, 1, 1})});
  CHECK(h.values == op_test::Numbers{0, 1, 0});
}
