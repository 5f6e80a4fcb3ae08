#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/view/broadcast_to.hpp>

namespace {

using namespace ansatz;

struct Pixels : VectorSpace<3> {};

constexpr bool types() {
  const auto row = parameter<VectorSpace<3>>("b");
  const auto x = input<Pixels>("x");
  static_assert(
      std::is_same_v<typename decltype(broadcast_to<Matrix<5, 3>>(row))::space, Matrix<5, 3>>);
  static_assert(
      std::is_same_v<typename decltype(broadcast_to<Batch<Pixels>>(row))::space, Batch<Pixels>>);
  static_assert(
      std::is_same_v<typename decltype(broadcast_to<Matrix<2, 3>>(x))::space, Batch<Matrix<2, 3>>>);
  static_assert(std::is_same_v<typename decltype(broadcast_to(row, x))::space, Batch<Pixels>>);
  return broadcast_to(row, Matrix(4, 3)).shape() == ir::make_shape(4, 3);
}

}  // namespace

TEST_CASE("broadcast_to: the Space is the one that was asked for", "[op][broadcast_to]") {
  STATIC_REQUIRE(types());
  STATIC_REQUIRE(RepeatsTo<VectorSpace<1>, Matrix<2, 3>>);
  STATIC_REQUIRE_FALSE(RepeatsTo<VectorSpace<2>, Matrix<2, 3>>);
  STATIC_REQUIRE_FALSE(RepeatsTo<Matrix<2, 3>, VectorSpace<3>>);
  STATIC_REQUIRE_FALSE(RepeatsTo<Batch<VectorSpace<3>, chains>, Batch<VectorSpace<3>>>);
  CHECK_THROWS_AS(broadcast_to(parameter("b", VectorSpace(2)), Matrix(2, 3)), ShapeError);
}

TEST_CASE("broadcast_to: gradients are summed over what was repeated", "[op][broadcast_to]") {
  op_test::check({
      .operands = {{.dims = {1, 3}}},
      .op =
          [](auto& x) {
            return square(AnyExpr(ir::repeat_to(x[0].value(), ir::make_shape(2, 4, 3), nullptr)));
          },
      .reference =
          [](auto& in) {
            op_test::Array y{{2, 4, 3}, {}};
            for (int i = 0; i < 8; ++i)
              for (double v : in[0].values) y.values.push_back(v * v);
            return y;
          },
  });
}

TEST_CASE("broadcast_to: one number an example, repeated over its units", "[op][broadcast_to]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 1}}},
      .op =
          [](auto& x) {
            return square(AnyExpr(ir::repeat_to(x[0].value(), ir::make_shape(5), nullptr)));
          },
      .reference =
          [](auto& in) {
            op_test::Array y{{in[0].dims[0], 5}, {}};
            for (double v : in[0].values)
              for (int k = 0; k < 5; ++k) y.values.push_back(v * v);
            return y;
          },
  });
}

TEST_CASE("broadcast_to: repeated along axes that are no neighbours", "[op][broadcast_to]") {
  op_test::check({
      .operands = {{.dims = {4, 1}}, {.dims = {op_test::B, 4, 5}}},
      .op = [](auto& x) { return broadcast_to(x[0], x[1]) * x[1]; },
      .reference =
          [](auto& in) {
            op_test::Array y = in[1];
            for (std::size_t i = 0; i < y.values.size(); ++i)
              y.values[i] *= in[0].values[i / 5 % 4];
            return y;
          },
  });
}

TEST_CASE("broadcast_to: to the shape of a value that is not computed", "[op][broadcast_to]") {
  const AnyExpr row(parameter("row", VectorSpace(3)).value());
  const auto rows_of = [&](const AnyExpr& y) {
    auto p = build<double>(function(output("n", sum(broadcast_to(row, y)))));
    p.store().fill("row", 1);
    return p({{"examples", 4}})["n"].scalar();
  };
  const AnyExpr x(input("x", VectorSpace(3)).value());
  CHECK(rows_of(x) == 12);
  CHECK(rows_of(square(x) * 2) == 12);
  const AnyExpr h(state("h", Batch<VectorSpace<>, chains>(VectorSpace(3))).value());
  auto p = build<double>(function(output("n", sum(broadcast_to(row, square(h))))));
  CHECK(p({{"chains", 5}})["n"].scalar() == 0);
}
