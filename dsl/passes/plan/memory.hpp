// Gives every value a place in the arenas: lifetimes, best fit, and a step's result over an operand
// that dies there when the step reads and writes the same elements.
#pragma once

#include <dsl/plan/plan.hpp>

namespace ansatz::ir {

class MemoryPlanner {
 public:
  constexpr explicit MemoryPlanner(Plan& plan) : p_(plan) {}

  constexpr void run() {
    find_lifetimes();
    p_.arena.assign(1 + p_.extents.size(), 0);
    gaps_.resize(1 + p_.extents.size());
    for (int s = 0; s < p_.steps.size(); ++s) {
      for (int b : born_[s])
        if (!reuse_operand(s, b)) fit(b);
      for (int b : dying_[s])
        if (!taken_by(b, s)) free(b);
    }
  }

 private:
  constexpr void find_lifetimes() {
    const int n = p_.buffers.size();
    first_.assign(n, -1);
    last_.assign(n, -1);
    taken_.assign(n, -1);
    born_.resize(p_.steps.size());
    dying_.resize(p_.steps.size());
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
    for (int b = 0; b < n; ++b)
      if (first_[b] >= 0 && last_[b] < p_.steps.size()) dying_[last_[b]].push_back(b);
  }

  static constexpr int arena_of(const Buffer& b) { return b.size.extent; }
  // Cache lines in the constant arena; the others are a multiple of 16 examples long anyway.
  static constexpr std::int64_t length(const Buffer& b) {
    return b.size.extent ? b.size.n : (b.size.n + 15) / 16 * 16;
  }

  constexpr bool reuse_operand(int s, int b) {
    const Step& step = p_.steps[s];
    if (step.kind != StepKind::loop || dying_[s].empty()) return false;
    const Loop& loop = p_.loops[step.loop];
    if (loop.phases != 1) return false;
    const Operand* out = nullptr;
    for (int r = 0; r < loop.roots; ++r) {
      const Root& root = p_.roots[loop.first_root + r];
      const Operand& o = p_.operands[step.first_operand + root.arg];
      if (o.buffer == b && root.kind == RootKind::store) out = &o;
    }
    if (!out) return false;
    for (int k = 0; k < dying_[s].size(); ++k) {
      const int old = dying_[s][k];
      if (first_[old] == s || taken_by(old, s)) continue;
      if (!(p_.buffers[old].size == p_.buffers[b].size) ||
          p_.buffers[old].type != p_.buffers[b].type)
        continue;
      bool same = true;
      for (int j = 0; j < step.operands; ++j) {
        const Operand& o = p_.operands[step.first_operand + j];
        if (o.buffer != old) continue;
        same = same && o.offset == out->offset;
        for (int d = 0; d <= outer_axes; ++d) same = same && o.stride[d] == out->stride[d];
      }
      if (!same) continue;
      p_.buffers[b].offset = p_.buffers[old].offset;
      taken_[old] = s;
      return true;
    }
    return false;
  }
  constexpr bool taken_by(int old, int s) const { return taken_[old] == s; }

  // The smallest gap that is large enough, or the end.
  constexpr void fit(int b) {
    Buffer& buffer = p_.buffers[b];
    const int arena = arena_of(buffer);
    const std::int64_t need = length(buffer);
    List<Gap>& gaps = gaps_[arena];
    int best = -1;
    for (int k = 0; k < gaps.size(); ++k)
      if (gaps[k].length >= need && (best < 0 || gaps[k].length < gaps[best].length)) best = k;
    if (best >= 0) {
      buffer.offset = {gaps[best].start, buffer.size.extent};
      gaps[best].start += need;
      gaps[best].length -= need;
      if (gaps[best].length == 0) drop(gaps, best);
      return;
    }
    // A gap at the end grows.
    std::int64_t start = p_.arena[arena];
    if (!gaps.empty() && gaps.back().start + gaps.back().length == start) {
      start = gaps.back().start;
      gaps.pop_back();
    }
    buffer.offset = {start, buffer.size.extent};
    p_.arena[arena] = start + need;
  }
  // The gaps are in order of their place, and no two touch.
  constexpr void free(int b) {
    const Buffer& buffer = p_.buffers[b];
    List<Gap>& gaps = gaps_[arena_of(buffer)];
    const std::int64_t start = buffer.offset.n, end = start + length(buffer);
    int at = 0;
    while (at < gaps.size() && gaps[at].start < start) ++at;
    const bool joins_before = at > 0 && gaps[at - 1].start + gaps[at - 1].length == start;
    const bool joins_after = at < gaps.size() && gaps[at].start == end;
    if (joins_before) {
      gaps[at - 1].length += end - start;
      if (joins_after) {
        gaps[at - 1].length += gaps[at].length;
        drop(gaps, at);
      }
    } else if (joins_after) {
      gaps[at].start = start;
      gaps[at].length += end - start;
    } else {
      gaps.push_back({start, end - start});
      for (int k = gaps.size() - 1; k > at; --k) {
        const Gap moved = gaps[k];
        gaps[k] = gaps[k - 1];
        gaps[k - 1] = moved;
      }
    }
  }

  struct Gap {
    std::int64_t start = 0, length = 0;
  };
  static constexpr void drop(List<Gap>& gaps, int at) {
    for (; at + 1 < gaps.size(); ++at) gaps[at] = gaps[at + 1];
    gaps.pop_back();
  }

  Plan& p_;
  List<int> first_, last_;
  List<List<int>> born_, dying_;  // buffers, by step
  List<List<Gap>> gaps_;          // of each arena
  List<int> taken_;               // of each buffer: the step whose result took its place
};

constexpr void plan_memory(Plan& p) { MemoryPlanner(p).run(); }

}  // namespace ansatz::ir
