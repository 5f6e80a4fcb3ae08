// y = some of x along one axis: x[start:stop:step] (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/image/image.hpp>
#include <dsl/ops/reduce/reduce.hpp>
#include <dsl/ops/view/reshape.hpp>

namespace ansatz {

/// Elements Start, Start + Step, … before Stop; negative counts from the end, as in NumPy.
template <int Start, int Stop, int Step = 1>
struct Range {
  static constexpr int start = Start, stop = Stop, step = Step;
};
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

constexpr Value slice_axis(const Value& x, int a, int start, int stop, int step, CallSite at = {}) {
  const Shape from = x.shape();
  const SliceResult r = sliced(from, a, start, stop, step);
  if (!r.result.ok()) graph_error_shape("slice", r.result.error, &from, 1, at);
  if (r.result.shape == from) return whole_view(x);
  return make(info_of<ops::Slice>, r.attr, x);
}

/// start, stop and step as a slice is given them: a Range, or two or three numbers.
struct Places {
  int start = 0, stop = to_end, step = 1;
};
template <class R>
constexpr Places places_of(R, NotGiven = {}, NotGiven = {}) {
  return {R::start, R::stop, R::step};
}
constexpr Places places_of(int start, int stop, NotGiven = {}) { return {start, stop}; }
constexpr Places places_of(int start, int stop, int step) { return {start, stop, step}; }

template <class... P>
inline constexpr bool are_places = false;
template <int Start, int Stop, int Step>
inline constexpr bool are_places<Range<Start, Stop, Step>> = true;
template <class... P>
  requires(sizeof...(P) >= 2 && sizeof...(P) <= 3 && (std::is_integral_v<P> && ...))
inline constexpr bool are_places<P...> = true;
template <class P>
inline constexpr bool are_places<P, NotGiven, NotGiven> = are_places<P>;
template <class P, class Q>
  requires is_given<Q>
inline constexpr bool are_places<P, Q, NotGiven> = are_places<P, Q>;

// The shape of a slice; its axis is `any` where the places are known only at run time.
template <class X, int A, class... P>
consteval ShapeResult sliced_space() {
  if constexpr (!(std::is_integral_v<P> || ...)) {
    const Places p = places_of(P{}...);
    return sliced(X::known, A, p.start, p.stop, p.step).result;
  } else {
    const int at = feature_axis(X::known, A);
    if (at < 0) return refused("the axis must be a feature axis of the operand");
    Shape s = X::known;
    s[at] = any;
    return {s};
  }
}
template <class X, int A, class... P>
consteval bool slice_fits() {
  if constexpr (!are_places<P...>)
    return false;
  else if constexpr (any_unknown<X>)
    return true;
  else
    return sliced_space<X, A, P...>().ok();
}

template <class X, int A, class... P>
struct Sliced {
  using type = AnySpace;
};
template <class X, int A, class... P>
  requires(!any_unknown<X> && slice_fits<X, A, P...>() && X::dtype == DType::real)
struct Sliced<X, A, P...> {
  static constexpr Shape shape = sliced_space<X, A, P...>().shape;
  using type = typename Resized<shape, X>::type;
};
// Labels in a row stay labels; of one in a row the type says no length, since IndexSpace<n> has no
// axis.
template <class X, int A, class... P>
  requires(!any_unknown<X> && slice_fits<X, A, P...>() && X::dtype == DType::index)
struct Sliced<X, A, P...> {
  static constexpr Shape shape = sliced_space<X, A, P...>().shape;
  static constexpr int length = shape[shape.rank - 1] == 1 ? any : shape[shape.rank - 1];
  using row = IndexSpace<X::labels, length>;
  using type = typename InBatchOf<row, X>::type;
};

}  // namespace ir

/// What must hold for slice: a feature axis, a step of at least 1, at least one element.
template <class X, int A, class... P>
concept SliceFits = ir::slice_fits<X, A, P...>();

/// Elements start, start + step, … before stop of feature axis A (0: the first after the batch;
/// negative: from the last). `slice(x, axis<0>, range<0, 10>)` has 10 of them in its Space;
/// `slice(x, axis<0>, start, stop)` and `slice(x, axis<0>, start, stop, step)` take numbers known
/// at run time. Positions as in NumPy, but an empty slice is refused, and so is a step below 1.
template <class X, int A, class P, class Q = ir::NotGiven, class R = ir::NotGiven>
  requires(ir::slice_fits<X, A, P, Q, R>())
constexpr Expr<typename ir::Sliced<X, A, P, Q, R>::type> slice(
    const Expr<X>& x, OverAxis<A>, P range_or_start, Q stop = {}, R step = {},
    ir::CallSite at = ir::CallSite::here()) {
  const ir::Places p = ir::places_of(range_or_start, stop, step);
  return Expr<typename ir::Sliced<X, A, P, Q, R>::type>(
      ir::slice_axis(x.value(), A, p.start, p.stop, p.step, at));
}
template <class X, int A, class... P>
  requires(!SliceFits<X, A, P...>)
constexpr Refused<SliceFits<X, A, P...>> slice(const Expr<X>&, OverAxis<A>, P...) = delete;

}  // namespace ansatz
