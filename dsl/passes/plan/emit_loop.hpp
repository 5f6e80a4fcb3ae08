// Writes the instructions of one cluster's loop (see Loop in plan.hpp).
#pragma once

#include <dsl/ops/arithmetic/copy.hpp>
#include <dsl/ops/reduce/argmax.hpp>
#include <dsl/ops/reduce/argmin.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/passes/plan/cluster.hpp>

namespace ansatz::ir {

constexpr Monoid monoid_of(const OpInfo* op) {
  if (op == info_of<ops::Sum>) return Monoid::sum;
  if (op == info_of<ops::Max>) return Monoid::max;
  if (op == info_of<ops::Min>) return Monoid::min;
  if (op == info_of<ops::ArgMax>) return Monoid::argmax;
  if (op == info_of<ops::ArgMin>) return Monoid::argmin;
  internal_error("a reduction that loops do not know");
}

/// The loop of a cluster before it has a place in the plan.
struct LoopDraft {
  List<Instr> code;
  List<Root> roots;
  List<Operand> operands;
  int phases = 1;
  int outer_rank = 0;
  Count outer[outer_axes] = {};
  Count inner{1, 0};
  std::int64_t scratch = 0;
  double flops = 0;  ///< an element
};

class LoopWriter {
 public:
  /// @param members  the cluster's nodes, in order
  /// @param buffers  for each node, the buffer its value lies in, or -1
  /// @param slot     for each node, -1: room for its place among the members
  constexpr LoopWriter(const Clusters& clusters, const Clusters::Cluster& space,
                       const List<int>& members, const List<int>& buffers, List<int>& slot)
      : c_(clusters),
        g_(clusters.g),
        nodes_(clusters.g.nodes.data()),
        member_(members.data()),
        count_(members.size()),
        buffers_(buffers),
        shape_(space.shape),
        slot_(slot.data()) {
    split_ = space.split >= 0 ? space.split : space.collapse;
    for (int m = 0; m < count_; ++m) slot_[member_[m]] = m;
    phases_.assign(count_, 0);
    ats_.assign(count_, -1);
    in_phases_.assign(count_, -1);
    phase_ = phases_.data();
    at_ = ats_.data();
    in_phase_ = in_phases_.data();
    firsts_like_.assign(chains, -1);
    first_like_ = firsts_like_.data();
    for (int& last : last_of_buffer_) last = -1;
  }

  constexpr LoopDraft write() {
    plan_outer();
    find_phases();
    for (int p = 0; p <= draft_.phases; ++p)
      for (int m = 0; m < count_; ++m)
        if (phase_[m] == p) value(member_[m], p);
    const char* const kept = c_.kept.data();
    for (int m = 0; m < count_; ++m)
      if (kept[member_[m]]) root_of(member_[m]);
    for (int m = 0; m < count_; ++m) slot_[member_[m]] = -1;
    return static_cast<LoopDraft&&>(draft_);
  }

 private:
  constexpr bool is_root_reduction(int id) const {
    const ReduceForm f = c_.reduction[id].form;
    return f == ReduceForm::columns || f == ReduceForm::all;
  }

  // Outer axes that every operand walks as one are made one.
  constexpr void plan_outer() {
    int groups[max_rank] = {}, count = 0;  // first axis of each group
    for (int j = 0; j < split_; ++j)
      if (j == 0 || !collapsible(j - 1)) groups[count++] = j;
    if (count > outer_axes) graph_error("a loop over more separate dimensions than a value has");
    draft_.outer_rank = count;
    for (int k = 0; k < count; ++k) {
      group_last_[k] = (k + 1 < count ? groups[k + 1] : split_) - 1;
      draft_.outer[k] = size_of(g_, shape_, groups[k], group_last_[k] + 1);
    }
    draft_.inner = size_of(g_, shape_, split_);
  }
  constexpr bool collapsible(int j) const {
    if (is_extent(shape_[j]) && is_extent(shape_[j + 1])) return false;
    for (int m = 0; m < count_; ++m) {
      const int id = member_[m];
      if (nodes_[id].op->kind == OpKind::leaf) continue;
      for (int k = 0; k < nodes_[id].count; ++k) {
        const int from = c_.base_of(id, k);
        if (slot_[from] >= 0 || c_.inlined[from] || c_.reads_whole(id, k)) continue;
        const Space s = spread(id, c_.operand(id, k));
        if (!(s.stride[j] == times(s.stride[j + 1], count_of_dim(g_, shape_[j + 1])))) return false;
      }
    }
    return true;
  }

