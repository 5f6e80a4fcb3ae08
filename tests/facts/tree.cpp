// The tool itself: dsl/tree.hpp.
#include "facts.hpp"

#include <string_view>

namespace facts::tree {
namespace {

struct patients {
  static constexpr const char* name = "patients";
};

constexpr auto affine = [] {
  const auto x = input<VectorSpace<4>>("x");
  const auto W = parameter<Matrix<4, 3>>("W");
  const auto v = state<Matrix<4, 3>>("v");
  return function(output("z", 2 * matmul(x, W) + 0.5), update(v, W), update(W, v));
};
using Affine4 = decltype(affine);
using Z = Node<ops::Add,
               Node<ops::Multiply, Literal<2.0>,
                    Node<ops::MatMul, Input<"x", VectorSpace<4>>, Parameter<"W", Matrix<4, 3>>>>,
               Literal<0.5>>;

TEST_CASE("tree: every node knows its op and its shape", "[facts][tree]") {
  using Product = operand_t<operand_t<Z, 0>, 1>;
  STATIC_REQUIRE(is_same_v<tree_t<Affine4, "z">, Z>);
  STATIC_REQUIRE(is_same_v<Z::op, ops::Add>);
  STATIC_REQUIRE(Z::arity == 2);
  STATIC_REQUIRE(Z::size == 7);
  STATIC_REQUIRE(Z::shape == Batch<VectorSpace<3>>::known);
  STATIC_REQUIRE(is_same_v<Product::op, ops::MatMul>);
  STATIC_REQUIRE(Product::shape == Batch<VectorSpace<3>>::known);
  STATIC_REQUIRE(operand_t<Product, 1>::shape == Matrix<4, 3>::known);
  STATIC_REQUIRE(operand_t<Z, 1>::value == 0.5);
  STATIC_REQUIRE(operand_t<Z, 1>::shape == ir::Shape{});
  STATIC_REQUIRE(std::string_view(operand_t<Product, 0>::name) == "x");
}

TEST_CASE("tree: updates are found by the name of what they change", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<Affine4, "v">, Parameter<"W", Matrix<4, 3>>>);
  STATIC_REQUIRE(is_same_v<tree_t<Affine4, "W">, State<"v", Matrix<4, 3>>>);
}

TEST_CASE("tree: a compiled program has the trees of its function", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_t<Compiled<std::remove_const_t<Affine4>, float>, "z">, Z>);
  STATIC_REQUIRE(is_same_v<tree_t<const Compiled<std::remove_const_t<Affine4>, double>, "z">, Z>);
}

TEST_CASE("tree: of an expression alone", "[facts][tree]") {
  STATIC_REQUIRE(is_same_v<tree_of<[] { return exp(scalar("a")) * 3; }>,
                           Node<ops::Multiply, Node<ops::Exp, NamedScalar<"a">>, Literal<3.0>>>);
  STATIC_REQUIRE(is_same_v<tree_of<[] { return scalar("a"); }>, NamedScalar<"a">>);
}

TEST_CASE("tree: variants of an op are different types", "[facts][tree]") {
  using Units = tree_of<[] { return sum(input<Matrix<2, 3>>("x"), units); }>;
  using Last = tree_of<[] { return sum(input<Matrix<2, 3>>("x"), axis<-1>); }>;
  using Kept = tree_of<[] { return sum(input<Matrix<2, 3>>("x"), axis<-1>, keep_axes); }>;
  using X = Input<"x", Matrix<2, 3>>;
  STATIC_REQUIRE(is_same_v<Units, Node<Over<ops::Sum, 0b110>, X>>);
  STATIC_REQUIRE(is_same_v<Last, Node<Over<ops::Sum, 0b100>, X>>);
  STATIC_REQUIRE(is_same_v<Kept, Node<Over<ops::Sum, 0b100, true>, X>>);
  STATIC_REQUIRE(Units::shape == Batch<Scalar>::known);
  STATIC_REQUIRE(Last::shape == Batch<VectorSpace<2>>::known);
  STATIC_REQUIRE(Kept::shape == Batch<Matrix<2, 1>>::known);
}

TEST_CASE("tree: the number of examples, of chains, of anything else", "[facts][tree]") {
  using OfExamples = tree_of<[] { return mean(input<Scalar>("x")); }>;
  using OfChains = tree_of<[] { return mean(input<Scalar, chains>("x")); }>;
  using OfPatients = tree_of<[] { return mean(input<Scalar, patients>("x")); }>;
  STATIC_REQUIRE(is_same_v<operand_t<OfExamples, 1>, Extent<>>);
  STATIC_REQUIRE(is_same_v<operand_t<OfChains, 1>, Extent<chains>>);
  STATIC_REQUIRE(is_same_v<operand_t<OfPatients, 1>::op, ops::Extent>);
  STATIC_REQUIRE(operand_t<OfPatients, 1>::attr.i[0] == ir::extent_code("patients"));
}

TEST_CASE("tree: two draws are two sites", "[facts][tree]") {
  using Sum = tree_of<[] {
    const auto x = input<VectorSpace<3>>("x");
    return normal_like(x) + normal_like(x);
  }>;
  STATIC_REQUIRE(is_same_v<operand_t<Sum, 0>::op, ops::RandomSite>);
  STATIC_REQUIRE(is_same_v<operand_t<Sum, 1>::op, ops::RandomSite>);
  STATIC_REQUIRE(!is_same_v<operand_t<Sum, 0>, operand_t<Sum, 1>>);
}

TEST_CASE("tree: after differentiation no gradient is left", "[facts][tree]") {
  constexpr auto slope = [] {
    const auto x = parameter<VectorSpace<3>>("x");
    return grad(sum(square(x)), x);
  };
  using X = Parameter<"x", VectorSpace<3>>;
  STATIC_REQUIRE(is_same_v<tree_of<slope>,
                           Node<ops::Gradient, Node<Over<ops::Sum, 1>, Node<ops::Square, X>>, X>>);
  STATIC_REQUIRE(
      is_same_v<tree_of<slope, Stage::differentiated>, Node<ops::Multiply, Literal<2.0>, X>>);
}

}  // namespace

}  // namespace facts::tree
