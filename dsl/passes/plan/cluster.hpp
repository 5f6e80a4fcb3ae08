// Decides which elementwise ops and reductions become one loop.
//
// Every node gets a time: how many loops must have ended before it can run. Products and kernels,
// and values that are read otherwise than where they are made (broadcast, transposed, reduced over
// rows), end a loop. Nodes of the same time and the same iteration space that are joined by an edge
// are one cluster, and no cluster can need itself. Cheap nodes then move to the cluster that alone
// uses them, when their operands are kept anyway: a mask is not stored, it is compared again.
#pragma once

#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/reduce/reduce.hpp>
#include <dsl/passes/graph/access.hpp>

namespace ansatz::ir {

/// A shape without its axes of size 1, and the strides of an access on those axes.
struct Space {
  Shape shape;
  Count stride[max_rank] = {};
};
constexpr Space stripped(const Shape& s, const Count* stride) {
  Space r;
  for (int k = 0; k < s.rank; ++k) {
    if (s.dim[k] == 1) continue;
    r.stride[r.shape.rank] = stride[k];
    r.shape.dim[r.shape.rank++] = s.dim[k];
  }
  return r;
}
constexpr Shape stripped(const Shape& s) {
  Shape r;
  for (int k = 0; k < s.rank; ++k)
    if (s.dim[k] != 1) r.dim[r.rank++] = s.dim[k];
  return r;
}

enum class ReduceForm : std::uint8_t { none, rows, columns, all };

/// What a reduction is on its operand's stripped shape; `split`: how many axes are rows.
struct Reduction {
  ReduceForm form = ReduceForm::none;
  int split = -1;
};
constexpr Reduction reduction_of(const Shape& operand, int mask) {
  int first = -1, last = -1, at = 0;
  for (int k = 0; k < operand.rank; ++k) {
    if (operand[k] == 1) continue;
    if (mask >> k & 1) {
      if (first < 0) first = at;
      last = at;
    }
    ++at;
  }
  if (first < 0 && at > 0) return {ReduceForm::rows, at};  // axes of size 1: rows of one number
  if (first < 0) return {ReduceForm::all, -1};
  if (first == 0 && last == at - 1) return {ReduceForm::all, -1};
  if (first == 0) return {ReduceForm::columns, last + 1};
  return {ReduceForm::rows, first};
}

class Clusters {
 public:
  /// Nodes of a loop; twice as many with those that are moved to where they are read. Longer loops
  /// gain nothing, and g++'s time grows faster than they do: from 500 on it takes minutes.
  static constexpr int largest = 100;

  struct Cluster {
    Shape shape;  ///< stripped iteration space
    int time = 0;
    int split = -1;    ///< rows are axes before it; -1: nothing asks for one
    int collapse = 0;  ///< axes from here on are one dimension for all loads
    int nodes = 1;
  };

  const Graph& g;
  const List<Access>& access;
  List<char> needed;
  List<int> time;
  List<Level> level;  ///< of a fused node within its cluster
  List<Reduction> reduction;
  List<char> fused;    ///< is an elementwise op, a reduction or a random site, in a cluster
  List<char> inlined;  ///< a number computed from leaves: repeated in every loop that uses it
  List<char> kept;     ///< its value must lie in memory
  List<int> region;    ///< number of the innermost repeat whose body it is in, or -1
  List<int> outer;     ///< of each repeat: the one whose body it stands in, or -1
  List<Cluster> clusters;

