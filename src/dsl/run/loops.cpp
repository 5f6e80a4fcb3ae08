#include <dsl/plan/loops.hpp>

#include <cstring>
#include <mutex>
#include <set>

#include "keep_loaded.hpp"

namespace ansatz::ir {

namespace {

constinit LoopOffer* first_offer = nullptr;
constinit std::mutex offers;  // objects are loaded while other threads build

bool same_op(const PlanView& p, const Instr& a, const PlanView& q, const Instr& b) {
  if (a.op_name < 0 || b.op_name < 0) return a.op_name == b.op_name;
  return std::strcmp(p.text.data + a.op_name, q.text.data + b.op_name) == 0;
}

bool same_program(const PlanView& p, const Loop& a, const PlanView& q, const Loop& b) {
  if (a.instrs != b.instrs || a.roots != b.roots || a.phases != b.phases || a.args != b.args)
    return false;
  for (int k = 0; k < a.instrs; ++k) {
    Instr x = p.code[a.first_instr + k], y = q.code[b.first_instr + k];
    if (!same_op(p, x, q, y)) return false;
    x.op = y.op = nullptr;
    x.op_name = y.op_name = -1;
    if (!(x == y)) return false;
  }
  for (int k = 0; k < a.roots; ++k)
    if (!(p.roots[a.first_root + k] == q.roots[b.first_root + k])) return false;
  return true;
}

template <class T>
PlanTable<T> table(const List<T>& list) {
  return {list.data(), list.size()};
}

}  // namespace

bool LoopOffer::offer() {
  const std::lock_guard lock(offers);
  if (!offered_) next_ = first_offer, first_offer = this;
  return offered_ = true;
}

LoopOffer::~LoopOffer() {
  const std::lock_guard lock(offers);
  for (LoopOffer** o = &first_offer; *o; o = &(*o)->next_)
    if (*o == this) {
      *o = next_;
      return;
    }
}

void offer_loops(const PlanView& plan, const LoopFn* functions, unsigned long precision) {
  running::keep_loaded(functions);
  (new LoopOffer(plan, functions, precision))->offer();
}

namespace {

// Functions that were lent before; never destroyed, since programs are made at the end as well.
std::set<LoopFn>& lent() {
  static auto* const functions = new std::set<LoopFn>;
  return *functions;
}

}  // namespace

LoopFn find_loop(const PlanView& plan, int loop, unsigned long precision) {
  const auto offered = [&]() -> LoopFn {
    for (const LoopOffer* o = first_offer; o; o = o->next_) {
      if (o->precision != precision) continue;
      for (int l = 0; l < o->plan.loops.size; ++l)
        if (same_program(plan, plan.loops[loop], o->plan, o->plan.loops[l])) return o->functions[l];
    }
    return nullptr;
  };
  LoopFn kept = nullptr;
  while (true) {
    LoopFn found;
    {
      const std::lock_guard lock(offers);
      found = offered();
      if (found && found == kept) lent().insert(found);
      if (!found || lent().count(found)) return found;
    }
    // A program that borrows must outlive the shared object. Not under `offers`: while an object
    // is loaded or unloaded the loader waits for its offers. It may be gone by now.
    if (!running::keep_loaded(reinterpret_cast<const void*>(found))) return nullptr;
    kept = found;
  }
}

PlanView view_of(const Plan& p) {
  return {table(p.buffers), table(p.leaves),  table(p.operands),     table(p.code),
          table(p.roots),   table(p.loops),   table(p.steps),        table(p.dims),
          table(p.results), table(p.extents), table(p.extent_names), table(p.arena),
          table(p.text),    p.scratch};
}

}  // namespace ansatz::ir
