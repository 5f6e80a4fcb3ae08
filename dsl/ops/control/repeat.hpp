// y_k = f(y_(k-1)), n times: a loop in the plan
#pragma once

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

/// Several values carried through a repeat, returned by its body: `return carry(h, v);`
template <class... S>
struct Carry;
template <class A>
struct Carry<A> {
  Expr<A> first;
};
template <class A, class B>
struct Carry<A, B> {
  Expr<A> first;
  Expr<B> second;
};
template <class A, class B, class C>
struct Carry<A, B, C> {
  Expr<A> first;
  Expr<B> second;
  Expr<C> third;
};
template <class... S>
constexpr Carry<S...> carry(const Expr<S>&... e) {
  return {e...};
}

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
template <class A>
constexpr void put_values(Value* to, const Carry<A>& c) {
  to[0] = c.first.value();
}
template <class A, class B>
constexpr void put_values(Value* to, const Carry<A, B>& c) {
  to[0] = c.first.value();
  to[1] = c.second.value();
}
template <class A, class B, class C>
constexpr void put_values(Value* to, const Carry<A, B, C>& c) {
  to[0] = c.first.value();
  to[1] = c.second.value();
  to[2] = c.third.value();
}

template <class S>
constexpr Value repeated(int which, const Value* operands, int count) {
  Attr attr;
  attr.i[0] = which;
  return make(info_of<ops::Repeated>, attr, operands, count);
}

constexpr void require_kept(const Shape& given, const Shape& returned) {
  const Shape both[] = {given, returned};
  if (!(given == returned))
    graph_error_shape("repeat", "the body must return values of the shapes it was given", both, 2);
}

// One more time round a loop that is written out.
template <class S, class R>
constexpr void advance(Expr<S>& y, const Expr<R>& next) {
  require_kept(y.shape(), next.shape());
  y = Expr<S>(next.value());
}
template <class A, class B, class R, class Q>
constexpr void advance(Carry<A, B>& y, const Carry<R, Q>& next) {
  advance(y.first, next.first), advance(y.second, next.second);
}
template <class A, class B, class C, class R, class Q, class P>
constexpr void advance(Carry<A, B, C>& y, const Carry<R, Q, P>& next) {
  advance(y.first, next.first), advance(y.second, next.second), advance(y.third, next.third);
}

// Operands of a loop: tag, n, initial values, then room for the next ones.
template <class Body, class... S>
constexpr void build_loop(Value* operands, const Value& n, Body& body, const Expr<S>&... initial) {
  constexpr int carried = static_cast<int>(sizeof...(S));
  operands[0] = make_leaf(info_of<ops::RepeatTag>, {}, DType::real, nullptr);
  operands[1] = n;
  int k = 2;
  ((operands[k++] = as_numbers(initial.value())), ...);
  int which = 0;
  // Braces, so that the arguments are made in order.
  const Carry<carried_space<S>...> inside{
      Expr<carried_space<S>>(make_carried<S>(which++, operands, 2 + carried))...};
  const auto call = [&](Value* next) {
    if constexpr (carried == 1)
      put_values(next, body(inside.first));
    else if constexpr (carried == 2)
      put_values(next, body(inside.first, inside.second));
    else
      put_values(next, body(inside.first, inside.second, inside.third));
  };
  // Random numbers that the body draws are drawn anew in every iteration: their sites belong to the
  // loop. Those are the ones that another call of the body does not use, too.
  Value another[carried];
  Value* const next = operands + 2 + carried;
  call(another);
  call(next);
  for (int j = 0; j < carried; ++j) {
    next[j] = as_numbers(next[j]);
    const Shape both[] = {operands[2 + j].shape(), next[j].shape()};
    if (!(both[0] == both[1]))
      graph_error_shape("repeat", "the body must return values of the shapes it was given", both,
                        2);
  }
  const Term outside;
  const Term* const tag = operands[0].term();
  List<const Term*> begun, ended;  // tags of other loops
  {
    TermMarks marks;
    for (const Value& v : another) marks.mark_below(v, &outside, [](Term&) {});
    for (int j = 0; j < carried; ++j)
      marks.mark_below(next[j], tag, [&](Term& t) {
        if (t.op == info_of<ops::RandomSite> && t.in.empty() && t.seen != &outside)
          t.in.push_back(operands[0]);
        if (t.op == info_of<ops::Carried> && t.in[0].term() != tag) begun.push_back(t.in[0].term());
        if (t.op == info_of<ops::Repeated>) ended.push_back(t.in[0].term());
      });
  }
  for (const Term* t : begun) {
    bool has_ended = false;
    for (const Term* e : ended) has_ended = has_ended || e == t;
    const Shape s = operands[2].shape();
    if (!has_ended) graph_error_shape("repeat", "a body may not hold another loop", &s, 1);
  }
}

}  // namespace ir

