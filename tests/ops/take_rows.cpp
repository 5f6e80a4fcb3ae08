#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace {

using namespace ansatz;

template <class W, class I>
using Taken = typename decltype(take_rows(std::declval<Expr<W>>(), std::declval<Expr<I>>()))::space;

}  // namespace

TEST_CASE("take_rows: the Space has the axes of the indices, then of a row", "[op][take_rows]") {
  using W = Matrix<10, 4>;
  STATIC_REQUIRE(std::is_same_v<Taken<W, Batch<IndexSpace<10>>>, Batch<VectorSpace<4>>>);
  STATIC_REQUIRE(std::is_same_v<Taken<W, Batch<IndexSpace<10, 3>>>, Batch<Matrix<3, 4>>>);
  STATIC_REQUIRE(std::is_same_v<Taken<W, IndexSpace<10, 3>>, Matrix<3, 4>>);
  STATIC_REQUIRE(std::is_same_v<Taken<VectorSpace<10>, Batch<IndexSpace<10>>>, Batch<Scalar>>);
  STATIC_REQUIRE(std::is_same_v<Taken<Matrix<>, Batch<IndexSpace<10>>>, Batch<VectorSpace<>>>);
}

TEST_CASE("take_rows: there must be a row for each label", "[op][take_rows]") {
  STATIC_REQUIRE(RowsFit<Matrix<10, 4>, Batch<IndexSpace<7>>>);
  STATIC_REQUIRE_FALSE(RowsFit<Matrix<10, 4>, Batch<IndexSpace<11>>>);
  STATIC_REQUIRE_FALSE(RowsFit<Matrix<10, 4>, Batch<VectorSpace<3>>>);
  STATIC_REQUIRE_FALSE(RowsFit<Scalar, Batch<IndexSpace<7>>>);
  STATIC_REQUIRE_FALSE(RowsFit<Batch<VectorSpace<3>>, Batch<IndexSpace<7>>>);
  const AnyExpr w(parameter<Matrix<10, 4>>("w").value()), x(input<VectorSpace<3>>("x").value());
  CHECK_THROWS_AS(take_rows(w, x), ShapeError);
  CHECK_THROWS_AS(take_rows(AnyExpr(input<IndexSpace<3, 2>>("t").value()), w), ShapeError);
}

TEST_CASE("take_rows: values, and derivatives that add up in a row", "[op][take_rows]") {
  op_test::check({
      .operands = {{.dims = {4, 5}, .edges = op_test::reduction_edges},
                   {.dims = {op_test::B, 3}, .labels = 4}},
      .op = [](auto& x) { return square(take_rows(x[0], x[1])); },
      .reference =
          [](auto& in) {
            op_test::Array y{{in[1].dims[0], 3, 5}, {}};
            for (double row : in[1].values)
              for (int j = 0; j < 5; ++j) {
                const double v = in[0].values[static_cast<std::size_t>(row * 5 + j)];
                y.values.push_back(v * v);
              }
            return y;
          },
  });
}
