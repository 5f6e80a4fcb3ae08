// Walks a plan as the executor does, with tags in place of numbers: finds values that are read
// after their memory was given away, steps that overwrite what they still read, accesses outside
// a buffer, and threads that touch what another has not finished.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <dsl/plan/plan.hpp>

namespace plan_check {

using namespace ansatz;

/// One element a step touches: where it lies, and how.
struct Touch {
  long place = 0;  ///< among all arenas and stored tensors, one after the other
  int buffer = 0;
  int phase = 0;  ///< of the load or of the stored value
  int operand = 0;
  long element = 0;  ///< which element of the loop: equal for what is read and written together
};
struct Touches {
  std::vector<Touch> reads, writes;
  std::vector<Touch> joined;  ///< written after all threads have gathered their parts
};

struct Range {
  long begin = 0, end = 0;
  bool empty() const { return begin >= end; }
};

class Walker {
 public:
  /// @param sizes  of the plan's extents, in their order
  /// @param team   threads
  /// @param iterations  of each repeat
  Walker(const ir::PlanView& plan, std::vector<long> sizes, int team, int iterations)
      : p_(plan), sizes_(std::move(sizes)), team_(team), iterations_(iterations) {
    long next = 0;
    for (int a = 0; a < p_.arena.size; ++a) {
      arena_start_.push_back(next);
      next += static_cast<long>(p_.arena[a]) * (a == 0 ? 1 : capacity(a - 1));
    }
    for (int b = 0; b < p_.buffers.size; ++b) {
      stored_start_.push_back(next);
      if (p_.buffers[b].where == ir::Where::stored) next += count(p_.buffers[b].size);
    }
    owner_.assign(at(next), -1);
    for (int b = 0; b < p_.buffers.size; ++b)
      if (p_.buffers[b].where == ir::Where::stored)
        for (long i = 0; i < count(p_.buffers[b].size); ++i) owner_[at(start_of(b) + i)] = b;
    since_.resize(at(next));
  }

  /// The first fault, or nothing.
  std::optional<std::string> fault() {
    std::vector<int> times(at(p_.steps.size), 0);
    for (int s = 0; s < p_.steps.size && !fault_; ++s) {
      const ir::Step& step = p_.steps[s];
      if (step.kind == ir::StepKind::repeat_begin || step.kind == ir::StepKind::repeat_end) {
        if (step.barrier) ++segment_;
        if (step.kind == ir::StepKind::repeat_begin && iterations_ == 0) s = step.jump;
        if (step.kind == ir::StepKind::repeat_end) {
          if (++times[at(s)] < iterations_) {
            s = step.jump;
            ++segment_;
          } else {
            times[at(s)] = 0;
          }
        }
        continue;
      }
      step_ = s;
      sequential(step);
      if (step.barrier) ++segment_;
      parallel(step);
    }
    for (const ir::Result& r : p_.results) {
      const ir::Buffer& b = p_.buffers[r.buffer];
      if (b.where != ir::Where::arena && b.where != ir::Where::stored)
        fail("a result does not lie in memory of the program");
      for (long i = 0; !fault_ && i < count(b.size); ++i)
        if (owner_[at(start_of(r.buffer) + i)] != r.buffer)
          fail(std::string("result ") + (p_.text.data + r.name) + " has been overwritten");
    }
    return fault_;
  }

 private:
  static std::size_t at(long i) { return static_cast<std::size_t>(i); }
  long count(ir::Count c) const { return c.n * (c.extent ? sizes_[at(c.extent - 1)] : 1); }
  long capacity(int extent) const { return (sizes_[at(extent)] + 15) / 16 * 16; }

  void fail(const std::string& what) {
    if (!fault_) fault_ = "step " + std::to_string(step_) + ": " + what;
  }

  long start_of(int buffer) const {
    const ir::Buffer& b = p_.buffers[buffer];
    if (b.where == ir::Where::stored) return stored_start_[at(buffer)];
    if (b.where != ir::Where::arena) return -1;
    const int e = b.offset.extent - 1;
    if (b.size.extent != b.offset.extent && b.size.n > 0) return -1;
    return arena_start_[at(e + 1)] + b.offset.n * (e < 0 ? 1 : capacity(e));
  }

