#include "op_test.hpp"

#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/view/flatten.hpp>

namespace {

using namespace ansatz;

struct Pixels : VectorSpace<12> {};
template <class X>
using Flat = typename decltype(flatten(std::declval<Expr<X>>()))::space;

}  // namespace

TEST_CASE("flatten: the Space is a vector, its size known where the operand's is",
          "[op][flatten]") {
  STATIC_REQUIRE(std::is_same_v<Flat<Batch<Conv2DSpace<4, 5, 2>>>, Batch<VectorSpace<40>>>);
  STATIC_REQUIRE(std::is_same_v<Flat<Batch<Conv2DSpace<any, 5, 2>>>, Batch<VectorSpace<>>>);
  STATIC_REQUIRE(std::is_same_v<Flat<Matrix<3, 4>>, VectorSpace<12>>);
  STATIC_REQUIRE(std::is_same_v<Flat<Batch<Scalar>>, Batch<VectorSpace<1>>>);
  STATIC_REQUIRE(std::is_same_v<Flat<Batch<Pixels>>, Batch<Pixels>>);
  STATIC_REQUIRE_FALSE(HasFeatures<Tensor<12, examples{}>>);
  STATIC_REQUIRE_FALSE(HasFeatures<Batch<IndexSpace<10, 4>>>);
}

TEST_CASE("flatten: the features of each example in one row", "[op][flatten]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 3, 2, 2}}},
      .op = [](auto& x) { return square(flatten(x[0])); },
      .reference =
          [](auto& in) {
            op_test::Array y{{in[0].dims[0], 12}, in[0].values};
            for (double& v : y.values) v *= v;
            return y;
          },
  });
}
