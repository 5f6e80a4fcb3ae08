#include <string>

#include <catch2/catch.hpp>

#include <cmath>

#include <dsl/ops/reduce/mean.hpp>
#include <dsl/passes/lower.hpp>

namespace pass_test::stabilize {

using namespace ansatz;

namespace {

// The expression at a node: op(operands); leaves by their names, numbers as they are.
std::string text_of(const ir::Graph& g, int id) {
  const ir::Node& n = g[id];
  if (g.is_literal(id)) {
    const double x = g.literal(id);
    return std::abs(x) < 1e9 ? std::to_string(static_cast<int>(x)) : x < 0 ? "-huge" : "huge";
  }
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
  CHECK(stable(log(x() * x())) == "log(multiply(x, x))");
  CHECK(stable(log(abs(x()) / 2)) == "log(divide(abs(x), 2))");
  CHECK(stable(log(sum(x() * x(), units))) == "log(sum(multiply(x, x)))");
  CHECK(stable(log(clip(softmax(x()), 1e-7, 1))) == "log(clip(softmax(x), 0, 1))");
  CHECK(stable(x() / (2 + exp(x()))) == "divide(x, add(2, exp(x)))");
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
  CHECK(stable(exp(square) / sum(exp(square), axis<1>)) == "exp(subtract(w, log_sum_exp(w)))");
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
  const std::string from_logs = "negate(sum(where(equal(t, 0), 0, multiply(t, log_softmax(w)))))";
  CHECK(stable(cross_entropy(softmax(w, axis<0>), t)) == from_logs);
  CHECK(stable(cross_entropy(softmax(w, units), t)) == from_logs);
}

TEST_CASE("stabilize: what a gradient is taken with respect to is not looked through",
          "[pass][stabilize]") {
  const auto p = softmax(x());
  const auto cost = mean(cross_entropy(p, labels()));
  const ir::Graph g =
      ir::stabilize(ir::separate_handles(graph_of(grad(cost, p), cost, grad(cost, x()))));
  CHECK(text_of(g, g.in(g.roots[0].value, 0)) ==
        "divide(sum(cross_entropy(handle(softmax(x)), t)), extent)");
  // Nothing else sees that gradient.
  const std::string all = "divide(sum(softmax_cross_entropy(x, t)), extent)";
  CHECK(text_of(g, g.roots[1].value) == all);
  CHECK(text_of(g, g.roots[2].value) == "grad(" + all + ", x)");
  const ir::Graph d = ir::differentiate(g);
  CHECK(text_of(d, d.roots[0].value) != "broadcast_to(0)");
}

TEST_CASE("stabilize: what is used elsewhere, too, stays for that use", "[pass][stabilize]") {
  const auto p = softmax(x());
  const ir::Graph g = ir::stabilize(graph_of(p, mean(cross_entropy(p, labels()))));
  CHECK(text_of(g, g.roots[0].value) == "softmax(x)");
  CHECK(text_of(g, g.roots[1].value) == "divide(sum(softmax_cross_entropy(x, t)), extent)");
}

TEST_CASE("stabilize: a gradient that is not used changes nothing", "[pass][stabilize]") {
  const auto p = softmax(x());
  const auto cost = mean(cross_entropy(p, labels()));
  const auto saliency = grad(cost, p);
  CHECK(saliency.shape() == p.shape());
  const ir::Graph g = ir::stabilize(ir::separate_handles(graph_of(cost)));
  CHECK(text_of(g, g.roots[0].value) == "divide(sum(softmax_cross_entropy(x, t)), extent)");
}

TEST_CASE("stabilize: a sigmoid written out", "[pass][stabilize]") {
  CHECK(stable(1 / (1 + exp(-x()))) == "sigmoid(x)");
  CHECK(stable(1 / (exp(x()) + 1)) == "sigmoid(negate(x))");
  CHECK(stable(exp(x()) / (1 + exp(x()))) == "sigmoid(x)");
  CHECK(stable(exp(x()) * (1 / (1 + exp(x())))) == "sigmoid(x)");
  CHECK(stable(pow(1 + exp(-x()), -1)) == "sigmoid(x)");
  CHECK(stable(x() / (1 + exp(-x()))) == "multiply(x, sigmoid(x))");
  CHECK(stable(exp(x()) / (exp(x()) + exp(2 * x()))) == "sigmoid(subtract(x, multiply(2, x)))");
  CHECK(stable(log(1 - 1 / (1 + exp(-x())))) == "negate(softplus(x))");
  CHECK(stable(log(-sigmoid(-x()) + 1)) == "negate(softplus(negate(x)))");
  CHECK(stable(log1p(-sigmoid(x()))) == "negate(softplus(x))");
  CHECK(stable(binary_cross_entropy(1 / (1 + exp(-x())), x())) ==
        "sigmoid_binary_cross_entropy(x, x)");
  CHECK(stable(binary_cross_entropy(1 - sigmoid(x()), x())) ==
        "sigmoid_binary_cross_entropy(negate(x), x)");
  const auto t = x() * x();
  CHECK(stable(t * log(sigmoid(x())) + (1 - t) * log(1 - sigmoid(x()))) ==
        "negate(sigmoid_binary_cross_entropy(x, multiply(x, x)))");
  CHECK(stable(-t * log(sigmoid(x())) - (1 - t) * log(1 - sigmoid(x()))) ==
        "sigmoid_binary_cross_entropy(x, multiply(x, x))");
}

TEST_CASE("stabilize: an exponential among the factors of a numerator", "[pass][stabilize]") {
  const auto w = input<VectorSpace<3>>("w");
  CHECK(stable(2 * exp(x()) / (1 + exp(x()))) == "multiply(2, sigmoid(x))");
  CHECK(stable(w * exp(x()) / (exp(x()) + 1)) == "multiply(w, sigmoid(x))");
  CHECK(stable(exp(x()) * w * 2 / (1 + exp(x()))) == "multiply(multiply(sigmoid(x), w), 2)");
  CHECK(stable(w * exp(x()) / sum(exp(x()), units)) == "multiply(w, softmax(x))");
  CHECK(stable(w * exp(x()) / (exp(x()) + exp(w))) == "multiply(w, sigmoid(subtract(x, w)))");
  const char* const density = "multiply(sigmoid(x), sigmoid(negate(x)))";
  CHECK(stable(exp(x()) / square(1 + exp(x()))) == density);
  CHECK(stable(exp(x()) / pow(exp(x()) + 1, 2)) == density);
  CHECK(stable(exp(x()) / ((1 + exp(x())) * (1 + exp(x())))) == density);
  // As before where none overflows with the denominator.
  CHECK(stable(w * exp(x()) / (2 + w)) == "divide(multiply(w, exp(x)), add(2, w))");
  std::string quotient = stable(exp(w) / square(1 + exp(x())));
  CHECK(quotient.find("stable(divide(exp(w), square(add(1, exp(x)))), multiply(") == 0);
  quotient = stable(w * exp(w) / (1 + exp(x())));
  CHECK(quotient.find("stable(divide(multiply(w, exp(w)), add(1, exp(x))), multiply(") == 0);
}

TEST_CASE("stabilize: a hyperbolic tangent written out", "[pass][stabilize]") {
  const auto z = x();
  CHECK(stable((exp(z) - 1) / (exp(z) + 1)).substr(0, 14) == "tanh(multiply(");
  CHECK(stable((1 - exp(z)) / (1 + exp(z))).substr(0, 12) == "negate(tanh(");
  CHECK(stable((exp(z) - exp(-z)) / (exp(z) + exp(-z))).substr(0, 5) == "tanh(");
}

TEST_CASE("stabilize: the log of what is positive is taken apart", "[pass][stabilize]") {
  CHECK(stable(log(exp(x()))) == "x");
  CHECK(stable(log1p(expm1(x()))) == "x");
  CHECK(stable(log(mean(exp(x()), units))) == "subtract(log_sum_exp(x), log(3))");
  CHECK(stable(log(x() * exp(x()))) == "add(log(x), x)");
  CHECK(stable(log(exp(x()) / x())) == "subtract(x, log(x))");
  CHECK(stable(log(sqrt(sigmoid(x())))).substr(0, 9) == "multiply(");
  CHECK(stable(log(pow(softmax(x()), x()))) == "multiply(x, log_softmax(x))");
  CHECK(stable(log(flatten(softmax(x())))) == "log_softmax(x)");
  CHECK(stable(log(max(softmax(x()), units))) == "max(log_softmax(x))");
  CHECK(stable(log(slice(softmax(x()), axis<0>, range<0, 1>))) == "slice(log_softmax(x))");
  CHECK(stable(log(sum(softmax(x()) * exp(x()), units))) == "log_sum_exp(add(log_softmax(x), x))");
  CHECK(stable(log(1 + sum(exp(x()), units))) == "softplus(log_sum_exp(x))");
  CHECK(stable(log(where(x() > 0, sigmoid(x()), 1 - sigmoid(x())))) ==
        "where(greater(x, 0), negate(softplus(negate(x))), negate(softplus(x)))");
  CHECK(stable(cross_entropy(exp(log_softmax(x())), labels())).find("exp") == std::string::npos);
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

}  // namespace pass_test::stabilize
