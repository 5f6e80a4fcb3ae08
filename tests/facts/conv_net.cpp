#include "facts.hpp"

namespace facts::conv_net {
namespace {

struct Digits : Conv2DSpace<28, 28, 1> {};

constexpr auto step = [] {
  const auto x = input<Digits>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto K = parameter<Tensor<5, 5, 1, 8>>("K");
  const auto b = parameter<VectorSpace<8>>("b");
  const auto W = parameter<Matrix<1152, 10>>("W");
  const auto learning_rate = scalar("learning_rate");
  const auto maps = relu(convolve(x, K) + b, 0.01);
  const auto pooled = max_pool(maps, pool<2, 2>);
  const auto cost = mean(cross_entropy(softmax(matmul(flatten(pooled), W)), y));
  static_assert(is_same_v<space<decltype(convolve(x, K))>, Batch<Conv2DSpace<24, 24, 8>>>);
  static_assert(is_same_v<space<decltype(maps)>, Batch<Conv2DSpace<24, 24, 8>>>);
  static_assert(is_same_v<space<decltype(pooled)>, Batch<Conv2DSpace<12, 12, 8>>>);
  static_assert(is_same_v<space<decltype(flatten(pooled))>, Batch<VectorSpace<1152>>>);
  static_assert(is_same_v<space<decltype(grad(cost, K))>, Tensor<5, 5, 1, 8>>);
  return function(
      output("cost", cost), output("maps", maps), update(K, K - learning_rate * grad(cost, K)),
      update(b, b - learning_rate * grad(cost, b)), update(W, W - learning_rate * grad(cost, W)));
};
using F = decltype(step);

using X = Input<"x", Digits>;
using K = Parameter<"K", Tensor<5, 5, 1, 8>>;

TEST_CASE("convolutional net: the tree of the maps as written", "[facts][tree]") {
  using Maps = tree_t<F, "maps">;
  using Convolved = operand_t<operand_t<Maps, 0>, 0>;
  STATIC_REQUIRE(is_same_v<Convolved::op, ops::Convolve>);
  STATIC_REQUIRE(is_same_v<operand_t<Convolved, 0>, X>);
  STATIC_REQUIRE(is_same_v<operand_t<Convolved, 1>, K>);
  STATIC_REQUIRE(
      is_same_v<Maps,
                Node<ops::LeakyRelu, Node<ops::Add, Convolved, Parameter<"b", VectorSpace<8>>>,
                     Literal<0.01>>>);
  STATIC_REQUIRE(Maps::shape == Batch<Conv2DSpace<24, 24, 8>>::known);
}

TEST_CASE("convolutional net: the bias gets what passes the pools and the rectifier",
          "[facts][tree]") {
  using Gradient = operand_t<operand_t<gradient_tree_t<F, "b">, 1>, 1>;
  using Chosen = operand_t<Gradient, 0>;
  using Maps = tree_t<F, "maps">;
  STATIC_REQUIRE(is_same_v<Gradient, Node<Over<ops::Sum, 7>, Chosen>>);
  STATIC_REQUIRE(is_same_v<Chosen::op, ops::Where>);
  STATIC_REQUIRE(
      is_same_v<operand_t<Chosen, 0>, Node<ops::Greater, operand_t<Maps, 0>, Literal<0.0>>>);
  using Pooled = operand_t<Chosen, 1>;
  STATIC_REQUIRE(is_same_v<Pooled::op, ops::MaxPoolGradient>);
  STATIC_REQUIRE(is_same_v<operand_t<Pooled, 0>, Maps>);
  STATIC_REQUIRE(is_same_v<operand_t<Chosen, 2>, Node<ops::Multiply, Literal<0.01>, Pooled>>);
}

TEST_CASE("convolutional net: memory and work of a call", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{256, 16148});
  STATIC_REQUIRE(product_flops<F>() == Affine{0, 3 * 2 * 1152 * 10});
  STATIC_REQUIRE(flops<F>() == Affine{418, 571512});
  STATIC_REQUIRE(steps<F>() == Steps{3, 4, 7, 6});
}

}  // namespace

}  // namespace facts::conv_net
