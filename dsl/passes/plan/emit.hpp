// Writes the plan's tables: buffers, then a step for each unit in the order of the schedule.
#pragma once

#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/passes/plan/emit_loop.hpp>
#include <dsl/passes/plan/schedule.hpp>

namespace ansatz::ir {

class Emitter {
 public:
  constexpr Emitter(const Clusters& clusters, const Schedule& schedule)
      : c_(clusters), g_(clusters.g), s_(schedule) {}

  constexpr Plan run() {
    p_.text = g_.text;
    p_.extents = g_.extent_codes;
    p_.extent_names = g_.extent_names;
    place_values();
    unused_arguments();
    for (int k = 0; k < s_.order.size(); ++k) {
      const int unit = s_.order[k], loop = s_.region[unit];
      enter(loop);
      if (loop >= 0 && s_.loop_end[loop] == unit)
        end_loop(loop);
      else
        step(unit);
    }
    for (const GraphRoot& r : g_.roots) finish(r);
    return static_cast<Plan&&>(p_);
  }

 private:
  // ------------------------------------------------------------------------ buffers

  constexpr void place_values() {
    buffer_.assign(g_.size(), -1);
    slot_.assign(g_.size(), -1);
    const int size = g_.size();
    const Node* const nodes = g_.nodes.data();
    const int* const unit_of = s_.unit_of.data();
    const char* const kept = c_.kept.data();
    bool any_sum = false;
    for (int id = 0; id < size; ++id) {
      any_sum = any_sum || nodes[id].op == info_of<ops::Gemm>;
      if (nodes[id].op->kind == OpKind::leaf && c_.needed[id]) leaf(id);
    }
    place_carried();
    for (int id = 0; id < size; ++id) {
      if (unit_of[id] < 0) continue;
      const OpKind kind = nodes[id].op->kind;
      const bool single = kind == OpKind::matmul || kind == OpKind::kernel;
      if (!(kept[id] || single) || nodes[id].op == info_of<ops::Gemm> || kind == OpKind::control)
        continue;
      place(id);
    }
    // A product that adds to another's result takes its memory over, but not in a loop that needs
    // that result in every iteration.
    for (int id = 0; any_sum && id < size; ++id) {
      if (unit_of[id] < 0 || nodes[id].op != info_of<ops::Gemm>) continue;
      const int onto = g_.in(id, 3);
      if (s_.in_place[id] < 0 && g_[onto].op->kind == OpKind::matmul &&
          c_.region[id] == c_.region[onto])
        buffer_[id] = buffer_[onto];
      else
        place(id);
    }
  }
  // A carried value has one place for all iterations, and for the result.
  constexpr void place_carried() {
    for (int loop = 0; loop < s_.loop_end.size(); ++loop) {
      if (s_.loop_end[loop] < 0) continue;
      const int end = s_.members[s_.loop_end[loop]].back();
      const int count = (g_[end].count - 2) / 2;
      List<int> places;
      for (int k = 0; k < count; ++k) {
        const Node& initial = g_[g_.in(end, 2 + k)];
        places.push_back(arena(initial.shape, initial.type));
      }
      for (int id = 0; id < g_.size(); ++id)
        if (c_.needed[id] && g_[id].op->kind == OpKind::control &&
            g_[g_.in(id, 0)].attr.i[0] == loop)
          buffer_[id] = places[g_[id].attr.i[0]];
      while (carried_.size() <= loop) carried_.push_back({});
      carried_[loop] = places;
    }
  }
  constexpr void place(int id) {
    const int target = s_.in_place[id];
    buffer_[id] = target >= 0 ? buffer_[target] : arena(g_[id].shape, g_[id].type);
  }
  constexpr int arena(const Shape& shape, DType type) {
    Buffer b;
    b.type = type;
    b.slot = -1;
    b.size = size_of(g_, shape);
    p_.buffers.push_back(b);
    return p_.buffers.size() - 1;
  }

