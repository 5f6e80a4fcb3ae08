#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/constant/constant.hpp>
#include <dsl/ops/linear/sparse_matmul.hpp>

namespace {

using namespace ansatz;
using op_test::Array;

// Unit 1 sees an input twice, input 2 is seen by nobody, input 0 by everybody.
constexpr int columns = 4, each = 3, inputs = 6;
constexpr double seen[columns][each] = {{0, 3, 5}, {1, 0, 1}, {4, 0, 3}, {5, 4, 0}};
AnyExpr places() { return AnyExpr(constant(seen).value()); }

double w_of(const Array& w, int j, int k) {
  return w.values[static_cast<std::size_t>(j * each + k)];
}

}  // namespace

TEST_CASE("sparse_matmul: values and derivatives", "[op][sparse_matmul]") {
  op_test::check({.operands = {{.dims = {op_test::B, inputs}}, {.dims = {columns, each}}},
                  .op = [](auto& x) { return sparse_matmul(x[0], x[1], places()); },
                  .reference =
                      [](auto& in) {
                        Array y{{in[0].dims[0], columns}, {}};
                        for (int n = 0; n < in[0].dims[0]; ++n)
                          for (int j = 0; j < columns; ++j) {
                            double sum = 0;
                            for (int k = 0; k < each; ++k)
                              sum += w_of(in[1], j, k) *
                                     in[0].values[static_cast<std::size_t>(
                                         n * inputs + static_cast<int>(seen[j][k]))];
                            y.values.push_back(sum);
                          }
                        return y;
                      }});
}

TEST_CASE("sparse_matmul: the transpose, values and derivatives", "[op][sparse_matmul]") {
  op_test::check(
      {.operands = {{.dims = {op_test::B, columns}}, {.dims = {columns, each}}},
       .op = [](auto& x) { return sparse_matmul_transposed(x[0], x[1], places(), inputs); },
       .reference =
           [](auto& in) {
             Array x{{in[0].dims[0], inputs},
                     op_test::Numbers(static_cast<std::size_t>(in[0].dims[0] * inputs))};
             for (int n = 0; n < in[0].dims[0]; ++n)
               for (int j = 0; j < columns; ++j)
                 for (int k = 0; k < each; ++k)
                   x.values[static_cast<std::size_t>(n * inputs + static_cast<int>(seen[j][k]))] +=
                       w_of(in[1], j, k) * in[0].values[static_cast<std::size_t>(n * columns + j)];
             return x;
           }});
}

TEST_CASE("sparse_matmul: an input that is not there makes the result NaN, nothing else",
          "[op][sparse_matmul]") {
  const op_test::Build op = [](auto& x) { return sparse_matmul(x[0], x[1], x[2]); };
  const Array x{{1, 2}, {1, 2}}, w{{1, 2}, {3, 4}};
  CHECK(op_test::evaluate(op, {x, w, {{1, 2}, {1, 0}}}).values == op_test::Numbers{10});
  for (const double wrong : {-1., 2., 1e9, op_test::nan})
    CHECK(std::isnan(op_test::evaluate(op, {x, w, {{1, 2}, {0, wrong}}}).values[0]));
}

TEST_CASE("sparse_matmul: a single vector, and Spaces", "[op][sparse_matmul]") {
  const op_test::Build op = [](auto& x) { return sparse_matmul(x[0], x[1], places()); };
  const Array x{{inputs}, {1, 2, 3, 4, 5, 6}}, w{{columns, each}, op_test::Numbers(12, 1)};
  CHECK(op_test::evaluate(op, {x, w}).values == op_test::Numbers{11, 5, 10, 12});
  using X = Batch<VectorSpace<6>>;
  using Y = decltype(sparse_matmul(std::declval<Expr<X>>(), std::declval<Expr<Matrix<4, 3>>>(),
                                   std::declval<Expr<Matrix<4, 3>>>()))::space;
  STATIC_REQUIRE(std::is_same_v<Y, Batch<VectorSpace<4>>>);
  STATIC_REQUIRE_FALSE(InputsFit<X, Matrix<4, 3>, Matrix<4, 2>>);
  STATIC_REQUIRE_FALSE(InputsFit<Batch<IndexSpace<6>>, Matrix<4, 3>, Matrix<4, 3>>);
  CHECK_THROWS_AS(sparse_matmul(input("x", VectorSpace(6)), parameter("W", Matrix(4, 3)),
                                parameter("i", Matrix(4, 2))),
                  ShapeError);
}