/// body applied n times: y = repeat(n, [&](auto y) { return f(y); }, y0). n is a scalar known at
/// run time (rounded down; 0 or less: y0). Not differentiable; with a constant n, it is. Random
/// numbers drawn in the body are new in every iteration; the body is called twice, to tell them
/// from others. Labels are carried as numbers. ShapeError (or no compilation) when a value that the
/// body returns has another shape than it was given, or a body holds another such loop.
template <class Body, class A>
constexpr Expr<ir::carried_space<A>> repeat(const Expr<Scalar>& n, Body body,
                                            const Expr<A>& initial) {
  ir::Value operands[4];
  ir::build_loop(operands, n.value(), body, initial);
  return Expr<ir::carried_space<A>>(ir::repeated<A>(0, operands, 4));
}
/// The same with two or three values: auto [h, v] = repeat(n, […](auto h, auto v) { return
/// carry(h2, v2); }, h0, v0).
template <class Body, class A, class B>
constexpr Carry<ir::carried_space<A>, ir::carried_space<B>> repeat(const Expr<Scalar>& n, Body body,
                                                                   const Expr<A>& a,
                                                                   const Expr<B>& b) {
  ir::Value operands[6];
  ir::build_loop(operands, n.value(), body, a, b);
  return {Expr<ir::carried_space<A>>(ir::repeated<A>(0, operands, 6)),
          Expr<ir::carried_space<B>>(ir::repeated<B>(1, operands, 6))};
}
template <class Body, class A, class B, class C>
constexpr Carry<ir::carried_space<A>, ir::carried_space<B>, ir::carried_space<C>> repeat(
    const Expr<Scalar>& n, Body body, const Expr<A>& a, const Expr<B>& b, const Expr<C>& c) {
  ir::Value operands[8];
  ir::build_loop(operands, n.value(), body, a, b, c);
  return {Expr<ir::carried_space<A>>(ir::repeated<A>(0, operands, 8)),
          Expr<ir::carried_space<B>>(ir::repeated<B>(1, operands, 8)),
          Expr<ir::carried_space<C>>(ir::repeated<C>(2, operands, 8))};
}

/// With a constant count the body is written out n times, and can be differentiated.
template <class Body, class A>
constexpr Expr<A> repeat(int n, Body body, const Expr<A>& initial) {
  Expr<A> y = initial;
  for (int k = 0; k < n; ++k) ir::advance(y, body(y));
  return y;
}
template <class Body, class A, class B>
constexpr Carry<A, B> repeat(int n, Body body, const Expr<A>& a, const Expr<B>& b) {
  Carry<A, B> y{a, b};
  for (int k = 0; k < n; ++k) ir::advance(y, body(y.first, y.second));
  return y;
}
template <class Body, class A, class B, class C>
constexpr Carry<A, B, C> repeat(int n, Body body, const Expr<A>& a, const Expr<B>& b,
                                const Expr<C>& c) {
  Carry<A, B, C> y{a, b, c};
  for (int k = 0; k < n; ++k) ir::advance(y, body(y.first, y.second, y.third));
  return y;
}

}  // namespace ansatz
