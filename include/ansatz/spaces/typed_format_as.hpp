// format_as<To>(x): a value of one Space in another, both types.
#pragma once

#include <ansatz/spaces/format_as.hpp>

#include <tuple>

namespace ansatz {

namespace signals {

/// The Space of a batch, of several values the CompositeSpace of theirs.
template <class... S>
constexpr SpaceInfo space_of() {
  SpaceInfo whole;
  whole.kind = SpaceKind::composite;
  (whole.components.push_back(space_info(S())), ...);
  if constexpr (sizeof...(S) == 1) return whole.components[0];
  return whole;
}
template <class To, class... From>
consteval bool formats() {
  return can_format(space_of<From...>(), space_info(To()));
}

// What format_as<To> gives: an expression, or of a CompositeSpace a tuple of those of its
// components, nested as they are.
template <class To>
struct Typed {
  using type = Expr<Batch<To>>;
  static constexpr type of(const Signal& s, int& next) { return type(s.values[next++].value()); }
};
template <class... Source>
struct Typed<CompositeSpace<Source...>> {
  using type = std::tuple<typename Typed<typename Source::space>::type...>;
  static constexpr type of(const Signal& s, int& next) {
    return type{Typed<typename Source::space>::of(s, next)...};
  }
};

}  // namespace signals

/// What must hold for format_as: the Spaces have as many numbers, or labels become one-hot.
template <class To, class... From>
concept SpacesFormat = signals::formats<To, From...>();

/// A batch of one Space in another, Pylearn2's `format_as` between types, and, the other way round,
/// its `undo_format_as`; it is part of the graph:
///
///     format_as<VectorSpace<12>>(image)                       through rows, columns, channels
///     format_as<Conv2DSpace<2, 3, 2, Axes::bc01>>(image)      another order of axes
///     format_as<VectorSpace<10>>(label)                       one-hot
///     format_as<VectorSpace<15>>(left, right)                 side by side
///     auto [a, b] = format_as<CompositeSpace<Source<"a", VectorSpace<5>>, Source<"b", …>>>(vector)
template <class To, class... From>
  requires(sizeof...(From) > 0 && SpacesFormat<To, From...>)
constexpr typename signals::Typed<To>::type format_as(const Expr<Batch<From>>&... values) {
  Signal s;
  s.space = signals::space_of<From...>();
  (s.values.push_back(AnyExpr(values.value())), ...);
  int next = 0;
  return signals::Typed<To>::of(format_as(s, space_info(To())), next);
}
template <class To, class... From>
  requires(sizeof...(From) > 0 && !SpacesFormat<To, From...>)
constexpr void format_as(const Expr<Batch<From>>&...) = delete;

}  // namespace ansatz
