// What the reductions share: axes, shapes, Spaces (no op)
#pragma once

#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/view/view.hpp>

namespace ansatz {

/// Over which axes: all features of each example; the examples; or feature axis A (0 is the first
/// after the batch; -1 the last). An axis<A> never is the batch: to an example its place in the
/// batch is an axis of size 1, so that axis<-2> of [examples, N] leaves every number as it is.
struct OverUnits {};
struct OverBatch {};
template <int A>
struct OverAxis {};
struct OverAll {};
inline constexpr OverUnits units;
inline constexpr OverBatch batch;
template <int A>
inline constexpr OverAxis<A> axis;
inline constexpr OverAll all;

/// Keeps reduced axes with size 1: sum(x, axis<-1>, keep_axes).
struct KeepAxes {
  static constexpr bool keep = true;
};
inline constexpr KeepAxes keep_axes;
/// Without `keep_axes` they go.
struct DropAxes {
  static constexpr bool keep = false;
};
template <class K>
concept KeepOrDrop = std::is_same_v<K, KeepAxes> || std::is_same_v<K, DropAxes>;

namespace ir {

/// Several axes at once, none of them twice.
template <class... A>
struct OverSeveral {};

// Bit k: axis k of the operand is reduced.
constexpr int mask_of(const Shape& s, OverAll) { return (1 << s.rank) - 1; }
constexpr int mask_of(const Shape& s, OverUnits) {
  return ((1 << s.rank) - 1) & ~(s.batched() ? 1 : 0);
}
constexpr int mask_of(const Shape& s, OverBatch) { return s.batched() ? 1 : 0; }
template <int A>
constexpr int mask_of(const Shape& s, OverAxis<A>) {
  const int at = A < 0 ? s.rank + A : A + s.batched();
  return at < s.batched() || at >= s.rank ? 0 : 1 << at;
}
template <class... A>
constexpr int mask_of(const Shape& s, OverSeveral<A...>) {
  return (mask_of(s, A{}) | ...);
}

// Whether the axis is the one before the features, which of one example has size 1.
template <class A>
constexpr bool is_place_in_batch(const Shape&, A) {
  return false;
}
template <int A>
constexpr bool is_place_in_batch(const Shape& s, OverAxis<A>) {
  return A < 0 && s.batched() && s.rank + A == 0;
}

template <class T>
inline constexpr bool is_axes = false;
template <>
inline constexpr bool is_axes<OverUnits> = true;
template <>
inline constexpr bool is_axes<OverBatch> = true;
template <>
inline constexpr bool is_axes<OverAll> = true;
template <int A>
inline constexpr bool is_axes<OverAxis<A>> = true;
template <class... A>
inline constexpr bool is_axes<OverSeveral<A...>> = (is_axes<A> && ...);

// One or two axes, the second perhaps keep_axes.
template <class A, class B>
inline constexpr bool one_or_two = is_axes<A> && (is_axes<B> || KeepOrDrop<B>);

// What comes behind the operand of a reduction: none, one or several axes, and perhaps keep_axes.
template <class Default, class... A>
struct OverOf;
template <class Default>
struct OverOf<Default> {
  using axes = Default;
  using keep = DropAxes;
};
template <class Default, class A>
struct OverOf<Default, A> {
  using axes = A;
  using keep = DropAxes;
};
template <class Default, KeepOrDrop K>
struct OverOf<Default, K> {
  using axes = Default;
  using keep = K;
};
template <class Default, class A, KeepOrDrop K>
struct OverOf<Default, A, K> {
  using axes = A;
  using keep = K;
};
template <class Default, class A, class B>
struct OverOf<Default, A, B> {
  using axes = OverSeveral<A, B>;
  using keep = DropAxes;
};
// The axes before the last one or the word are taken together, one by one.
template <class Default, class... Before, class A, class B, class... More>
struct OverOf<Default, OverSeveral<Before...>, A, B, More...>
    : OverOf<Default, OverSeveral<Before..., A>, B, More...> {};
template <class Default, class... Before, class A, KeepOrDrop K>
struct OverOf<Default, OverSeveral<Before...>, A, K> {
  using axes = OverSeveral<Before..., A>;
  using keep = K;
};
template <class Default, class... Before, class A>
struct OverOf<Default, OverSeveral<Before...>, A> {
  using axes = OverSeveral<Before..., A>;
  using keep = DropAxes;
};
template <class Default, class A, class B, class C, class... More>
struct OverOf<Default, A, B, C, More...> : OverOf<Default, OverSeveral<A>, B, C, More...> {};

/// attr of a reduction: i[0] the mask of axes, i[1] 1 to keep them with size 1.
constexpr Attr reduce_attr(int mask, bool keep) {
  Attr a;
  a.i[0] = mask;
  a.i[1] = keep;
  return a;
}

constexpr ShapeResult reduced(const Shape& s, const Attr& attr) {
  Shape r;
  for (int k = 0; k < s.rank; ++k) {
    if (!(attr.i[0] >> k & 1))
      r[r.rank++] = s[k];
    else if (attr.i[1])
      r[r.rank++] = 1;
  }
  return {r};
}

// The reduced value with the axes back as size 1, so that it meets the operand again.
constexpr Value with_axes(const Value& reduced_value, const Shape& full, const Attr& attr) {
  if (attr.i[1]) return reduced_value;
  Shape s = full;
  for (int k = 0; k < s.rank; ++k)
    if (attr.i[0] >> k & 1) s[k] = 1;
  return make(info_of<ops::Reshape>, shape_attr(s), reduced_value);
}

/// How many elements a reduction of `v` over `mask` takes together, as a value.
constexpr Value count_of(const Value& v, int mask) {
  double n = 1;
  Value extents;
  bool has_extent = false;
  const Shape s = v.shape();
  for (int k = 0; k < s.rank; ++k) {
    if (!(mask >> k & 1)) continue;
    if (is_extent(s[k]))
      extents = make_extent(s[k]), has_extent = true;
    else
      n *= s[k];
  }
  if (!has_extent) return Value(n);
  if (n == 1) return extents;
  return (AnyExpr(extents) * n).value();
}

template <class A>
constexpr bool axes_there(const Shape& s, A over) {
  return mask_of(s, over) != 0 || std::is_same_v<A, OverAll> || is_place_in_batch(s, over);
}
template <class... A>
constexpr bool axes_there(const Shape& s, OverSeveral<A...>) {
  int total = 0;  // more than all together where one comes twice
  ((total += mask_of(s, A{})), ...);
  return (axes_there(s, A{}) && ...) && total == mask_of(s, OverSeveral<A...>{});
}

template <class A, class S>
consteval bool has_axes() {
  if constexpr (is_any_space<S>)
    return true;
  else
    return axes_there(S::known, A{});
}

template <class A>
inline constexpr const char* axes_rule = "the axes must be there";
template <class... A>
inline constexpr const char* axes_rule<OverSeveral<A...>> =
    "the axes must be there, and each be named once";

// The same at run time, where the types do not say.
template <class A>
constexpr int checked_mask(const char* op, const Shape& s, A over, CallSite at) {
  if (!axes_there(s, over)) graph_error_shape(op, axes_rule<A>, &s, 1, at);
  return mask_of(s, over);
}

}  // namespace ir

/// units, batch, all or axis<A>.
template <class A>
concept ReductionAxes = ir::is_axes<A>;

/// The axes named must be there, each once: a batch to reduce over, features, that many features.
template <class S, class... A>
concept HasAxes = ReductionAxes<typename ir::OverOf<OverAll, A...>::axes> &&
                  ir::has_axes<typename ir::OverOf<OverAll, A...>::axes, S>();

namespace ops {

template <class Op, ir::DType Result = ir::DType::real>
struct ReduceOp {
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::reduced(in[0], attr);
  }
  static constexpr ir::OpInfo make_info() {
    ir::OpInfo i{.name = Op::name,
                 .kind = ir::OpKind::reduce,
                 .arity = 1,
                 .id = ir::hash_text(Op::name),
                 .takes = ir::Elements::either,
                 .shape = &shape,
                 .result = Result};
    if constexpr (!ir::SaysNoDerivative<Op>) i.vjp = &Op::vjp;
    return i;
  }
};

}  // namespace ops