  constexpr Clusters(const Graph& graph, const List<Access>& accesses)
      : g(graph),
        access(accesses),
        needed(reachable(graph)),
        nodes_(graph.nodes.data()),
        operands_(graph.operands.data()),
        access_(accesses.data()) {
    const int n = g.size(), edges = g.operands.size();
    base_ = bases_.extend(edges);
    for (int e = 0; e < edges; ++e) base_[e] = access_[operands_[e]].base;
    time.assign(n, 0);
    level.assign(n, Level::full);
    reduction.assign(n, {});
    fused.assign(n, 0);
    inlined.assign(n, 0);
    kept.assign(n, 0);
    region.assign(n, -1);
    parents_.assign(n, -1);
    parent_ = parents_.data();
    time_ = time.data();
    level_ = level.data();
    form_ = reduction.data();
    fused_ = fused.data();
    inlined_ = inlined.data();
    find_whole();
    const char* const need = needed.data();
    for (int id = 0; id < n; ++id)
      if (need[id]) place(id);
    for (int id = 0; id < n; ++id)
      if (parent_[id] >= 0) parent_[id] = cluster_of(id);
    move_late();
    find_kept();
  }

  constexpr int cluster_of(int id) const {
    const int* const links = links_.data();
    int c = parent_[id];
    while (c >= 0 && links[c] != c) c = links[c];
    return c;
  }

  /// The iteration space of a fused node: its own shape, or its operand's.
  constexpr const Shape& iteration(int id) const {
    const Node& n = nodes_[id];
    return n.op->kind == OpKind::reduce ? nodes_[operands_[n.first]].shape : n.shape;
  }
  /// Operand k of a fused node as seen from its iteration space.
  constexpr Access operand(int id, int k) const {
    const int v = operands_[nodes_[id].first + k];
    return broadcast_access(access_[v], nodes_[v].shape, iteration(id));
  }

  /// Whether operand k is the computed value itself, read at the same elements: the answer to most
  /// questions about strides, without asking.
  constexpr bool reads_whole(int id, int k) const { return whole_[nodes_[id].first + k]; }

  /// The node that computes operand k, behind its views.
  constexpr int base_of(int id, int k) const { return base_[nodes_[id].first + k]; }
  constexpr const int* bases(int id) const { return base_ + nodes_[id].first; }

  /// How a fused node reads operand k when that is in the same cluster: at the same element, or at
  /// its row; `none` when it cannot be joined.
  enum class Join : std::uint8_t { none, full, row };
  constexpr Join join(int id, int k) const {
    const int p = base_[nodes_[id].first + k];
    if (!fused_[p] || inlined_[p] || (g.repeats > 0 && region[id] != region[p])) return Join::none;
    const ReduceForm form = form_[p].form;
    if (form == ReduceForm::columns || form == ReduceForm::all) return Join::none;
    if (level_[p] == Level::full && whole_[nodes_[id].first + k]) return Join::full;
    const Access a = operand(id, k);
    if (!is_zero(a.offset)) return Join::none;
    const Space s = stripped(iteration(id), a.stride);
    const Cluster& c = clusters[cluster_of(p)];
    Count plain[max_rank] = {};
    if (level[p] == Level::full) {
      if (!(s.shape == c.shape)) return Join::none;
      contiguous_strides(g, s.shape, plain);
      for (int j = 0; j < s.shape.rank; ++j)
        if (!(s.stride[j] == plain[j])) return Join::none;
      return Join::full;
    }
    // A value a row: read by its row's elements, or by another value a row.
    Shape rows = c.shape;
    rows.rank = c.split;
    contiguous_strides(g, rows, plain);
    if (!(s.shape == c.shape) && !(s.shape == rows)) return Join::none;
    for (int j = 0; j < s.shape.rank; ++j) {
      const Count expected = j < c.split ? plain[j] : Count{0, 0};
      if (!(s.stride[j] == expected)) return Join::none;
    }
    return Join::row;
  }

