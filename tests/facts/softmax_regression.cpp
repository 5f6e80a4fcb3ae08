#include "facts.hpp"

namespace facts::softmax_regression {
namespace {

struct Pixels : VectorSpace<784> {};
using Digit = IndexSpace<10>;

constexpr auto step = [] {
  const auto x = input<Pixels>("x");
  const auto y = input<Digit>("y");
  const auto W = parameter<Matrix<784, 10>>("W");
  const auto b = parameter<VectorSpace<10>>("b");
  const auto learning_rate = scalar("learning_rate");
  const auto z = matmul(x, W) + b;
  const auto p = softmax(z);
  const auto cost = mean(cross_entropy(p, y));
  static_assert(is_same_v<space<decltype(z)>, Batch<VectorSpace<10>>>);
  static_assert(is_same_v<space<decltype(p)>, Batch<VectorSpace<10>>>);
  static_assert(is_same_v<space<decltype(cross_entropy(p, y))>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(cost)>, Scalar>);
  static_assert(is_same_v<space<decltype(grad(cost, W))>, Matrix<784, 10>>);
  static_assert(is_same_v<space<decltype(grad(cost, x))>, Batch<Pixels>>);
  return function(output("cost", cost), update(W, W - learning_rate * grad(cost, W)),
                  update(b, b - learning_rate * grad(cost, b)));
};
using F = decltype(step);

using X = Input<"x", Pixels>;
using Y = Input<"y", Digit>;
using W = Parameter<"W", Matrix<784, 10>>;
using B = Parameter<"b", VectorSpace<10>>;
using Z = AffineMap<X, W, B>;
using P = Node<Over<ops::Softmax, 2, true>, Z>;
using Cost = MeanOverExamples<Node<ops::CrossEntropy, P, Y>>;

// (softmax(z) - one hot(y)) / examples
using IsLabel = Node<ops::Equal, Node<To<ops::Reshape, Batch<VectorSpace<1>>>, Y>,
                     Unnamed<ops::Iota, ir::Attr{}, ir::make_shape(10)>>;
using GradientOfZ =
    Node<ops::Multiply, Node<ops::Divide, Literal<1.0>, Extent<>>, Node<ops::Subtract, P, IsLabel>>;

TEST_CASE("softmax regression: the tree of the cost as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "cost">, Cost>);
  STATIC_REQUIRE(Cost::size == 11);
  STATIC_REQUIRE(is_same_v<tree_t<F, "b">, Descended<B, Node<ops::Gradient, Cost, B>>>);
}

TEST_CASE("softmax regression: the gradient is x' (softmax(z) - one hot(y)) / examples",
          "[facts][tree]") {
  STATIC_REQUIRE(
      is_same_v<gradient_tree_t<F, "W">, Descended<W, Node<Product<true, false>, X, GradientOfZ>>>);
  STATIC_REQUIRE(
      is_same_v<gradient_tree_t<F, "b">, Descended<B, Node<Over<ops::Sum, 1>, GradientOfZ>>>);
}

TEST_CASE("softmax regression: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{48, 20});
  STATIC_REQUIRE(flops<F>() == Affine{22, 31510});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 2 * 2 * 784 * 10});
  STATIC_REQUIRE(steps<F>() == Steps{2, 0, 4, 4});
}

}  // namespace

}  // namespace facts::softmax_regression