  static constexpr Leaf leaf_of(const Node& n) {
    Leaf l;
    l.type = n.type;
    l.shape = n.shape;
    l.name = n.name;
    l.labels = n.attr.i[0];
    l.where = n.op == info_of<ops::Input>         ? Where::input
              : n.op == info_of<ops::NamedScalar> ? Where::scalar
                                                  : Where::stored;
    l.state = n.op == info_of<ops::State>;
    l.initial = n.attr.x;
    return l;
  }
  // A caller gives what the function as written takes, and need not know what passes do without.
  constexpr void unused_arguments() {
    const int used = p_.leaves.size();
    for (const Node& n : g_.arguments) {
      int k = 0;
      while (k < used && p_.leaves[k].name != n.name) ++k;
      if (k < used) continue;
      Leaf l = leaf_of(n);
      l.unused = true;
      p_.leaves.push_back(l);
    }
  }
  constexpr void leaf(int id) {
    const Node& n = g_[id];
    Buffer b;
    b.slot = -1;
    b.type = n.type;
    b.size = size_of(g_, n.shape);
    if (n.op == info_of<ops::Literal>) {
      b.where = Where::literal;
      b.value = n.attr.x;
      literals_.push_back(p_.buffers.size());
    } else if (n.op == info_of<ops::ConstantArray>) {
      b.where = Where::constant;
      b.slot = n.name;
    } else if (n.op == info_of<ops::Extent>) {
      b.where = Where::extent;
      b.slot = extent_index(g_, n.attr.i[0]);
    } else if (n.op == info_of<ops::Input> || n.op == info_of<ops::Parameter> ||
               n.op == info_of<ops::State> || n.op == info_of<ops::NamedScalar>) {
      const Leaf l = leaf_of(n);
      b.where = l.where;
      b.slot = p_.leaves.size();
      p_.leaves.push_back(l);
    } else {
      return;
    }
    p_.buffers.push_back(b);
    buffer_[id] = p_.buffers.size() - 1;
  }

  // ------------------------------------------------------------------------ steps

  constexpr void step(int unit) {
    const List<int>& members = s_.members[unit];
    const int id = members.back();
    if (c_.fused[id] || c_.inlined[id]) {
      Clusters::Cluster space;
      if (c_.fused[id]) space = c_.clusters[c_.cluster_of(id)];
      LoopWriter writer(c_, space, members, buffer_, slot_);
      emit_loop(writer.write(), members);
    } else if (g_[id].op->kind == OpKind::matmul) {
      product(id);
    } else {
      kernel(id);
    }
  }

  // Begins the loops that hold the next step and have not begun, the outermost first.
  constexpr void enter(int loop) {
    if (loop < 0 || (!open_.empty() && open_.back() == loop)) return;
    enter(c_.outer[loop]);
    begin_loop(loop);
    open_.push_back(loop);
  }
  constexpr void begin_loop(int loop) {
    const int end = s_.members[s_.loop_end[loop]].back();
    for (int k = 0; k < carried_[loop].size(); ++k) {
      const int initial = g_.in(end, 2 + k);
      copy(buffer_of(initial), carried_[loop][k], g_[initial].shape);
    }
    Step s;
    s.kind = StepKind::repeat_begin;
    s.label = "repeat";
    s.first_operand = first_operand();
    s.operands = 1;
    p_.operands.push_back(whole(buffer_of(g_.in(end, 1))));
    begins_.push_back(p_.steps.size());
    p_.steps.push_back(s);
  }
  constexpr void end_loop(int loop) {
    const int end = s_.members[s_.loop_end[loop]].back();
    const int count = carried_[loop].size();
    for (int k = 0; k < count; ++k) {
      const int next = g_.in(end, 2 + count + k);
      if (buffer_of(next) != carried_[loop][k])
        copy(buffer_of(next), carried_[loop][k], g_[next].shape);
    }
    Step s;
    s.kind = StepKind::repeat_end;
    s.label = "repeat";
    s.first_operand = first_operand();
    s.jump = begins_.back();
    p_.steps[s.jump].jump = p_.steps.size();
    p_.steps.push_back(s);
    begins_.pop_back();
    open_.pop_back();
  }

  constexpr int first_operand() const { return p_.operands.size(); }

  constexpr void emit_loop(const LoopDraft& d, const List<int>& members) {
    Step s;
    s.kind = StepKind::loop;
    s.first_operand = first_operand();
    s.operands = d.operands.size();
    for (const Operand& o : d.operands) p_.operands.push_back(o);
    s.outer_rank = d.outer_rank;
    for (int k = 0; k < d.outer_rank; ++k) s.outer[k] = d.outer[k];
    s.inner = d.inner;
    s.split = d.outer_rank > 0 ? Split::rows : Split::columns;
    s.loop = loop(d);
    for (int k = members.size() - 1; k >= 0 && s.output < 0; --k)
      if (const int id = members[k]; c_.kept[id] || c_.inlined[id])
        s.label = g_[id].op->name, s.output = id;
    s.flops = d.inner;
    for (int k = 0; k < d.outer_rank; ++k) s.flops = times(s.flops, d.outer[k]);
    s.flops.n = static_cast<std::int64_t>(d.flops * static_cast<double>(s.flops.n));
    if (d.scratch > p_.scratch) p_.scratch = d.scratch;
    p_.steps.push_back(s);
  }