 private:
  // What needs a carried value of a loop is in its body; the loop's results are not, but in the
  // body that the loop itself stands in.
  constexpr void find_region(int id) {
    const Node& n = g[id];
    if (n.op == info_of<ops::RepeatTag>) {
      while (outer.size() <= n.attr.i[0]) outer.push_back(-1);
      if (n.count > 0) outer[n.attr.i[0]] = g[g.in(id, 0)].attr.i[0];
      return;
    }
    const bool results = n.op == info_of<ops::Repeated>;
    if (results || n.op == info_of<ops::Carried> || n.op == info_of<ops::RandomSite>) {
      if (n.count == 0) return;
      const int loop = g[g.in(id, 0)].attr.i[0], carried = (n.count - 2) / 2;
      region[id] = results ? outer[loop] : loop;
      for (int k = 1; k < n.count; ++k) {
        const bool next = results && k >= 2 + carried;
        if (!holds(region[g.in(id, k)], next ? loop : outer[loop]))
          graph_error("repeat: a value of one loop's body is used in another's");
      }
      return;
    }
    for (int k = 0; k < n.count; ++k) {
      const int r = region[g.in(id, k)];
      if (holds(r, region[id])) continue;
      if (!holds(region[id], r))
        graph_error("repeat: a value of one loop's body is used in another's");
      region[id] = r;
    }
  }
  // Whether `loop` is this body, or stands in it; -1 is the function, in which all stand.
  constexpr bool holds(int body, int loop) const {
    while (loop >= 0 && loop != body) loop = outer[loop];
    return loop == body;
  }

  constexpr void place(int id) {
    const Node& n = nodes_[id];
    if (g.repeats > 0) find_region(id);
    switch (n.op->kind) {
      case OpKind::leaf:
        if (n.op == info_of<ops::RandomSite>) start(id, 0, stripped(n.shape), -1, 0);
        return;
      case OpKind::view:
        return;
      case OpKind::elementwise:
        if (n.shape.rank == 0 && from_leaves(id)) {
          inlined[id] = 1;
          return;
        }
        fuse(id);
        return;
      case OpKind::reduce:
        fuse(id);
        return;
      default: {
        int t = 0;
        for (int k = 0; k < n.count; ++k) t = latest(t, ready(base_of(id, k)));
        time[id] = t;
      }
    }
  }

  constexpr void find_whole() {
    whole_ = wholes_.extend(bases_.size());
    const int size = g.size();
    for (int id = 0; id < size; ++id) {
      const Node& n = nodes_[id];
      const Shape& shape = iteration(id);
      for (int e = n.first, end = n.first + n.count; e < end; ++e) {
        const int v = operands_[e];
        whole_[e] = base_[e] == v && nodes_[v].shape == shape;
      }
    }
  }

  static constexpr int latest(int a, int b) { return a > b ? a : b; }
  // When the value in memory can be read.
  constexpr int ready(int p) const { return time_[p] + (fused_[p] && !inlined_[p] ? 1 : 0); }

  constexpr bool from_leaves(int id) const {
    for (int k = 0; k < g[id].count; ++k) {
      const int p = base_of(id, k);
      const OpInfo* op = g[p].op;
      const bool number =
          g[p].shape.rank == 0 && (op == info_of<ops::NamedScalar> || op == info_of<ops::Literal> ||
                                   op == info_of<ops::Extent>);
      if (!number && !inlined[p]) return false;
    }
    return true;
  }

  // The first axis from which on every load of the node walks as along one dimension.
  constexpr int collapse_of(int id, int joined_time) const {
    int from = 0;
    const Node& n = nodes_[id];
    for (int k = 0; k < n.count; ++k) {
      const int p = base_[n.first + k];
      if (inlined_[p] || whole_[n.first + k]) continue;
      if (fused_[p] && time_[p] == joined_time && join(id, k) != Join::none) continue;
      const Access a = operand(id, k);
      const Space s = stripped(iteration(id), a.stride);
      for (int j = s.shape.rank - 2; j >= from; --j)
        if (!(s.stride[j] == times(s.stride[j + 1], count_of_dim(g, s.shape[j + 1])))) from = j + 1;
    }
    return from;
  }

