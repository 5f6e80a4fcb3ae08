// Sizes that only the objects know: results keep what the types do know, the rest is checked when
// the expression is built, with the words of the compile-time rule.
#include "spaces.hpp"

#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <boost/hana/integral_constant.hpp>
#include <catch2/catch.hpp>
#include <string>

#include <dsl/exceptions.hpp>
#include <dsl/function.hpp>

using namespace ansatz;
using namespace space_test;
using namespace boost::hana::literals;
using Catch::Matchers::Message;

TEST_CASE("any: results keep every size that one operand's type knows", "[space][any]") {
  const auto v = input("v", VectorSpace(784));
  const auto x = input<VectorSpace<784>>("x");
  const auto W = parameter("W", Matrix(784, 10));
  const auto K = parameter("K", Matrix(784, 10_c));
  STATIC_REQUIRE(is<Batch<VectorSpace<any>>, decltype(v)>);
  STATIC_REQUIRE(is<Batch<VectorSpace<any>>, decltype(matmul(v, W))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<10>>, decltype(matmul(v, K))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<784>>, decltype(v * x)>);
  STATIC_REQUIRE(is<Batch<VectorSpace<784>>, decltype(x * v)>);
  STATIC_REQUIRE(is<VectorSpace<10>, decltype(sum(K, axis<0>))>);
  STATIC_REQUIRE(is<VectorSpace<any>, decltype(sum(K, axis<1>))>);
  STATIC_REQUIRE(is<Batch<Scalar>, decltype(sum(v, units))>);
  STATIC_REQUIRE(is<Matrix<10, any>, decltype(transpose(K))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<any>>, decltype(concatenate(x, v))>);
  STATIC_REQUIRE(is<Matrix<any, 10>, decltype(grad(sum(matmul(v, K)), K))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<any>>, decltype(softmax(matmul(v, W)))>);
}

TEST_CASE("any: the expression knows the sizes all the same", "[space][any]") {
  const auto v = input("v", VectorSpace(784));
  const auto W = parameter("W", Matrix(784, 10));
  CHECK(matmul(v, W).shape() == ir::make_shape(E, 10));
  CHECK(concatenate(v, v).shape() == ir::make_shape(E, 1568));
  CHECK(transpose(W).shape() == ir::make_shape(10, 784));
  CHECK(sum(W, axis<0>).shape() == ir::make_shape(10));
  CHECK(sum(W, axis<0>, keep_axes).shape() == ir::make_shape(1, 10));
  CHECK(grad(sum(W), W).shape() == ir::make_shape(784, 10));
  CHECK(flatten(reshape(v, Conv2DSpace(28, 28, 1))).shape() == ir::make_shape(E, 784));
}

TEST_CASE("any: a Space without all sizes needs them when the value is made", "[space][any]") {
  CHECK_THROWS_MATCHES(input("x", VectorSpace<any>()), Error,
                       Message("a dimension is `any` but no size was given for it"));
  CHECK_THROWS_AS(parameter("W", Matrix<3, any>()), Error);
}

TEST_CASE("any: matmul says the shapes and what must hold", "[space][any]") {
  const auto v = input("v", VectorSpace(784));
  CHECK_THROWS_MATCHES(
      matmul(v, parameter("W", Matrix(500, 10))), ShapeError,
      Message("matmul of [examples, 784] and [500, 10]: inner dimensions must agree"));
  CHECK_THROWS_MATCHES(matmul(v, AnyExpr(parameter("k", Conv2DSpace(2, 3, 4)).value())), ShapeError,
                       Message("matmul of [examples, 784] and [2, 3, 4]: a stack of matrices is "
                               "multiplied by one matrix on its right, or by a stack of as many"));
}

