#include <string>

#include <catch2/catch.hpp>

#include <dsl/lower.hpp>
#include <dsl/ops/mean.hpp>

using namespace ansatz;

namespace {

// The expression at a node: op(operands); leaves by their names, numbers as they are.
std::string text_of(const ir::Graph& g, int id) {
  const ir::Node& n = g[id];
  if (g.is_literal(id)) return std::to_string(static_cast<int>(g.literal(id)));
  if (n.name >= 0) return g.name(id);
  std::string operands;
  for (int k = 0; k < n.count; ++k) operands += (k ? ", " : "") + text_of(g, g.in(id, k));
  return n.op->name + (n.count ? "(" + operands + ")" : "");
}

template <class... S>
constexpr ir::Graph graph_of(const Expr<S>&... roots) {
  return ir::graph_of(function(outputs(roots...)));
}

template <class S>
std::string stable(const Expr<S>& e) {
  const ir::Graph g = ir::stabilize(graph_of(e));
  REQUIRE(ir::well_formed(g));
  return text_of(g, g.roots[0].value);
}

constexpr auto x = [] { return input<VectorSpace<3>>("x"); };
constexpr auto labels = [] { return input<IndexSpace<3>>("t"); };

}  // namespace

TEST_CASE("stabilize: logarithms of softmax and sigmoid", "[pass][stabilize]") {
  CHECK(stable(log(softmax(x()))) == "log_softmax(x)");
  CHECK(stable(log(sigmoid(x()))) == "negate(softplus(negate(x)))");
  CHECK(stable(log(1 - sigmoid(x()))) == "negate(softplus(x))");
}

TEST_CASE("stabilize: numbers near 1 and 0", "[pass][stabilize]") {
  CHECK(stable(log(1 + x())) == "log1p(x)");
  CHECK(stable(log(x() + 1)) == "log1p(x)");
  CHECK(stable(log(1 - x())) == "log1p(negate(x))");
  CHECK(stable(exp(x()) - 1) == "expm1(x)");
  CHECK(stable(log(1 + exp(x()))) == "softplus(x)");
  CHECK(stable(log(exp(x()) + 1)) == "softplus(x)");
  CHECK(stable(log1p(exp(x()))) == "softplus(x)");
}

TEST_CASE("stabilize: only what is exactly such an expression", "[pass][stabilize]") {
  CHECK(stable(log(2 + x())) == "log(add(2, x))");
  CHECK(stable(1 - sigmoid(x())) == "subtract(1, sigmoid(x))");
  CHECK(stable(sigmoid(x()) - 1) == "subtract(sigmoid(x), 1)");
  CHECK(stable(1 - exp(x())) == "subtract(1, exp(x))");
  CHECK(stable(x() / sum(x(), units)) == "divide(x, sum(x))");
  CHECK(stable(exp(x()) / sum(exp(2 * x()), units)) == "divide(exp(x), sum(exp(multiply(2, x))))");
}

TEST_CASE("stabilize: log of a sum of exponentials, over the same axes", "[pass][stabilize]") {
  CHECK(stable(log(sum(exp(x()), units))) == "log_sum_exp(x)");
  const ir::Graph g =
      ir::stabilize(graph_of(log(sum(exp(x()), batch)), log(sum(exp(x()), units, keep_axes))));
  CHECK(g[g.roots[0].value].attr == ir::reduce_attr(1, false));
  CHECK(g[g.roots[0].value].shape == ir::make_shape(3));
  CHECK(g[g.roots[1].value].attr == ir::reduce_attr(2, true));
}

TEST_CASE("stabilize: a softmax written out", "[pass][stabilize]") {
  CHECK(stable(exp(x()) / sum(exp(x()), units)) == "softmax(x)");
  CHECK(stable(exp(x()) / sum(exp(x()), units, keep_axes)) == "softmax(x)");
  CHECK(stable(exp(x()) / sum(exp(x()), batch)) == "softmax(x)");
  CHECK(stable(log(exp(x()) / sum(exp(x()), units))) == "log_softmax(x)");
}

