// Puts copies where views are not enough, and brings reductions into the three forms that loops
// know:
//   over trailing axes (rows), over leading axes (columns), over everything
#pragma once

#include <dsl/ops/arithmetic/copy.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/reduce/reduce.hpp>
#include <dsl/passes/graph/access.hpp>

namespace ansatz::ir {

/// Whether BLAS can read a matrix with these strides: one of them 1, the other at least a row.
constexpr bool blas_can_read(const MatrixAccess& x) {
  if (!x.there) return false;
  const Count one{1, 0};
  const bool one_row = x.rows == one, one_column = x.columns == one;
  const bool rows = one_column || x.stride[1] == one, columns = one_row || x.stride[0] == one;
  if (rows && (one_row || !is_zero(x.stride[0]))) return true;
  return columns && (one_column || !is_zero(x.stride[1]));
}

constexpr int add_copy(Graph& g, int x, int place) {
  Node n;
  n.op = info_of<ops::Copy>;
  n.shape = g[x].shape;
  n.type = g[x].type;
  n.attr.i[0] = place;
  return g.add(n, &x, 1);
}

/// What leaves the graph must lie in memory of its own, once for each place it goes to.
constexpr int in_own_memory(Graph& g, int x, int place, bool shared) {
  const OpKind kind = g[x].op->kind;
  if (kind != OpKind::view && kind != OpKind::leaf && !shared) return x;
  return add_copy(g, x, place);
}

class MakeContiguous {
 public:
  constexpr MakeContiguous(Graph& out, List<Access>& access) : g_(out), access_(access) {}

  /// Whether the rule leaves node `id` of its own graph as it is.
  constexpr bool stays(int id) const {
    const Node& n = g_[id];
    switch (n.op->kind) {
      case OpKind::view:
        return access_[id].base >= 0;
      case OpKind::matmul:
        for (int k = 0; k < n.count; ++k)
          if (!product_can_read(g_.in(id, k), k, n.attr.i[2])) return false;
        return true;
      case OpKind::kernel:
        for (int k = 0; k < n.count; ++k)
          if (!plain(g_.in(id, k))) return false;
        return true;
      case OpKind::control:
        return false;
      case OpKind::reduce: {
        const int x = g_.in(id, 0), mask = n.attr.i[0];
        const Axes a = axes_of(g_[x].shape, mask);
        if ((a.longer == 0 && n.type == DType::real) || !a.at_one_end()) return false;
        if (!a.all && !in_one_piece(x, a.columns())) return false;
        return n.attr == reduce_attr(mask, false);
      }
      default:
        return true;
    }
  }

  constexpr int operator()(const Node& n, List<int>& in) {
    track();
    switch (n.op->kind) {
      case OpKind::view: {
        const int view = g_.add(n, in.data(), in.size());
        track();
        if (access_[view].base >= 0) return view;
        in[0] = copy_of(in[0]);
        return g_.add(n, in.data(), in.size());
      }
      case OpKind::matmul:
        for (int k = 0; k < in.size(); ++k)
          if (!product_can_read(in[k], k, n.attr.i[2])) in[k] = copy_of(in[k]);
        return g_.add(n, in.data(), in.size());
      case OpKind::kernel:
        for (int& x : in)
          if (!plain(x)) x = copy_of(x);
        return g_.add(n, in.data(), in.size());
      case OpKind::control:
        return loop_end(n, in);
      case OpKind::reduce:
        return reduction(n, in[0]);
      default:
        return g_.add(n, in.data(), in.size());
    }
  }

 private:
  constexpr void track() {
    while (access_.size() < g_.size()) access_.push_back(access_of(g_, access_.size(), access_));
  }
  // Operand k of a product: A, B, alpha, C, beta. Numbers are read from wherever they are, and a
  // literal as C says that nothing is added.
  constexpr bool product_can_read(int x, int k, bool each) const {
    const Access& a = access_[x];
    if (k == 2 || k == 4) return a.base >= 0 && is_zero(a.offset);
    if (k == 3 && g_.is_literal(x)) return true;
    return blas_can_read(matrix_access(g_, g_[x].shape, a, each)) && in_memory(x);
  }
  // A kernel reads whole arrays, one element after the other, from memory that exists.
  constexpr bool plain(int x) const {
    const Access& a = access_[x];
    return a.base >= 0 && is_contiguous(g_, g_[x].shape, a.stride) && in_memory(x);
  }
  constexpr bool in_memory(int x) const {
    const OpInfo* op = g_[access_[x].base].op;
    return op->kind != OpKind::leaf || op == info_of<ops::Input> || op == info_of<ops::Parameter> ||
           op == info_of<ops::State> || op == info_of<ops::ConstantArray>;
  }
  constexpr int copy_of(int x, int place = 0) {
    const int id = add_copy(g_, x, place);
    track();
    return id;
  }

