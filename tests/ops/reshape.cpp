#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/view/reshape.hpp>
#include <dsl/ops/view/transpose.hpp>

namespace {

using namespace ansatz;

struct Pixels : VectorSpace<12> {};

template <class S, class E>
constexpr bool has_space = std::is_same_v<typename E::space, S>;

constexpr bool reshaped_types() {
  const auto x = input<Pixels>("x");
  const auto w = parameter<Matrix<4, 6>>("w");
  static_assert(has_space<Batch<Conv2DSpace<2, 3, 2>>, decltype(reshape<Conv2DSpace<2, 3, 2>>(x))>);
  static_assert(has_space<Pixels, decltype(reshape<Pixels>(parameter<Matrix<4, 3>>("v")))>);
  static_assert(has_space<Batch<Matrix<>>, decltype(reshape(x, Matrix(3, 4)))>);
  const ir::Shape inferred = reshape<Matrix<any, 8>>(w).shape();
  return inferred == ir::make_shape(3, 8) &&
         reshape(x, Matrix(any, 4)).shape() == ir::make_shape(op_test::B, 3, 4);
}

template <class X, class S>
constexpr bool allowed = SameElements<X, S>;

}  // namespace

TEST_CASE("reshape: the Space is the one that was asked for, in a batch if x is one",
          "[op][reshape]") {
  STATIC_REQUIRE(reshaped_types());
  STATIC_REQUIRE(allowed<Batch<Pixels>, Matrix<3, 4>>);
  STATIC_REQUIRE(allowed<Batch<Pixels>, Matrix<any, 4>>);
  STATIC_REQUIRE_FALSE(allowed<Batch<Pixels>, Matrix<3, 5>>);
  STATIC_REQUIRE_FALSE(allowed<Batch<Pixels>, Batch<Matrix<3, 4>>>);
  STATIC_REQUIRE_FALSE(allowed<Batch<IndexSpace<10, 4>>, VectorSpace<4>>);
  STATIC_REQUIRE_FALSE(allowed<Tensor<12, examples{}>, Matrix<3, 4>>);
}

TEST_CASE("reshape: numbers keep their order, and gradients come back in it", "[op][reshape]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 6}}},
      .op = [](auto& x) { return reshape(exp(x[0]), Matrix(2, 3)); },
      .reference =
          [](auto& in) {
            op_test::Array y{{in[0].dims[0], 2, 3}, in[0].values};
            for (double& v : y.values) v = std::exp(v);
            return y;
          },
  });
}

TEST_CASE("reshape: of a transposed matrix", "[op][reshape]") {
  op_test::check({
      .operands = {{.dims = {3, 4}}},
      .op = [](auto& x) { return reshape(transpose(x[0]), VectorSpace(12)); },
      .reference =
          [](auto& in) {
            op_test::Array y{{12}, {}};
            for (int j = 0; j < 4; ++j)
              for (int i = 0; i < 3; ++i)
                y.values.push_back(in[0].values[static_cast<std::size_t>(i * 4 + j)]);
            return y;
          },
  });
}

TEST_CASE("reshape: another number of elements is refused at run time", "[op][reshape]") {
  const auto x = input("x", VectorSpace(12));
  CHECK_THROWS_AS(reshape(x, Matrix(3, 5)), ShapeError);
  CHECK_THROWS_AS(reshape(x, Matrix(any, 5)), ShapeError);
  CHECK_THROWS_AS(reshape(x, Matrix(any, any)), ShapeError);
}