  // The loop's place in the plan; equal programs share one.
  constexpr int loop(const LoopDraft& d) {
    for (int l = 0; l < p_.loops.size(); ++l) {
      const Loop& q = p_.loops[l];
      if (q.instrs != d.code.size() || q.roots != d.roots.size() || q.phases != d.phases ||
          q.args != d.operands.size())
        continue;
      bool same = true;
      for (int k = 0; k < q.instrs && same; ++k)
        same = same_instr(p_.code[q.first_instr + k], d.code[k]);
      for (int k = 0; k < q.roots && same; ++k) same = p_.roots[q.first_root + k] == d.roots[k];
      if (same) return l;
    }
    Loop q;
    q.first_instr = p_.code.size();
    q.instrs = d.code.size();
    q.first_root = p_.roots.size();
    q.roots = d.roots.size();
    q.phases = d.phases;
    q.args = d.operands.size();
    for (Instr i : d.code) {
      if (i.op) i.op_name = name_of(i.op);
      p_.code.push_back(i);
    }
    for (const Root& r : d.roots) p_.roots.push_back(r);
    p_.loops.push_back(q);
    return p_.loops.size() - 1;
  }

  static constexpr bool same_instr(Instr placed, const Instr& draft) {
    placed.op_name = -1;
    return placed == draft;
  }
  constexpr int name_of(const OpInfo* op) {
    for (const Instr& i : p_.code)
      if (i.op == op) return i.op_name;
    const int at = p_.text.size();
    for (const char* c = op->name; *c; ++c) p_.text.push_back(*c);
    p_.text.push_back('/');
    if (op->version >= 10) p_.text.push_back(static_cast<char>('0' + op->version / 10));
    p_.text.push_back(static_cast<char>('0' + op->version % 10));
    p_.text.push_back(0);
    return at;
  }

  constexpr Operand whole(int buffer) const {
    Operand o;
    o.buffer = buffer;
    return o;
  }

  constexpr void product(int id) {
    const Node& n = g_[id];
    const bool sums = n.op == info_of<ops::Gemm>;
    if (sums && buffer_[id] != buffer_of(g_.in(id, 3)) && !g_.is_literal(g_.in(id, 3)))
      copy(buffer_of(g_.in(id, 3)), buffer_[id], n.shape);
    Step s;
    s.kind = StepKind::gemm;
    s.label = "matmul";
    s.output = id;
    s.first_operand = first_operand();
    s.operands = 5;
    const bool each = n.attr.i[2];
    const MatrixAccess a = matrix_of(id, 0), b = matrix_of(id, 1);
    s.m = n.attr.i[0] ? a.columns : a.rows;
    s.n = count_of_dim(g_, n.shape[n.shape.rank - 1]);
    s.k = n.attr.i[0] ? a.rows : a.columns;
    s.flops = times(times(s.m, s.n), {2 * s.k.n, s.k.extent});
    for (int d = 0; each && d < n.shape.rank - 2; ++d) {
      s.outer[s.outer_rank++] = count_of_dim(g_, n.shape[d]);
      s.flops = times(s.flops, s.outer[d]);
    }
    s.transpose_a = matrix(id, 0, a, n.attr.i[0]);
    s.transpose_b = matrix(id, 1, b, n.attr.i[1]);
    Operand c = whole(buffer_[id]);
    c.stride[0] = s.n;
    c.stride[1] = {1, 0};
    if (each) {
      Count strides[max_rank] = {};
      contiguous_strides(g_, n.shape, strides);
      for (int d = 0; d < s.outer_rank; ++d) c.stride[2 + d] = strides[d];
    }
    p_.operands.push_back(c);
    p_.operands.push_back(whole(sums ? buffer_of(g_.in(id, 2)) : literal(1)));
    p_.operands.push_back(whole(sums ? buffer_of(g_.in(id, 4)) : literal(0)));
    s.split = Split::rows;
    p_.steps.push_back(s);
  }
  constexpr MatrixAccess matrix_of(int id, int k) const {
    const int x = g_.in(id, k);
    return matrix_access(g_, g_[x].shape, c_.access[x], g_[id].attr.i[2]);
  }
  // An operand of a product; whether BLAS must transpose it.
  constexpr bool matrix(int id, int k, const MatrixAccess& x, bool transposed) {
    const Access& a = c_.access[g_.in(id, k)];
    Operand o = whole(buffer_[a.base]);
    o.offset = a.offset;
    const Count one{1, 0};
    const bool one_row = x.rows == one, one_column = x.columns == one;
    const bool by_rows = one_column || x.stride[1] == one;
    const bool rows_apart = one_row || !is_zero(x.stride[0]);
    const bool straight = by_rows && rows_apart;
    Count ld = straight ? x.stride[0] : x.stride[1];
    // A single row or column has no distance to the next; BLAS still asks for a full one.
    if (straight && one_row) ld = x.columns;
    if (straight && one_column && is_zero(ld)) ld = one;
    if (!straight && one_column) ld = x.rows;
    o.stride[0] = ld;
    o.stride[1] = one;
    if (g_[id].attr.i[2])
      for (int d = 0; d < g_[id].shape.rank - 2; ++d) o.stride[2 + d] = a.stride[d];
    p_.operands.push_back(o);
    return straight ? transposed : !transposed;
  }
  constexpr int buffer_of(int id) const { return buffer_[c_.access[id].base]; }
  constexpr int literal(double x) {
    for (int b : literals_)
      if (p_.buffers[b].value == x) return b;
    Buffer b;
    b.where = Where::literal;
    b.slot = -1;
    b.value = x;
    b.size = {1, 0};
    literals_.push_back(p_.buffers.size());
    p_.buffers.push_back(b);
    return literals_.back();
  }

