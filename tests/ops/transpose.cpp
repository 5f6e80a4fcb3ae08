#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/transpose.hpp>

namespace {

using namespace ansatz;

struct Square : Matrix<3, 3> {};
template <class X>
using Turned = typename decltype(transpose(std::declval<Expr<X>>()))::space;

constexpr bool types() {
  const auto x = input<Conv2DSpace<3, 3, 3>>("x");
  // Rows and columns changed places, so it is no image any more, whatever its shape.
  static_assert(
      std::is_same_v<typename decltype(transpose<1, 0, 2>(x))::space, Batch<Tensor<3, 3, 3>>>);
  return transpose<2, 0, 1>(input<Conv2DSpace<4, 5, 2>>("y")).shape() ==
         ir::make_shape(op_test::B, 2, 4, 5);
}

}  // namespace

TEST_CASE("transpose: Spaces with their axes changed", "[op][transpose]") {
  STATIC_REQUIRE(std::is_same_v<Turned<Matrix<3, 4>>, Matrix<4, 3>>);
  STATIC_REQUIRE(std::is_same_v<Turned<Square>, Matrix<3, 3>>);
  STATIC_REQUIRE(std::is_same_v<Turned<Batch<VectorSpace<5>>>, Tensor<5, examples{}>>);
  STATIC_REQUIRE(std::is_same_v<Turned<Batch<VectorSpace<5>, chains>>, Tensor<5, chains{}>>);
  STATIC_REQUIRE(std::is_same_v<Turned<Tensor<5, examples{}>>, Batch<VectorSpace<5>>>);
  STATIC_REQUIRE(types());
  STATIC_REQUIRE_FALSE(AxesPermute<VectorSpace<3>>);
  STATIC_REQUIRE_FALSE(AxesPermute<Batch<Matrix<3, 4>>>);
  STATIC_REQUIRE(AxesPermute<Batch<Matrix<3, 4>>, 1, 0>);
  STATIC_REQUIRE_FALSE(AxesPermute<Batch<Matrix<3, 4>>, 1, 1>);
  STATIC_REQUIRE_FALSE(AxesPermute<Batch<Matrix<3, 4>>, 1, 2>);
  STATIC_REQUIRE_FALSE(AxesPermute<Batch<Matrix<3, 4>>, 0>);
}

TEST_CASE("transpose: of a matrix", "[op][transpose]") {
  op_test::check({
      .operands = {{.dims = {3, 5}}},
      .op = [](auto& x) { return exp(transpose(x[0])); },
      .reference =
          [](auto& in) {
            op_test::Array y{{5, 3}, {}};
            for (int j = 0; j < 5; ++j)
              for (int i = 0; i < 3; ++i)
                y.values.push_back(std::exp(in[0].values[static_cast<std::size_t>(i * 5 + j)]));
            return y;
          },
  });
}

TEST_CASE("transpose: of the feature axes of a batch", "[op][transpose]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 3, 4}}},
      .op = [](auto& x) { return exp(transpose<2, 0, 1>(x[0])); },
      .reference =
          [](auto& in) {
            op_test::Array y{{in[0].dims[0], 4, 2, 3}, {}};
            for (int n = 0; n < in[0].dims[0]; ++n)
              for (int k = 0; k < 4; ++k)
                for (int i = 0; i < 2; ++i)
                  for (int j = 0; j < 3; ++j)
                    y.values.push_back(std::exp(
                        in[0].values[static_cast<std::size_t>(((n * 2 + i) * 3 + j) * 4 + k)]));
            return y;
          },
  });
}

TEST_CASE("transpose: what has not two axes is refused at run time", "[op][transpose]") {
  const AnyExpr x(input<Matrix<3, 4>>("x").value());
  CHECK_THROWS_AS(transpose(x), ShapeError);
  CHECK_THROWS_AS((transpose<0, 1, 2>(x)), ShapeError);
  CHECK_THROWS_AS((transpose<1, 1>(x)), ShapeError);
}
