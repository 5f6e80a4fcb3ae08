// y = some of x along one axis: x[start:stop:step] (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/image.hpp>
#include <dsl/ops/reduce.hpp>

namespace ansatz {

/// Elements Start, Start + Step, … before Stop; negative counts from the end, as in NumPy.
template <int Start, int Stop, int Step = 1>
struct Range {};
template <int Start, int Stop, int Step = 1>
inline constexpr Range<Start, Stop, Step> range;

/// As the stop of a slice: up to the end.
inline constexpr int to_end = 0x7fffffff;

namespace ir {

// The axis of s that axis<A> means; -1 when it is not there or is no feature axis.
constexpr int feature_axis(const Shape& s, int a) {
  const int at = a < 0 ? s.rank + a : a + s.batched();
  return at < s.batched() || at >= s.rank || is_extent(s[at]) ? -1 : at;
}

/// NumPy's rule: negative positions count from the end, those beyond an end stop there.
constexpr Attr slice_attr(int at, int size, int start, int stop, int step) {
  const auto place = [size](int position) {
    const int p = position < 0 ? position + size : position;
    return p < 0 ? 0 : p > size ? size : p;
  };
  Attr a;
  a.i[0] = at;
  a.i[1] = place(start);
  a.i[2] = step;
  a.i[3] = place(stop) > a.i[1] ? (place(stop) - a.i[1] - 1) / step + 1 : 0;
  return a;
}

struct SliceResult {
  Attr attr;
  ShapeResult result;
};
constexpr SliceResult sliced(const Shape& x, int a, int start, int stop, int step) {
  SliceResult r;
  const int at = feature_axis(x, a);
  if (at < 0) {
    r.result = refused("the axis must be a feature axis of the operand");
  } else if (step < 1) {
    r.result = refused("the step must be at least 1");
  } else if (x[at] == any) {
    r.result = {x};
  } else {
    r.attr = slice_attr(at, x[at], start, stop, step);
    r.result = r.attr.i[3] ? ops::Slice::shape(&x, 1, r.attr)
                           : refused("the slice must have at least one element");
  }
  return r;
}

constexpr Value slice_axis(const Value& x, int a, int start, int stop, int step) {
  const Shape from = x.shape();
  const SliceResult r = sliced(from, a, start, stop, step);
  if (!r.result.ok()) graph_error_shape("slice", r.result.error, &from, 1);
  if (r.result.shape == from) return x;
  return make(info_of<ops::Slice>, r.attr, x);
}

template <class X, int A, int Start, int Stop, int Step>
consteval bool slice_fits() {
  if constexpr (any_unknown<X>)
    return Step >= 1;
  else
    return X::dtype == DType::real && sliced(X::known, A, Start, Stop, Step).result.ok();
}
template <class X, int A>
consteval bool has_feature_axis() {
  if constexpr (any_unknown<X>)
    return true;
  else
    return X::dtype == DType::real && feature_axis(X::known, A) >= 0;
}

template <class X, int A, int Start, int Stop, int Step>
struct Sliced {
  using type = AnySpace;
};
template <class X, int A, int Start, int Stop, int Step>
  requires(!any_unknown<X> && slice_fits<X, A, Start, Stop, Step>())
struct Sliced<X, A, Start, Stop, Step> {
  static constexpr Shape shape = sliced(X::known, A, Start, Stop, Step).result.shape;
  using type = typename Resized<shape, X>::type;
};

template <class X, int A>
consteval Shape with_open_axis() {
  Shape s = X::known;
  s[feature_axis(s, A)] = any;
  return s;
}
template <class X, int A>
struct OpenAxis {
  using type = AnySpace;
};
template <class X, int A>
  requires(!any_unknown<X> && has_feature_axis<X, A>())
struct OpenAxis<X, A> {
  static constexpr Shape shape = with_open_axis<X, A>();
  using type = typename Resized<shape, X>::type;
};

}  // namespace ir

/// What must hold for slice: a feature axis, a step of at least 1, at least one element.
template <class X, int A, int Start, int Stop, int Step>
concept SliceFits = ir::slice_fits<X, A, Start, Stop, Step>();
template <class X, int A>
concept HasFeatureAxis = ir::has_feature_axis<X, A>();

/// Elements Start, Start + Step, … before Stop of feature axis A (0: the first after the batch;
/// negative: from the last): `slice(x, axis<0>, range<0, 10>)`. Positions as in NumPy, but an empty
/// slice is refused, and so is a step below 1.
template <class X, int A, int Start, int Stop, int Step>
  requires SliceFits<X, A, Start, Stop, Step>
constexpr Expr<typename ir::Sliced<X, A, Start, Stop, Step>::type> slice(
    const Expr<X>& x, OverAxis<A>, Range<Start, Stop, Step>) {
  return Expr<typename ir::Sliced<X, A, Start, Stop, Step>::type>(
      ir::slice_axis(x.value(), A, Start, Stop, Step));
}
template <class X, int A, int Start, int Stop, int Step>
  requires(!SliceFits<X, A, Start, Stop, Step>)
constexpr void slice(const Expr<X>&, OverAxis<A>, Range<Start, Stop, Step>) = delete;

/// The same with positions known at run time; the axis's size is then not part of the type.
template <class X, int A>
  requires HasFeatureAxis<X, A>
constexpr Expr<typename ir::OpenAxis<X, A>::type> slice(const Expr<X>& x, OverAxis<A>, int start,
                                                        int stop, int step = 1) {
  return Expr<typename ir::OpenAxis<X, A>::type>(
      ir::slice_axis(x.value(), A, start, stop, step));
}
template <class X, int A>
  requires(!HasFeatureAxis<X, A>)
constexpr void slice(const Expr<X>&, OverAxis<A>, int, int, int = 1) = delete;

}  // namespace ansatz