  // Initial and next values of a loop, and its count, lie in memory; each next value in its own.
  constexpr int loop_end(const Node& n, List<int>& in) {
    if (n.op == info_of<ops::Repeated>) {
      const int carried = (in.size() - 2) / 2;
      for (int k = 0; k < carried; ++k) {
        int& x = in[2 + carried + k];
        bool shared = false;
        for (int j = 0; j < k; ++j) shared = shared || in[2 + carried + j] == x;
        x = in_own_memory(g_, x, 1000 + k, shared || g_[x].op->kind == OpKind::control);
        track();
      }
    }
    for (int k = 1; k < in.size(); ++k)
      if ((!plain(in[k]) || !is_zero(access_[in[k]].offset)) &&
          !(k == 1 && g_[in[k]].op == info_of<ops::NamedScalar>))
        in[k] = copy_of(in[k]);
    return g_.add(n, in.data(), in.size());
  }

  /// The axes of a reduction, counted.
  struct Axes {
    int rank = 0, trailing = 0, leading = 0, reduced = 0;
    int longer = 0;  ///< reduced ones that are not of size 1
    bool all = false;
    constexpr bool at_one_end() const { return all || trailing == reduced || leading == reduced; }
    /// The first axis of those that are walked together.
    constexpr int columns() const { return trailing == reduced ? rank - trailing : leading; }
  };
  static constexpr Axes axes_of(const Shape& s, int mask) {
    Axes a;
    a.rank = s.rank;
    a.all = mask == (1 << s.rank) - 1;
    while (a.trailing < s.rank && mask >> (s.rank - 1 - a.trailing) & 1) ++a.trailing;
    while (a.leading < s.rank && mask >> a.leading & 1) ++a.leading;
    for (int k = 0; k < s.rank; ++k) {
      if (!(mask >> k & 1)) continue;
      ++a.reduced;
      a.longer += s[k] != 1;
    }
    return a;
  }

  constexpr int reduction(const Node& n, int x) {
    const Shape s = g_[x].shape;
    const int mask = n.attr.i[0], all = (1 << s.rank) - 1;
    const Axes a = axes_of(s, mask);
    if (a.longer == 0 && n.type == DType::real) return reshaped(x, n.shape);
    if (a.at_one_end()) {
      const int from = a.all || in_one_piece(x, a.columns()) ? x : copy_of(x);
      return reshaped(g_.add(n.op, reduce_attr(mask, false), &from, 1), n.shape);
    }
    const int trailing = a.trailing;
    if (trailing > 0 && n.type == DType::real) {
      // The trailing axes first, as they lie in memory, then the others of what is left.
      Node inner = n, outer = n;
      inner.attr = reduce_attr(all & ~((1 << (s.rank - trailing)) - 1), false);
      inner.shape = reduced(s, inner.attr).shape;
      const int rows = reduction(inner, x);
      track();
      outer.attr = reduce_attr(mask & ~inner.attr.i[0], false);
      outer.shape = reduced(inner.shape, outer.attr).shape;
      return reshaped(reduction(outer, rows), n.shape);
    }
    // Otherwise the reduced axes are brought to the end; memory stays where it is if it can.
    Attr order;
    int at = 0;
    for (int k = 0; k < s.rank; ++k)
      if (!(mask >> k & 1)) order.i[at++] = k;
    const int kept = at;
    for (int k = 0; k < s.rank; ++k)
      if (mask >> k & 1) order.i[at++] = k;
    int view = g_.add(info_of<ops::Transpose>, order, &x, 1);
    track();
    if (!in_one_piece(view, kept)) view = copy_of(view);
    const int y = g_.add(n.op, reduce_attr(all & ~((1 << kept) - 1), false), &view, 1);
    return reshaped(y, n.shape);
  }
  // Whether the axes from `first` on are walked as one dimension.
  constexpr bool in_one_piece(int x, int first) const {
    const Access& a = access_[x];
    const Shape& s = g_[x].shape;
    int inner = -1;  // the next axis that is not of size 1
    for (int k = s.rank - 1; k >= first; --k) {
      if (s[k] == 1) continue;
      if (inner >= 0 && !(a.stride[k] == times(a.stride[inner], count_of_dim(g_, s[inner]))))
        return false;
      inner = k;
    }
    return true;
  }
  constexpr int reshaped(int x, Shape s) {
    if (g_[x].shape == s) return x;
    return g_.add(info_of<ops::Reshape>, shape_attr(s), &x, 1);
  }

  Graph& g_;
  List<Access>& access_;
};

constexpr Graph with_copies(Graph& g) {
  // Mostly nothing is to be done.
  List<Access> access = all_accesses(g);
  const MakeContiguous made(g, access);
  const List<char> needed = reachable(g);
  int id = 0;
  while (id < g.size() && (!needed[id] || made.stays(id))) ++id;
  if (id == g.size()) return in_reading_order(g);
  access.clear();
  return in_reading_order(rewrite(g, [&](Graph& to, int from, List<int>& in) {
    MakeContiguous make(to, access);
    return make(g[from], in);
  }));
}

constexpr Graph make_contiguous(Graph g) {
  Graph out = with_copies(g);
  List<char> taken;  // of each node: it is the value of an update; for a second one it is copied
  taken.assign(out.size(), 0);
  int place = 0;
  for (GraphRoot& r : out.roots) {
    r.value = in_own_memory(out, r.value, ++place, r.target >= 0 && taken[r.value]);
    if (r.target >= 0 && r.value < taken.size()) taken[r.value] = 1;
  }
  return out;
}

}  // namespace ansatz::ir
