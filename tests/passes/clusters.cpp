#include "graph_text.hpp"

namespace pass_test::clusters {
namespace {

const auto x = input<VectorSpace<8>>("x");
const auto t = input<IndexSpace<8>>("t");
const auto W = parameter<Matrix<8, 8>>("W");
const auto b = parameter<VectorSpace<8>>("b");

}  // namespace

TEST_CASE("clusters: elementwise ops of one shape are one loop", "[pass][cluster]") {
  CHECK(steps_of(plan_of(output("y", tanh(x * 2 + b) * exp(-x)))) == "l");
  CHECK(steps_of(plan_of(output("a", tanh(x)), output("b", tanh(x) + 1))) == "l");
}

TEST_CASE("clusters: a softmax and its cross entropy are one loop over rows", "[pass][cluster]") {
  CHECK(steps_of(plan_of(output("y", softmax(x)))) == "l");
  const ir::Plan plan = plan_of(output("y", cross_entropy(softmax(x + b), t)));
  CHECK(steps_of(plan) == "l");
  CHECK(plan.loops[0].phases >= 2);
}

TEST_CASE("clusters: a product ends a loop", "[pass][cluster]") {
  CHECK(steps_of(plan_of(output("y", tanh(matmul(tanh(x), W) + b)))) == "lgl");
}

TEST_CASE("clusters: a perceptron's step is its products and a loop between each two",
          "[pass][cluster]") {
  const auto h = relu(matmul(x, W) + b);
  const auto V = parameter<Matrix<8, 8>>("V");
  const auto cost = mean(cross_entropy(softmax(matmul(h, V)), t));
  const ir::Plan plan = plan_of(output("cost", cost), update(W, W - 0.1 * grad(cost, W)),
                                update(V, V - 0.1 * grad(cost, V)));
  int products = 0, loops = 0;
  for (char c : steps_of(plan)) products += c == 'g', loops += c == 'l';
  CHECK(products == 5);
  CHECK(loops <= 4);
}

TEST_CASE("clusters: a cheap mask is compared again, not stored", "[pass][cluster]") {
  const auto h = relu(matmul(x, W));
  const auto V = parameter<Matrix<8, 8>>("V");
  const auto cost = sum(square(matmul(h, V)));
  const ir::Plan plan = plan_of(output("g", grad(cost, W)));
  // x W, relu of it, h V, and the cost's gradients by these three; no mask beside them.
  int by_example = 0;
  for (const ir::Buffer& buffer : plan.buffers)
    by_example += buffer.where == ir::Where::arena && buffer.size.extent > 0;
  CHECK(by_example == 6);
}

TEST_CASE("clusters: numbers made of scalars are computed in the loops that use them",
          "[pass][cluster]") {
  const auto rate = scalar("rate"), momentum = scalar("momentum");
  const ir::Plan plan = plan_of(update(b, b - rate / (1 - momentum) * tanh(b)));
  CHECK(steps_of(plan) == "l");
}

TEST_CASE("clusters: a sum over the examples does not wait for one over the units",
          "[pass][cluster]") {
  CHECK(steps_of(plan_of(output("a", sum(tanh(x), batch)), output("b", sum(tanh(x), units)))) ==
        "l");
}

}  // namespace pass_test::clusters