  // Strides on the axes of the whole loop; a value a row has none on the columns.
  constexpr Space spread(int id, const Access& a) const {
    Space s = stripped(c_.iteration(id), a.stride);
    s.shape = shape_;
    return s;
  }

  // Phase of a full value: the pass it is computed in; of a row value: the pass before which it is.
  constexpr void find_phases() {
    bool any_gathers = false;
    const Reduction* const reduction = c_.reduction.data();
    for (int m = 0; m < count_; ++m)
      any_gathers = any_gathers || reduction[member_[m]].form == ReduceForm::rows;
    if (!any_gathers) return;  // one phase, the first
    int last = 0;
    for (int m = 0; m < count_; ++m) {
      const int id = member_[m];
      const int* const base = c_.bases(id);
      int p = 0;
      for (int k = 0, count = nodes_[id].count; k < count; ++k) {
        const int from = base[k];
        if (slot_[from] < 0) continue;
        const int ready = phase_[slot_[from]] + (reduction[from].form == ReduceForm::rows ? 1 : 0);
        p = p > ready ? p : ready;
      }
      phase_[m] = p;
      const bool reads_columns = c_.level[id] == Level::full || gathers(id) ||
                                 c_.reduction[id].form == ReduceForm::columns;
      if (reads_columns && p > last) last = p;
    }
    draft_.phases = last + 1;
  }
  constexpr bool gathers(int id) const { return c_.reduction[id].form == ReduceForm::rows; }

  constexpr Operand make_operand(int buffer, const Access& a, const Space& s) const {
    Operand o;
    o.buffer = buffer;
    o.offset = a.offset;
    for (int k = 0; k < draft_.outer_rank; ++k) o.stride[k] = s.stride[group_last_[k]];
    if (split_ < shape_.rank) o.stride[inner_axis] = s.stride[shape_.rank - 1];
    return o;
  }
  constexpr int operand_index(const Operand& o) {
    int& last = last_of_buffer_[o.buffer & (buffers_apart - 1)];
    if (o.buffer != -1)
      for (int k = last; k >= 0; k = before_.data()[k])
        if (same_place(draft_.operands.data()[k], o)) return k;
    const int at = draft_.operands.size();
    draft_.operands.push_back(o);
    while (before_.size() < at) before_.push_back(-1);  // of random sites, which are never the same
    before_.push_back(last);
    last = at;
    return at;
  }
  static constexpr bool same_place(const Operand& a, const Operand& b) {
    if (a.buffer != b.buffer || !(a.offset == b.offset) || a.site != b.site) return false;
    for (int j = 0; j <= outer_axes; ++j)
      if (!(a.stride[j] == b.stride[j])) return false;
    return true;
  }

  // Equal instructions are one; no two draw the same random numbers.
  constexpr int push(const Instr& i) {
    int& first = first_like_[(i.in[0] + 3 * i.in[1] + 5 * i.arg + 7 * i.phase) & (chains - 1)];
    if (first >= 0 && i.code != Code::random)
      for (int k = first; k >= 0; k = next_like_.data()[k])
        if (draft_.code.data()[k] == i) return k;
    const int at = draft_.code.size();
    next_like_.push_back(first);
    first = at;
    draft_.code.push_back(i);
    return at;
  }

  static constexpr Walk walk_of(const Count& stride) {
    if (stride.n == 0) return Walk::fixed;
    return stride == Count{1, 0} ? Walk::contiguous : Walk::strided;
  }

  // A value from memory, from a position, or from a random site, for use in pass p.
  constexpr int load(int id, const Access& a, int p) {
    const Node& base = g_[a.base];
    const Space s = spread(id, a);
    Operand o = make_operand(buffers_[a.base], a, s);
    Instr i;
    i.type = base.type;
    i.code = base.op == info_of<ops::Iota> ? Code::iota : Code::load;
    if (i.code == Code::iota) o.buffer = -1;
    bool moves = false, moves_inside = !is_zero(o.stride[inner_axis]);
    for (int k = 0; k < draft_.outer_rank; ++k) moves = moves || !is_zero(o.stride[k]);
    i.walk = walk_of(o.stride[inner_axis]);
    i.level = moves_inside ? Level::full : moves ? Level::row : Level::uniform;
    if (i.level == Level::uniform && i.code == Code::load) i.code = Code::uniform;
    if (i.level == Level::uniform && i.code == Code::iota) i.level = Level::row;
    if (i.level != Level::uniform) i.phase = static_cast<std::uint8_t>(p);
    i.arg = static_cast<std::int16_t>(operand_index(o));
    return push(i);
  }

