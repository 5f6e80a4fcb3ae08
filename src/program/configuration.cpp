#include <ansatz/program/configuration.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ansatz {

namespace {

struct Known {
  std::vector<const Configuration*> list;
};
Known& known() {
  static Known* const made = new Known;  // never destroyed: loops are lent to the last
  return *made;
}

using ir::PlanView;

template <class T, class Equal>
bool same(const ir::PlanTable<T>& a, const ir::PlanTable<T>& b, const Equal& equal) {
  if (a.size != b.size) return false;
  for (int i = 0; i < a.size; ++i)
    if (!equal(a[i], b[i])) return false;
  return true;
}

// Text is compared where it is used.
class Comparison {
 public:
  Comparison(const PlanView& a, const PlanView& b) : a_(a), b_(b) {}

  bool equal() const {
    return same(a_.buffers, b_.buffers,
                [](const ir::Buffer& x, const ir::Buffer& y) {
                  return x.where == y.where && x.type == y.type && x.slot == y.slot &&
                         x.size == y.size && x.offset == y.offset;
                }) &&
           same(a_.leaves, b_.leaves,
                [this](const ir::Leaf& x, const ir::Leaf& y) { return leaf(x, y); }) &&
           same(a_.operands, b_.operands,
                [](const ir::Operand& x, const ir::Operand& y) {
                  return x.buffer == y.buffer && x.offset == y.offset && x.site == y.site &&
                         std::equal(x.stride, x.stride + ir::outer_axes + 1, y.stride);
                }) &&
           same(a_.code, b_.code,
                [this](const ir::Instr& x, const ir::Instr& y) { return instr(x, y); }) &&
           same(a_.roots, b_.roots, [](const ir::Root& x, const ir::Root& y) { return x == y; }) &&
           same(a_.loops, b_.loops,
                [](const ir::Loop& x, const ir::Loop& y) {
                  return x.first_instr == y.first_instr && x.instrs == y.instrs &&
                         x.first_root == y.first_root && x.roots == y.roots &&
                         x.phases == y.phases && x.args == y.args;
                }) &&
           same(a_.steps, b_.steps, step) &&
           same(a_.dims, b_.dims, [](const ir::Shape& x, const ir::Shape& y) { return x == y; }) &&
           same(a_.results, b_.results,
                [this](const ir::Result& x, const ir::Result& y) {
                  return text(x.name, y.name) && x.buffer == y.buffer && x.shape == y.shape &&
                         x.type == y.type;
                }) &&
           same(a_.extents, b_.extents, [](int x, int y) { return x == y; }) &&
           same(a_.arena, b_.arena, [](std::int64_t x, std::int64_t y) { return x == y; }) &&
           a_.scratch == b_.scratch;
  }

 private:
  bool text(int x, int y) const { return std::strcmp(a_.text.data + x, b_.text.data + y) == 0; }
  bool leaf(const ir::Leaf& x, const ir::Leaf& y) const {
    return x.where == y.where && x.type == y.type && x.shape == y.shape && x.labels == y.labels &&
           x.state == y.state && text(x.name, y.name) &&
           std::isnan(x.initial) == std::isnan(y.initial);
  }
  bool instr(ir::Instr x, ir::Instr y) const {
    if ((x.op_name < 0) != (y.op_name < 0)) return false;
    if (x.op_name >= 0 && !text(x.op_name, y.op_name)) return false;
    x.op = y.op = nullptr;
    x.op_name = y.op_name = -1;
    return x == y;
  }
  static bool step(const ir::Step& x, const ir::Step& y) {
    return x.kind == y.kind && x.split == y.split && x.barrier == y.barrier &&
           x.transpose_a == y.transpose_a && x.transpose_b == y.transpose_b && x.loop == y.loop &&
           x.first_operand == y.first_operand && x.operands == y.operands &&
           x.outer_rank == y.outer_rank && std::equal(x.outer, x.outer + ir::outer_axes, y.outer) &&
           x.inner == y.inner && x.m == y.m && x.n == y.n && x.k == y.k && x.jump == y.jump &&
           x.kernel_float == y.kernel_float && x.kernel_double == y.kernel_double &&
           x.attr == y.attr && x.first_dims == y.first_dims && x.scratch == y.scratch &&
           std::strcmp(x.label, y.label) == 0;
  }

  const PlanView& a_;
  const PlanView& b_;
};

}  // namespace

void add_configuration(Configuration configuration) {
  for (const Configuration* each : known().list)
    if (each->name == configuration.name && each->precision == configuration.precision)
      throw NameError(fmt::format("the configuration {} is registered twice: at {}:{} and at {}:{}",
                                  each->name, each->file, each->line, configuration.file,
                                  configuration.line));
  const auto* const kept = new Configuration(std::move(configuration));
  known().list.push_back(kept);
  for (const RegisteredFunction& f : kept->functions)
    if (f.loops) ir::offer_loops(f.plan, f.loops, kept->precision);
}

const std::vector<const Configuration*>& configurations() {
  static const bool library_is_known = [] {
    register_library_configurations();
    return true;
  }();
  (void)library_is_known;
  return known().list;
}

bool same_plan(const ir::PlanView& a, const ir::PlanView& b) { return Comparison(a, b).equal(); }

}  // namespace ansatz
