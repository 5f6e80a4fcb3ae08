#include "graph_text.hpp"
#include "plan_check.hpp"

#include <dsl/plan/loops.hpp>

namespace pass_test::memory {
namespace {

const auto x = input<VectorSpace<8>>("x");

AnyExpr chain(int length) {
  AnyExpr h(x.value());
  for (int k = 0; k < length; ++k)
    h = tanh(matmul(h, AnyExpr(parameter("W", Matrix(8, 8)).value())));
  return h;
}

std::optional<std::string> fault_of(const ir::Plan& plan, int threads = 1) {
  return plan_check::fault_of(ir::view_of(plan), {24}, threads);
}

}  // namespace

TEST_CASE("memory: a chain needs two places, however long", "[pass][memory]") {
  const ir::Plan plan = plan_of(output("y", chain(12)));
  CHECK(!fault_of(plan));
  CHECK(plan.arena[1] == 16);  // numbers an example
}

TEST_CASE("memory: a loop writes over the operand that dies in it", "[pass][memory]") {
  const ir::Plan plan = plan_of(output("y", tanh(matmul(x, parameter<Matrix<8, 8>>("W")))));
  CHECK(!fault_of(plan));
  CHECK(plan.arena[1] == 8);
}

TEST_CASE("memory: results stay until the call returns", "[pass][memory]") {
  const AnyExpr h = chain(2);
  const auto W = parameter<Matrix<8, 8>>("W");
  const ir::Plan plan =
      plan_of(output("early", h), output("late", tanh(matmul(tanh(matmul(h, W)), W))));
  CHECK(!fault_of(plan));
  CHECK(plan.arena[1] >= 16);
}

TEST_CASE("memory: the checker sees a value that is given away too early", "[pass][memory]") {
  ir::Plan plan = plan_of(output("y", matmul(x, parameter<Matrix<8, 8>>("W")) * softmax(x)),
                          output("z", tanh(x)));
  REQUIRE(!fault_of(plan));
  int moved = 0;
  for (ir::Buffer& b : plan.buffers)
    if (b.where == ir::Where::arena && b.offset.n > 0) b.offset.n = 0, ++moved;
  REQUIRE(moved > 0);
  CHECK(fault_of(plan));
}

TEST_CASE("memory: the checker sees a step that reads outside its operand", "[pass][memory]") {
  ir::Plan plan = plan_of(output("y", tanh(x)));
  REQUIRE(!fault_of(plan));
  plan.operands[plan.steps[0].first_operand].offset.n = 1;
  CHECK(fault_of(plan));
}

}  // namespace pass_test::memory
