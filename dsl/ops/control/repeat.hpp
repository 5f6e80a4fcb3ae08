// y_k = f(y_(k-1)), n times: a loop in the plan
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <dsl/expr.hpp>
#include <dsl/ops/arithmetic/cast.hpp>

namespace ansatz {
namespace ops {

/// Of both: the tag, the count, and values, which are carried as numbers.
inline constexpr ir::Takes carried_numbers{ir::Elements::numbers, ir::Elements::either,
                                           ir::Elements::numbers};

/// A carried value inside the body. Operands: tag, n, initial values; attr.i[0]: which it is.
struct Carried {
  static constexpr const char* name = "carried";
  static constexpr ir::Takes takes = carried_numbers;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    return {in[2 + attr.i[0]]};
  }
  static constexpr ir::OpInfo make_info() {
    return {.name = name,
            .kind = ir::OpKind::control,
            .arity = -1,
            .id = ir::hash_text(name),
            .takes = takes,
            .shape = &shape};
  }
};

/// A carried value after the loop. Operands: tag, n, initial values, next values.
struct Repeated {
  static constexpr const char* name = "repeated";
  static constexpr ir::Takes takes = carried_numbers;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int count, const ir::Attr& attr) {
    const int carried = (count - 2) / 2;
    for (int k = 0; k < carried; ++k)
      if (!(in[2 + k] == in[2 + carried + k]))
        return ir::refused("the body must return values of the shapes it was given");
    if (in[1].rank != 0) return ir::refused("the count must be one number");
    return {in[2 + attr.i[0]]};
  }
  static constexpr void vjp(ir::VjpContext& c) {
    const ir::Shape s = c.out().shape();
    if (c.graph) graph_error_shape("repeat", "a gradient needs a constant count", &s, 1);
  }
  static constexpr ir::OpInfo make_info() {
    return {.name = name,
            .kind = ir::OpKind::control,
            .arity = -1,
            .id = ir::hash_text(name),
            .takes = takes,
            .shape = &shape,
            .vjp = &vjp};
  }
};

}  // namespace ops

template <int K, class S>
struct CarryItem {
  Expr<S> value;
};

namespace ir {
template <class Order, class... S>
struct CarryItems;
template <int... K, class... S>
struct CarryItems<std::integer_sequence<int, K...>, S...> : CarryItem<K, S>... {};
template <class... S>
using carry_order = std::make_integer_sequence<int, static_cast<int>(sizeof...(S))>;

template <int K, class S>
constexpr Expr<S>& item_of(CarryItem<K, S>& item) {
  return item.value;
}
template <int K, class S>
constexpr const Expr<S>& item_of(const CarryItem<K, S>& item) {
  return item.value;
}
}  // namespace ir

/// Several values carried through a repeat, returned by its body, `return carry(h, v);`, and by the
/// repeat: `auto [h, v] = repeat(…)`.
template <class... S>
struct Carry : ir::CarryItems<ir::carry_order<S...>, S...> {
  template <std::size_t K>
  constexpr auto& get() & {
    return ir::item_of<static_cast<int>(K)>(*this);
  }
  template <std::size_t K>
  constexpr const auto& get() const& {
    return ir::item_of<static_cast<int>(K)>(*this);
  }
  template <std::size_t K>
  constexpr auto&& get() && {
    return std::move(ir::item_of<static_cast<int>(K)>(*this));
  }
};
template <class... S>
constexpr Carry<S...> carry(const Expr<S>&... e) {
  return {{{e}...}};
}

}  // namespace ansatz

// The protocol of structured bindings.
template <class... S>
struct std::tuple_size<ansatz::Carry<S...>> : std::integral_constant<std::size_t, sizeof...(S)> {};
template <std::size_t K, class... S>
struct std::tuple_element<K, ansatz::Carry<S...>> {
  using type =
      std::remove_reference_t<decltype(std::declval<ansatz::Carry<S...>&>().template get<K>())>;
};

