#include "op_test.hpp"

#include <dsl/ops/reduce/norm.hpp>

namespace {

double length(const op_test::Numbers& x) {
  double s = 0;
  for (double v : x) s += v * v;
  return std::sqrt(s);
}

}  // namespace

TEST_CASE("norm: over every kind of axes", "[op][norm]") {
  op_test::check_reduction([](auto& x, auto over) { return norm(x, over); }, length);
}

TEST_CASE("norm: over several axes at once", "[op][norm]") {
  op_test::check_several([](auto& x, auto... over) { return norm(x, over...); }, length);
}

TEST_CASE("norm: an infinite element has its sign as derivative", "[op][norm]") {
  const op_test::Build op = [](auto& x) { return norm(x[0]); };
  const op_test::Array x = op_test::vector_of({3, -op_test::inf, 0});
  CHECK(op_test::gradients(op, {x})[0].values == op_test::Numbers{0, -1, 0});
  CHECK(op_test::second_derivative(op, {x}).values == op_test::Numbers{0, 0, 0});
}

TEST_CASE("norm: both derivatives at 0 are 0", "[op][norm]") {
  const op_test::Build op = [](auto& x) { return norm(x[0], ansatz::axis<1>); };
  const op_test::Array x{{2, 2}, {0, 0, 3, 4}};
  const auto g = op_test::gradients(op, {x})[0];
  CHECK(g.values[0] == 0);
  CHECK(g.values[1] == 0);
  CHECK(g.values[2] == Approx(0.6));
  const auto h = op_test::second_derivative(op, {x});
  CHECK(h.values[0] == 0);
  CHECK(h.values[1] == 0);
  CHECK(h.values[2] == Approx((1 - 0.6 * 1.4) / 5));
}
