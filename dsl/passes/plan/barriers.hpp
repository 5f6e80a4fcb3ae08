// Divides steps among threads and puts a barrier only where one thread may touch what another
// wrote.
//
// The batch is split once for the whole step: a thread does its examples through all loops and
// products whose rows are examples, without waiting. What takes all examples together (the gradient
// of a weight matrix) or divides other rows waits for everybody first.
#pragma once

#include <dsl/passes/graph/access.hpp>

namespace ansatz::ir {

class BarrierPlanner {
 public:
  constexpr explicit BarrierPlanner(Plan& plan) : p_(plan) {}

  constexpr void run() {
    since_.resize(p_.buffers.size());
    List<int> last;  // step that touches a buffer last
    last.assign(p_.buffers.size(), -1);
    for (int s = 0; s < p_.steps.size(); ++s)
      for (int k = 0; k < p_.steps[s].operands; ++k)
        if (const int b = p_.operands[p_.steps[s].first_operand + k].buffer; b >= 0) last[b] = s;
    for (int s = 0; s < p_.steps.size(); ++s) {
      Step& step = p_.steps[s];
      choose_split(step);
      if (step.kind == StepKind::repeat_begin || step.kind == StepKind::repeat_end) {
        step.barrier = true;
        dead_.clear(), ++epoch_;
        continue;
      }
      const List<Touch> mine = touches(step);
      const auto bury = [&] {
        for (const Touch& t : mine)
          if (last[t.buffer] == s && p_.buffers[t.buffer].where == Where::arena)
            dead_.push_back(place_of(t.buffer));
      };
      bury();  // a result may lie where an operand dies
      // One barrier in a thousand buffers costs less than comparing each with all before.
      if (dead_.size() > 1024) step.barrier = true;
      for (const Touch& t : mine) step.barrier = step.barrier || conflicts(t);
      if (step.barrier) {
        dead_.clear(), ++epoch_;
        bury();
      }
      for (const Touch& t : mine) note(t);
    }
  }

 private:
  /// How a step touches a buffer: `part` is the extent whose examples each thread keeps to, or
  /// everybody (the threads divide it otherwise), or first (only the first thread does).
  static constexpr int everybody = -1, first = -2, nobody = -3;
  struct Touch {
    int buffer = -1;
    int part = everybody;
    bool writes = false;
  };

  constexpr void choose_split(Step& step) const {
    if (step.kind == StepKind::loop) {
      // Too little to be worth waiting for.
      if (!step.flops.extent && step.flops.n < 16384) step.split = Split::none;
      const Loop& loop = p_.loops[step.loop];
      if (step.split == Split::columns && loop.phases > 1) step.split = Split::none;
    } else if (step.kind == StepKind::kernel) {
      const Shape& out = p_.dims[step.first_dims + step.operands - 1];
      step.split = out.batched() ? Split::rows : step.inner.n > 1 ? Split::columns : Split::none;
    }
  }

  constexpr List<Touch> touches(const Step& step) {
    List<Touch> list;
    int extent = everybody;
    if (step.split == Split::none) {
      extent = first;
    } else if (step.kind == StepKind::loop) {
      extent = (step.outer_rank > 0 ? step.outer[0] : step.inner).extent - 1;
    } else if (step.kind == StepKind::gemm) {
      extent = (step.outer_rank > 0 ? step.outer[0] : step.m).extent - 1;
    } else {
      const Shape& out = p_.dims[step.first_dims + step.operands - 1];
      for (int e = 0; e < p_.extents.size(); ++e)
        if (p_.extents[e] == out[0]) extent = e;
    }
    find_results(step);
    const Operand* o = p_.operands.data() + step.first_operand;
    const Buffer* const buffers = p_.buffers.data();
    for (int k = 0; k < step.operands; ++k, ++o) {
      if (o->buffer < 0) continue;
      const Where where = buffers[o->buffer].where;
      if (where != Where::arena && where != Where::stored) continue;
      list.push_back({o->buffer, extent >= 0 && !divided(step, k) ? everybody : extent,
                      written_[k] != Written::no});
    }
    return list;
  }

