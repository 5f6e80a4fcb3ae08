// Divides steps among threads and puts a barrier only where one thread may touch what another wrote.
//
// The batch is split once for the whole step: a thread does its examples through all loops and
// products whose rows are examples, without waiting. What takes all examples together (the gradient
// of a weight matrix) or divides other rows waits for everybody first.
#pragma once

#include <dsl/passes/access.hpp>

namespace ansatz::ir {

class BarrierPlanner {
 public:
  constexpr explicit BarrierPlanner(Plan& plan) : p_(plan) {}

  constexpr void run() {
    for (int s = 0; s < p_.steps.size(); ++s) {
      Step& step = p_.steps[s];
      choose_split(step);
      if (step.kind == StepKind::repeat_begin || step.kind == StepKind::repeat_end) {
        step.barrier = true;
        touched_.clear();
        continue;
      }
      List<Touch> mine = touches(step);
      for (const Touch& a : touched_)
        for (const Touch& b : mine) step.barrier = step.barrier || conflict(a, b);
      if (step.barrier) touched_.clear();
      for (const Touch& t : mine) note(t);
    }
  }

 private:
  /// How a step touches a buffer: `part` is the extent whose examples each thread keeps to, or
  /// everybody (the threads divide it otherwise), or first (only the first thread does).
  static constexpr int everybody = -1, first = -2;
  struct Touch {
    int buffer = -1;
    int part = everybody;
    bool writes = false;
  };

  constexpr void choose_split(Step& step) const {
    if (step.kind == StepKind::loop) {
      // Too little to be worth waiting for.
      if (step.flops.extent < 0 && step.flops.n < 16384) step.split = Split::none;
      const Loop& loop = p_.loops[step.loop];
      if (step.split == Split::columns && loop.phases > 1) step.split = Split::none;
    } else if (step.kind == StepKind::kernel) {
      const Shape& out = p_.dims[step.first_dims + step.operands - 1];
      step.split = out.batched() ? Split::rows : Split::none;
    }
  }

  constexpr List<Touch> touches(const Step& step) const {
    List<Touch> list;
    int extent = everybody;
    if (step.split == Split::none) {
      extent = first;
    } else if (step.kind == StepKind::loop) {
      extent = step.outer_rank > 0 ? step.outer[0].extent : step.inner.extent;
    } else if (step.kind == StepKind::gemm) {
      extent = step.m.extent;
    } else {
      const Shape& out = p_.dims[step.first_dims + step.operands - 1];
      for (int e = 0; e < p_.extents.size(); ++e)
        if (p_.extents[e] == out[0]) extent = e;
    }
    for (int k = 0; k < step.operands; ++k) {
      const Operand& o = p_.operands[step.first_operand + k];
      if (o.buffer < 0) continue;
      const Where where = p_.buffers[o.buffer].where;
      if (where != Where::arena && where != Where::stored) continue;
      list.push_back({o.buffer, extent >= 0 && !divided(step, k) ? everybody : extent,
                      written(step, k)});
    }
    return list;
  }

  // Whether operand k is walked along the examples that the threads share out.
  constexpr bool divided(const Step& step, int k) const {
    const Operand& o = p_.operands[step.first_operand + k];
    if (step.kind == StepKind::loop) {
      for (int r = 0; r < p_.loops[step.loop].roots; ++r) {
        const Root& root = p_.roots[p_.loops[step.loop].first_root + r];
        if (root.arg == k && root.kind != RootKind::store) return false;
      }
      return !is_zero(o.stride[step.outer_rank > 0 ? 0 : 3]);
    }
    if (step.kind == StepKind::gemm) return k == 2 || (k == 0 && !step.transpose_a);
    return p_.dims[step.first_dims + k].batched();
  }
  constexpr bool written(const Step& step, int k) const {
    if (step.kind == StepKind::gemm) return k == 2;
    if (step.kind == StepKind::kernel) return k == step.operands - 1;
    for (int r = 0; r < p_.loops[step.loop].roots; ++r)
      if (p_.roots[p_.loops[step.loop].first_root + r].arg == k) return true;
    return false;
  }

  constexpr bool conflict(const Touch& a, const Touch& b) const {
    if (!a.writes && !b.writes) return false;
    const Buffer &x = p_.buffers[a.buffer], &y = p_.buffers[b.buffer];
    if (a.part == first && b.part == first) return false;
    if (a.buffer == b.buffer) return a.part != b.part || a.part == everybody;
    if (x.where != Where::arena || y.where != Where::arena || x.size.extent != y.size.extent)
      return x.where == Where::stored && y.where == Where::stored && x.slot == y.slot;
    const bool apart = x.offset.n + x.size.n <= y.offset.n || y.offset.n + y.size.n <= x.offset.n;
    if (apart) return false;
    const bool same_place = x.offset.n == y.offset.n && x.size.n == y.size.n;
    return !same_place || a.part != b.part || a.part == everybody;
  }

  constexpr void note(const Touch& t) {
    for (const Touch& old : touched_)
      if (old.buffer == t.buffer && old.part == t.part && old.writes == t.writes) return;
    touched_.push_back(t);
  }

  Plan& p_;
  List<Touch> touched_;
};

constexpr void place_barriers(Plan& p) { BarrierPlanner(p).run(); }

}  // namespace ansatz::ir
