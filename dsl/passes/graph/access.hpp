// Where an element lies: through views, down to memory that somebody computed (no pass of its own).
#pragma once

#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/slice.hpp>
#include <dsl/passes/graph/rewrite.hpp>
#include <dsl/plan/plan.hpp>

namespace ansatz::ir {

/// Element (i_0, …) of a value is element offset + sum i_k stride[k] of node `base`.
struct Access {
  int base = -1;  ///< -1: no strides say it; a copy is needed
  Count offset = {};
  Count stride[max_rank] = {};
};

constexpr int extent_index(const Graph& g, int code) {
  const int* const codes = g.extent_codes.data();
  for (int e = 0, n = g.extent_codes.size(); e < n; ++e)
    if (codes[e] == code) return e;
  graph_error("an extent belongs to no input and no state");
  return 0;
}

constexpr Count count_of_dim(const Graph& g, int dim) {
  if (is_extent(dim)) return {1, 1 + extent_index(g, dim)};
  return {dim, 0};
}
constexpr bool is_zero(const Count& c) { return c.n == 0; }
constexpr Count times(const Count& a, const Count& b) {
  if (a.n == 0 || b.n == 0) return {0, 0};
  if (a.extent && b.extent)
    graph_error("a size may have one run-time extent, not a product of two");
  return {a.n * b.n, a.extent ? a.extent : b.extent};
}
constexpr Count size_of(const Graph& g, const Shape& s, int first = 0, int last = max_rank) {
  Count c{1, 0};
  for (int k = first; k < s.rank && k < last; ++k) c = times(c, count_of_dim(g, s[k]));
  return c;
}

constexpr void contiguous_strides(const Graph& g, const Shape& s, Count* stride) {
  Count c{1, 0};
  for (int k = s.rank - 1; k >= 0; --k) {
    stride[k] = c;
    if (k > 0 && s.dim[k] != 1) c = times(c, count_of_dim(g, s.dim[k]));
  }
}

/// Whether strides are those of a contiguous array of this shape; axes of size 1 do not count.
constexpr bool is_contiguous(const Graph& g, const Shape& s, const Count* stride) {
  Count c[max_rank] = {};
  contiguous_strides(g, s, c);
  for (int k = 0; k < s.rank; ++k)
    if (s[k] != 1 && !(stride[k] == c[k])) return false;
  return true;
}

// NumPy's reshape without a copy: groups of axes whose products agree, each group contiguous in
// itself, so that it can be cut anew. Extents are groups of their own.
constexpr bool reshape_strides(const Graph& g, const Shape& from, const Count* stride,
                               const Shape& to, Count* out) {
  if (is_contiguous(g, from, stride)) {
    contiguous_strides(g, to, out);
    return true;
  }
  int i = 0, j = 0;
  for (;;) {
    while (i < from.rank && from[i] == 1) ++i;
    while (j < to.rank && to[j] == 1) out[j++] = Count{};
    if (i == from.rank || j == to.rank) return i == from.rank && j == to.rank;
    if (is_extent(from[i]) || is_extent(to[j])) {
      if (from[i] != to[j]) return false;
      out[j++] = stride[i++];
      continue;
    }
    int i_end = i + 1, j_end = j + 1;
    std::int64_t a = from[i], b = to[j];
    while (a != b) {
      if (a < b) {
        if (i_end == from.rank || is_extent(from[i_end])) return false;
        a *= from[i_end++];
      } else {
        if (j_end == to.rank || is_extent(to[j_end])) return false;
        b *= to[j_end++];
      }
    }
    for (int k = i; k + 1 < i_end; ++k)
      if (!(stride[k] == times(stride[k + 1], {from[k + 1], 0}))) return false;
    Count c = stride[i_end - 1];
    for (int k = j_end - 1; k >= j; --k) {
      out[k] = c;
      c = times(c, {to[k], 0});
    }
    i = i_end;
    j = j_end;
  }
}

/// Strides of `a` (of shape `from`) seen in the shape `to` that it broadcasts to.
constexpr Access broadcast_access(const Access& a, const Shape& from, const Shape& to) {
  Access r;
  r.base = a.base;
  r.offset = a.offset;
  const bool batch_kept = to.batched() && from.rank == to.rank && from[0] == 1;
  const int batch_from = from.batched() || batch_kept, batch_to = to.batched();
  if (from.batched()) r.stride[0] = a.stride[0];
  for (int k = 1; k <= from.rank - batch_from && k <= to.rank - batch_to; ++k)
    if (from.dim[from.rank - k] != 1) r.stride[to.rank - k] = a.stride[from.rank - k];
  return r;
}

/// An operand of a product as a matrix: the last two axes, with those before them the stack; or,
/// all rows joined, every axis but the last. Not there where no two strides say it.
struct MatrixAccess {
  bool there = false;
  Count rows = {}, columns = {};
  Count stride[2] = {};
};
constexpr MatrixAccess matrix_access(const Graph& g, const Shape& s, const Access& a, bool each) {
  const int row = s.rank - 2;
  MatrixAccess x{a.base >= 0,
                 count_of_dim(g, s[row]),
                 count_of_dim(g, s[row + 1]),
                 {a.stride[row], a.stride[row + 1]}};
  if (each) return x;
  bool many = s[row] != 1;
  for (int k = row - 1; k >= 0; --k) {
    if (s[k] == 1) continue;
    if (!many)
      x.stride[0] = a.stride[k];
    else if (!(a.stride[k] == times(x.stride[0], x.rows)))
      x.there = false;
    many = true;
    x.rows = times(x.rows, count_of_dim(g, s[k]));
  }
  return x;
}

/// The access of node `id`, given those of the nodes before it.
constexpr Access access_of(const Graph& g, int id, const List<Access>& before) {
  const Node& n = g[id];
  Access r;
  if (n.op->kind != OpKind::view) {
    r.base = id;
    contiguous_strides(g, n.shape, r.stride);
    return r;
  }
  const int in = g.in(id, 0);
  const Access& a = before[in];
  const Shape& from = g[in].shape;
  if (a.base < 0) return r;
  if (n.op == info_of<ops::BroadcastTo>) return broadcast_access(a, from, n.shape);
  r = a;
  if (n.op == info_of<ops::Transpose>) {
    for (int k = 0; k < n.shape.rank; ++k) r.stride[k] = a.stride[n.attr.i[k]];
  } else if (n.op == info_of<ops::Slice>) {
    const int axis = n.attr.i[0];
    const Count start = times(a.stride[axis], {n.attr.i[1], 0});
    if (is_zero(r.offset)) {
      r.offset = start;
    } else if (!is_zero(start)) {
      if (r.offset.extent != start.extent) return {};
      r.offset.n += start.n;
    }
    r.stride[axis] = times(a.stride[axis], {n.attr.i[2], 0});
  } else if (n.op == info_of<ops::Reshape>) {
    if (!reshape_strides(g, from, a.stride, n.shape, r.stride)) return {};
  }
  return r;
}

constexpr List<Access> all_accesses(const Graph& g) {
  const int size = g.size();
  List<Access> all;
  Access* const a = all.extend(size);
  int computed = -1;  // the last that is no view; the next has its shape mostly
  for (int id = 0; id < size; ++id) {
    const Node& n = g[id];
    if (n.op->kind == OpKind::view) {
      a[id] = access_of(g, id, all);
      continue;
    }
    if (computed >= 0 && n.shape == g[computed].shape) {
      a[id] = a[computed];
      a[id].base = id;
    } else {
      a[id] = access_of(g, id, all);
    }
    computed = id;
  }
  return all;
}

}  // namespace ansatz::ir