  constexpr int operand_value(int id, int k, int p) {
    const int from = c_.base_of(id, k);
    if (const int m = slot_[from]; m >= 0)
      return at_[m] >= 0 && phase_[m] == p ? at_[m] : value(from, p);
    if (c_.inlined[from]) return number(from);
    // Many read one and the same, such as the input of all steps of a chain.
    const int v = g_.in(id, k);
    Loaded& last = loaded_[v % recent];
    const Shape& space = c_.iteration(id);
    if (last.operand != v || last.phase != p || !(last.space == space))
      last = {v, p, space, load(id, c_.operand(id, k), p)};
    return last.instr;
  }

  // A number computed from leaves, once for the whole loop.
  constexpr int number(int id) {
    const Node& n = g_[id];
    Instr i;
    i.code = Code::apply;
    i.level = Level::uniform;
    i.op = n.op;
    for (int k = 0; k < n.count; ++k) {
      const Access& a = c_.access[g_.in(id, k)];
      if (c_.inlined[a.base]) {
        i.in[k] = static_cast<std::int16_t>(number(a.base));
      } else {
        Operand o;
        o.buffer = buffers_[a.base];
        Instr u;
        u.code = Code::uniform;
        u.type = g_[a.base].type;
        u.arg = static_cast<std::int16_t>(operand_index(o));
        i.in[k] = static_cast<std::int16_t>(push(u));
      }
    }
    return push(i);
  }

  // The instruction that has the value of a member in pass p; -1 for a reduction that is a root.
  constexpr int value(int id, int p) {
    const int m = slot_[id];
    const int made = phase_[m];
    const bool row = c_.level[id] == Level::row;
    if (at_[m] >= 0 && (row || made == p || in_phase_[m] == p)) {
      if (row || made == p) return at_[m];
      return again_[m];
    }
    if (is_root_reduction(id)) {
      at_level(operand_value(id, 0, made), c_.level[id], made);
      return -1;
    }
    if (at_[m] >= 0 && g_[id].op->expensive) return keep_again(id, reload(id, p), p);
    if (at_[m] >= 0 && g_[id].op == info_of<ops::RandomSite>)
      return keep_again(id, reload(id, p), p);
    const int made_now = compute(id, row ? made : p);
    if (at_[m] < 0)
      at_[m] = made_now;
    else
      return keep_again(id, made_now, p);
    return made_now;
  }
  // What is the same for a whole row or loop, as a value of each of its elements.
  constexpr int at_level(int instr, Level level, int p) {
    if (draft_.code[instr].level >= level) return instr;
    Instr i;
    i.code = Code::apply;
    i.op = info_of<ops::Copy>;
    i.level = level;
    i.phase = static_cast<std::uint8_t>(p);
    i.in[0] = static_cast<std::int16_t>(instr);
    return push(i);
  }
  constexpr int keep_again(int id, int instr, int p) {
    if (again_.size() < count_) again_.assign(count_, -1);
    again_[slot_[id]] = instr;
    in_phase_[slot_[id]] = p;
    return instr;
  }

  constexpr int compute(int id, int p) {
    const Node& n = nodes_[id];
    Instr i;
    i.phase = static_cast<std::uint8_t>(p);
    i.level = c_.level[id];
    if (n.op == info_of<ops::RandomSite>) {
      Access a;
      a.base = id;
      contiguous_strides(g_, n.shape, a.stride);
      Operand o = make_operand(-1, a, spread(id, a));
      o.site = n.attr.i[0];
      i.code = Code::random;
      i.walk = Walk::contiguous;
      i.variant = static_cast<std::uint8_t>(n.attr.i[1]);
      i.arg = static_cast<std::int16_t>(draft_.operands.size());
      draft_.operands.push_back(o);
      draft_.flops += 10;
      return push(i);
    }
    if (n.op->kind == OpKind::reduce) {
      i.code = Code::reduce;
      i.level = Level::row;
      i.variant = static_cast<std::uint8_t>(monoid_of(n.op));
      i.in[0] = static_cast<std::int16_t>(at_level(operand_value(id, 0, p), Level::full, p));
      draft_.flops += 1;
      return push(i);
    }
    i.code = Code::apply;
    i.op = n.op;
    Level highest = Level::uniform;
    for (int k = 0; k < n.count; ++k) {
      i.in[k] = static_cast<std::int16_t>(operand_value(id, k, p));
      const Level l = draft_.code[i.in[k]].level;
      if (l > highest) highest = l;
    }
    if (i.level == Level::row && highest == Level::uniform) i.level = Level::uniform, i.phase = 0;
    if (i.level == Level::full) draft_.flops += 1;
    return push(i);
  }

