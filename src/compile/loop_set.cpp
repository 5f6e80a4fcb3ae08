#include "loop_set.hpp"

#include "../dsl/op_names.hpp"

#include <dsl/plan/loops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace ansatz::compiling {

using fmt::underlying;

namespace {

struct Place {
  const ir::PlanView* plan;
  int loop;
};

const char* op_of(const ir::PlanView& plan, const ir::Instr& i) {
  return i.op_name < 0 ? "" : plan.text.data + i.op_name;
}

/// Everything find_loop compares.
std::string canonical(const ir::PlanView& plan, const ir::Loop& loop) {
  std::string text =
      fmt::format("loop {} {} {} {}\n", loop.instrs, loop.roots, loop.phases, loop.args);
  auto to = std::back_inserter(text);
  for (int k = 0; k < loop.instrs; ++k) {
    const ir::Instr& i = plan.code[loop.first_instr + k];
    fmt::format_to(to, "i {} {} {} {} {} {} {} {} {} {} {}\n", underlying(i.code),
                   underlying(i.level), underlying(i.walk), underlying(i.type), i.phase, i.variant,
                   i.arg, i.in[0], i.in[1], i.in[2], op_of(plan, i));
  }
  for (int k = 0; k < loop.roots; ++k) {
    const ir::Root& r = plan.roots[loop.first_root + k];
    fmt::format_to(to, "r {} {} {} {} {} {}\n", underlying(r.kind), underlying(r.walk),
                   underlying(r.type), r.variant, r.value, r.arg);
  }
  return text;
}

/// Ops of the loop that only the program knows.
std::set<std::string> foreign_ops(const ir::PlanView& plan, const ir::Loop& loop) {
  std::set<std::string> foreign;
  for (int k = 0; k < loop.instrs; ++k) {
    const ir::Instr& i = plan.code[loop.first_instr + k];
    if (i.code == ir::Code::apply && !explaining::find_op(op_of(plan, i)))
      foreign.insert(op_of(plan, i));
  }
  return foreign;
}

void append(LoopSet& set, const Place& place) {
  const ir::PlanView& plan = *place.plan;
  ir::Loop loop = plan.loops[place.loop];
  const int instr = loop.first_instr, root = loop.first_root;
  loop.first_instr = static_cast<int>(set.code.size());
  loop.first_root = static_cast<int>(set.roots.size());
  for (int k = 0; k < loop.instrs; ++k) {
    ir::Instr i = plan.code[instr + k];
    const auto op = std::ranges::lower_bound(set.ops, op_of(plan, i));
    i.op_name = i.op_name < 0 ? -1 : static_cast<int>(op - set.ops.begin());
    i.op = nullptr;
    set.code.push_back(i);
  }
  for (int k = 0; k < loop.roots; ++k) set.roots.push_back(plan.roots[root + k]);
  set.loops.push_back(loop);
}

}  // namespace

Census census_of(const std::vector<ir::PlanView>& plans, unsigned long precision) {
  Census census;
  std::map<std::string, Place> distinct;
  for (const ir::PlanView& plan : plans)
    for (int l = 0; l < plan.loops.size; ++l)
      distinct.try_emplace(canonical(plan, plan.loops[l]), Place{&plan, l});
  census.loops = static_cast<int>(distinct.size());

  LoopSet& set = census.to_compile;
  std::vector<Place> places;
  std::set<std::string> ops;
  for (const auto& [text, place] : distinct) {
    const ir::PlanView& plan = *place.plan;
    if (ir::find_loop(plan, place.loop, precision)) continue;
    ++census.missing;
    const ir::Loop& loop = plan.loops[place.loop];
    const std::set<std::string> foreign = foreign_ops(plan, loop);
    census.foreign_ops.insert(foreign.begin(), foreign.end());
    if (!foreign.empty()) continue;
    places.push_back(place);
    set.canonical += text;
    for (int k = 0; k < loop.instrs; ++k) {
      const ir::Instr& i = plan.code[loop.first_instr + k];
      if (i.op_name >= 0) ops.insert(op_of(plan, i));
    }
  }
  set.ops.assign(ops.begin(), ops.end());
  for (const Place& place : places) append(set, place);
  return census;
}

}  // namespace ansatz::compiling
