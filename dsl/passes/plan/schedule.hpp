// Puts the steps in order, and decides which updates may be written in place.
//
// A unit is what becomes one step: a cluster, a product, a kernel. An update is written straight
// into its parameter when everybody else who reads the old value can run before; updates that read
// each other's old values in a circle are computed beside it and copied at the end.
#pragma once

#include <dsl/passes/graph/fold_products.hpp>
#include <dsl/passes/plan/cluster.hpp>

namespace ansatz::ir {

struct Schedule {
  List<int> unit_of;        ///< for each node; -1 for leaves, views and inlined numbers
  List<List<int>> members;  ///< of each unit, in order
  List<int> order;          ///< units as they run
  List<int> in_place;       ///< for each node: the parameter it is written to at once, or -1
  List<int> region;         ///< of each unit: the loop whose body it is in, or -1
  List<int> loop_end;       ///< of each loop: the unit of its results, last of the body
};

class Scheduler {
 public:
  constexpr explicit Scheduler(const Clusters& clusters) : c_(clusters), g_(clusters.g) {}

  constexpr Schedule run() {
    find_units();
    find_needs();
    s_.in_place.assign(g_.size(), -1);
    const int size = g_.size();
    if (g_.repeats > 0)
      for (int id = 0; id < size; ++id) carried_in_place(id);
    for (const GraphRoot& r : g_.roots)
      if (r.target >= 0 && s_.unit_of[r.value] >= 0 && s_.in_place[r.value] < 0)
        write_over(r.value, r.target);
    while (!sort()) give_up_one();
    return static_cast<Schedule&&>(s_);
  }

 private:
  constexpr void find_units() {
    s_.unit_of.assign(g_.size(), -1);
    List<int> of_cluster;
    of_cluster.assign(c_.clusters.size(), -1);
    const int size = g_.size();
    const Node* const nodes = g_.nodes.data();
    const char* const needed = c_.needed.data();
    const char* const fused = c_.fused.data();
    for (int id = 0; id < size; ++id) {
      if (!needed[id]) continue;
      const OpKind kind = nodes[id].op->kind;
      if (kind == OpKind::leaf && !fused[id]) continue;
      if (c_.inlined[id] && !c_.kept[id]) continue;
      int unit = -1;
      if (fused[id]) {
        int& u = of_cluster[c_.cluster_of(id)];
        if (u < 0) u = new_unit();
        unit = u;
      } else if (kind == OpKind::matmul || kind == OpKind::kernel || c_.inlined[id]) {
        unit = new_unit();
      } else if (nodes[id].op == info_of<ops::Repeated>) {
        const int loop = loop_of(id);
        while (s_.loop_end.size() <= loop) s_.loop_end.push_back(-1);
        if (s_.loop_end[loop] < 0) s_.loop_end[loop] = new_unit();
        unit = s_.loop_end[loop];
        s_.region[unit] = loop;
      } else {
        continue;
      }
      s_.unit_of[id] = unit;
      s_.members[unit].push_back(id);
      if (g_.repeats > 0 && c_.region[id] >= 0 && nodes[id].op != info_of<ops::Repeated>)
        s_.region[unit] = c_.region[id];
    }
  }
  constexpr int new_unit() {
    s_.members.push_back({});
    s_.region.push_back(-1);
    return s_.members.size() - 1;
  }
  constexpr int loop_of(int id) const { return g_[g_.in(id, 0)].attr.i[0]; }

  // The next value of a loop may be written over the carried one, like an update.
  constexpr void carried_in_place(int id) {
    if (!c_.needed[id] || g_[id].op != info_of<ops::Carried>) return;
    const int loop = loop_of(id), count = g_[id].count - 2;
    const int end = loop < s_.loop_end.size() ? s_.loop_end[loop] : -1;
    if (end < 0) return;
    const int next = g_.in(s_.members[end].back(), 2 + count + g_[id].attr.i[0]);
    const int unit = s_.unit_of[next];
    if (unit >= 0 && s_.region[unit] == loop && unit != end && s_.in_place[next] < 0 &&
        !is_root(next))
      write_over(next, id);
  }
  constexpr bool is_root(int id) const {
    for (const GraphRoot& r : g_.roots)
      if (r.value == id) return true;
    return false;
  }

