#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

#include <cstring>

#include <catch2/catch.hpp>

using namespace ansatz;

namespace {

// Rules of derivatives and expansions that make several nodes in one C++ expression, whose
// operands compilers evaluate in an order of their own.
constexpr Function many_rules() {
  auto x = input<VectorSpace<7>>("x");
  auto h = elu(gelu(matmul(x, parameter<Matrix<7, 5>>("W"))) + parameter<VectorSpace<5>>("b"));
  auto z = pow(abs(h) + 1, 1.5) / (1 + norm(h, units)) - variance(h, batch);
  auto cost = mean(cross_entropy(softmax(z), input<IndexSpace<5>>("y"))) +
              mean(binary_cross_entropy(sigmoid(h), bernoulli_like(h, 0.3))) +
              0.1 * norm(grad(sum(log_sum_exp(h)), x));
  Function f = function(output("cost", cost), output("z", clip(z, -1, 1)));
  for (const AnyExpr& w : parameters_of(cost)) f.add(update(w, w - 0.1 * grad(cost, w)));
  return f;
}

bool same_tables(const ir::PlanView& a, const ir::PlanView& b) {
  const auto same_sizes = a.buffers.size == b.buffers.size && a.steps.size == b.steps.size &&
                          a.operands.size == b.operands.size && a.loops.size == b.loops.size &&
                          a.code.size == b.code.size && a.roots.size == b.roots.size &&
                          a.text.size == b.text.size;
  if (!same_sizes || std::memcmp(a.text.data, b.text.data, std::size_t(a.text.size))) return false;
  for (int i = 0; i < a.code.size; ++i) {
    ir::Instr p = a.code[i], q = b.code[i];
    p.op = q.op = nullptr;
    if (!(p == q)) return false;
  }
  for (int i = 0; i < a.roots.size; ++i)
    if (!(a.roots[i] == b.roots[i])) return false;
  for (int i = 0; i < a.operands.size; ++i) {
    if (a.operands[i].buffer != b.operands[i].buffer || a.operands[i].site != b.operands[i].site ||
        !(a.operands[i].offset == b.operands[i].offset))
      return false;
  }
  for (int i = 0; i < a.buffers.size; ++i)
    if (!(a.buffers[i].offset == b.buffers[i].offset)) return false;
  return true;
}

}  // namespace

TEST_CASE("two times: a plan made at run time is the compiler's", "[dsl][plan]") {
  auto compiled = compile([] { return many_rules(); });
  auto built = build(many_rules());
  REQUIRE(same_tables(compiled.plan.view(), built.plan()));
  REQUIRE(compiled.loops() > 5);
  REQUIRE(compiled.compiled_loops() == compiled.loops());
  REQUIRE(built.compiled_loops() == built.loops());
  REQUIRE(build(many_rules(), {.compiled_loops = false}).compiled_loops() == 0);
  // Compiled in float, so that nothing can be borrowed in double.
  REQUIRE(build<double>(many_rules()).compiled_loops() == 0);
}