namespace ir {

template <class A, class S, bool Keep>
struct ReducedSpace {
  using type = space_from<reduced(S::known, reduce_attr(mask_of(S::known, A{}), Keep)).shape, S>;
};
template <class A, class S, bool Keep>
  requires(is_any_space<S> || !is_axes<A>)
struct ReducedSpace<A, S, Keep> {
  using type = AnySpace;
};

template <class Op>
constexpr Value reduce(const Value& v, int mask, bool keep) {
  return make(info_of<Op>, reduce_attr(mask, keep), v);
}

}  // namespace ir

/// The type of a reduction of Expr<S> over axes A..., by default over the axes Default.
template <class S, class Default, class... A>
using Reduced = Expr<typename ir::ReducedSpace<typename ir::OverOf<Default, A...>::axes, S,
                                               ir::OverOf<Default, A...>::keep::keep>::type>;

namespace ir {

/// The attributes of a reduction of a value of shape `s`.
template <class Default, class... A>
constexpr Attr reduction_of(const char* op, const Shape& s, CallSite at) {
  using Over = OverOf<Default, A...>;
  return reduce_attr(checked_mask(op, s, typename Over::axes{}, at), Over::keep::keep);
}
template <class Op, class Default, class... A, class S>
constexpr Reduced<S, Default, A...> reduce_over(const Expr<S>& x, CallSite at = {}) {
  return Reduced<S, Default, A...>(
      make(info_of<Op>, reduction_of<Default, A...>(Op::name, x.shape(), at), x.value()));
}

}  // namespace ir

}  // namespace ansatz
