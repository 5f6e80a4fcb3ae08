#include "op_test.hpp"

#include <dsl/ops/reduce/standard_deviation.hpp>

namespace {

double deviation(const op_test::Numbers& x) {
  const auto n = static_cast<double>(x.size());
  double mean = 0, squares = 0;
  for (double v : x) mean += v / n;
  for (double v : x) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / n);
}

}  // namespace

TEST_CASE("standard_deviation: over every kind of axes", "[op][standard_deviation]") {
  const auto op = [](auto& x, auto over) { return standard_deviation(x, over); };
  op_test::check_reduction(op, deviation);
}

TEST_CASE("standard_deviation: axes can be kept with size 1", "[op][standard_deviation]") {
  const auto op = [](auto& x, auto over, auto keep) { return standard_deviation(x, over, keep); };
  op_test::check_kept(op, deviation);
}

TEST_CASE("standard_deviation: where it is 0, so is its derivative", "[op][standard_deviation]") {
  const auto g = op_test::gradients([](auto& x) { return standard_deviation(x[0]); },
                                    {op_test::vector_of({2, 2, 2, 2})});
  CHECK(g[0].values == op_test::Numbers{0, 0, 0, 0});
}

TEST_CASE("standard_deviation: over several axes at once", "[op][standard_deviation]") {
  op_test::check_several([](auto& x, auto... over) { return standard_deviation(x, over...); },
                         deviation);
}
