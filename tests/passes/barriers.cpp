#include "graph_text.hpp"
#include "plan_check.hpp"

#include <dsl/plan/loops.hpp>

namespace pass_test::barriers {
namespace {

const auto x = input<VectorSpace<8>>("x");
const auto t = input<IndexSpace<8>>("t");
const auto W = parameter<Matrix<8, 8>>("W");
const auto V = parameter<Matrix<8, 8>>("V");

int barriers_of(const ir::Plan& plan) {
  int n = 0;
  for (const ir::Step& s : plan.steps) n += s.barrier;
  return n;
}
bool races(const ir::Plan& plan) {
  bool found = false;
  for (const int threads : {2, 3})
    found = found || plan_check::fault_of(ir::view_of(plan), {24}, threads);
  return found;
}

}  // namespace

TEST_CASE("barriers: what goes by example needs none", "[pass][barriers]") {
  const ir::Plan plan = plan_of(output("y", softmax(matmul(tanh(matmul(x, W)), V))));
  CHECK(barriers_of(plan) == 0);
  CHECK_FALSE(races(plan));
}

TEST_CASE("barriers: the gradient of a weight matrix waits for all examples", "[pass][barriers]") {
  const auto cost = mean(cross_entropy(softmax(matmul(tanh(matmul(x, W)), V)), t));
  const ir::Plan plan = plan_of(update(W, W - 0.1 * grad(cost, W)),
                                update(V, V - 0.1 * grad(cost, V)), output("cost", cost));
  CHECK(barriers_of(plan) >= 1);
  CHECK(barriers_of(plan) <= 3);
  CHECK_FALSE(races(plan));
}

TEST_CASE("barriers: each that was placed is needed by somebody", "[pass][barriers]") {
  const auto cost = mean(cross_entropy(softmax(matmul(tanh(matmul(x, W)), V)), t));
  ir::Plan plan = plan_of(update(W, W - 0.1 * grad(cost, W)), update(V, V - 0.1 * grad(cost, V)));
  for (ir::Step& s : plan.steps) {
    if (!s.barrier) continue;
    s.barrier = false;
    CHECK(races(plan));
    s.barrier = true;
  }
  CHECK_FALSE(races(plan));
}

TEST_CASE("barriers: products of an example's own matrices need none", "[pass][barriers]") {
  const auto q = input<Tensor<2, 4, 4>>("q"), k = input<Tensor<2, 4, 4>>("k");
  const auto weights = softmax(matmul(q, transpose<0, 2, 1>(k)), axis<-1>);
  const ir::Plan plan = plan_of(output("y", matmul(weights, k)));
  CHECK(barriers_of(plan) == 0);
  CHECK_FALSE(races(plan));
  const auto P = parameter<Tensor<2, 3, 4>>("P"), Q = parameter<Tensor<2, 3, 4>>("Q");
  // Here the stack is not of examples; sums of products are written in place.
  const ir::Plan update_plan =
      plan_of(update(P, P - 0.1 * matmul(Q, transpose<0, 2, 1>(matmul(transpose<0, 2, 1>(P), Q)))));
  CHECK_FALSE(races(update_plan));
}

TEST_CASE("barriers: a loop in a loop", "[pass][barriers]") {
  const auto n = scalar("n"), m = scalar("m");
  const auto y = repeat(
      n,
      [&](auto a) {
        const auto [b, c] = repeat(
            m, [&](auto u, auto v) { return carry(tanh(matmul(v, W)) + a, u * x); }, a, x);
        return matmul(b, V) + sum(c, batch);
      },
      x);
  ir::Plan plan = plan_of(output("y", y), update(W, W + matmul(transpose(y), x)));
  CHECK_FALSE(races(plan));
}

TEST_CASE("barriers: transposed, examples are no longer a thread's own", "[pass][barriers]") {
  // [8, examples] lies in memory with the examples innermost.
  const auto turned = matmul(W, transpose(x));
  const ir::Plan plan = plan_of(output("y", transpose(tanh(turned)) + x));
  CHECK(barriers_of(plan) >= 1);
  CHECK_FALSE(races(plan));
}

TEST_CASE("barriers: rows of a batch and its single numbers are divided alike",
          "[pass][barriers]") {
  const auto z = input<Scalar>("z");
  const ir::Plan plan = plan_of(output("y", tanh(sum(x, units) * z) * z), output("x", tanh(x)));
  CHECK_FALSE(races(plan));
}

TEST_CASE("barriers: a place that is taken over in a later step", "[pass][barriers]") {
  const auto h = tanh(matmul(x, W));
  const auto g = matmul(transpose(h), h);
  const ir::Plan plan = plan_of(output("y", matmul(softmax(h) * 2, tanh(g))), output("g", g));
  CHECK_FALSE(races(plan));
}

}  // namespace pass_test::barriers