  // Notes what a unit's step reads from memory: through inlined numbers, not through views.
  constexpr void note_reads(int u, int id) {
    const int* const base = c_.bases(id);
    const int* const unit_of = s_.unit_of.data();
    for (int k = 0, count = g_[id].count; k < count; ++k) {
      const int p = base[k], from = unit_of[p];
      if (from == u) continue;
      if (c_.inlined[p] && (c_.fused[id] || c_.inlined[id])) {
        note_reads(u, p);
        continue;
      }
      if (from >= 0)
        add(needs_[u], from);
      else if (g_[p].op->kind == OpKind::leaf || g_[p].op == info_of<ops::Carried>)
        add(readers_[p], u);
      // The first iteration starts from the initial values.
      if (g_[p].op == info_of<ops::Carried>)
        for (int j = 1; j < g_[p].count; ++j) {
          const int initial = unit_of[c_.base_of(p, j)];
          if (initial >= 0) add(needs_[u], initial);
        }
    }
  }

  constexpr void find_needs() {
    needs_.resize(s_.members.size());
    readers_.resize(g_.size());
    for (int u = 0; u < s_.members.size(); ++u)
      for (int id : s_.members[u]) note_reads(u, id);
    for (int u = 0; u < s_.members.size(); ++u) {
      for (int r = s_.region[u]; r >= 0; r = c_.outer[r])
        if (r < s_.loop_end.size() && s_.loop_end[r] >= 0 && s_.loop_end[r] != u)
          add(needs_[s_.loop_end[r]], u);
    }
  }
  // What stands in a list twice does no harm: to look for it costs more.
  static constexpr void add(List<int>& list, int x) {
    if (list.empty() || list.back() != x) list.push_back(x);
  }

  // A sum of products is written there from its first product on, or from the loop that they add
  // to.
  constexpr void write_over(int value, int target) {
    for (int id = value;; id = g_.in(id, 3)) {
      if (!reads_in_step(id, target)) return;
      if (!adds_to_product(id) && !adds_to_loop(id)) break;
    }
    for (int id = value;; id = g_.in(id, 3)) {
      s_.in_place[id] = target;
      if (!adds_to_product(id) && !adds_to_loop(id)) break;
    }
  }
  // A product from before a loop is needed in all its iterations.
  constexpr bool adds_to_product(int id) const {
    return g_[id].op == info_of<ops::Gemm> && g_[g_.in(id, 3)].op->kind == OpKind::matmul &&
           c_.region[id] == c_.region[g_.in(id, 3)];
  }

  // Of what a loop computes for the product alone.
  constexpr bool adds_to_loop(int id) const {
    if (g_[id].op != info_of<ops::Gemm>) return false;
    const int onto = g_.in(id, 3);
    if (g_[onto].op->kind != OpKind::elementwise || c_.region[id] != c_.region[onto] ||
        s_.unit_of[onto] < 0 || s_.in_place[onto] >= 0 || is_root(onto))
      return false;
    for (int other = 0; other < g_.size(); ++other)
      for (int k = 0; c_.needed[other] && k < g_[other].count; ++k)
        if (c_.access[g_.in(other, k)].base == onto && other != id) return false;
    return true;
  }

  // Whether the step that computes `value` may overwrite `target`: it reads it only element by
  // element where it writes it, or as the C of a product.
  constexpr bool reads_in_step(int value, int target) const {
    const int unit = s_.unit_of[value];
    if (g_[value].type != g_[target].type) return false;
    bool fine = true;
    for (int id : s_.members[unit])
      for (int k = 0; k < g_[id].count; ++k) {
        const Access& a = c_.access[g_.in(id, k)];
        if (a.base != target) continue;
        if (g_[id].op == info_of<ops::Gemm>) {
          fine = fine && k == 3;
        } else if (c_.fused[id]) {
          const Access in_loop = c_.operand(id, k);
          fine = fine && is_zero(in_loop.offset) && c_.level[id] == Level::full &&
                 c_.level[value] == Level::full && c_.reduction[value].form == ReduceForm::none &&
                 is_contiguous(g_, c_.iteration(id), in_loop.stride) && one_pass(unit);
        } else {
          fine = false;
        }
      }
    return fine;
  }
  constexpr bool one_pass(int unit) const {
    for (int id : s_.members[unit])
      if (c_.reduction[id].form == ReduceForm::rows) return false;
    return true;
  }

  // A loop's body stays together: in the body that the loop stands in it is one piece, as a unit
  // of that body is. Pieces are numbered: units, then loops.
  constexpr int body_of(int piece) const {
    const int n = s_.members.size();
    return piece < n ? s_.region[piece] : c_.outer[piece - n];
  }
  constexpr int depth_of(int body) const {
    int depth = 0;
    for (; body >= 0; body = c_.outer[body]) ++depth;
    return depth;
  }

