#include "facts.hpp"

#include <limits>

namespace facts::mixture {
namespace {

// -log sum_k exp(a_k - |t - mu_k|^2 / 2): a mixture of Gaussians whose means and weights are
// linear in x                                                  (Bishop 1994)
constexpr auto step = [] {
  const auto x = input<VectorSpace<8>>("x");
  const auto t = input<Scalar>("t");
  const auto A = parameter<Matrix<8, 5>>("A");
  const auto M = parameter<Matrix<8, 5>>("M");
  const auto a = log_softmax(matmul(x, A));
  const auto distance = square(matmul(x, M) - broadcast_to(t, a));
  const auto cost = -mean(log_sum_exp(a - 0.5 * distance));
  static_assert(is_same_v<space<decltype(a)>, Batch<VectorSpace<5>>>);
  static_assert(is_same_v<space<decltype(distance)>, Batch<VectorSpace<5>>>);
  static_assert(is_same_v<space<decltype(log_sum_exp(a))>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(cost)>, Scalar>);
  return function(output("cost", cost), output("gradient of M", grad(cost, M)),
                  output("gradient of A", grad(cost, A)));
};
using F = decltype(step);

using X = Input<"x", VectorSpace<8>>;
using T = Input<"t", Scalar>;
using LogWeights =
    Node<Over<ops::LogSoftmax, 2, true>, Node<ops::MatMul, X, Parameter<"A", Matrix<8, 5>>>>;
using Means = Node<ops::MatMul, X, Parameter<"M", Matrix<8, 5>>>;
template <class Target>
using Joint =
    Node<ops::Subtract, LogWeights,
         Node<ops::Multiply, Literal<0.5>, Node<ops::Square, Node<ops::Subtract, Means, Target>>>>;
template <class Target>
using Cost = Node<ops::Negate, MeanOverExamples<Node<Over<ops::LogSumExp, 2>, Joint<Target>>>>;

TEST_CASE("mixture: the tree of the cost as written", "[facts][tree]") {
  STATIC_REQUIRE(
      is_same_v<tree_t<F, "cost">, Cost<Node<To<ops::BroadcastTo, Batch<VectorSpace<5>>>, T>>>);
}

TEST_CASE("mixture: the gradient of the means weighs distances by the posterior", "[facts][tree]") {
  // e^(joint - log sum), with the values that it has where one of these is infinite
  constexpr double inf = std::numeric_limits<double>::infinity();
  using LogSum =
      Node<To<ops::Reshape, Batch<VectorSpace<1>>>, Node<Over<ops::LogSumExp, 2>, Joint<T>>>;
  using Finite = Node<ops::Where, Node<ops::Equal, LogSum, Literal<-inf>>, Literal<0.0>, LogSum>;
  using Posterior = Node<ops::Where, Node<ops::Equal, Joint<T>, Literal<inf>>, Literal<1.0>,
                         Node<ops::Exp, Node<ops::Subtract, Joint<T>, Finite>>>;
  using GradientOfJoint =
      Node<ops::Negate, Node<ops::Multiply, Node<ops::Divide, Literal<-1.0>, Extent<>>, Posterior>>;
  using GradientOfMeans = Node<ops::Multiply, Node<ops::Multiply, GradientOfJoint, Literal<0.5>>,
                               Node<ops::Multiply, Literal<2.0>, Node<ops::Subtract, Means, T>>>;
  STATIC_REQUIRE(is_same_v<gradient_tree_t<F, "gradient of M">,
                           Node<Product<true, false>, X, GradientOfMeans>>);
}

TEST_CASE("mixture: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{128, 20});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 4 * 2 * 8 * 5});
  STATIC_REQUIRE(flops<F>() == Affine{2, 590});
  STATIC_REQUIRE(steps<F>() == Steps{4, 0, 2, 2});
}

}  // namespace

}  // namespace facts::mixture