  // Whether all labels that rows are taken by are known to be rows.
  constexpr bool rows_are_there(int id) const {
    const Node& n = g_[id];
    const bool takes = n.op == info_of<ops::TakeRows>;
    if (!takes && n.op != info_of<ops::AddRows>) return false;
    const int rows = takes ? g_[g_.in(id, 0)].shape[0] : n.shape[0];
    const std::int64_t labels = label_limit(Value(const_cast<Graph*>(&g_), g_.in(id, 1)));
    return labels > 0 && labels <= rows;
  }

  constexpr void kernel(int id) {
    const Node& n = g_[id];
    Step s;
    s.kind = StepKind::kernel;
    s.label = n.op->name;
    s.output = id;
    s.first_operand = first_operand();
    s.operands = n.count + 1;
    s.attr = n.attr;
    s.kernel_float = n.op->kernel_float;
    s.kernel_double = n.op->kernel_double;
    s.may_throw = !n.op->total && !rows_are_there(id);
    s.first_dims = p_.dims.size();
    List<Shape> shapes;
    for (int k = 0; k < n.count; ++k) {
      const Access& a = c_.access[g_.in(id, k)];
      Operand o = whole(buffer_[a.base]);
      o.offset = a.offset;
      p_.operands.push_back(o);
      shapes.push_back(g_[g_.in(id, k)].shape);
      p_.dims.push_back(shapes.back());
    }
    p_.operands.push_back(whole(buffer_[id]));
    p_.dims.push_back(n.shape);
    if (n.op->scratch) s.scratch = {n.op->scratch(shapes.data(), n.count, n.attr), 0};
    if (n.op->parts) s.inner = {n.op->parts(shapes.data(), n.count, n.attr), 0};
    if (n.op->flops) {
      const double f = n.op->flops(shapes.data(), n.count, n.attr);
      s.flops = {static_cast<std::int64_t>(f), 0};
      for (const Shape& shape : shapes)
        if (shape.batched()) s.flops.extent = 1 + extent_index(g_, shape[0]);
    }
    p_.steps.push_back(s);
  }

  // A loop that copies one array to another.
  constexpr void copy(int from, int to, const Shape& shape) {
    LoopDraft d;
    Instr load;
    load.code = Code::load;
    load.level = Level::full;
    load.walk = Walk::contiguous;
    load.type = p_.buffers[from].type;
    load.arg = 0;
    d.code.push_back(load);
    Root store;
    store.value = 0;
    store.arg = 1;
    store.type = p_.buffers[to].type;
    d.roots.push_back(store);
    Operand o = whole(from);
    o.stride[inner_axis] = {1, 0};
    d.operands.push_back(o);
    o.buffer = to;
    d.operands.push_back(o);
    d.inner = size_of(g_, shape);
    emit_loop(d, {});
    p_.steps.back().label = "copy";
  }

  // ------------------------------------------------------------------------ what leaves

  constexpr void finish(const GraphRoot& r) {
    const int from = buffer_of(r.value);
    if (r.target < 0) {
      Result out;
      out.name = r.name;
      out.buffer = from;
      out.shape = g_[r.value].shape;
      out.type = g_[r.value].type;
      p_.results.push_back(out);
    } else if (from != buffer_[r.target]) {
      copy(from, buffer_[r.target], g_[r.target].shape);
    }
  }

  const Clusters& c_;
  const Graph& g_;
  const Schedule& s_;
  Plan p_;
  List<int> buffer_;         // of each node
  List<int> slot_;           // room for LoopWriter
  List<int> literals_;       // buffers that are literals
  List<List<int>> carried_;  // buffers of each loop's carried values
  List<int> open_, begins_;  // loops being written, and the steps at which they begin
};

}  // namespace ansatz::ir
