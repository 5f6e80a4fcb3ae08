#include "op_test.hpp"

#include <dsl/ops/reduce/mean.hpp>

namespace {

double average(const op_test::Numbers& x) {
  double s = 0;
  for (double v : x) s += v;
  return s / static_cast<double>(x.size());
}

}  // namespace

TEST_CASE("mean: over every kind of axes, NaN of no elements", "[op][mean]") {
  op_test::check_reduction([](auto& x, auto over) { return mean(x, over); }, average);
}

TEST_CASE("mean: axes can be kept with size 1", "[op][mean]") {
  op_test::check({
      .operands = {{{3, 4}}},
      .op = [](auto& x) { return mean(x[0], ansatz::axis<1>, ansatz::keep_axes); },
      .reference =
          [](auto& x) {
            return op_test::reduce_reference(x[0], {false, true}, true, average);
          },
  });
}

TEST_CASE("mean: over several axes at once", "[op][mean]") {
  op_test::check_several([](auto& x, auto... over) { return mean(x, over...); }, average);
}
