#include "op_test.hpp"

#include <dsl/ops/greater.hpp>
#include <dsl/ops/log.hpp>
#include <dsl/ops/where.hpp>

TEST_CASE("where: one of two numbers by a condition", "[op][where]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return where(x[0], x[1], x[2]); },
      .reference = [](auto& x) { return x[0] != 0 ? x[1] : x[2]; },
      .edges = {-1e30, -1, -0.0, 0, 1e-40, 1, op_test::inf, op_test::nan},
      .kinks = {0},
  });
}

TEST_CASE("where: NaN in the side not chosen does not reach the result", "[op][where]") {
  const op_test::Build op = [](auto& x) { return where(x[0] > 0, log(x[0]), 0); };
  const auto x = op_test::vector_of({-1, 2});
  CHECK(op_test::evaluate(op, {x}).values == op_test::Numbers{0, std::log(2.0)});
  CHECK(op_test::gradients(op, {x})[0].values == op_test::Numbers{0, 0.5});
}