  // The place of an element of an operand; -1 for what nobody can write.
  long place(const ir::Operand& o, long element) {
    const ir::Buffer& b = p_.buffers[o.buffer];
    if (element < 0 || element >= count(b.size))
      fail("element " + std::to_string(element) + " of buffer " + std::to_string(o.buffer) +
           ", which has " + std::to_string(count(b.size)));
    const long start = start_of(o.buffer);
    return start < 0 ? -1 : start + element;
  }
  void touch(std::vector<Touch>& list, int s_operand, const ir::Operand& o, long element,
             long shared, int phase = 0) {
    const long p = place(o, element);
    if (&list != &scratch_.reads && p < 0) fail("writes to an input, a scalar or a literal");
    if (p >= 0 && !fault_) list.push_back({p, o.buffer, phase, s_operand, shared});
  }

  // ------------------------------------------------------------------------ what a step touches

  /// Share of thread t: rows or columns of a loop, rows of a product, examples of a kernel.
  Touches touches(const ir::Step& step, Range share) {
    scratch_ = {};
    if (step.kind == ir::StepKind::loop) loop(step, share);
    if (step.kind == ir::StepKind::gemm) product(step, share);
    if (step.kind == ir::StepKind::kernel) kernel(step, share);
    return std::move(scratch_);
  }

  const ir::Operand& operand(const ir::Step& step, int k) const {
    return p_.operands[step.first_operand + k];
  }

  void loop(const ir::Step& step, Range share) {
    const ir::Loop& l = p_.loops[step.loop];
    const bool by_rows = step.split != ir::Split::columns;
    long rows = 1;
    for (int k = 0; k < step.outer_rank; ++k) rows *= count(step.outer[k]);
    const Range row_range = by_rows ? share : Range{0, rows};
    const Range columns = by_rows ? Range{0, count(step.inner)} : share;
    for (long row = row_range.begin; row < row_range.end; ++row) {
      long index[ir::outer_axes] = {}, rest = row;
      for (int k = step.outer_rank - 1; k >= 0; --k) {
        index[k] = rest % count(step.outer[k]);
        rest /= count(step.outer[k]);
      }
      row_of(step, row, index, columns.begin, ir::Level::row);
      for (long c = columns.begin; c < columns.end; ++c)
        row_of(step, row, index, c, ir::Level::full);
    }
    for (int r = 0; r < l.roots; ++r) {
      const ir::Root& root = p_.roots[l.first_root + r];
      const ir::Operand& o = operand(step, root.arg);
      if (root.kind == ir::RootKind::reduce_all)
        touch(scratch_.joined, root.arg, o, count(o.offset), -1, l.phases);
      if (root.kind == ir::RootKind::reduce_rows)
        for (long c = columns.begin; c < columns.end; ++c)
          touch(scratch_.joined, root.arg, o, count(o.offset) + c * count(o.stride[ir::inner_axis]),
                c, l.phases);
    }
  }
  // What is read and stored once a row, or in column c of it.
  void row_of(const ir::Step& step, long row, const long* index, long c, ir::Level level) {
    const ir::Loop& l = p_.loops[step.loop];
    const auto element = [&](const ir::Operand& o) {
      long e = count(o.offset) + c * count(o.stride[ir::inner_axis]);
      for (int k = 0; k < step.outer_rank; ++k) e += index[k] * count(o.stride[k]);
      return e;
    };
    const auto met = [&](const ir::Operand& o) {
      return row * count(step.inner) + (o.stride[ir::inner_axis].n == 0 ? 0 : c);
    };
    const auto is_now = [&](const ir::Instr& i) {
      return (i.level == ir::Level::full) == (level == ir::Level::full);
    };
    for (int i = 0; i < l.instrs; ++i) {
      const ir::Instr& instr = p_.code[l.first_instr + i];
      if ((instr.code != ir::Code::load && instr.code != ir::Code::uniform) || !is_now(instr))
        continue;
      const ir::Operand& o = operand(step, instr.arg);
      if (o.buffer == ir::scratch_buffer)
        scratch(o, c);
      else
        touch(scratch_.reads, instr.arg, o, element(o), met(o), instr.phase);
    }
    for (int r = 0; r < l.roots; ++r) {
      const ir::Root& root = p_.roots[l.first_root + r];
      const ir::Operand& o = operand(step, root.arg);
      const ir::Instr& value = p_.code[l.first_instr + root.value];
      if (!is_now(value)) continue;
      if (o.buffer == ir::scratch_buffer)
        scratch(o, c);
      else if (root.kind == ir::RootKind::store)
        touch(scratch_.writes, root.arg, o, element(o), met(o),
              level == ir::Level::full ? value.phase : l.phases);
    }
  }
  void scratch(const ir::Operand& o, long column) {
    if (count(o.offset) + column * count(o.stride[ir::inner_axis]) >= p_.scratch)
      fail("outside the scratch");
  }

