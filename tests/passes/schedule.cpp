#include "graph_text.hpp"

namespace pass_test::schedule {
namespace {

const auto x = input<VectorSpace<4>>("x");
const auto A = parameter<Matrix<4, 4>>("A");
const auto B = parameter<Matrix<4, 4>>("B");

int arena_buffers(const ir::Plan& plan) {
  int n = 0;
  for (const ir::Buffer& b : plan.buffers) n += b.where == ir::Where::arena;
  return n;
}

}  // namespace

TEST_CASE("schedule: an elementwise update is written in place", "[pass][schedule]") {
  const ir::Plan plan = plan_of(update(A, A - 0.1 * tanh(A)));
  CHECK(steps_of(plan) == "l");
  CHECK(arena_buffers(plan) == 0);
}

TEST_CASE("schedule: a product is added in place", "[pass][schedule]") {
  const ir::Plan plan = plan_of(update(A, A - 0.1 * matmul(transpose(x), x)));
  CHECK(steps_of(plan) == "g");
  CHECK(arena_buffers(plan) == 0);
}

TEST_CASE("schedule: who reads the old value runs before", "[pass][schedule]") {
  const ir::Plan plan =
      plan_of(update(A, A - 0.1 * matmul(transpose(x), x)), output("y", matmul(x, A)));
  CHECK(steps_of(plan) == "gg");
  // The one that writes A comes last.
  const ir::Step& last = plan.steps[1];
  CHECK(plan.buffers[plan.operands[last.first_operand + 2].buffer].where == ir::Where::stored);
}

TEST_CASE("schedule: a transposed update is not written over what it reads", "[pass][schedule]") {
  const ir::Plan plan = plan_of(update(A, transpose(A) * 2));
  CHECK(steps_of(plan) == "ll");
  CHECK(arena_buffers(plan) == 1);
}

TEST_CASE("schedule: an exchange needs one value beside the parameters", "[pass][schedule]") {
  CHECK(arena_buffers(plan_of(update(A, B + 1), update(B, A + 1))) <= 1);
}

TEST_CASE("schedule: a chain of products waits as a whole", "[pass][schedule]") {
  const auto h = matmul(x, A);
  const ir::Plan plan = plan_of(
      update(A, A - 0.1 * (matmul(transpose(x), h) + matmul(transpose(h), x))), output("h", h));
  // Nothing reads A after the first product that writes it, but products that add to it.
  bool written = false;
  for (const ir::Step& s : plan.steps) {
    if (s.kind != ir::StepKind::gemm) continue;
    for (int k : {0, 1}) {
      const bool reads =
          plan.buffers[plan.operands[s.first_operand + k].buffer].where == ir::Where::stored;
      CHECK_FALSE((written && reads));
    }
    written = written ||
              plan.buffers[plan.operands[s.first_operand + 2].buffer].where == ir::Where::stored;
  }
  CHECK(written);
}

}  // namespace pass_test::schedule
