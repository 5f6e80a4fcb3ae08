#include "op_test.hpp"

#include <dsl/ops/reduce/max.hpp>

namespace {

double largest(const op_test::Numbers& x) {
  double found = -op_test::inf;
  for (double v : x)
    if (v > found || std::isnan(v)) found = v;
  return found;
}

}  // namespace

TEST_CASE("max: over every kind of axes", "[op][max]") {
  op_test::check_reduction([](auto& x, auto over) { return max(x, over); }, largest);
}

TEST_CASE("max: axes can be kept with size 1", "[op][max]") {
  op_test::check({
      .operands = {{{op_test::B, 5}}},
      .op = [](auto& x) { return max(x[0], ansatz::units, ansatz::keep_axes); },
      .reference =
          [](auto& x) {
            return op_test::reduce_reference(x[0], {false, true}, true, largest);
          },
  });
}

TEST_CASE("max: NaN if there is one", "[op][max]") {
  for (int at : {0, 3, 20}) {
    auto x = op_test::vector_of(op_test::Numbers(21, 1.0));
    x.values[static_cast<std::size_t>(at)] = op_test::nan;
    CHECK(std::isnan(op_test::evaluate([](auto& a) { return max(a[0]); }, {x}).values[0]));
  }
}

TEST_CASE("max: every one of equal largest elements gets the whole gradient", "[op][max]") {
  const auto g =
      op_test::gradients([](auto& x) { return max(x[0]); }, {op_test::vector_of({1, 4, 2, 4})});
  CHECK(g[0].values == op_test::Numbers{0, 1, 0, 1});
}

TEST_CASE("max: over several axes at once", "[op][max]") {
  op_test::check_several([](auto& x, auto... over) { return max(x, over...); }, largest);
}
