#include "facts.hpp"

namespace facts::mlp {
namespace {

struct Pixels : VectorSpace<784> {};
struct Features : VectorSpace<500> {};

constexpr auto step = [] {
  const auto x = input<Pixels>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto W0 = parameter<Matrix<784, 500>>("h.W");
  const auto b0 = parameter<Features>("h.b");
  const auto W1 = parameter<Matrix<500, 10>>("y.W");
  const auto b1 = parameter<VectorSpace<10>>("y.b");
  const auto learning_rate = scalar("learning_rate", 0.1);
  const auto h = relu(matmul(x, W0) + b0);
  const auto z = matmul(h, W1) + b1;
  const auto cost = mean(cross_entropy(softmax(z), y));
  const auto wrong = mean(argmax(z) != y);
  static_assert(is_same_v<space<decltype(h)>, Batch<VectorSpace<500>>>);
  static_assert(is_same_v<space<decltype(z)>, Batch<VectorSpace<10>>>);
  static_assert(is_same_v<space<decltype(argmax(z) != y)>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(grad(cost, b0))>, Features>);
  static_assert(is_same_v<space<decltype(wrong)>, Scalar>);
  Function f = function(output("cost", cost), output("misclassification", wrong));
  const auto descend = [&](const auto& p) { f.add(update(p, p - learning_rate * grad(cost, p))); };
  descend(W0);
  descend(b0);
  descend(W1);
  descend(b1);
  return f;
};
using F = decltype(step);

using X = Input<"x", Pixels>;
using Y = Input<"y", IndexSpace<10>>;
using H =
    Node<ops::Relu, AffineMap<X, Parameter<"h.W", Matrix<784, 500>>, Parameter<"h.b", Features>>>;
using Z = AffineMap<H, Parameter<"y.W", Matrix<500, 10>>, Parameter<"y.b", VectorSpace<10>>>;
using P = Node<Over<ops::Softmax, 2, true>, Z>;

TEST_CASE("MLP: the tree of the cost and of the error as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "cost">, MeanOverExamples<Node<ops::CrossEntropy, P, Y>>>);
  STATIC_REQUIRE(
      is_same_v<tree_t<F, "misclassification">,
                MeanOverExamples<Node<ops::NotEqual, Node<Over<ops::ArgMax, 2>, Z>, Y>>>);
}

TEST_CASE("MLP: the derivative of the rectifier selects by its result", "[facts][tree]") {
  using IsLabel = Node<ops::Equal, Node<To<ops::Reshape, Batch<VectorSpace<1>>>, Y>,
                       Unnamed<ops::Iota, ir::Attr{}, ir::make_shape(10)>>;
  using GradientOfZ = Node<ops::Multiply, Node<ops::Divide, Literal<1.0>, Extent<>>,
                           Node<ops::Subtract, P, IsLabel>>;
  using GradientOfH = Node<Product<false, true>, GradientOfZ, Parameter<"y.W", Matrix<500, 10>>>;
  using GradientOfB =
      Node<Over<ops::Sum, 1>,
           Node<ops::Where, Node<ops::Greater, H, Literal<0.0>>, GradientOfH, Literal<0.0>>>;
  STATIC_REQUIRE(
      is_same_v<gradient_tree_t<F, "h.b">, Descended<Parameter<"h.b", Features>, GradientOfB>>);
}

TEST_CASE("MLP: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{576, 1020});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 2 * (2 * 784 * 500 + 3 * 500 * 10)});
  STATIC_REQUIRE(flops<F>() == Affine{1023, 1600670});
  STATIC_REQUIRE(steps<F>() == Steps{5, 0, 8, 6});
}

}  // namespace

}  // namespace facts::mlp
