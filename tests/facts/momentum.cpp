#include "facts.hpp"

namespace facts::momentum {
namespace {

using Weights = Matrix<20, 3>;

// Polyak 1964, as in Pylearn2: v <- momentum v - rate g; W <- W + v
constexpr auto step = [] {
  const auto x = input<VectorSpace<20>>("x");
  const auto t = input<VectorSpace<3>>("t");
  const auto W = parameter<Weights>("W");
  const auto v = state<Weights>("v");
  const auto rate = scalar("learning_rate");
  const auto momentum = scalar("momentum", 0.5);
  const auto cost = 0.5 * mean(sum(square(matmul(x, W) - t), units));
  const auto next = momentum * v - rate * grad(cost, W);
  static_assert(is_same_v<space<decltype(v)>, Weights>);
  static_assert(is_same_v<space<decltype(next)>, Weights>);
  return function(output("cost", cost), update(v, next), update(W, W + next));
};
using F = decltype(step);

using X = Input<"x", VectorSpace<20>>;
using T = Input<"t", VectorSpace<3>>;
using W = Parameter<"W", Weights>;
using V = State<"v", Weights>;
using Error = Node<ops::Subtract, Node<ops::MatMul, X, W>, T>;
using Cost =
    Node<ops::Multiply, Literal<0.5>, MeanOverExamples<SumOverUnits<Node<ops::Square, Error>>>>;
using Next = Node<ops::Subtract, Node<ops::Multiply, NamedScalar<"momentum">, V>,
                  Node<ops::Multiply, NamedScalar<"learning_rate">, Node<ops::Gradient, Cost, W>>>;

TEST_CASE("momentum: an update is named by what it changes", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "cost">, Cost>);
  STATIC_REQUIRE(is_same_v<tree_t<F, "v">, Next>);
  STATIC_REQUIRE(is_same_v<tree_t<F, "W">, Node<ops::Add, W, Next>>);
}

TEST_CASE("momentum: the gradient of least squares", "[facts][tree]") {
  using Gradient = Node<Product<true, false>, X,
                        Node<ops::Multiply, Node<ops::Divide, Literal<0.5>, Extent<>>,
                             Node<ops::Multiply, Literal<2.0>, Error>>>;
  STATIC_REQUIRE(is_same_v<gradient_tree_t<F, "v">,
                           Node<ops::Subtract, Node<ops::Multiply, NamedScalar<"momentum">, V>,
                                Node<ops::Multiply, NamedScalar<"learning_rate">, Gradient>>>);
}

TEST_CASE("momentum: the product is added to the velocity by BLAS", "[facts][tree]") {
  using Velocity = optimized_tree_t<F, "v">;
  STATIC_REQUIRE(is_same_v<Velocity::op, ops::Gemm>);
  STATIC_REQUIRE(is_same_v<operand_t<Velocity, 3>, V>);
  STATIC_REQUIRE(is_same_v<operand_t<Velocity, 4>, NamedScalar<"momentum">>);
}

TEST_CASE("momentum: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{32, 3});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 2 * 2 * 20 * 3});
  STATIC_REQUIRE(flops<F>() == Affine{63, 258});
  STATIC_REQUIRE(steps<F>() == Steps{2, 0, 4, 4});
}

}  // namespace

}  // namespace facts::momentum
