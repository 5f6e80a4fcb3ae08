#include "graph_text.hpp"

using namespace pass_test;

namespace {

const auto x = input<VectorSpace<3>>("x");
const auto d = input<VectorSpace<2>>("d");
const auto W = parameter<Matrix<3, 2>>("W");
const auto V = parameter<Matrix<2, 3>>("V");
const auto rate = scalar("rate");

template <class... Part>
ir::Graph folded(const Part&... part) {
  const ir::Graph g = ir::fold_products(ir::simplify(ir::graph_of(function(part...))));
  REQUIRE(ir::well_formed(g));
  return g;
}

}  // namespace

TEST_CASE("fold products: a step down the gradient is one product", "[pass][fold]") {
  const auto g = matmul(transpose(x), d);
  CHECK(text_of(folded(update(W, W - rate * g))) == "gemm(x', d, multiply(-1, rate), W, 1)");
  CHECK(text_of(folded(update(W, W + g))) == "gemm(x', d, 1, W, 1)");
  CHECK(text_of(folded(update(W, 0.5 * W - g))) == "gemm(x', d, -1, W, 0.5)");
}

TEST_CASE("fold products: not when somebody else needs the product", "[pass][fold]") {
  const auto g = matmul(transpose(x), d);
  const ir::Graph shown = folded(update(W, W - rate * g), output("g", g));
  CHECK(count_of<ops::Gemm>(shown) == 0);
  CHECK(count_of<ops::MatMul>(shown) == 1);
}

TEST_CASE("fold products: a sum of products is a chain", "[pass][fold]") {
  const ir::Graph g = folded(output("y", matmul(x, W) + matmul(x, transpose(V))));
  CHECK(count_of<ops::Gemm>(g) == 2);
  CHECK(count_of<ops::Add>(g) == 0);
}

TEST_CASE("fold products: tied weights get both products in place", "[pass][fold]") {
  const auto first = matmul(transpose(x), d), second = transpose(matmul(transpose(d), x));
  const ir::Graph g = folded(update(W, W - rate * (first + second)));
  CHECK(count_of<ops::Gemm>(g) == 2);
  CHECK(count_of<ops::Transpose>(g) == 0);
}

TEST_CASE("fold products: an output that is no update stays elementwise", "[pass][fold]") {
  const ir::Graph g = folded(output("y", 2 * matmul(x, W)));
  CHECK(text_of(g) == "multiply(2, matmul(x, W))");
}
