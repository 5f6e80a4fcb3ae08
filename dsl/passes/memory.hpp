// Gives every value a place in the arenas: lifetimes, best fit, and a step's result over an operand
// that dies there when the step reads and writes the same elements.
#pragma once

#include <dsl/plan.hpp>

namespace ansatz::ir {

class MemoryPlanner {
 public:
  constexpr explicit MemoryPlanner(Plan& plan) : p_(plan) {}

  constexpr void run() {
    find_lifetimes();
    p_.arena.assign(1 + p_.extents.size(), 0);
    List<int> live;
    for (int s = 0; s < p_.steps.size(); ++s) {
      for (int b : born_[s])
        if (!reuse_operand(s, b, live)) fit(b, live);
      int kept = 0;
      for (int b : live)
        if (last_[b] > s) live[kept++] = b;
      live.resize(kept);
    }
  }

 private:
  constexpr void find_lifetimes() {
    const int n = p_.buffers.size();
    first_.assign(n, -1);
    last_.assign(n, -1);
    born_.resize(p_.steps.size());
    for (int s = 0; s < p_.steps.size(); ++s) {
      const Step& step = p_.steps[s];
      for (int k = 0; k < step.operands; ++k) {
        const int b = p_.operands[step.first_operand + k].buffer;
        if (b < 0 || p_.buffers[b].where != Where::arena) continue;
        if (first_[b] < 0) first_[b] = s, born_[s].push_back(b);
        last_[b] = s;
      }
    }
    // What a loop's body reads from before it must outlive the last iteration.
    for (int s = 0; s < p_.steps.size(); ++s) {
      if (p_.steps[s].kind != StepKind::repeat_begin) continue;
      const int end = p_.steps[s].jump;
      for (int b = 0; b < n; ++b)
        if (first_[b] >= 0 && first_[b] < s && last_[b] > s && last_[b] < end) last_[b] = end;
    }
    for (const Result& r : p_.results) last_[r.buffer] = p_.steps.size();
  }

  static constexpr int arena_of(const Buffer& b) { return 1 + b.size.extent; }
  // Cache lines in the constant arena; the others are a multiple of 16 examples long anyway.
  static constexpr std::int64_t length(const Buffer& b) {
    return b.size.extent >= 0 ? b.size.n : (b.size.n + 15) / 16 * 16;
  }

  constexpr bool reuse_operand(int s, int b, List<int>& live) {
    const Step& step = p_.steps[s];
    if (step.kind != StepKind::loop) return false;
    const Loop& loop = p_.loops[step.loop];
    if (loop.phases != 1) return false;
    const Operand* out = nullptr;
    for (int r = 0; r < loop.roots; ++r) {
      const Root& root = p_.roots[loop.first_root + r];
      const Operand& o = p_.operands[step.first_operand + root.arg];
      if (o.buffer == b && root.kind == RootKind::store) out = &o;
    }
    if (!out) return false;
    for (int k = 0; k < live.size(); ++k) {
      const int old = live[k];
      if (last_[old] != s || first_[old] == s || taken_by(old, s)) continue;
      if (!(p_.buffers[old].size == p_.buffers[b].size) ||
          p_.buffers[old].type != p_.buffers[b].type)
        continue;
      bool same = true;
      for (int j = 0; j < step.operands; ++j) {
        const Operand& o = p_.operands[step.first_operand + j];
        if (o.buffer != old) continue;
        same = same && o.offset == out->offset;
        for (int d = 0; d < 4; ++d) same = same && o.stride[d] == out->stride[d];
      }
      if (!same) continue;
      p_.buffers[b].offset = p_.buffers[old].offset;
      taken_.push_back({old, s});
      live.push_back(b);
      return true;
    }
    return false;
  }
  constexpr bool taken_by(int old, int s) const {
    for (const auto& t : taken_)
      if (t.buffer == old && t.step == s) return true;
    return false;
  }

  // The smallest gap that is large enough, or the end.
  constexpr void fit(int b, List<int>& live) {
    Buffer& buffer = p_.buffers[b];
    const int arena = arena_of(buffer);
    const std::int64_t need = length(buffer);
    std::int64_t best = -1, best_gap = -1;
    auto consider = [&](std::int64_t start) {
      std::int64_t end = -1;  // of the gap; -1: open
      for (int other : live) {
        const Buffer& o = p_.buffers[other];
        if (arena_of(o) != arena) continue;
        const std::int64_t from = o.offset.n, to = from + length(o);
        if (start >= from && start < to) return;
        if (from >= start && (end < 0 || from < end)) end = from;
      }
      if (end >= 0 && end - start < need) return;
      const std::int64_t gap = end < 0 ? p_.arena[arena] + need + 1 : end - start;
      if (best < 0 || gap < best_gap) best = start, best_gap = gap;
    };
    consider(0);
    for (int other : live)
      if (arena_of(p_.buffers[other]) == arena)
        consider(p_.buffers[other].offset.n + length(p_.buffers[other]));
    buffer.offset = {best, buffer.size.extent};
    if (best + need > p_.arena[arena]) p_.arena[arena] = best + need;
    live.push_back(b);
  }

  struct Taken {
    int buffer = -1, step = -1;
  };
  Plan& p_;
  List<int> first_, last_;
  List<List<int>> born_;
  List<Taken> taken_;
};

constexpr void plan_memory(Plan& p) { MemoryPlanner(p).run(); }

}  // namespace ansatz::ir
