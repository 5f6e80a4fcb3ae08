#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/concatenate.hpp>

namespace {

using namespace ansatz;

template <class... X>
using Joined = typename decltype(concatenate(std::declval<Expr<X>>()...))::space;

template <class A, class... X>
constexpr bool joins = OtherDimensionsAgree<A, Expr<X>...>;

// [n, size, 3] joined along axis 1.
op_test::Array joined(const std::vector<op_test::Array>& in) {
  op_test::Array y{{in[0].dims[0], 0, 3}, {}};
  for (const auto& a : in) y.dims[1] += a.dims[1];
  for (int n = 0; n < y.dims[0]; ++n)
    for (const auto& a : in) {
      const long part = a.dims[1] * 3;
      for (long i = 0; i < part; ++i) {
        const double v = a.values[static_cast<std::size_t>(n * part + i)];
        y.values.push_back(v * v);
      }
    }
  return y;
}

}  // namespace

TEST_CASE("concatenate: the Space has the sum of the sizes", "[op][concatenate]") {
  STATIC_REQUIRE(
      std::is_same_v<Joined<Batch<VectorSpace<3>>, Batch<VectorSpace<4>>>, Batch<VectorSpace<7>>>);
  STATIC_REQUIRE(std::is_same_v<Joined<Matrix<2, 3>, Matrix<2, 1>, Matrix<2, 5>>, Matrix<2, 9>>);
  STATIC_REQUIRE(
      std::is_same_v<Joined<Batch<VectorSpace<3>>, Batch<VectorSpace<>>>, Batch<VectorSpace<>>>);
  STATIC_REQUIRE(std::is_same_v<Joined<Batch<Conv2DSpace<4, 4, 3>>, Batch<Conv2DSpace<4, 4, 2>>>,
                                Batch<Conv2DSpace<4, 4, 5>>>);
  STATIC_REQUIRE(std::is_same_v<Joined<VectorSpace<3>, AnySpace>, AnySpace>);
}

TEST_CASE("concatenate: other dimensions must agree", "[op][concatenate]") {
  STATIC_REQUIRE(joins<OverAxis<0>, Matrix<2, 3>, Matrix<5, 3>>);
  STATIC_REQUIRE_FALSE(joins<OverAxis<1>, Matrix<2, 3>, Matrix<5, 3>>);
  STATIC_REQUIRE_FALSE(joins<OverAxis<0>, Batch<VectorSpace<3>>, VectorSpace<3>>);
  STATIC_REQUIRE_FALSE(joins<OverAxis<0>, Batch<VectorSpace<3>>, Batch<VectorSpace<3>, chains>>);
  STATIC_REQUIRE_FALSE(joins<OverAxis<-1>, Batch<Scalar>, Batch<Scalar>>);
  STATIC_REQUIRE_FALSE(joins<OverAxis<-1>, Batch<IndexSpace<5, 3>>, Batch<IndexSpace<5, 3>>>);
  const AnyExpr a(parameter<Matrix<2, 3>>("a").value()), b(parameter<Matrix<5, 3>>("b").value());
  CHECK_NOTHROW(concatenate(axis<0>, a, b));
  CHECK_THROWS_AS(concatenate(a, b), ShapeError);
  CHECK_THROWS_AS(concatenate(axis<2>, a, a), ShapeError);
  const AnyExpr labels(input<IndexSpace<5, 3>>("t").value());
  CHECK_THROWS_AS(concatenate(labels, labels), ShapeError);
}

TEST_CASE("concatenate: parts of a batch along an inner axis", "[op][concatenate]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 3}},
                   {.dims = {op_test::B, 1, 3}},
                   {.dims = {op_test::B, 4, 3}}},
      .op = [](auto& x) { return square(concatenate(axis<0>, x[0], x[1], x[2])); },
      .reference = [](auto& in) { return joined(in); },
  });
}

TEST_CASE("concatenate: an operand that is there several times", "[op][concatenate]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 3}, .edges = op_test::reduction_edges},
                   {.dims = {op_test::B, 1, 3}}},
      .op = [](auto& x) { return square(concatenate(axis<-2>, x[0], x[1], x[0])); },
      .reference =
          [](auto& in) {
            return joined({in[0], in[1], in[0]});
          },
  });
}

TEST_CASE("concatenate: more than eight operands", "[op][concatenate]") {
  op_test::check({
      .operands = std::vector<op_test::Operand>(10, {.dims = {2, 1, 3}}),
      .op =
          [](auto& x) {
            return square(
                concatenate(axis<1>, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9]));
          },
      .reference = [](auto& in) { return joined(in); },
  });
}