  // An expensive value of an earlier pass is read back from where it is stored anyway, or from a
  // row of scratch.
  constexpr int reload(int id, int p) {
    Count plain[max_rank] = {};
    contiguous_strides(g_, shape_, plain);
    Access a;
    a.base = id;
    Space s;
    s.shape = shape_;
    for (int k = 0; k < shape_.rank; ++k) s.stride[k] = plain[k];
    Operand o;
    if (c_.kept[id]) {
      o = make_operand(buffers_[id], a, s);
    } else {
      if (draft_.inner.extent || draft_.inner.n > 65536) return compute(id, p);
      o.buffer = scratch_buffer;
      o.offset = {draft_.scratch, 0};
      o.stride[inner_axis] = {1, 0};
      draft_.scratch += (draft_.inner.n + 15) / 16 * 16;
      Root r;
      r.value = static_cast<std::int16_t>(at_[slot_[id]]);
      r.arg = static_cast<std::int16_t>(operand_index(o));
      draft_.roots.push_back(r);
    }
    Instr i;
    i.code = Code::load;
    i.level = Level::full;
    i.walk = Walk::contiguous;
    i.phase = static_cast<std::uint8_t>(p);
    i.type = g_[id].type;
    i.arg = static_cast<std::int16_t>(operand_index(o));
    return push(i);
  }

  // Where a member's value lies, a number an element or a row.
  constexpr Operand own_operand(bool row) const {
    Shape rows = shape_;
    if (row) rows.rank = split_;
    Count plain[max_rank] = {};
    contiguous_strides(g_, rows, plain);
    Space s;
    s.shape = shape_;
    for (int k = 0; k < rows.rank; ++k) s.stride[k] = plain[k];
    Operand o = make_operand(-1, {}, s);
    if (!row && split_ == shape_.rank) o.stride[inner_axis] = {1, 0};
    return o;
  }
  constexpr void root_of(int id) {
    const Node& n = nodes_[id];
    Root r;
    r.type = n.type;
    Operand o;
    o.buffer = buffers_[id];
    if (is_root_reduction(id)) {
      const bool columns = c_.reduction[id].form == ReduceForm::columns;
      r.kind = columns ? RootKind::reduce_rows : RootKind::reduce_all;
      r.variant = static_cast<std::uint8_t>(monoid_of(n.op));
      const int p = phase_[slot_[id]];
      r.value = static_cast<std::int16_t>(at_level(operand_value(id, 0, p), c_.level[id], p));
      if (columns) o.stride[inner_axis] = {1, 0};
      if (!columns) r.walk = Walk::fixed;
      draft_.flops += 1;
    } else {
      r.value = static_cast<std::int16_t>(at_[slot_[id]]);
      const bool row = c_.level[id] == Level::row;
      if (!has_own_[row]) {
        own_[row] = own_operand(row);
        has_own_[row] = true;
      }
      o = own_[row];
      o.buffer = buffers_[id];
      r.walk = row ? Walk::fixed : Walk::contiguous;
    }
    r.arg = static_cast<std::int16_t>(operand_index(o));
    draft_.roots.push_back(r);
  }

  const Clusters& c_;
  const Graph& g_;
  const Node* nodes_;
  const int* member_;
  int count_;
  const List<int>& buffers_;
  LoopDraft draft_;
  Shape shape_;
  int split_ = 0;
  int group_last_[outer_axes] = {};
  int* slot_;
  List<int> phases_, ats_, in_phases_, again_;
  int *phase_ = nullptr, *at_ = nullptr, *in_phase_ = nullptr;  // their numbers
  // Instructions that may be equal are a chain: its last, and of each the one before.
  static constexpr int chains = 128;
  List<int> firsts_like_, next_like_;
  int* first_like_ = nullptr;
  struct Loaded {
    int operand = -1, phase = 0;
    Shape space;
    int instr = -1;
  };
  static constexpr int recent = 8;
  Loaded loaded_[recent] = {};
  Operand own_[2];  // of a full and of a row value
  bool has_own_[2] = {};
  // Operands of buffers whose numbers end alike are a chain, too.
  static constexpr int buffers_apart = 64;
  int last_of_buffer_[buffers_apart];
  List<int> before_;
};

}  // namespace ansatz::ir
