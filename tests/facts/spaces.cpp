// The types of intermediate values: what users read in messages and in their editor.
#include "facts.hpp"

#include <boost/hana/integral_constant.hpp>

namespace facts::spaces {
namespace {
using namespace boost::hana::literals;

struct Pixels : VectorSpace<784> {};
struct Photo : Conv2DSpace<32, 32, 3> {};
struct Planes : Conv2DSpace<32, 32, 3, Axes::bc01> {};
struct patients {
  static constexpr const char* name = "patients";
};

template <class E>
using space_of = space<std::remove_const_t<E>>;

TEST_CASE("spaces: an operand of the same shape lends its name", "[facts][spaces]") {
  STATIC_REQUIRE([] {
    const auto x = input<Pixels>("x");
    const auto c = parameter<Pixels>("c");
    static_assert(is_same_v<space_of<decltype(x)>, Batch<Pixels>>);
    static_assert(is_same_v<space_of<decltype(x * 2 - 1)>, Batch<Pixels>>);
    static_assert(is_same_v<space_of<decltype(x - c)>, Batch<Pixels>>);
    static_assert(is_same_v<space_of<decltype(c - x)>, Batch<Pixels>>);
    static_assert(is_same_v<space_of<decltype(exp(-c))>, Pixels>);
    static_assert(is_same_v<space_of<decltype(sum(x, batch))>, VectorSpace<784>>);
    return true;
  }());
}

TEST_CASE("spaces: sizes as integral constants are part of the type", "[facts][spaces]") {
  STATIC_REQUIRE(is_same_v<decltype(VectorSpace(784_c)), VectorSpace<784>>);
  STATIC_REQUIRE(is_same_v<decltype(Matrix(784_c, 10_c)), Matrix<784, 10>>);
  STATIC_REQUIRE(is_same_v<decltype(IndexSpace(10_c)), IndexSpace<10>>);
  STATIC_REQUIRE(is_same_v<decltype(Conv2DSpace(28_c, 28_c, 1_c)), Conv2DSpace<28, 28, 1>>);
  STATIC_REQUIRE(
      is_same_v<space_of<decltype(input("x", VectorSpace(784_c)))>, Batch<VectorSpace<784>>>);
}

TEST_CASE("spaces: sizes as integers are any, and known sizes stay known", "[facts][spaces]") {
  const int units = 500;
  const auto x = input("x", VectorSpace(784_c));
  const auto W = parameter("W", Matrix(784_c, units));
  const auto b = parameter("b", VectorSpace(units));
  const auto V = parameter("V", Matrix(units, 10_c));
  STATIC_REQUIRE(is_same_v<decltype(VectorSpace(units)), VectorSpace<any>>);
  STATIC_REQUIRE(is_same_v<decltype(Matrix(784_c, units)), Matrix<784, any>>);
  STATIC_REQUIRE(is_same_v<space_of<decltype(matmul(x, W))>, Batch<VectorSpace<any>>>);
  STATIC_REQUIRE(is_same_v<space_of<decltype(relu(matmul(x, W) + b))>, Batch<VectorSpace<any>>>);
  STATIC_REQUIRE(
      is_same_v<space_of<decltype(matmul(relu(matmul(x, W) + b), V))>, Batch<VectorSpace<10>>>);
  // What the type does not know, the value does.
  CHECK((matmul(x, W) + b).shape() == Batch<VectorSpace<500>>::known);
}

TEST_CASE("spaces: products of vectors and matrices", "[facts][spaces]") {
  STATIC_REQUIRE([] {
    const auto x = input<Pixels>("x");
    const auto w = parameter<VectorSpace<784>>("w");
    const auto W = parameter<Matrix<784, 3>>("W");
    static_assert(is_same_v<space_of<decltype(matmul(x, w))>, Batch<Scalar>>);
    static_assert(is_same_v<space_of<decltype(matmul(w, W))>, VectorSpace<3>>);
    static_assert(is_same_v<space_of<decltype(matmul(w, w))>, Scalar>);
    static_assert(is_same_v<space_of<decltype(transpose(W))>, Matrix<3, 784>>);
    static_assert(is_same_v<space_of<decltype(transpose(x))>, Tensor<784, examples{}>>);
    static_assert(
        is_same_v<space_of<decltype(matmul(transpose(x), matmul(x, W)))>, Matrix<784, 3>>);
    return true;
  }());
}

TEST_CASE("spaces: a batch keeps the name of its extent", "[facts][spaces]") {
  STATIC_REQUIRE([] {
    const auto x = input<Pixels, patients>("x");
    const auto h = state<Batch<VectorSpace<20>, chains>>("h");
    const auto W = parameter<Matrix<20, 784>>("W");
    static_assert(is_same_v<space_of<decltype(x + 1)>, Batch<Pixels, patients>>);
    static_assert(is_same_v<space_of<decltype(sum(x, units))>, Batch<Scalar, patients>>);
    static_assert(is_same_v<space_of<decltype(matmul(h, W))>, Batch<VectorSpace<784>, chains>>);
    return true;
  }());
}

TEST_CASE("spaces: images keep their order of axes", "[facts][spaces]") {
  STATIC_REQUIRE([] {
    const auto x = input<Photo>("x");
    const auto p = input<Planes>("p");
    const auto K = parameter<Tensor<3, 3, 3, 16>>("K");
    const auto L = parameter<Tensor<16, 3, 3, 3>>("L");
    static_assert(is_same_v<space_of<decltype(convolve(x, K))>, Batch<Conv2DSpace<30, 30, 16>>>);
    static_assert(
        is_same_v<space_of<decltype(convolve(p, L))>, Batch<Conv2DSpace<30, 30, 16, Axes::bc01>>>);
    static_assert(is_same_v<space_of<decltype(max_pool(convolve(x, K), pool<3, 3>))>,
                            Batch<Conv2DSpace<10, 10, 16>>>);
    static_assert(is_same_v<space_of<decltype(flatten(x))>, Batch<VectorSpace<3072>>>);
    static_assert(is_same_v<space_of<decltype(relu(x))>, Batch<Photo>>);
    return true;
  }());
}

TEST_CASE("spaces: a gradient is of the Space of its variable", "[facts][spaces]") {
  STATIC_REQUIRE([] {
    const auto x = input<Photo>("x");
    const auto K = parameter<Tensor<3, 3, 3, 16>>("K");
    const auto h = relu(convolve(x, K));
    const auto cost = mean(square(h));
    static_assert(is_same_v<space_of<decltype(grad(cost, K))>, Tensor<3, 3, 3, 16>>);
    static_assert(is_same_v<space_of<decltype(grad(cost, x))>, Batch<Photo>>);
    static_assert(is_same_v<space_of<decltype(grad(cost, h))>, Batch<Conv2DSpace<30, 30, 16>>>);
    return true;
  }());
}

TEST_CASE("spaces: labels become numbers where they are compared or spread", "[facts][spaces]") {
  STATIC_REQUIRE([] {
    const auto y = input<IndexSpace<10>>("y");
    static_assert(is_same_v<space_of<decltype(y)>, Batch<IndexSpace<10>>>);
    static_assert(is_same_v<space_of<decltype(one_hot(y))>, Batch<VectorSpace<10>>>);
    return true;
  }());
}

}  // namespace

}  // namespace facts::spaces