  constexpr void start(int id, int t, const Shape& shape, int split, int collapse) {
    parent_[id] = clusters.size();
    links_.push_back(clusters.size());
    clusters.push_back({shape, t, split, collapse});
    fused_[id] = 1;
    time_[id] = t;
  }

  constexpr void fuse(int id) {
    const Node& n = nodes_[id];
    const bool reduces = n.op->kind == OpKind::reduce;
    const auto shape = [&] { return stripped(iteration(id)); };  // which few need
    if (reduces) form_[id] = reduction_of(iteration(id), n.attr.i[0]);
    const ReduceForm form = form_[id].form;

    const int count = n.count;
    const int* const base = base_ + n.first;
    int t = 0;
    Join joins[3] = {};  // an elementwise op has no more operands
    for (int k = 0; k < count; ++k) {
      const int p = base[k];
      joins[k] = join(id, k);
      const int from = joins[k] != Join::none ? time_[p] : ready(p);
      if (from > t) t = from;
    }
    int into = -1;
    bool as_row = false, possible = true;
    for (int k = 0; k < count && possible; ++k) {
      const Join j = joins[k];
      const int p = base[k];
      if (j == Join::none || time_[p] != t) continue;
      const int c = cluster_of(p);
      const Cluster& joined = clusters[c];
      // A row value read by the whole row makes the reader full; read alone, it stays a row value.
      const bool row = j == Join::row && !(shape() == joined.shape);
      if (into < 0) {
        into = c;
        as_row = row;
      } else if (c != into) {
        const Cluster& other = clusters[into];
        possible = other.shape == joined.shape && row == as_row &&
                   other.nodes + joined.nodes < largest &&
                   (other.split < 0 || joined.split < 0 || other.split == joined.split);
        const int split = latest(other.split, joined.split);
        if (possible && split >= 0 && latest(other.collapse, joined.collapse) > split)
          possible = false;
        if (possible) {
          clusters[into].split = split;
          clusters[into].collapse = latest(other.collapse, joined.collapse);
          clusters[into].nodes += joined.nodes;
          links_[c] = into;
        }
      } else {
        possible = row == as_row;
      }
    }
    if (into >= 0 && possible) {
      Cluster& c = clusters[into];
      int split = c.split, collapse = c.collapse;
      if (as_row && form != ReduceForm::none && form != ReduceForm::all) possible = false;
      if (!as_row && (form == ReduceForm::rows || form == ReduceForm::columns)) {
        possible = split < 0 || split == form_[id].split;
        split = form_[id].split;
      }
      if (possible && !as_row && !reduces) collapse = latest(collapse, collapse_of(id, t));
      if ((split >= 0 && collapse > split) || c.nodes >= largest) possible = false;
      if (possible) {
        ++c.nodes;
        c.split = split;
        c.collapse = collapse;
        parent_[id] = into;
        fused_[id] = 1;
        time_[id] = t;
        level_[id] = as_row || form == ReduceForm::rows ? Level::row : Level::full;
        return;
      }
    }
    if (into >= 0) ++t;
    const int split = form == ReduceForm::none || form == ReduceForm::all ? -1 : form_[id].split;
    start(id, t, shape(), split, collapse_of(id, -1));
    if (form == ReduceForm::rows) level_[id] = Level::row;
    if (split >= 0 && clusters.back().collapse > split)
      graph_error("a reduction over several axes needs its operand in one piece");
  }

