#include "facts.hpp"

namespace facts::gradient_penalty {
namespace {

struct Sample : VectorSpace<64> {};

// (|d critic / d x| - 1)^2, as of Gulrajani et al. 2017
constexpr auto step = [] {
  const auto x = input<Sample>("x");
  const auto W = parameter<Matrix<64, 32>>("W");
  const auto b = parameter<VectorSpace<32>>("b");
  const auto v = parameter<VectorSpace<32>>("v");
  const auto critic = matmul(tanh(matmul(x, W) + b), v);
  const auto slope = grad(sum(critic), x);
  const auto length = sqrt(sum(square(slope), units));
  const auto penalty = mean(square(length - 1));
  static_assert(is_same_v<space<decltype(critic)>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(slope)>, Batch<Sample>>);
  static_assert(is_same_v<space<decltype(length)>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(grad(penalty, W))>, Matrix<64, 32>>);
  return function(output("slope", slope), output("penalty", penalty),
                  output("gradient", grad(penalty, W)));
};
using F = decltype(step);

using X = Input<"x", Sample>;
using W = Parameter<"W", Matrix<64, 32>>;
using V = Parameter<"v", VectorSpace<32>>;
using H = Node<ops::Tanh, AffineMap<X, W, Parameter<"b", VectorSpace<32>>>>;
using Column = Node<To<ops::Reshape, Matrix<32, 1>>, V>;
using Critic = Node<To<ops::Reshape, Batch<Scalar>>, Node<ops::MatMul, H, Column>>;
using Slope = Node<ops::Gradient, SumOverAll<Critic>, X>;
using Length = Node<ops::Sqrt, SumOverUnits<Node<ops::Square, Slope>>>;

TEST_CASE("gradient penalty: a gradient inside a cost, as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "slope">, Slope>);
  STATIC_REQUIRE(
      is_same_v<tree_t<F, "penalty">,
                MeanOverExamples<Node<ops::Square, Node<ops::Subtract, Length, Literal<1.0>>>>>);
}

TEST_CASE("gradient penalty: the slope is v (1 - h^2) W'", "[facts][tree]") {
  using Ones = Node<To<ops::BroadcastTo, Batch<VectorSpace<1>>>, Literal<1.0>>;
  using GradientOfH = Node<Product<false, true>, Ones, Column>;
  using Derivative = Node<ops::Subtract, Literal<1.0>, Node<ops::Multiply, H, H>>;
  STATIC_REQUIRE(
      is_same_v<gradient_tree_t<F, "slope">,
                Node<Product<false, true>, Node<ops::Multiply, GradientOfH, Derivative>, W>>);
}

TEST_CASE("gradient penalty: no gradient is left to carry out", "[facts][tree]") {
  STATIC_REQUIRE(gradient_tree_t<F, "gradient">::shape == W::shape);
}

TEST_CASE("gradient penalty: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{2080, 289});
  STATIC_REQUIRE(flops<F>() == Affine{1, 21249});
  STATIC_REQUIRE(steps<F>() == Steps{6, 0, 6, 6});
}

}  // namespace

}  // namespace facts::gradient_penalty