  // Whether each thread touches only its examples of operand k: the threads share out the examples,
  // and they are the outermost axis of the operand's memory.
  constexpr bool divided(const Step& step, int k) const {
    const Operand& o = p_.operands[step.first_operand + k];
    Count along = step.m, stride = o.stride[0];
    if (step.kind == StepKind::loop) {
      if (written_[k] == Written::reduced) return false;
      along = step.outer_rank > 0 ? step.outer[0] : step.inner;
      stride = o.stride[step.outer_rank > 0 ? 0 : inner_axis];
    } else if (step.kind == StepKind::gemm && step.outer_rank > 0) {
      along = step.outer[0];
      stride = o.stride[2];
    } else if (step.kind == StepKind::gemm) {
      if (k != 2 && (k != 0 || step.transpose_a)) return false;
    } else {
      return step.split == Split::rows && p_.dims[step.first_dims + k].batched();
    }
    const Count& size = p_.buffers[o.buffer].size;
    return along.extent == size.extent && !stride.extent && along.n * stride.n == size.n;
  }
  // What each operand of a step is a result of.
  enum class Written : std::uint8_t { no, stored, reduced };
  constexpr void find_results(const Step& step) {
    written_.assign(step.operands, Written::no);
    if (step.kind == StepKind::gemm) written_[2] = Written::stored;
    if (step.kind == StepKind::kernel) written_[step.operands - 1] = Written::stored;
    if (step.kind != StepKind::loop) return;
    const Loop& loop = p_.loops[step.loop];
    const Root* root = p_.roots.data() + loop.first_root;
    for (int r = loop.roots; r > 0; --r, ++root) {
      Written& result = written_[root->arg];
      if (root->kind != RootKind::store)
        result = Written::reduced;
      else if (result == Written::no)
        result = Written::stored;
    }
  }

  /// What has happened to a buffer since the last barrier.
  struct Since {
    int epoch = 0;
    int read = nobody, written = nobody;  // by whom: a part, everybody, or first
  };

  // Whether two touches of the same memory, one of them a write, can be by different threads.
  static constexpr bool clash(int a, int b) {
    return a != nobody && b != nobody && (a != b || a == everybody);
  }
  constexpr bool conflicts(const Touch& t) {
    const Since& s = since_[t.buffer];
    if (s.epoch == epoch_) return clash(s.written, t.part) || (t.writes && clash(s.read, t.part));
    // A buffer that begins to live may lie where one was that has just died.
    if (!t.writes || p_.buffers[t.buffer].where != Where::arena) return false;
    const Place x = place_of(t.buffer);
    const Place* y = dead_.data();
    for (int n = dead_.size(); n > 0; --n, ++y) {
      if (x.end <= y->begin || y->end <= x.begin || x.extent != y->extent) continue;
      const Since& o = since_[y->buffer];
      if (o.epoch != epoch_) continue;
      if (x.begin != y->begin || x.end != y->end || clash(o.written, t.part) ||
          clash(o.read, t.part))
        return true;
    }
    // What lay in the same place was touched by the same part: the new buffer stands for it.
    int kept = 0;
    for (int k = 0; k < dead_.size(); ++k)
      if (x.begin != dead_[k].begin || x.end != dead_[k].end || x.extent != dead_[k].extent)
        dead_[kept++] = dead_[k];
    while (dead_.size() > kept) dead_.pop_back();
    return false;
  }

  /// Where a buffer lies, in elements of the arena of its extent.
  struct Place {
    int buffer = -1, extent = -1;
    std::int64_t begin = 0, end = 0;
  };
  constexpr Place place_of(int buffer) const {
    const Buffer& b = p_.buffers[buffer];
    return {buffer, b.size.extent - 1, b.offset.n, b.offset.n + b.size.n};
  }

  constexpr void note(const Touch& t) {
    Since& s = since_[t.buffer];
    if (s.epoch != epoch_) s = {epoch_, nobody, nobody};
    int& by = t.writes ? s.written : s.read;
    by = by == nobody || by == t.part ? t.part : everybody;
  }

  Plan& p_;
  List<Since> since_;      // of each buffer
  List<Written> written_;  // of each operand of the step that is looked at
  List<Place> dead_;       // buffers touched for the last time since the last barrier
  int epoch_ = 1;
};

constexpr void place_barriers(Plan& p) { BarrierPlanner(p).run(); }

}  // namespace ansatz::ir