TEST_CASE("stabilize: a quotient whose sum meets other elements than its own is no softmax",
          "[pass][stabilize]") {
  const auto square = parameter<Matrix<4, 4>>("w");
  // The sums over columns meet the columns, but those over rows meet columns, too.
  CHECK(stable(exp(square) / sum(exp(square), axis<0>)) == "softmax(w)");
  CHECK(stable(exp(square) / sum(exp(square), axis<1>)) == "divide(exp(w), sum(exp(w)))");
  CHECK(stable(exp(square) / sum(exp(square), axis<1>, keep_axes)) == "softmax(w)");
}

TEST_CASE("stabilize: cross entropies of a softmax or sigmoid are computed from its operand",
          "[pass][stabilize]") {
  CHECK(stable(cross_entropy(softmax(x()), labels())) == "softmax_cross_entropy(x, t)");
  CHECK(stable(cross_entropy(exp(x()) / sum(exp(x()), units), labels())) ==
        "softmax_cross_entropy(x, t)");
  CHECK(stable(binary_cross_entropy(sigmoid(x()), x())) == "sigmoid_binary_cross_entropy(x, x)");
  CHECK(stable(-sum(x() * log(softmax(x())), units)) == "negate(sum(multiply(x, log_softmax(x))))");
}

TEST_CASE("stabilize: a cross entropy is over the last axis only", "[pass][stabilize]") {
  const auto w = parameter<Matrix<4, 3>>("w");
  const auto t = shared_input<Matrix<4, 3>>("t");
  CHECK(stable(cross_entropy(softmax(w, axis<1>), t)) == "softmax_cross_entropy(w, t)");
  CHECK(stable(cross_entropy(softmax(w, axis<0>), t)) == "cross_entropy(softmax(w), t)");
  CHECK(stable(cross_entropy(softmax(w, units), t)) == "cross_entropy(softmax(w), t)");
}

TEST_CASE("stabilize: what a gradient is taken with respect to is not looked through",
          "[pass][stabilize]") {
  const auto p = softmax(x());
  const auto cost = mean(cross_entropy(p, labels()));
  const ir::Graph g = ir::stabilize(graph_of(grad(cost, p), cost));
  CHECK(text_of(g, g.roots[1].value) == "divide(sum(cross_entropy(softmax(x), t)), extent)");
  const ir::Graph d = ir::differentiate(g);
  CHECK(text_of(d, d.roots[0].value) != "broadcast_to(0)");
}

TEST_CASE("stabilize: what is used elsewhere, too, stays for that use", "[pass][stabilize]") {
  const auto p = softmax(x());
  const ir::Graph g = ir::stabilize(graph_of(p, mean(cross_entropy(p, labels()))));
  CHECK(text_of(g, g.roots[0].value) == "softmax(x)");
  CHECK(text_of(g, g.roots[1].value) == "divide(sum(softmax_cross_entropy(x, t)), extent)");
}

TEST_CASE("stabilize: names, targets and random sites of the graph stay", "[pass][stabilize]") {
  const auto w = parameter<Scalar>("w");
  ir::Graph g = ir::graph_of(function(update(w, log(1 + w)), output("rate", scalar("rate"))));
  g.sites = 3;
  const ir::Graph s = ir::stabilize(g);
  CHECK(std::string(s.name(s.roots[0].target)) == "w");
  CHECK(text_of(s, s.roots[0].value) == "log1p(w)");
  CHECK(std::string(s.text.data() + s.roots[1].name) == "rate");
  CHECK(s.sites == 3);
}

TEST_CASE("stabilize: the compiler can do it", "[pass][stabilize]") {
  constexpr bool works = [] {
    const ir::Graph g = ir::stabilize(graph_of(cross_entropy(softmax(x()), labels())));
    return g.is(g.roots[0].value, ir::info_of<ops::SoftmaxCrossEntropy>);
  }();
  STATIC_REQUIRE(works);
}
