#include "facts.hpp"

namespace facts::rbm {
namespace {

struct Visible : VectorSpace<784> {};

// Contrastive divergence as a difference of free energies      (Hinton 2002)
constexpr auto step = [] {
  const auto v0 = input<Visible>("v0");
  const auto vk = input<Visible>("vk");
  const auto W = parameter<Matrix<784, 500>>("W");
  const auto b = parameter<Visible>("b");
  const auto c = parameter<VectorSpace<500>>("c");
  const auto learning_rate = scalar("learning_rate");
  const auto free_energy = [&](const auto& v) {
    return -matmul(v, b) - sum(softplus(matmul(v, W) + c), units);
  };
  const auto cost = mean(free_energy(v0)) - mean(free_energy(vk));
  static_assert(is_same_v<space<decltype(matmul(v0, b))>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(free_energy(v0))>, Batch<Scalar>>);
  static_assert(is_same_v<space<decltype(cost)>, Scalar>);
  static_assert(is_same_v<space<decltype(grad(cost, b))>, Visible>);
  return function(output("cost", cost), update(W, W - learning_rate * grad(cost, W)),
                  update(b, b - learning_rate * grad(cost, b)),
                  update(c, c - learning_rate * grad(cost, c)));
};
using F = decltype(step);

using B = Parameter<"b", Visible>;
using Column = Node<To<ops::Reshape, Matrix<784, 1>>, B>;
template <class V>
using Linear = Node<To<ops::Reshape, Batch<Scalar>>, Node<ops::MatMul, V, Column>>;
template <class V>
using Hidden = AffineMap<V, Parameter<"W", Matrix<784, 500>>, Parameter<"c", VectorSpace<500>>>;
template <class V>
using FreeEnergy =
    Node<ops::Subtract, Node<ops::Negate, Linear<V>>, SumOverUnits<Node<ops::Softplus, Hidden<V>>>>;
using V0 = Input<"v0", Visible>;
using Vk = Input<"vk", Visible>;
// the sum over the examples of -(factor / examples) sigmoid(v W + c)
template <Real Factor, class V>
using HiddenMean =
    Node<Over<ops::Sum, 1>,
         Node<ops::Negate, Node<ops::Multiply, Node<ops::Divide, Literal<Factor>, Extent<>>,
                                Node<ops::Sigmoid, Hidden<V>>>>>;

TEST_CASE("RBM: the difference of free energies as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "cost">, Node<ops::Subtract, MeanOverExamples<FreeEnergy<V0>>,
                                                   MeanOverExamples<FreeEnergy<Vk>>>>);
}

TEST_CASE("RBM: the gradient by the hidden biases is a difference of hidden means",
          "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<gradient_tree_t<F, "c">,
                           Descended<Parameter<"c", VectorSpace<500>>,
                                     Node<ops::Add, HiddenMean<-1.0, Vk>, HiddenMean<1.0, V0>>>>);
}

TEST_CASE("RBM: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{1328, 1002});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 4 * 2 * 784 * 500 + 4 * 2 * 784});
  STATIC_REQUIRE(flops<F>() == Affine{3072, 3149280});
  STATIC_REQUIRE(steps<F>() == Steps{8, 0, 10, 7});
}

}  // namespace

}  // namespace facts::rbm