  void product(const ir::Step& step, Range rows) {
    for (int k = 0; k < step.operands; ++k)
      if (p_.buffers[operand(step, k).buffer].type != ir::DType::real) fail("multiplies labels");
    const ir::Count ones[] = {p_.buffers[operand(step, 3).buffer].size,
                              p_.buffers[operand(step, 4).buffer].size};
    for (const ir::Count& c : ones)
      if (count(c) != 1) fail("a scale is not one number");
    if (step.outer_rank == 0) {
      one_product(step, {}, rows, 0);
    } else {
      for (long i = rows.begin; i < rows.end; ++i) {
        std::array<long, 3> from{};
        long rest = i;
        for (int d = step.outer_rank - 1; d >= 0; --d) {
          const long size = count(step.outer[d]), index = rest % size;
          rest /= size;
          for (int s = 0; s < 3; ++s) from[at(s)] += index * count(operand(step, s).stride[2 + d]);
        }
        one_product(step, from, {0, count(step.m)}, i * count(step.m) * count(step.n));
      }
    }
    for (int s : {3, 4}) touch(scratch_.reads, s, operand(step, s), 0, -1);
  }

  // Rows of one matrix of a stack, whose operands begin at `from`.
  void one_product(const ir::Step& step, std::array<long, 3> from, Range rows, long element) {
    const long n = count(step.n), k = count(step.k);
    const ir::Operand &a = operand(step, 0), &b = operand(step, 1), &c = operand(step, 2);
    const auto matrix = [&](const ir::Operand& o, bool transposed, long i, long j) {
      return count(o.offset) + (transposed ? j : i) * count(o.stride[0]) + (transposed ? i : j);
    };
    const ir::Buffer& beta = p_.buffers[operand(step, 4).buffer];
    const bool adds = beta.where != ir::Where::literal || beta.value != 0;
    for (long i = rows.begin; i < rows.end; ++i) {
      for (long j = 0; j < k; ++j)
        touch(scratch_.reads, 0, a, from[0] + matrix(a, step.transpose_a, i, j), -1);
      for (long j = 0; j < n; ++j) {
        const long e = count(c.offset) + from[2] + i * count(c.stride[0]) + j;
        if (adds) touch(scratch_.reads, 2, c, e, element + i * n + j);
        touch(scratch_.writes, 2, c, e, element + i * n + j);
      }
    }
    if (!rows.empty())
      for (long i = 0; i < k; ++i)
        for (long j = 0; j < n; ++j)
          touch(scratch_.reads, 1, b, from[1] + matrix(b, step.transpose_b, i, j), -1);
  }

