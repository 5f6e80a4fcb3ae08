// The Space of every intermediate value of some models.
#include "spaces.hpp"

#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace space_test;

namespace {

struct Hidden : VectorSpace<500> {};
struct Drawing : Conv2DSpace<28, 28, 1> {};

}  // namespace

TEST_CASE("types: softmax regression", "[space][types]") {
  const auto x = input<Pixels>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto W = parameter<Matrix<784, 10>>("W");
  const auto b = parameter<VectorSpace<10>>("b");
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(x)>);
  STATIC_REQUIRE(is<Batch<IndexSpace<10>>, decltype(y)>);
  const auto z = matmul(x, W);
  STATIC_REQUIRE(is<Batch<VectorSpace<10>>, decltype(z)>);
  const auto p = softmax(z + b);
  STATIC_REQUIRE(is<Batch<VectorSpace<10>>, decltype(p)>);
  const auto each = cross_entropy(p, y);
  STATIC_REQUIRE(is<Batch<Scalar>, decltype(each)>);
  const auto cost = mean(each) + 1e-5 * sum(square(W));
  STATIC_REQUIRE(is<Scalar, decltype(cost)>);
  STATIC_REQUIRE(is<Matrix<784, 10>, decltype(grad(cost, W))>);
  STATIC_REQUIRE(is<VectorSpace<10>, decltype(b - 0.1 * grad(cost, b))>);
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(grad(cost, x))>);
  const auto label = argmax(p);
  STATIC_REQUIRE(is<Batch<IndexSpace<10>>, decltype(label)>);
  STATIC_REQUIRE(is<Batch<Scalar>, decltype(label != y)>);
  STATIC_REQUIRE(is<Scalar, decltype(mean(label != y))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<10>>, decltype(one_hot(y) - p)>);
}

TEST_CASE("types: a value of an operand's shape keeps the operand's name", "[space][types]") {
  const auto x = input<Pixels>("x");
  const auto b = parameter<Hidden>("b");
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(2 * x - 1)>);
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(where(x > 0.5, x, 0))>);
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(x - mean(x, batch))>);
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(x / sum(x, units, keep_axes))>);
  STATIC_REQUIRE(is<Batch<Pixels>, decltype(bernoulli(sigmoid(x)))>);
  STATIC_REQUIRE(is<Hidden, decltype(relu(b) + 1)>);
  STATIC_REQUIRE(is<VectorSpace<784>, decltype(mean(x, batch))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<1>>, decltype(sum(x, units, keep_axes))>);
}

TEST_CASE("types: a restricted Boltzmann machine with its chains", "[space][types]") {
  const auto W = parameter<Matrix<784, 500>>("W");
  const auto b = parameter<Hidden>("b");
  const auto h = state<Batch<Hidden, chains>>("h");
  const auto v = bernoulli(sigmoid(matmul(h, transpose(W))));
  STATIC_REQUIRE(is<Matrix<500, 784>, decltype(transpose(W))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<784>, chains>, decltype(v)>);
  const auto free_energy = -sum(softplus(matmul(v, W) + b), units);
  STATIC_REQUIRE(is<Batch<Scalar, chains>, decltype(free_energy)>);
  STATIC_REQUIRE(is<Scalar, decltype(mean(free_energy))>);
  STATIC_REQUIRE(is<Tensor<500, chains{}>, decltype(transpose(h))>);
  STATIC_REQUIRE(is<Matrix<500, 784>, decltype(matmul(transpose(h), v))>);
  STATIC_REQUIRE(is<Batch<Hidden, chains>, decltype(uniform_like(h))>);
}

TEST_CASE("types: a convolutional net", "[space][types]") {
  const auto x = reshape<Drawing>(input<Pixels>("x"));
  STATIC_REQUIRE(is<Batch<Drawing>, decltype(x)>);
  const auto k = parameter<Tensor<5, 5, 1, 8>>("k");
  const auto y = relu(convolve(x, k));
  STATIC_REQUIRE(is<Batch<Conv2DSpace<24, 24, 8>>, decltype(y)>);
  const auto small = max_pool(y, pool<2, 2>);
  STATIC_REQUIRE(is<Batch<Conv2DSpace<12, 12, 8>>, decltype(small)>);
  STATIC_REQUIRE(is<Batch<VectorSpace<1152>>, decltype(flatten(small))>);
  STATIC_REQUIRE(is<Tensor<5, 5, 1, 8>, decltype(grad(mean(small), k))>);
  const auto channels_first = transpose<2, 0, 1>(y);
  STATIC_REQUIRE(is<Batch<Tensor<8, 24, 24>>, decltype(channels_first)>);
  STATIC_REQUIRE(is<Batch<Matrix<24, 24>>, decltype(max(y, axis<-1>))>);
}

TEST_CASE("types: an embedding of words", "[space][types]") {
  const auto words = input<IndexSpace<100, 4>>("words");
  const auto E = parameter<Matrix<100, 16>>("E");
  const auto rows = take_rows(E, words);
  STATIC_REQUIRE(is<Batch<Matrix<4, 16>>, decltype(rows)>);
  STATIC_REQUIRE(is<Batch<VectorSpace<64>>, decltype(flatten(rows))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<16>>, decltype(sum(rows, axis<0>))>);
}

TEST_CASE("types: parts of vectors", "[space][types]") {
  const auto x = input<Pixels>("x");
  const auto h = input<Hidden>("h");
  STATIC_REQUIRE(is<Batch<VectorSpace<1284>>, decltype(concatenate(x, h))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<10>>, decltype(slice(x, axis<0>, range<0, 10>))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<5>>, decltype(slice(x, axis<0>, range<0, 10, 2>))>);
  STATIC_REQUIRE(is<Batch<VectorSpace<any>>, decltype(slice(x, axis<0>, 0, 10))>);
}