TEST_CASE("any: elementwise ops say the shapes and what must hold", "[space][any]") {
  const auto v = input("v", VectorSpace(784));
  const auto b = parameter("b", VectorSpace(500));
  const auto refused = [&](auto op, const std::string& name) {
    INFO(name);
    CHECK_THROWS_MATCHES(op(), ShapeError,
                         Message(name + " of [examples, 784] and [500]: dimensions must be equal, "
                                        "or one of them 1"));
  };
  refused([&] { v + b; }, "add");
  refused([&] { v - b; }, "subtract");
  refused([&] { v* b; }, "multiply");
  refused([&] { v / b; }, "divide");
  refused([&] { (void)(v < b); }, "less");
  refused([&] { (void)(v == b); }, "equal");
  refused([&] { pow(v, b); }, "pow");
  refused([&] { minimum(v, b); }, "minimum");
  refused([&] { binary_cross_entropy(v, b); }, "binary_cross_entropy");
  CHECK_THROWS_AS(where(v > 0, v, b), ShapeError);
  CHECK_THROWS_AS(clip(v, b, 1), ShapeError);
  CHECK_THROWS_MATCHES(
      AnyExpr(v.value()) +
          AnyExpr(state("h", Batch<VectorSpace<any>, chains>(VectorSpace(784))).value()),
      ShapeError,
      Message("add of [examples, 784] and [chains, 784]: both sides must have the same batch"));
}

TEST_CASE("any: reductions want the axes to be there", "[space][any]") {
  const AnyExpr w(parameter("w", VectorSpace(3)).value());
  CHECK_THROWS_MATCHES(sum(w, axis<1>), ShapeError, Message("sum of [3]: the axes must be there"));
  CHECK_THROWS_MATCHES(mean(w, batch), ShapeError, Message("mean of [3]: the axes must be there"));
  CHECK_THROWS_MATCHES(argmax(w, axis<-2>), ShapeError,
                       Message("argmax of [3]: the axes must be there"));
  const AnyExpr number(sum(w).value());
  CHECK_THROWS_MATCHES(softmax(number), ShapeError,
                       Message("softmax of []: the axes must be there"));
  CHECK(sum(number).shape().rank == 0);
}

TEST_CASE("any: shapes, targets, updates", "[space][any]") {
  const auto v = input("v", VectorSpace(784));
  const auto y = input("y", IndexSpace(10));
  const auto W = parameter("W", Matrix(784, 10));
  CHECK_THROWS_AS(reshape(v, Conv2DSpace(28, 27, 1)), ShapeError);
  CHECK_THROWS_AS(slice(v, axis<0>, 784, 800), ShapeError);
  CHECK_THROWS_AS(concatenate(axis<0>, W, parameter("U", Matrix(3, 4))), ShapeError);
  CHECK_THROWS_AS(broadcast_to(parameter("b", VectorSpace(5)), Matrix(5, 3)), ShapeError);
  CHECK_THROWS_AS(cross_entropy(v, AnyExpr(reshape(v, Conv2DSpace(28, 28, 1)).value())),
                  ShapeError);
  CHECK_THROWS_MATCHES(cross_entropy(softmax(v), y), ShapeError,
                       Message("cross_entropy of [examples, 784] and [examples]: there must be as "
                               "many classes as labels"));
  CHECK(cross_entropy(softmax(matmul(v, W)), y).shape() == ir::make_shape(E));
  CHECK_THROWS_MATCHES(grad(AnyExpr(v.value()), W), ShapeError,
                       Message("grad of [examples, 784] and [784, 10]: a cost must be one number, "
                               "such as a mean or sum"));
  CHECK_THROWS_MATCHES(update(W, transpose(W)), ShapeError,
                       Message("update of [784, 10] and [10, 784]: the new value must have the "
                               "target's shape"));
  CHECK_THROWS_MATCHES(update(v, 0), Error,
                       Message("update: the target must be a parameter or a state"));
  CHECK_NOTHROW(update(W, 0));
  CHECK_NOTHROW(update(W, sum(W, axis<0>)));
}

