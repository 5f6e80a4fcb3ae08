#include "graph_text.hpp"

namespace pass_test::simplify {
namespace {

const auto x = input<VectorSpace<3>>("x");
const auto y = input<VectorSpace<3>>("y");
const auto W = parameter<Matrix<3, 2>>("W");
const auto s = parameter<Scalar>("s");

template <class S>
std::string simple(const Expr<S>& e) {
  const ir::Graph g = ir::simplify(graph_of(e));
  REQUIRE(ir::well_formed(g));
  CHECK(g[g.roots[0].value].shape == e.shape());
  return text_of(g);
}

}  // namespace

TEST_CASE("simplify: neutral elements", "[pass][simplify]") {
  CHECK(simple(x * 1) == "x");
  CHECK(simple(1 * x) == "x");
  CHECK(simple(x / 1) == "x");
  CHECK(simple(x + 0) == "x");
  CHECK(simple(0 + x) == "x");
  CHECK(simple(x - 0) == "x");
}

TEST_CASE("simplify: signs", "[pass][simplify]") {
  CHECK(simple(0 - x) == "subtract(0, x)");  // at 0 it is 0, not -0
  CHECK(simple(x * -1) == "negate(x)");
  CHECK(simple(-(-x)) == "x");
  CHECK(simple(x + -y) == "subtract(x, y)");
  CHECK(simple(x - -y) == "add(x, y)");
  CHECK(simple(-x * y) == "negate(multiply(x, y))");
  CHECK(simple(x * -y) == "negate(multiply(x, y))");
}

TEST_CASE("simplify: literals are computed", "[pass][simplify]") {
  CHECK(simple(constant(2) * 3 + 4) == "10");
  CHECK(simple(s * (constant(1) / 4)) == "multiply(s, 0.25)");
  CHECK(simple(s + -constant(2)) == "add(s, -2)");
}

TEST_CASE("simplify: zero times x stays, it is NaN where x is", "[pass][simplify]") {
  CHECK(simple(0 * x) == "multiply(0, x)");
}

TEST_CASE("simplify: views of views", "[pass][simplify]") {
  CHECK(simple(transpose(transpose(W))) == "W");
  CHECK(simple(reshape<Matrix<3, 2>>(reshape<VectorSpace<6>>(W))) == "W");
  CHECK(simple(reshape<Matrix<2, 3>>(reshape<VectorSpace<6>>(W))) == "reshape(W)");
  CHECK(simple(stop_gradient(x)) == "x");
}

TEST_CASE("simplify: a product reads transposed operands as they are", "[pass][simplify]") {
  const auto V = parameter<Matrix<2, 3>>("V");
  CHECK(simple(matmul(x, transpose(V))) == "matmul(x, V')");
  CHECK(simple(matmul(transpose(x), y)) == "matmul(x', y)");
  CHECK(simple(matmul(x, transpose(transpose(W)))) == "matmul(x, W)");
}

TEST_CASE("simplify: what was repeated to meet another need not be", "[pass][simplify]") {
  CHECK(simple(x + broadcast_to(s, x)) == "add(x, s)");
  CHECK(simple(broadcast_to(s, x)) == "broadcast_to(s)");
}

TEST_CASE("simplify: numbers are computed before they are repeated", "[pass][simplify]") {
  CHECK(simple(tanh(broadcast_to(s, x))) == "broadcast_to(tanh(s))");
  CHECK(simple(broadcast_to(s, x) * broadcast_to(constant(2), x)) ==
        "broadcast_to(multiply(s, 2))");
}

}  // namespace pass_test::simplify