  constexpr void move_late() {
    // only_user: the one cluster all consumers are in and read element by element; -1 undecided,
    // -2 there is none.
    const int size = g.size();
    List<int> only_users, outsides, all_uses;
    only_users.assign(size, -1);
    outsides.assign(size, 0);
    all_uses.assign(size, 0);
    int* const only_user = only_users.data();
    int* const outside = outsides.data();
    int* const uses = all_uses.data();
    const char* const need = needed.data();
    for (const GraphRoot& r : g.roots)
      only_user[access_[r.value].base] = -2, ++outside[access_[r.value].base];
    for (int id = 0; id < size; ++id) {
      const Node& n = nodes_[id];
      if (!need[id] || n.op->kind == OpKind::view) continue;
      const int mine = fused_[id] ? parent_[id] : -1;
      const int* base = base_ + n.first;
      for (int k = n.count; k > 0; --k) {
        const int p = *base++;
        ++uses[p];
        if (mine < 0 || !fused_[p] || mine != parent_[p]) ++outside[p];
      }
    }
    for (int id = size - 1; id >= 0; --id) {
      const Node& n = nodes_[id];
      if (!need[id] || n.op->kind == OpKind::view) continue;
      if (fused_[id] && only_user[id] >= 0 && only_user[id] != parent_[id])
        move(id, only_user[id], outside, uses);
      const int* const base = base_ + n.first;
      const int mine = fused_[id] ? parent_[id] : -1;
      for (int k = 0; k < n.count; ++k) {
        const int p = base[k];
        if (!fused_[p]) continue;
        int& of_p = only_user[p];
        if (of_p == -2) continue;
        // Read in its own cluster it stays there.
        int user = -2;
        if (mine >= 0 && mine != parent_[p] && join(id, k) == Join::full) user = mine;
        if (of_p == -1) of_p = user;
        if (of_p != user) of_p = -2;
      }
    }
  }

  constexpr void move(int id, int to, int* outside, const int* uses) {
    Cluster& c = clusters[to];
    const Node& n = nodes_[id];
    if (n.op->kind == OpKind::reduce || level_[id] != Level::full || c.time <= time_[id]) return;
    if (c.nodes >= 2 * largest || !(c.shape == stripped(n.shape))) return;
    int to_keep = 0;
    for (int k = 0; k < n.count; ++k) {
      const int p = base_[n.first + k];
      if (fused_[p] && !inlined_[p] && outside[p] == 0) {
        if (uses[p] != 1) return;
        ++to_keep;
      }
    }
    if (to_keep > 1) return;
    const int collapse = latest(c.collapse, collapse_of(id, c.time));
    if (c.split >= 0 && collapse > c.split) return;
    for (int k = 0; k < n.count; ++k) ++outside[base_[n.first + k]];
    c.collapse = collapse;
    ++c.nodes;
    parent_[id] = to;
    time_[id] = c.time;
  }

  constexpr void find_kept() {
    for (const GraphRoot& r : g.roots) {
      kept[access[r.value].base] = 1;
      if (region[access[r.value].base] >= 0)
        graph_error_shape("repeat", "a value of the body is used outside it", &g[r.value].shape, 1);
    }
    const int size = g.size();
    const char* const need = needed.data();
    char* const keep = kept.data();
    for (int id = 0; id < size; ++id) {
      const Node& n = nodes_[id];
      if (!need[id] || n.op->kind == OpKind::view) continue;
      const bool loads = fused_[id] || inlined_[id];
      const int mine = parent_[id];
      const int* base = base_ + n.first;
      for (int k = n.count; k > 0; --k) {
        const int p = *base++;
        if (keep[p]) continue;
        if (loads && (inlined_[p] || (fused_[p] && parent_[p] == mine))) continue;
        keep[p] = 1;
      }
    }
  }

  const Node* nodes_;
  const int* operands_;
  const Access* access_;
  List<int> bases_;    // for each of the graph's operands, the node that computes it
  List<char> wholes_;  // and whether it is read as it is made
  List<int> parents_;  // cluster of a node as it was placed
  List<int> links_;    // cluster it was merged into
  // The lists' numbers: an access to them is no call, which a constant evaluation pays for.
  int* base_ = nullptr;
  char* whole_ = nullptr;
  int *parent_ = nullptr, *time_ = nullptr;
  Level* level_ = nullptr;
  Reduction* form_ = nullptr;
  char *fused_ = nullptr, *inlined_ = nullptr;
};

}  // namespace ansatz::ir
