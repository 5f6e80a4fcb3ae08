#include <limits>

#include <catch2/catch.hpp>

#include <dsl/exceptions.hpp>

#include "counting_new.hpp"
#include "hand_plan.hpp"

using namespace ansatz;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t much_work = 1000000000;

/// state[chains, 2] += 1 + iteration, `count` times; kernel: rows = sums of the rows.
struct Chains {
  hand::Builder b;

  explicit Chains(int nested = 1) {
    const int chains = b.extent("chains");
    const int code = ir::extent_code("chains");
    const int count = b.leaf(ir::Where::scalar, "count", {}, ir::DType::real, 0, 3);
    const int state =
        b.leaf(ir::Where::stored, "state", ir::make_shape(code, 2), ir::DType::real, 0, 0, true);
    const int rows = b.arena({1, chains}, {0, chains});
    b.plan.arena.push_back(0);
    b.plan.arena.push_back(1);
    const int begin = b.operand(count);
    for (int i = 0; i < nested; ++i) {
      ir::Step step;
      step.kind = ir::StepKind::repeat_begin;
      step.first_operand = begin;
      step.operands = 1;
      step.jump = 2 * nested - i;
      b.plan.steps.push_back(step);
    }
    ir::Step loop;
    loop.split = ir::Split::rows;
    loop.loop = 0;
    loop.outer_rank = 1;
    loop.outer[0] = {1, chains};
    loop.inner = {2, 0};
    loop.first_operand = b.operand(state, {2, 0}, {1, 0});
    loop.operands = 1;
    loop.flops = {much_work, 0};
    b.instruction(ir::Code::load, ir::Level::full, 0);
    b.root(ir::RootKind::store, 0, 0);
    b.plan.loops.push_back({0, 1, 0, 1, 1, 1});
    b.plan.steps.push_back(loop);
    for (int i = 0; i < nested; ++i) {
      ir::Step step;
      step.kind = ir::StepKind::repeat_end;
      step.jump = nested - 1 - i;
      b.plan.steps.push_back(step);
    }
    ir::Step kernel;
    kernel.kind = ir::StepKind::kernel;
    kernel.split = ir::Split::rows;
    kernel.barrier = true;
    kernel.label = "row_sums";
    kernel.kernel_float = &row_sums;
    kernel.first_operand = b.operand(state);
    b.operand(rows);
    kernel.operands = 2;
    kernel.flops = {much_work, 0};
    kernel.first_dims = 0;
    kernel.scratch = {1, chains};
    b.plan.dims.push_back(ir::make_shape(code, 2));
    b.plan.dims.push_back(ir::make_shape(code));
    b.plan.steps.push_back(kernel);
    b.result("rows", rows, ir::make_shape(code));
    ir::Buffer size;
    size.where = ir::Where::extent;
    size.slot = chains - 1;
    b.plan.buffers.push_back(size);
    b.result("size", b.plan.buffers.size() - 1, {});
  }

  static void add(const ir::LoopCall& call) {
    auto* p = static_cast<float*>(call.args[0].pointer);
    for (std::int64_t r = call.row_begin; r < call.row_end; ++r)
      for (std::int64_t j = 0; j < 2; ++j)
        p[r * 2 + j] += 1 + static_cast<float>(call.random.iteration);
  }
  static void row_sums(const ir::KernelArgs<float>& args) {
    const auto* in = static_cast<const float*>(args.in[0]);
    auto* out = static_cast<float*>(args.out);
    if (args.in_dims[0][0] != args.out_dims[0] || args.in_rank[0] != 2 || args.out_rank != 1)
      throw std::logic_error("dims");
    for (long i = 0; i < args.out_dims[0]; ++i) {
      args.scratch[i] = in[2 * i] + in[2 * i + 1];
      if (args.scratch[i] == -1) throw ValueError("a bad row");
      out[i] = args.scratch[i];
    }
  }
  Program<float> program() const { return hand::program_of<float>(b.plan, add); }
};

}  // namespace

TEST_CASE("executor: in the steady state a call allocates nothing", "[run][executor]") {
  for (int threads : {1, 2}) {
    CAPTURE(threads);
    auto step = hand::Regression(much_work).program<float>();
    step.threads(threads);
    const auto x = hand::numbers<float>(300), other = hand::numbers<float>(300, 2);
    const std::vector<std::uint8_t> label(100, 1);
    const auto call = [&](const std::vector<float>& rows, int batch) {
      return step({{"x", view(rows.data(), {batch, 3})},
                   {"label", view(label.data(), {batch})},
                   {"rate", 0.1}})["total"]
          .scalar();
    };
    call(x, 100);
    call(other, 28);
    const std::size_t before = counted_allocations();
    call(x, 100);
    call(other, 100);
    call(x, 28);
    CHECK(counted_allocations() == before);
  }
}

