#include "facts.hpp"

namespace facts::hessian_vector_product {
namespace {

// H v = d (dcost/dw . v) / dw                    (Pearlmutter 1994)
constexpr auto step = [] {
  const auto x = input<VectorSpace<50>>("x");
  const auto t = input<Scalar>("t");
  const auto w = parameter<VectorSpace<50>>("w");
  const auto v = shared_input<VectorSpace<50>>("v");
  const auto cost = mean(square(matmul(x, w) - t));
  const auto along = sum(grad(cost, w) * v);
  const auto product = grad(along, w);
  static_assert(is_same_v<space<decltype(t)>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(matmul(x, w))>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(along)>, Scalar>);
  static_assert(is_same_v<space<decltype(product)>, VectorSpace<50>>);
  return function(output("gradient", grad(cost, w)), output("product", product));
};
using F = decltype(step);

using X = Input<"x", VectorSpace<50>>;
using T = Input<"t", Scalar>;
using W = Parameter<"w", VectorSpace<50>>;
using V = Leaf<ops::Input, "v", VectorSpace<50>::known>;
using Column = Node<To<ops::Reshape, Matrix<50, 1>>, W>;
using Predicted = Node<To<ops::Reshape, Batch<Scalar>>, Node<ops::MatMul, X, Column>>;
using Cost = MeanOverExamples<Node<ops::Square, Node<ops::Subtract, Predicted, T>>>;
using Gradient = Node<ops::Gradient, Cost, W>;
using Along = Node<Over<ops::Sum, 1>, Node<ops::Multiply, Gradient, V>>;

TEST_CASE("Hessian-vector product: the gradient of a gradient, as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "gradient">, Gradient>);
  STATIC_REQUIRE(is_same_v<tree_t<F, "product">, Node<ops::Gradient, Along, W>>);
}

TEST_CASE("Hessian-vector product: of least squares it is 2 / n x' x v", "[facts][tree]") {
  using AlongX = Node<To<ops::Reshape, Batch<Scalar>>,
                      Node<ops::MatMul, X, Node<To<ops::Reshape, Matrix<50, 1>>, V>>>;
  using Scaled =
      Node<ops::Multiply, Node<ops::Multiply, AlongX, Node<ops::Divide, Literal<1.0>, Extent<>>>,
           Literal<2.0>>;
  using Back = Node<Product<true, false>, X, Node<To<ops::Reshape, Batch<VectorSpace<1>>>, Scaled>>;
  STATIC_REQUIRE(
      is_same_v<gradient_tree_t<F, "product">, Node<To<ops::Reshape, VectorSpace<50>>, Back>>);
}

TEST_CASE("Hessian-vector product: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{128, 1});
  STATIC_REQUIRE(flops<F>() == Affine{100, 405});
  STATIC_REQUIRE(steps<F>() == Steps{4, 0, 4, 3});
}

}  // namespace

}  // namespace facts::hessian_vector_product
