#include "compiled.hpp"

#include <cstring>

#include <dsl/build.hpp>
#include <dsl/plan/loops.hpp>

#include "compare.hpp"

namespace fuzz {

namespace {

using namespace ansatz;

// ---------------------------------------------------------------------------- tables

bool same(const ir::Buffer& a, const ir::Buffer& b) {
  return a.where == b.where && a.type == b.type && a.slot == b.slot && a.value == b.value &&
         a.size == b.size && a.offset == b.offset;
}
bool same(const ir::Leaf& a, const ir::Leaf& b) {
  const bool unset = a.initial != a.initial && b.initial != b.initial;
  return a.where == b.where && a.type == b.type && a.shape == b.shape && a.labels == b.labels &&
         a.name == b.name && a.state == b.state && (a.initial == b.initial || unset);
}
bool same(const ir::Operand& a, const ir::Operand& b) {
  bool strides = true;
  for (int k = 0; k <= ir::inner_axis; ++k) strides = strides && a.stride[k] == b.stride[k];
  return a.buffer == b.buffer && a.offset == b.offset && strides && a.site == b.site;
}
// A compiled program's loops need no table of ops.
bool same(ir::Instr a, ir::Instr b) {
  a.op = b.op = nullptr;
  return a == b;
}
bool same(const ir::Root& a, const ir::Root& b) { return a == b; }
bool same(const ir::Loop& a, const ir::Loop& b) {
  return a.first_instr == b.first_instr && a.instrs == b.instrs && a.first_root == b.first_root &&
         a.roots == b.roots && a.phases == b.phases && a.args == b.args;
}
bool same(const ir::Step& a, const ir::Step& b) {
  bool outer = a.outer_rank == b.outer_rank;
  for (int k = 0; k < 3; ++k) outer = outer && a.outer[k] == b.outer[k];
  return a.kind == b.kind && a.split == b.split && a.barrier == b.barrier &&
         a.transpose_a == b.transpose_a && a.transpose_b == b.transpose_b && a.loop == b.loop &&
         a.first_operand == b.first_operand && a.operands == b.operands && outer &&
         a.inner == b.inner && a.m == b.m && a.n == b.n && a.k == b.k && a.jump == b.jump &&
         a.kernel_float == b.kernel_float && a.kernel_double == b.kernel_double &&
         a.attr == b.attr && a.first_dims == b.first_dims && a.scratch == b.scratch &&
         std::strcmp(a.label, b.label) == 0 && a.output == b.output && a.flops == b.flops;
}
bool same(const ir::Result& a, const ir::Result& b) {
  return a.name == b.name && a.buffer == b.buffer && a.shape == b.shape && a.type == b.type;
}
template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}

/// The first row that differs, or -1.
template <class T>
int difference_of(const ir::PlanTable<T>& a, const ir::PlanTable<T>& b) {
  const int n = a.size < b.size ? a.size : b.size;
  for (int i = 0; i < n; ++i)
    if (!same(a[i], b[i])) return i;
  return a.size == b.size ? -1 : n;
}

void check_tables(const ir::PlanView& a, const ir::PlanView& b) {
  CHECK(difference_of(a.buffers, b.buffers) == -1);
  CHECK(difference_of(a.leaves, b.leaves) == -1);
  CHECK(difference_of(a.operands, b.operands) == -1);
  CHECK(difference_of(a.code, b.code) == -1);
  CHECK(difference_of(a.roots, b.roots) == -1);
  CHECK(difference_of(a.loops, b.loops) == -1);
  CHECK(difference_of(a.steps, b.steps) == -1);
  CHECK(difference_of(a.dims, b.dims) == -1);
  CHECK(difference_of(a.results, b.results) == -1);
  CHECK(difference_of(a.extents, b.extents) == -1);
  CHECK(difference_of(a.extent_names, b.extent_names) == -1);
  CHECK(difference_of(a.arena, b.arena) == -1);
  CHECK(difference_of(a.text, b.text) == -1);
  CHECK(a.scratch == b.scratch);
}

// ---------------------------------------------------------------------------- values

bool same_bits(double a, double b) {
  const bool nans = a != a && b != b;  // of which there are many
  return nans || std::memcmp(&a, &b, sizeof a) == 0;
}

void check_bits(const Outcome& found, const Outcome& expected) {
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, want] : expected) {
    const Tensor& have = found.at(name);
    REQUIRE(have.values.size() == want.values.size());
    for (std::size_t i = 0; i < want.values.size(); ++i) {
      if (same_bits(have.values[i], want.values[i])) continue;
      INFO(name << '[' << i << "]: compiled " << have.values[i] << ", interpreted "
                << want.values[i]);
      CHECK(same_bits(have.values[i], want.values[i]));
      break;
    }
  }
}

}  // namespace

template <class T>
void check_compiled(Program<T>& compiled, int seed) {
  INFO("seed " << seed << ", " << (sizeof(T) == 4 ? "float" : "double"));
  const Function f = made(seed, compiled_mix(seed));
  auto interpreted = build<T>(f, {.compiled_loops = false});
  auto borrowed = build<T>(f);
  CHECK(compiled.compiled_loops() == compiled.plan().loops.size);
  CHECK(interpreted.compiled_loops() == 0);
  CHECK(borrowed.compiled_loops() == compiled.plan().loops.size);
  check_tables(compiled.plan(), interpreted.plan());
  const ir::Graph g = written_graph(f);
  for (const long examples : {3, 17, 0, 1, 100}) {
    CAPTURE(examples);
    const Environment e = environment_of(g, examples, examples / 2, seed);
    const Outcome expected = outcome_of(interpreted, e);
    check_bits(outcome_of(compiled, e), expected);
    check_bits(outcome_of(borrowed, e), expected);
  }
}
template void check_compiled(Program<float>&, int);
template void check_compiled(Program<double>&, int);

}  // namespace fuzz
