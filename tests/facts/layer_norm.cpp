#include "facts.hpp"

namespace facts::layer_norm {
namespace {

struct Activations : VectorSpace<256> {};

// Ba, Kiros and Hinton 2016
constexpr auto step = [] {
  const auto x = input<Activations>("x");
  const auto scale = parameter<Activations>("scale");
  const auto shift = parameter<Activations>("shift");
  const auto centred = x - mean(x, units, keep_axes);
  const auto spread = rsqrt(mean(square(centred), units, keep_axes) + 1e-5);
  const auto y = centred * spread * scale + shift;
  const auto cost = mean(sum(square(y), units));
  static_assert(is_same_v<space<decltype(mean(x, units, keep_axes))>, Batch<VectorSpace<1>>>);
  static_assert(is_same_v<space<decltype(centred)>, Batch<Activations>>);
  static_assert(is_same_v<space<decltype(spread)>, Batch<VectorSpace<1>>>);
  static_assert(is_same_v<space<decltype(y)>, Batch<Activations>>);
  static_assert(is_same_v<space<decltype(grad(cost, scale))>, Activations>);
  return function(output("y", y), output("gradient of scale", grad(cost, scale)),
                  output("gradient of shift", grad(cost, shift)));
};
using F = decltype(step);

using X = Input<"x", Activations>;
using Scale = Parameter<"scale", Activations>;
using Shift = Parameter<"shift", Activations>;
template <class T>
using MeanOverUnits = Node<ops::Divide, Node<Over<ops::Sum, 2, true>, T>, Literal<256.0>>;
using Centred = Node<ops::Subtract, X, MeanOverUnits<X>>;
using Spread =
    Node<ops::Rsqrt, Node<ops::Add, MeanOverUnits<Node<ops::Square, Centred>>, Literal<1e-5>>>;
using Normal = Node<ops::Multiply, Centred, Spread>;
using Y = Node<ops::Add, Node<ops::Multiply, Normal, Scale>, Shift>;

TEST_CASE("layer norm: the tree as written", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<F, "y">, Y>);
}

TEST_CASE("layer norm: the gradients of scale and shift share that of the result",
          "[facts][tree]") {
  using GradientOfY = Node<ops::Multiply, Node<ops::Divide, Literal<1.0>, Extent<>>,
                           Node<ops::Multiply, Literal<2.0>, Y>>;
  STATIC_REQUIRE(
      is_same_v<gradient_tree_t<F, "gradient of shift">, Node<Over<ops::Sum, 1>, GradientOfY>>);
  STATIC_REQUIRE(is_same_v<gradient_tree_t<F, "gradient of scale">,
                           Node<Over<ops::Sum, 1>, Node<ops::Multiply, GradientOfY, Normal>>>);
}

TEST_CASE("layer norm: one loop of several passes over a row", "[facts][plan]") {
  STATIC_REQUIRE(arena<F>() == Affine{512, 256});
  STATIC_REQUIRE(flops<F>() == Affine{0, 3328});
  STATIC_REQUIRE(steps<F>() == Steps{0, 0, 1, 1});
  STATIC_REQUIRE(plan<F>.loops[0].phases == 3);
}

}  // namespace

}  // namespace facts::layer_norm
