// The Space of an argmax: labels as many as there were elements (no op)
#pragma once

#include <dsl/ops/reduce/arg_rows.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {
namespace ir {

// How many elements a reduction over `mask` takes together, `any` when the type does not say.
constexpr int positions_of(const Shape& s, int mask) {
  int n = 1;
  for (int k = 0; k < s.rank; ++k) {
    if (!(mask >> k & 1)) continue;
    if (s[k] < 0) return any;
    n *= s[k];
  }
  return n;
}

/// The position of the largest or smallest element over the axes of `mask`.
template <class Op, bool Largest>
constexpr Value position(const Value& v, int mask, bool keep) {
  const Shape s = v.shape();
  const int all = (1 << s.rank) - 1;
  std::int64_t n = 1;
  for (int k = 0; k < s.rank; ++k)
    if (mask >> k & 1) n = s[k] < 0 ? 0 : n * s[k];
  // A loop over everything counts in integers itself.
  if (n <= exact_in_float || n > 0x7fffffff || mask == all) return reduce<Op>(v, mask, keep);
  Attr order, largest;
  Shape rows;
  int at = 0;
  for (int pass = 0; pass < 2; ++pass)
    for (int k = 0; k < s.rank; ++k)
      if ((mask >> k & 1) == pass) order.i[at++] = k;
  const bool ones = keep && s.rank < max_rank;
  for (int k = 0; k < s.rank; ++k) {
    if (!(mask >> k & 1))
      rows[rows.rank++] = s[k];
    else if (ones)
      rows[rows.rank++] = 1;
  }
  rows[rows.rank++] = static_cast<int>(n);
  largest.i[0] = Largest;
  const Value turned = make(info_of<ops::Transpose>, order, as_numbers(v));
  const Value found =
      make(info_of<ops::ArgRows>, largest, make(info_of<ops::Reshape>, shape_attr(rows), turned));
  if (ones || !keep) return found;
  return make(info_of<ops::Reshape>, shape_attr(reduced(s, reduce_attr(mask, true)).shape), found);
}

// IndexSpace<N> where no feature axis is left, IndexSpace<N, M> where one of size M is. Of one of
// size 1, or of several, there is no IndexSpace: such a shape is checked when the graph is built.
template <class A, class S>
constexpr auto index_space() {
  constexpr int mask = mask_of(S::known, A{});
  constexpr int n = positions_of(S::known, mask);
  constexpr Shape left = reduced(S::known, reduce_attr(mask, false)).shape;
  constexpr int features = left.rank - left.batched();
  if constexpr (has_inner_extent<left>() || features > 1) {
    return static_cast<AnySpace*>(nullptr);
  } else if constexpr (features == 1 && left[left.rank - 1] == 1) {
    return static_cast<AnySpace*>(nullptr);
  } else if constexpr (left.batched()) {
    using E = typename FindExtent<left[0], S>::type;
    if constexpr (features == 0)
      return static_cast<Batch<IndexSpace<n>, E>*>(nullptr);
    else
      return static_cast<Batch<IndexSpace<n, left[1]>, E>*>(nullptr);
  } else if constexpr (features == 0) {
    return static_cast<IndexSpace<n>*>(nullptr);
  } else {
    return static_cast<IndexSpace<n, left[0]>*>(nullptr);
  }
}

template <class A>
inline constexpr bool one_axis = is_axes<A>;
template <class... A>
inline constexpr bool one_axis<OverSeveral<A...>> = false;

template <class A, class K>
inline constexpr bool one_axis_kept_or_not = is_axes<A> && KeepOrDrop<K>;

template <class A, class S>
struct IndexReducedSpace {
  using type = std::remove_pointer_t<decltype(index_space<A, S>())>;
};
template <class A, class S>
  requires(is_any_space<S> || !one_axis<A>)
struct IndexReducedSpace<A, S> {
  using type = AnySpace;
};

}  // namespace ir

/// The type of an argmax of Expr<S> over axes A. Of kept axes, of size 1, there is no IndexSpace.
template <class S, class A, class... K>
using IndexReduced = Expr<typename ir::IndexReducedSpace<
    typename ir::OverOf<OverUnits, A, K...>::axes,
    std::conditional_t<ir::OverOf<OverUnits, A, K...>::keep::keep, AnySpace, S>>::type>;

/// What must hold for argmax: a position is sought along one axis (or units, batch, all).
template <class... A>
concept OneAxis = ir::one_axis<typename ir::OverOf<OverUnits, A...>::axes>;

}  // namespace ansatz
