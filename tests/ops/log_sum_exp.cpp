#include "op_test.hpp"

#include <dsl/ops/reduce/log_sum_exp.hpp>

namespace {

double log_of_sum(const op_test::Numbers& x) {
  double sum = 0;
  for (double v : x) sum += std::exp(v);
  return std::log(sum);
}

}  // namespace

TEST_CASE("log_sum_exp: over every kind of axes", "[op][log_sum_exp]") {
  const auto op = [](auto& x, auto over) { return log_sum_exp(x, over); };
  op_test::check_reduction(op, log_of_sum);
}

TEST_CASE("log_sum_exp: neither large nor infinite inputs overflow", "[op][log_sum_exp]") {
  using op_test::inf;
  const auto y = op_test::evaluate<float>(
      [](auto& x) { return log_sum_exp(x[0], ansatz::axis<1>); },
      {op_test::Array{{4, 2}, {1000, -1000, -1000, -1000, -inf, -inf, 3, inf}}});
  CHECK(y.values[0] == 1000);
  CHECK(y.values[1] == Approx(-1000 + std::log(2.0)));
  CHECK(y.values[2] == -inf);
  CHECK(y.values[3] == inf);
}

TEST_CASE("log_sum_exp: over several axes at once", "[op][log_sum_exp]") {
  op_test::check_several([](auto& x, auto... over) { return log_sum_exp(x, over...); }, log_of_sum);
}
