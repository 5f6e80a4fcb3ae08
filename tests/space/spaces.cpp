#include "spaces.hpp"

#include <dsl/space.hpp>

#include <boost/hana/integral_constant.hpp>
#include <catch2/catch.hpp>
#include <type_traits>

using namespace ansatz;
using namespace space_test;
using namespace boost::hana::literals;
using std::is_same_v;

namespace {

struct Photo : Conv2DSpace<28, 32, 3> {};

constexpr int C = ir::extent_code("chains");

}  // namespace

TEST_CASE("space: one class for sizes known to the compiler and at run time", "[space]") {
  STATIC_REQUIRE(is_same_v<decltype(VectorSpace(784_c)), VectorSpace<784>>);
  STATIC_REQUIRE(is_same_v<decltype(VectorSpace(784)), VectorSpace<any>>);
  STATIC_REQUIRE(
      is_same_v<decltype(VectorSpace(std::integral_constant<int, 5>())), VectorSpace<5>>);
  STATIC_REQUIRE(is_same_v<decltype(Matrix(784_c, 10)), Matrix<784, any>>);
  STATIC_REQUIRE(is_same_v<decltype(Matrix(784, 10_c)), Matrix<any, 10>>);
  STATIC_REQUIRE(is_same_v<decltype(Conv2DSpace(28_c, 32_c, 3)), Conv2DSpace<28, 32, any>>);
  STATIC_REQUIRE(is_same_v<decltype(IndexSpace(10_c)), IndexSpace<10>>);
  STATIC_REQUIRE(is_same_v<decltype(IndexSpace(10)), IndexSpace<any>>);

  STATIC_REQUIRE(VectorSpace(784).shape() == ir::make_shape(784));
  STATIC_REQUIRE(VectorSpace<any>::known == ir::make_shape(any));
  STATIC_REQUIRE(Matrix(784_c, 10).shape() == ir::make_shape(784, 10));
  STATIC_REQUIRE(decltype(Matrix(784_c, 10))::known == ir::make_shape(784, any));
}

TEST_CASE("space: a Space of one's own has the shape of its base", "[space]") {
  STATIC_REQUIRE(Pixels::known == ir::make_shape(784));
  STATIC_REQUIRE(Pixels().shape() == ir::make_shape(784));
  STATIC_REQUIRE(Photo::known == ir::make_shape(28, 32, 3));
  STATIC_REQUIRE(Scalar::known.rank == 0);
}

TEST_CASE("space: the axes of an image say where its channels lie", "[space]") {
  using First = Conv2DSpace<28, 32, 3, Axes::bc01>;
  STATIC_REQUIRE(Photo::axes == Axes::b01c);
  STATIC_REQUIRE(First::axes == Axes::bc01);
  STATIC_REQUIRE(First::known == ir::make_shape(3, 28, 32));
  STATIC_REQUIRE(First(28, 32, 3).shape() == ir::make_shape(3, 28, 32));
  STATIC_REQUIRE(Batch<First>::known == ir::make_shape(E, 3, 28, 32));
}

TEST_CASE("space: labels have no dimension, or one", "[space]") {
  STATIC_REQUIRE(IndexSpace<10>::known.rank == 0);
  STATIC_REQUIRE(IndexSpace<10>::labels == 10);
  STATIC_REQUIRE(IndexSpace<10>::dtype == ir::DType::index);
  STATIC_REQUIRE(IndexSpace<10, 4>::known == ir::make_shape(4));
  STATIC_REQUIRE(IndexSpace(7).label_count() == 7);
  STATIC_REQUIRE(Batch<IndexSpace<any>>(IndexSpace(7)).label_count() == 7);
  STATIC_REQUIRE(VectorSpace<10>::dtype == ir::DType::real);
}

TEST_CASE("space: a batch has its extent in front, each extent a code of its own", "[space]") {
  STATIC_REQUIRE(Batch<Pixels>::known == ir::make_shape(E, 784));
  STATIC_REQUIRE(Batch<Pixels, chains>::known == ir::make_shape(C, 784));
  STATIC_REQUIRE(E != C);
  STATIC_REQUIRE(ir::is_extent(E));
  STATIC_REQUIRE(!ir::is_extent(any));
  STATIC_REQUIRE(Batch<VectorSpace<any>>(VectorSpace(5)).shape() == ir::make_shape(E, 5));
  STATIC_REQUIRE(Tensor<784, examples{}>::known == ir::make_shape(784, E));
}