TEST_CASE("executor: two threads give what one gives", "[run][executor]") {
  auto one = hand::Regression(much_work).program<double>();
  auto two = hand::Regression(much_work).program<double>();
  two.threads(2);
  one.store().uniform("W", -1, 1, 5);
  two.store().uniform("W", -1, 1, 5);
  for (std::size_t batch : {100u, 1u, 0u, 33u, 300u}) {
    CAPTURE(batch);
    const auto x = hand::numbers<double>(batch * 3);
    const auto label = hand::labels(batch);
    const auto call = [&](Program<double>& step) {
      return step({{"x", view(x.data(), {batch, 3})}, {"label", label}, {"rate", 0.001}});
    };
    auto a = call(one), b = call(two);
    for (const char* name : {"y", "total", "sums", "W"})
      for (std::int64_t i = 0; i < a[name].size(); ++i)
        REQUIRE(a[name].data()[i] == Approx(b[name].data()[i]).epsilon(1e-12));
  }
}

TEST_CASE("executor: a repeat runs as often as its count says, rounded down", "[run][executor]") {
  for (int threads : {1, 2}) {
    CAPTURE(threads);
    auto program = Chains().program();
    program.threads(threads);
    program.store().resize("state", 5);
    const auto call = [&](double count) {
      program.store().fill("state", 0);
      auto r = program({{"count", count}});
      CHECK(r["rows"].shape() == Dims(5));
      for (int i = 1; i < 5; ++i) CHECK(r["rows"].data()[i] == r["rows"].data()[0]);
      return r["rows"].data()[0];
    };
    CHECK(call(3) == 2 * (1 + 2 + 3));
    CHECK(call(2.9) == 2 * (1 + 2));
    CHECK(call(1) == 2);
    CHECK(call(0) == 0);
    CHECK(call(-4) == 0);
    CHECK(call(std::nan("")) == 0);
  }
}

TEST_CASE("executor: a repeat in a repeat numbers its iterations through", "[run][executor]") {
  auto program = Chains(2).program();
  program.store().resize("state", 1);
  // 0 to 3, whatever the outer repeat counts.
  CHECK(program({{"count", 2}})["rows"].data()[0] == 2 * (1 + 2 + 3 + 4));
  CHECK(program.step_count() == 1);
}

TEST_CASE("executor: state with run-time rows follows Store::resize", "[run][executor]") {
  auto program = Chains().program();
  CHECK(program()["rows"].shape() == Dims(0));
  for (int rows : {3, 40, 7}) {
    program.store().resize("state", rows);
    auto r = program();
    CHECK(r["rows"].shape() == Dims(rows));
    CHECK(r["size"].scalar() == static_cast<float>(rows));
  }
  CHECK_THROWS_WITH(program({{"chains", 8}}),
                    Contains("8 in the argument 'chains', 7 in state 'state'"));
}

TEST_CASE("executor: an exception of a kernel arrives, whatever its thread", "[run][executor]") {
  for (int threads : {1, 2}) {
    auto program = Chains().program();
    program.threads(threads);
    program.store().resize("state", 10);
    program.store().data<float>("state")[18] = -1;
    CHECK_THROWS_AS(program({{"count", 0}}), ValueError);
    program.store().fill("state", 1);
    CHECK(program({{"count", 0}})["rows"].data()[9] == 2);
  }
}

TEST_CASE("executor: a product with beta = 0 does not read its result", "[run][executor]") {
  auto step = hand::Regression().program<float>();
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> bad(12, infinity), good(12, 1);
  const std::vector<int> label(4, 0);
  step({{"x", view(bad.data(), {4, 3})}, {"label", label}, {"rate", 0}});
  step.store().fill("W", 0);
  auto r = step({{"x", view(good.data(), {4, 3})}, {"label", label}, {"rate", 0}});
  CHECK(r["total"].scalar() == 4);
}

TEST_CASE("check mode: the first step that is not finite is named, and what was so before",
          "[run][check]") {
  auto step = hand::Regression().program<float>();
  step.check(true);
  CHECK(step.check());
  const std::vector<float> x(12, 1);
  const std::vector<int> label(4, 0);
  const auto call = [&](double rate) {
    step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", rate}});
  };
  CHECK_NOTHROW(call(0.1));
  CHECK_THROWS_WITH(call(1e39), Contains("call 2, step 3 of 3") &&
                                    Contains("a product of matrices") && Contains("output 'W'") &&
                                    Contains("scalar 'rate'"));
  step.store().fill("W", 0);
  step.store().data<float>("W")[5] = std::nanf("");
  CHECK_THROWS_WITH(call(0.1), Contains("call 3, step 1 of 3") &&
                                   Contains("an intermediate value is nan at element 1") &&
                                   Contains("not finite before: parameter 'W'"));
  step.store().fill("W", 1e38);
  CHECK_THROWS_WITH(call(0.1), Contains("step 2 of 3, 'affine' in a fused loop (affine)") &&
                                   Contains("'affine' made a number that is not finite") &&
                                   Contains("output 'y' is inf at element 0") &&
                                   Contains("all inputs and parameters were finite before"));
  step.check(false);
  CHECK_NOTHROW(call(0.1));
}