  struct Edge {
    int from = -1, to = -1;
  };
  // Unit u before unit v: which pieces of which body wait for each other.
  constexpr Edge edge(int u, int v) const {
    Edge e{u, v};
    if (s_.region[u] == s_.region[v]) return e;
    const int n = s_.members.size();
    int du = depth_of(s_.region[u]), dv = depth_of(s_.region[v]);
    for (; du > dv; --du) e.from = n + body_of(e.from);
    for (; dv > du; --dv) e.to = n + body_of(e.to);
    while (body_of(e.from) != body_of(e.to)) {
      e.from = n + body_of(e.from);
      e.to = n + body_of(e.to);
    }
    return e;
  }

  constexpr bool sort() {
    const int n = s_.members.size();
    const int loops = s_.loop_end.size();
    List<List<int>> then;  // of each unit
    then.resize(n);
    for (int u = 0; u < n; ++u)
      for (int from : needs_[u]) then[from].push_back(u);
    const int size = g_.size();
    const int* const in_place = s_.in_place.data();
    for (int id = 0; id < size; ++id) {
      const int target = in_place[id];
      if (target < 0) continue;
      // A product that adds to one written there runs after that, and so after the readers.
      if (g_[id].op == info_of<ops::Gemm> && in_place[g_.in(id, 3)] == target) continue;
      const int writer = s_.unit_of[id];
      for (int reader : readers_[target])
        if (reader != writer) then[reader].push_back(writer);
    }
    waits_.assign(n + loops, 0);
    for (int u = 0; u < n; ++u)
      for (int v : then[u]) {
        const Edge e = edge(u, v);
        if (e.from != e.to) ++waits_[e.to];
      }
    s_.order.clear();
    done_.assign(n, 0);
    run_body(-1, then);
    return s_.order.size() == n;
  }

  // Of those that can run, the one whose last node came first: near the order as written. A heap,
  // the first at its top.
  constexpr int take_first(List<int>& ready) const {
    const int taken = ready[0], moved = ready.back(), moved_rank = rank(moved);
    ready.pop_back();
    const int n = ready.size();
    int at = 0;
    while (2 * at + 1 < n) {
      int child = 2 * at + 1;
      int child_rank = rank(ready[child]);
      if (child + 1 < n && rank(ready[child + 1]) < child_rank) child_rank = rank(ready[++child]);
      if (moved_rank < child_rank) break;
      ready[at] = ready[child];
      at = child;
    }
    if (n > 0) ready[at] = moved;
    return taken;
  }
  // The element at `k`, of lower rank than those above it perhaps, goes up to its place.
  constexpr void rise(List<int>& ready, int k) const {
    const int group = ready[k], its_rank = rank(group);
    for (; k > 0; k = (k - 1) / 2) {
      const int above = ready[(k - 1) / 2];
      if (rank(above) < its_rank) break;
      ready[k] = above;
    }
    ready[k] = group;
  }
  constexpr int rank(int group) const {
    const int n = s_.members.size();
    return s_.members[group < n ? group : s_.loop_end[group - n]].back();
  }
  constexpr void run_body(int body, const List<List<int>>& then) {
    const int n = s_.members.size();
    List<int> ready;
    for (int u = 0; u < n; ++u)
      if (s_.region[u] == body && waits_[u] == 0) ready.push_back(u);
    for (int r = 0; r < s_.loop_end.size(); ++r)
      if (s_.loop_end[r] >= 0 && c_.outer[r] == body && waits_[n + r] == 0) ready.push_back(n + r);
    for (int k = 1; k < ready.size(); ++k) rise(ready, k);
    while (!ready.empty()) {
      const int piece = take_first(ready);
      const int before = s_.order.size();
      if (piece < n) {
        done_[piece] = 1;
        s_.order.push_back(piece);
      } else {
        run_body(piece - n, then);
      }
      for (int k = before; k < s_.order.size(); ++k)
        for (int v : then[s_.order[k]]) {
          const Edge e = edge(s_.order[k], v);
          if (e.from == piece && e.to != piece && --waits_[e.to] == 0) {
            ready.push_back(e.to);
            rise(ready, ready.size() - 1);
          }
        }
    }
  }

  constexpr void give_up_one() {
    for (int id = 0; id < g_.size(); ++id) {
      const int target = s_.in_place[id];
      if (target < 0 || done_[s_.unit_of[id]]) continue;
      for (int& place : s_.in_place)
        if (place == target) place = -1;
      return;
    }
    internal_error("the steps of the function need each other in a circle");
  }

  const Clusters& c_;
  const Graph& g_;
  Schedule s_;
  List<List<int>> needs_;    // units before each unit
  List<List<int>> readers_;  // units that read each leaf
  List<char> done_;
  List<int> waits_;  // of each piece: how many edges lead to it
};

}  // namespace ansatz::ir
