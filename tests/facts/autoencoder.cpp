#include "facts.hpp"

namespace facts::autoencoder {
namespace {

struct Visible : VectorSpace<784> {};
using Weights = Matrix<784, 200>;

constexpr auto step = [] {
  const auto x = input<Visible>("x");
  const auto W = parameter<Weights>("W");
  const auto b = parameter<VectorSpace<200>>("b");
  const auto c = parameter<Visible>("c");
  const auto learning_rate = scalar("learning_rate");
  const auto h = tanh(matmul(x, W) + b);
  const auto r = tanh(matmul(h, transpose(W)) + c);
  const auto cost = mean(sum(square(r - x), units));
  static_assert(is_same_v<space<decltype(transpose(W))>, Matrix<200, 784>>);
  static_assert(is_same_v<space<decltype(h)>, Batch<VectorSpace<200>>>);
  static_assert(is_same_v<space<decltype(matmul(h, transpose(W)))>, Batch<VectorSpace<784>>>);
  static_assert(is_same_v<space<decltype(sum(square(r - x), units))>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(grad(cost, c))>, Visible>);
  return function(output("cost", cost), update(W, W - learning_rate * grad(cost, W)),
                  update(b, b - learning_rate * grad(cost, b)),
                  update(c, c - learning_rate * grad(cost, c)));
};
using F = decltype(step);

using X = Input<"x", Visible>;
using W = Parameter<"W", Weights>;
using H = Node<ops::Tanh, AffineMap<X, W, Parameter<"b", VectorSpace<200>>>>;
// transpose of the whole array: axis 0 is what was axis 1
using Transposed = Node<With<ops::Transpose, ir::Attr{{1, 0}}>, W>;
using R = Node<ops::Tanh, AffineMap<H, Transposed, Parameter<"c", Visible>>>;
using Cost = MeanOverExamples<SumOverUnits<Node<ops::Square, Node<ops::Subtract, R, X>>>>;

TEST_CASE("tied autoencoder: the tree of the cost as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "cost">, Cost>);
}

// tanh'(z) as of the result y
template <class Y>
using TanhSlope = Node<ops::Subtract, Literal<1.0>, Node<ops::Multiply, Y, Y>>;
using Flagged =
    Node<ops::Tanh, Node<ops::Add, Node<Product<false, true>, H, W>, Parameter<"c", Visible>>>;

TEST_CASE("tied autoencoder: the transpose of the weights becomes a flag of the product",
          "[facts][tree]") {
  STATIC_REQUIRE(
      is_same_v<
          gradient_tree_t<F, "cost">,
          MeanOverExamples<SumOverUnits<Node<ops::Square, Node<ops::Subtract, Flagged, X>>>>>);
}

TEST_CASE("tied autoencoder: the gradient of the weights is the sum of two products",
          "[facts][tree]") {
  using Error = Node<ops::Multiply, Node<ops::Divide, Literal<1.0>, Extent<>>,
                     Node<ops::Multiply, Literal<2.0>, Node<ops::Subtract, Flagged, X>>>;
  using GradientOfDecoder = Node<ops::Multiply, Error, TanhSlope<Flagged>>;
  using GradientOfEncoder =
      Node<ops::Multiply, Node<ops::MatMul, GradientOfDecoder, W>, TanhSlope<H>>;
  using Gradient = Node<ops::Add,
                        Node<With<ops::Transpose, ir::Attr{{1, 0}}>,
                             Node<Product<true, false>, H, GradientOfDecoder>>,
                        Node<Product<true, false>, X, GradientOfEncoder>>;
  STATIC_REQUIRE(is_same_v<gradient_tree_t<F, "W">, Descended<W, Gradient>>);
}

TEST_CASE("tied autoencoder: both products are added to the weights by BLAS", "[facts][tree]") {
  using Updated = optimized_tree_t<F, "W">;
  STATIC_REQUIRE(is_same_v<Updated::op, ops::Gemm>);
  STATIC_REQUIRE(is_same_v<operand_t<Updated, 3>::op, ops::Gemm>);
  STATIC_REQUIRE(is_same_v<operand_t<operand_t<Updated, 3>, 3>, W>);
}

TEST_CASE("tied autoencoder: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{1024, 1184});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 5 * 2 * 784 * 200});
  STATIC_REQUIRE(flops<F>() == Affine{1970, 1578608});
  STATIC_REQUIRE(steps<F>() == Steps{5, 0, 7, 6});
}

}  // namespace

}  // namespace facts::autoencoder
