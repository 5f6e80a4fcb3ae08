#include "op_test.hpp"

#include <dsl/ops/reduce/variance.hpp>

namespace {

double spread(const op_test::Numbers& x) {
  const auto n = static_cast<double>(x.size());
  double mean = 0, squares = 0;
  for (double v : x) mean += v / n;
  for (double v : x) squares += (v - mean) * (v - mean);
  return squares / n;
}

}  // namespace

TEST_CASE("variance: over every kind of axes", "[op][variance]") {
  op_test::check_reduction([](auto& x, auto over) { return variance(x, over); }, spread);
}

TEST_CASE("variance: axes can be kept with size 1", "[op][variance]") {
  const auto op = [](auto& x, auto over, auto keep) { return variance(x, over, keep); };
  op_test::check_kept(op, spread);
}

TEST_CASE("variance: a large mean costs no digits", "[op][variance]") {
  const auto v = op_test::evaluate<float>([](auto& x) { return variance(x[0]); },
                                          {op_test::vector_of({1000000, 1000001, 1000002})});
  CHECK(v.values[0] == Approx(2.0 / 3));
}

TEST_CASE("variance: over several axes at once", "[op][variance]") {
  op_test::check_several([](auto& x, auto... over) { return variance(x, over...); }, spread);
}