  void kernel(const ir::Step& step, Range share) {
    const ir::Shape& out = p_.dims[step.first_dims + step.operands - 1];
    for (int k = 0; k < step.operands; ++k) {
      const ir::Shape& shape = p_.dims[step.first_dims + k];
      long row = 1, first = 0, last = 1;
      for (int d = shape.batched(); d < shape.rank; ++d) row *= size_of(shape[d]);
      if (shape.batched()) last = size_of(shape[0]);
      if (step.split == ir::Split::rows && shape.batched() && shape[0] == out[0])
        first = share.begin, last = share.end;
      const ir::Operand& o = operand(step, k);
      const bool result = k == step.operands - 1;
      for (long i = first * row; i < last * row; ++i)
        touch(result ? scratch_.writes : scratch_.reads, k, o, count(o.offset) + i, -1 - k);
    }
  }
  long size_of(int dim) const {
    for (int e = 0; e < p_.extents.size; ++e)
      if (p_.extents[e] == dim) return sizes_[at(e)];
    return dim;
  }

  // ------------------------------------------------------------------------ one thread

  Range everything(const ir::Step& step) const {
    long n = 1;
    if (step.kind == ir::StepKind::loop) {
      if (step.split == ir::Split::columns) return {0, count(step.inner)};
      for (int k = 0; k < step.outer_rank; ++k) n *= count(step.outer[k]);
      return {0, n};
    }
    if (step.kind == ir::StepKind::gemm) {
      for (int d = 0; d < step.outer_rank; ++d) n *= count(step.outer[d]);
      return {0, step.outer_rank > 0 ? n : count(step.m)};
    }
    const ir::Shape& out = p_.dims[step.first_dims + step.operands - 1];
    return {0, out.batched() ? size_of(out[0]) : 1};
  }

  void sequential(const ir::Step& step) {
    Touches t = touches(step, everything(step));
    std::map<long, const Touch*> written;
    for (const auto* list : {&t.writes, &t.joined})
      for (const Touch& w : *list) {
        const auto [it, fresh] = written.insert({w.place, &w});
        if (!fresh) fail("writes one element twice");
      }
    for (const Touch& r : t.reads) {
      const auto it = written.find(r.place);
      bool reloads = false;
      if (it != written.end()) {
        const Touch& w = *it->second;
        if (r.element != w.element) fail("overwrites what another element still reads");
        reloads = step.kind == ir::StepKind::loop && r.phase > w.phase;
        if (reloads && r.buffer != w.buffer) fail("overwrites what a later pass still reads");
      }
      if (!reloads && owner_[at(r.place)] != r.buffer)
        fail("reads buffer " + std::to_string(r.buffer) + " where buffer " +
             std::to_string(owner_[at(r.place)]) + " lies");
    }
    std::map<int, long> elements;
    for (const auto& [place, w] : written) ++elements[w->buffer];
    for (const auto& [buffer, n] : elements)
      if (n != count(p_.buffers[buffer].size) && !fault_)
        fail("writes " + std::to_string(n) + " of " +
             std::to_string(count(p_.buffers[buffer].size)) + " elements of buffer " +
             std::to_string(buffer));
    for (const auto& [place, w] : written) owner_[at(place)] = w->buffer;
  }

  // ------------------------------------------------------------------------ several

  static Range share(long units, int t, int team) {
    return {units * t / team, units * (t + 1) / team};
  }
  static Range line_share(long elements, int t, int team) {
    const Range lines = share((elements + 15) / 16, t, team);
    return {std::min(lines.begin * 16, elements), std::min(lines.end * 16, elements)};
  }

  // The share of thread t, as the executor divides.
  Range share_of(const ir::Step& step, int t) const {
    const Range all = everything(step), none = {0, 0};
    if (step.split == ir::Split::none) return t == 0 ? all : none;
    if (step.kind == ir::StepKind::loop && step.split == ir::Split::columns) {
      if (!columns_divide(step)) return t == 0 ? all : none;
      return column_share(step.inner, t);
    }
    ir::Count units{1, 0};
    if (step.kind == ir::StepKind::loop && step.outer_rank > 0) units = step.outer[0];
    if (step.kind == ir::StepKind::gemm) units = step.outer_rank > 0 ? step.outer[0] : step.m;
    if (step.kind == ir::StepKind::kernel) units = {all.end, 0};
    const long n = units.extent ? sizes_[at(units.extent - 1)] : units.n;
    const long per_unit = n > 0 ? all.end / n : 0;
    const Range mine = share(n, t, team_);
    return {mine.begin * per_unit, mine.end * per_unit};
  }
  Range column_share(ir::Count inner, int t) const {
    if (!inner.extent) return line_share(inner.n, t, team_);
    const Range mine = share(sizes_[at(inner.extent - 1)], t, team_);
    return {mine.begin * inner.n, mine.end * inner.n};
  }
  bool columns_divide(const ir::Step& step) const {
    const ir::Loop& l = p_.loops[step.loop];
    for (int r = 0; r < l.roots; ++r)
      if (p_.code[l.first_instr + p_.roots[l.first_root + r].value].level != ir::Level::full)
        return false;
    for (int i = 0; i < l.instrs; ++i)
      if (p_.code[l.first_instr + i].code == ir::Code::reduce) return false;
    return true;
  }