namespace ansatz {
namespace ir {

/// Labels are carried as numbers.
template <class S>
struct CarriedSpace {
  using type = S;
};
template <class S>
  requires(S::dtype == DType::index)
struct CarriedSpace<S> {
  using type = std::remove_pointer_t<decltype(canonical_space<S::known, S>())>;
};
template <class S>
using carried_space = typename CarriedSpace<S>::type;

// Marks of terms; gone with it, whatever was thrown.
class TermMarks {
 public:
  constexpr TermMarks() = default;
  TermMarks(const TermMarks&) = delete;
  TermMarks& operator=(const TermMarks&) = delete;
  constexpr ~TermMarks() {
    for (Term* t : marked_) t->seen = nullptr;
  }
  // Calls visit(term) once for all terms below `from` that do not yet carry the mark `seen`.
  template <class Visit>
  constexpr void mark_below(const Value& from, const Term* seen, Visit visit) {
    List<Term*> stack;
    if (from.term()) stack.push_back(from.term());
    while (!stack.empty()) {
      Term* t = stack.back();
      stack.pop_back();
      if (t->seen == seen) continue;
      visit(*t);
      marked_.push_back(t);
      t->seen = seen;
      for (const Value& v : t->in)
        if (v.term()) stack.push_back(v.term());
    }
  }

