#include "graph_text.hpp"

#include <dsl/exceptions.hpp>

using namespace pass_test;

namespace {

const auto x = input<VectorSpace<3>>("x");
const auto W = parameter<Matrix<3, 2>>("W");
const auto b = parameter<VectorSpace<2>>("b");
const auto s = parameter<Scalar>("s");

template <class... S>
ir::Graph differentiated(const Expr<S>&... roots) {
  const ir::Graph g = ir::differentiate(graph_of(roots...));
  REQUIRE(ir::well_formed(g));
  REQUIRE(count_of<ops::Gradient>(g) == 0);
  return g;
}
template <class C, class S>
std::string derivative(const Expr<C>& cost, const Expr<S>& by) {
  return text_of(ir::simplify(differentiated(grad(cost, by))));
}

}  // namespace

TEST_CASE("differentiate: the derivative of a scalar expression", "[pass][differentiate]") {
  CHECK(derivative(s * s, s) == "add(s, s)");
  CHECK(derivative(tanh(s), s) == "subtract(1, multiply(tanh(s), tanh(s)))");
  CHECK(derivative(s, s) == "1");
}

TEST_CASE("differentiate: a product gives two products", "[pass][differentiate]") {
  const auto cost = sum(matmul(x, W) * matmul(x, W));
  const ir::Graph g = differentiated(grad(cost, W), grad(cost, x));
  CHECK(count_of<ops::MatMul>(g) == 3);
  CHECK(text_of(ir::simplify(g)).substr(0, 9) == "matmul(x'");
}

TEST_CASE("differentiate: what was repeated is summed", "[pass][differentiate]") {
  const ir::Graph g = differentiated(grad(sum(tanh(matmul(x, W) + b)), b));
  CHECK(g[g.roots[0].value].shape == ir::make_shape(2));
  CHECK(count_of<ops::Sum>(g) == 1);
}

TEST_CASE("differentiate: one sweep serves all gradients of a cost", "[pass][differentiate]") {
  const auto cost = sum(tanh(matmul(x, W) + b));
  const int both = differentiated(grad(cost, W), grad(cost, b)).size();
  const int first = differentiated(grad(cost, W)).size();
  CHECK(both <= first + 2);  // the sum over the examples, and perhaps a view
}

TEST_CASE("differentiate: zeros where the cost does not depend on it", "[pass][differentiate]") {
  const ir::Graph g = differentiated(grad(sum(b), W), grad(sum(b), s));
  CHECK(root_text(g, 0) == "broadcast_to(0)");
  CHECK(g[g.roots[0].value].shape == ir::make_shape(3, 2));
  CHECK(root_text(g, 1) == "0");
}

TEST_CASE("differentiate: an error where that was asked for", "[pass][differentiate]") {
  const auto g = grad(sum(b), W, Disconnected::error);
  CHECK_THROWS_AS(ir::differentiate(graph_of(g)), Error);
}

TEST_CASE("differentiate: nothing goes through stop_gradient and comparisons",
          "[pass][differentiate]") {
  CHECK(derivative(stop_gradient(s) * s, s) == "s");
  CHECK(derivative(sum(b * (b > 0.5)), b) == "greater(b, 0.5)");
}

TEST_CASE("differentiate: by an intermediate value", "[pass][differentiate]") {
  const auto h = tanh(b);
  CHECK(derivative(sum(h * h * h), h).find("tanh(b)") != std::string::npos);
  CHECK(derivative(sum(exp(h)), h) == "exp(tanh(b))");
}

TEST_CASE("differentiate: gradients of gradients", "[pass][differentiate]") {
  const auto first = grad(s * s * s, s);
  const ir::Graph g = ir::simplify(differentiated(grad(first, s)));
  // 6 s, however it is written.
  CHECK(text_of(g).find("s") != std::string::npos);
  CHECK(derivative(grad(s * s, s), s) == "2");
}