TEST_CASE("any: an object may not contradict its type", "[space][any]") {
  CHECK_THROWS_MATCHES(
      (Matrix<2, 3>(2, 4)), ShapeError,
      Message("Matrix of [2, 3] and [2, 4]: the sizes given must be those of the type"));
  CHECK_THROWS_AS((VectorSpace<7>(6)), ShapeError);
  CHECK_THROWS_AS((Conv2DSpace<4, any, 3>(4, 5, 2)), ShapeError);
  CHECK_THROWS_AS((Conv2DSpace<4, any, 3, Axes::bc01>(5, 5, 3)), ShapeError);
  CHECK_THROWS_AS((Tensor<any, 3>(2, 2)), ShapeError);
  CHECK_THROWS_AS((IndexSpace<10>(9)), ShapeError);
  CHECK_THROWS_AS((IndexSpace<10, any>(9, 2)), ShapeError);
  CHECK_THROWS_AS((IndexSpace<any, 3>(9, 2)), ShapeError);
  CHECK(Matrix<2, any>(2, 4).shape() == ir::make_shape(2, 4));
  CHECK(Matrix<2, 3>(2_c, 3_c).shape() == ir::make_shape(2, 3));
}

TEST_CASE("any: sizes that are none are refused where they are given", "[space][any]") {
  CHECK_THROWS_MATCHES(Matrix(2, -7), ShapeError,
                       Message("Matrix(2, -7): sizes must be 0 to 2147483647"));
  CHECK_THROWS_AS(VectorSpace(-2), ShapeError);
  CHECK_THROWS_MATCHES(parameter("w", VectorSpace(any)), Error,
                       Message("a dimension is `any` but no size was given for it"));
  CHECK_THROWS_AS(input("x", Matrix(2, any)), Error);
  CHECK_THROWS_AS(uniform(VectorSpace(any)), Error);
  CHECK_THROWS_AS(IndexSpace(any), ShapeError);
  CHECK_THROWS_AS(VectorSpace(std::size_t{1} << 32), ShapeError);
  CHECK_THROWS_AS(Conv2DSpace(-2, 3, 1), ShapeError);
  CHECK_THROWS_AS((Tensor<any, any>(3, -3)), ShapeError);
  CHECK_THROWS_AS(IndexSpace(-4), ShapeError);
  CHECK_THROWS_AS(IndexSpace(4, -4), ShapeError);
  CHECK(VectorSpace(0).shape() == ir::make_shape(0));
}

TEST_CASE("any: labels in a row, as many as the object says", "[space][any]") {
  const auto y = input("y", IndexSpace<10, any>(5));
  STATIC_REQUIRE(is<Batch<IndexSpace<10, any>>, decltype(y)>);
  STATIC_REQUIRE(is<Batch<IndexSpace<any, any>>, decltype(input("y", IndexSpace(10, 5)))>);
  STATIC_REQUIRE(is<Batch<IndexSpace<10, any>>, decltype(input("y", IndexSpace(10_c, 5)))>);
  STATIC_REQUIRE(is<Batch<IndexSpace<any, 3>>, decltype(input("y", IndexSpace<any, 3>(10)))>);
  CHECK(y.shape() == ir::make_shape(E, 5));
  CHECK(y.value().term()->attr.i[0] == 10);
  CHECK(input("y", IndexSpace(10, 5)).value().term()->attr.i[0] == 10);
  CHECK(input("y", IndexSpace<any, 3>(10)).value().term()->attr.i[0] == 10);
  CHECK(one_hot(y).shape() == ir::make_shape(E, 5, 10));
  CHECK(take_rows(parameter<Matrix<10, 4>>("W"), y).shape() == ir::make_shape(E, 5, 4));
  CHECK(IndexSpace<10, any>(1).shape() == ir::make_shape(1));
}

TEST_CASE("any: one run-time extent a value, and the first of what is stored", "[space][any]") {
  CHECK_THROWS_AS((input("x", Tensor<3, examples{}>())), ShapeError);
  CHECK_THROWS_AS((state("x", Tensor<3, examples{}>())), ShapeError);
  const AnyExpr x(input("x", VectorSpace(1)).value());
  CHECK_THROWS_MATCHES(x - transpose(x), ShapeError,
                       Message("subtract of [examples, 1] and [1, examples]: a result may have "
                               "one run-time extent, not a product of two"));
  STATIC_REQUIRE_FALSE(StoresNumbers<IndexSpace<3>>);
  STATIC_REQUIRE_FALSE(StoresNumbers<Batch<IndexSpace<3, 2>, chains>>);
  STATIC_REQUIRE(StoresNumbers<Batch<VectorSpace<3>, chains>>);
}