 private:
  const TermsLock lock_;
  List<Term*> marked_;
};

template <class S>
constexpr Value make_carried(int which, const Value* operands, int count) {
  Attr attr;
  attr.i[0] = which;
  return make(info_of<ops::Carried>, attr, operands, count);
}

template <class S>
constexpr void put_values(Value* to, const Expr<S>& e) {
  to[0] = e.value();
}
template <class... S, int... K>
constexpr void put_items(Value* to, const Carry<S...>& c, std::integer_sequence<int, K...>) {
  ((to[K] = c.template get<K>().value()), ...);
}
template <class... S>
constexpr void put_values(Value* to, const Carry<S...>& c) {
  put_items(to, c, carry_order<S...>{});
}

// How many values a body returned.
template <class T>
inline constexpr int values_in = 1;
template <class... S>
inline constexpr int values_in<Carry<S...>> = static_cast<int>(sizeof...(S));

template <class Body, class... S, int... K>
constexpr auto call_body(Body& body, const Carry<S...>& c, std::integer_sequence<int, K...>) {
  return body(c.template get<K>()...);
}

template <class S>
constexpr Value repeated(int which, const Value* operands, int count) {
  Attr attr;
  attr.i[0] = which;
  return make(info_of<ops::Repeated>, attr, operands, count);
}

constexpr void require_kept(const Shape& given, const Shape& returned, CallSite at) {
  const Shape both[] = {given, returned};
  if (!(given == returned))
    graph_error_shape("repeat", "the body must return values of the shapes it was given", both, 2,
                      at);
}

// One more time round a loop that is written out.
template <class S, class R>
constexpr void advance(Expr<S>& y, const Expr<R>& next, CallSite at) {
  require_kept(y.shape(), next.shape(), at);
  y = Expr<S>(next.value());
}
template <class... S, class... R, int... K>
constexpr void advance_items(Carry<S...>& y, const Carry<R...>& next, CallSite at,
                             std::integer_sequence<int, K...>) {
  (advance(y.template get<K>(), next.template get<K>(), at), ...);
}
template <class... S, class... R>
  requires(sizeof...(S) == sizeof...(R))
constexpr void advance(Carry<S...>& y, const Carry<R...>& next, CallSite at) {
  advance_items(y, next, at, carry_order<S...>{});
}

// Operands of a loop: tag, n, initial values, then room for the next ones.
template <class Body, class... S>
constexpr void build_loop(CallSite at, Value* operands, const Value& n, Body& body,
                          const Expr<S>&... initial) {
  constexpr int carried = static_cast<int>(sizeof...(S));
  operands[0] = make_leaf(info_of<ops::RepeatTag>, {}, DType::real, nullptr);
  operands[1] = n;
  int k = 2;
  ((operands[k++] = as_numbers(initial.value())), ...);
  int which = 0;
  // Braces, so that the arguments are made in order.
  const Carry<carried_space<S>...> inside{
      {{Expr<carried_space<S>>(make_carried<S>(which++, operands, 2 + carried))}...}};
  const auto call = [&](Value* next) {
    const auto returned = call_body(body, inside, carry_order<S...>{});
    static_assert(values_in<std::remove_const_t<decltype(returned)>> == carried,
                  "the body of a repeat must return as many values as it is given");
    put_values(next, returned);
  };
  // Random numbers that the body draws are drawn anew in every iteration: their sites belong to the
  // loop. Those are the ones that another call of the body does not use, too.
  Value another[carried];
  Value* const next = operands + 2 + carried;
  call(another);
  call(next);
  for (int j = 0; j < carried; ++j) {
    next[j] = as_numbers(next[j]);
    require_kept(operands[2 + j].shape(), next[j].shape(), at);
  }
  // So do the loops in the body: their tags say whose body that is.
  const Term outside;
  const Term* const tag = operands[0].term();
  TermMarks marks;
  for (const Value& v : another) marks.mark_below(v, &outside, [](Term&) {});
  for (int j = 0; j < carried; ++j)
    marks.mark_below(next[j], tag, [&](Term& t) {
      const bool own = t.op == info_of<ops::RandomSite> || t.op == info_of<ops::RepeatTag>;
      if (own && t.in.empty() && t.seen != &outside && &t != tag) t.in.push_back(operands[0]);
    });
}

}  // namespace ir

/// What a repeat of values of Spaces S returns: an expression, or a Carry of several.
template <class... S>
struct Repetition {
  using type = Carry<S...>;
};
template <class S>
struct Repetition<S> {
  using type = Expr<S>;
};

namespace ir {
template <class... S, int... K>
constexpr auto results_of(const Value* operands, std::integer_sequence<int, K...>) {
  constexpr int count = 2 + 2 * static_cast<int>(sizeof...(S));
  if constexpr (sizeof...(S) == 1)
    return (Expr<carried_space<S>>(repeated<S>(K, operands, count)), ...);
  else
    return carry(Expr<carried_space<S>>(repeated<S>(K, operands, count))...);
}
template <class Body, class... S>
constexpr auto loop_of(CallSite at, const Expr<Scalar>& n, Body& body, const Expr<S>&... initial) {
  Value operands[2 + 2 * sizeof...(S)];
  build_loop(at, operands, n.value(), body, initial...);
  return results_of<S...>(operands, carry_order<S...>{});
}
template <class Body, class... S>
constexpr Carry<S...> written_out(CallSite at, int n, Body& body, const Expr<S>&... initial) {
  Carry<S...> y = carry(initial...);
  for (int k = 0; k < n; ++k) advance(y, call_body(body, y, carry_order<S...>{}), at);
  return y;
}
}  // namespace ir

/// body applied n times: y = repeat(n, [&](auto y) { return f(y); }, y0). n is a scalar known at
/// run time (rounded down; 0 or less: y0). Not differentiable; with a constant n, it is. Random
/// numbers drawn in the body are new in every iteration; the body is called twice, to tell them
/// from others. A body may hold another repeat, whose count and values may come of the outer one's.
/// Labels are carried as numbers. ShapeError (or no compilation) when a value that the
/// body returns has another shape than it was given.
/// With several values: auto [h, v] = repeat(n, […](auto h, auto v) { return
/// carry(h2, v2); }, h0, v0).
template <class Body, class... A>
  requires(sizeof...(A) > 0)
constexpr typename Repetition<ir::carried_space<A>...>::type repeat(const Expr<Scalar>& n,
                                                                    Body body,
                                                                    const Expr<A>&... initial) {
  return ir::loop_of({}, n, body, initial...);
}
template <class Body, class A>
constexpr Expr<ir::carried_space<A>> repeat(const Expr<Scalar>& n, Body body, const Expr<A>& a,
                                            ir::CallSite at = ir::CallSite::here()) {
  return ir::loop_of(at, n, body, a);
}
template <class Body, class A, class B>
constexpr Carry<ir::carried_space<A>, ir::carried_space<B>> repeat(
    const Expr<Scalar>& n, Body body, const Expr<A>& a, const Expr<B>& b,
    ir::CallSite at = ir::CallSite::here()) {
  return ir::loop_of(at, n, body, a, b);
}

/// With a constant count the body is written out n times, and can be differentiated.
template <class Body, class A>
constexpr Expr<A> repeat(int n, Body body, const Expr<A>& initial,
                         ir::CallSite at = ir::CallSite::here()) {
  Expr<A> y = initial;
  for (int k = 0; k < n; ++k) ir::advance(y, body(y), at);
  return y;
}
template <class Body, class A, class B>
constexpr Carry<A, B> repeat(int n, Body body, const Expr<A>& a, const Expr<B>& b,
                             ir::CallSite at = ir::CallSite::here()) {
  return ir::written_out(at, n, body, a, b);
}
template <class Body, class... A>
  requires(sizeof...(A) > 1)
constexpr Carry<A...> repeat(int n, Body body, const Expr<A>&... initial) {
  return ir::written_out({}, n, body, initial...);
}

}  // namespace ansatz