  struct Since {
    int segment = -1;
    int writer = -1;
    unsigned readers = 0;
  };
  void note(long place, int thread, bool writes) {
    Since& s = since_[at(place)];
    if (s.segment != segment_) s = {segment_, -1, 0};
    const bool other_wrote = s.writer >= 0 && s.writer != thread;
    const bool other_read = (s.readers & ~(1u << thread)) != 0;
    if (other_wrote || (writes && other_read))
      fail("thread " + std::to_string(thread) + " touches what another may not have finished");
    if (writes)
      s.writer = thread;
    else
      s.readers |= 1u << thread;
  }

  void parallel(const ir::Step& step) {
    std::vector<Touches> of;
    for (int t = 0; t < team_; ++t) {
      const Range mine = share_of(step, t);
      of.push_back(mine.empty() && t > 0 ? Touches{} : touches(step, mine));
    }
    for (int t = 0; t < team_; ++t)
      for (const Touch& r : of[at(t)].reads) note(r.place, t, false);
    for (int t = 0; t < team_; ++t)
      for (const Touch& w : of[at(t)].writes) note(w.place, t, true);
    if (of[0].joined.empty()) return;
    const bool divided =
        step.split == ir::Split::rows || (step.split == ir::Split::columns && columns_divide(step));
    bool gathers = false;
    const ir::Loop& l = p_.loops[step.loop];
    for (int r = 0; r < l.roots; ++r) {
      const ir::RootKind kind = p_.roots[l.first_root + r].kind;
      gathers = gathers || kind == ir::RootKind::reduce_all ||
                (kind == ir::RootKind::reduce_rows && step.split == ir::Split::rows);
    }
    if (divided && gathers) ++segment_;
    for (int r = 0; r < l.roots; ++r) {
      const ir::Root& root = p_.roots[l.first_root + r];
      const ir::Operand& o = operand(step, root.arg);
      if (root.kind == ir::RootKind::reduce_all) note(place(o, count(o.offset)), 0, true);
      if (root.kind != ir::RootKind::reduce_rows) continue;
      for (int t = 0; t < team_; ++t) {
        Range columns = t == 0 ? Range{0, count(step.inner)} : Range{0, 0};
        if (divided && step.split == ir::Split::rows)
          columns = line_share(count(step.inner), t, team_);
        else if (divided)
          columns = column_share(step.inner, t);
        for (long c = columns.begin; c < columns.end; ++c)
          note(place(o, count(o.offset) + c * count(o.stride[ir::inner_axis])), t, true);
      }
    }
  }

  const ir::PlanView& p_;
  std::vector<long> sizes_, arena_start_, stored_start_;
  int team_, iterations_;
  int step_ = 0, segment_ = 0;
  std::vector<int> owner_;    // of each place: the buffer whose value lies there
  std::vector<Since> since_;  // of each place: what has happened since the last barrier
  Touches scratch_;
  std::optional<std::string> fault_;
};

/// What is wrong with a plan when its extents have these sizes and `team` threads run it.
inline std::optional<std::string> fault_of(const ir::PlanView& plan, const std::vector<long>& sizes,
                                           int team) {
  std::optional<std::string> fault;
  for (const int iterations : {2, 0})
    if (!fault) fault = Walker(plan, sizes, team, iterations).fault();
  return fault;
}

}  // namespace plan_check
