#include "op_test.hpp"

#include <type_traits>

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace {

double total(const op_test::Numbers& x) {
  double s = 0;
  for (double v : x) s += v;
  return s;
}

}  // namespace

TEST_CASE("sum: over every kind of axes", "[op][sum]") {
  op_test::check_reduction([](auto& x, auto over) { return sum(x, over); }, total);
}

TEST_CASE("sum: axes can be kept with size 1", "[op][sum]") {
  using op_test::B;
  op_test::check({
      .operands = {{{B, 5}}},
      .op = [](auto& x) { return x[0] * sum(x[0], ansatz::units, ansatz::keep_axes); },
      .reference =
          [](auto& x) {
            auto y = x[0];
            const auto s = op_test::reduce_reference(x[0], {false, true}, true, total);
            for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= s.values[i / 5];
            return y;
          },
  });
  op_test::check({
      .operands = {{{B, 5}}},
      .op = [](auto& x) { return x[0] * sum(x[0], ansatz::batch, ansatz::keep_axes); },
      .reference =
          [](auto& x) {
            auto y = x[0];
            const auto s = op_test::reduce_reference(x[0], {true, false}, true, total);
            for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= s.values[i % 5];
            return y;
          },
  });
}

TEST_CASE("sum: over several axes at once", "[op][sum]") {
  op_test::check_several([](auto& x, auto... over) { return sum(x, over...); }, total);
}

TEST_CASE("sum: several axes are known to the type", "[op][sum]") {
  using namespace ansatz;
  const auto x = input<Tensor<2, 3, 4>>("x");
  STATIC_REQUIRE(std::is_same_v<decltype(sum(x, axis<0>, axis<2>)), Expr<Batch<VectorSpace<3>>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(sum(x, batch, axis<0>, axis<2>)), Expr<VectorSpace<3>>>);
  STATIC_REQUIRE(
      std::is_same_v<decltype(sum(x, axis<0>, axis<2>, keep_axes)), Expr<Batch<Tensor<1, 3, 1>>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(sum(x, keep_axes)), Expr<Tensor<1, 1, 1, 1>>>);
  const AnyExpr y = x;
  using Catch::Matchers::Contains;
  CHECK_THROWS_WITH(sum(y, axis<0>, axis<0>), Contains("each be named once"));
  CHECK_THROWS_WITH(sum(y, axis<0>, axis<3>), Contains("must be there"));
  CHECK_THROWS_WITH(sum(y, units, axis<1>), Contains("each be named once"));
}
