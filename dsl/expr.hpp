// Expr<Space>: what users hold. Operators and functions on it compute nothing, they build.
#pragma once

#include <dsl/ir/graph.hpp>
#include <dsl/space.hpp>

namespace ansatz {

/// An expression whose value is of Space S. Copying shares it.
template <class S>
class Expr {
 public:
  using space = S;

  constexpr Expr()
    requires std::is_same_v<S, AnySpace>
  {}
  /// What is known of a Space may be forgotten: `AnyExpr y = x;`
  template <class Known>
    requires(std::is_same_v<S, AnySpace> && !std::is_same_v<Known, AnySpace>)
  constexpr Expr(const Expr<Known>& other) : value_(other.value()) {}
  constexpr explicit Expr(ir::Value value) : value_(static_cast<ir::Value&&>(value)) {}
  /// What is known of the shape here; extents are codes (see ir::Shape).
  constexpr ir::Shape shape() const { return value_.shape(); }
  constexpr const ir::Value& value() const { return value_; }

 private:
  ir::Value value_;
};

/// What derivative and expansion rules see: an expression whose shape is checked when the graph is
/// built. Everything that can be done with an Expr<Space> can be done with it.
using AnyExpr = Expr<AnySpace>;

// ---------------------------------------------------------------------------- refusals
//
// Every function with a shape rule has a deleted twin for operands that break the rule. Overload
// resolution prefers the twin, which alone has a constraint, and the compiler names it, the
// operands' Spaces and, in the twin's result type, the rule:
//
//     template <class A, class B>
//       requires(!InnerDimensionsAgree<A, B>)
//     constexpr Refused<InnerDimensionsAgree<A, B>> matmul(const Expr<A>&,
//                                                          const Expr<B>&) = delete;
//
// Were the function itself constrained, clang would list it as one more failed candidate, with
// everything its constraint is made of.

namespace ir {

struct RefusalKey {
  friend constexpr auto was_refused(RefusalKey);
};
template <bool Holds, class Key>
struct Refusal {
  template <class Result>
  using type = Result;
};
template <class Key>
struct Refusal<false, Key> {
  friend constexpr auto was_refused(Key) { return true; }
  template <class Result>
  using type = Result;
};

/// Whether a twin was called before F was made: then `compile` says no more about F.
template <class F>
concept RefusedBefore =
    requires { was_refused(std::conditional_t<sizeof(F) != 0, RefusalKey, F>{}); };

}  // namespace ir

/// The result of a deleted twin, the rule being what must hold; by default an expression of which
/// nothing is known, so that what is made of it gives no more messages.
template <bool Rule, class Result = AnyExpr>
using Refused = typename ir::Refusal<Rule, ir::RefusalKey>::template type<Result>;

namespace ir {

template <class T>
inline constexpr bool is_expr = false;
template <class S>
inline constexpr bool is_expr<Expr<S>> = true;

template <class T>
concept Number = std::is_arithmetic_v<T>;
template <class T>
concept ExprOrNumber = is_expr<T> || Number<T>;
/// Text, an array or a container, which some write for an operand: refused by what every op says of
/// its operands, so that the compiler does not list all functions of that name.
template <class T>
concept Many = std::is_array_v<T> || std::is_pointer_v<T> || requires(const T& t) { t.begin(); };
template <class... T>
concept Operands = (is_expr<T> || ...) && ((ExprOrNumber<T> || Many<T>)&&...);

template <class T>
struct SpaceOfOperand {
  using type = Scalar;
};
template <class S>
struct SpaceOfOperand<Expr<S>> {
  using type = S;
};
template <class T>
using space_of = typename SpaceOfOperand<T>::type;

template <class S>
constexpr const Value& value_of(const Expr<S>& e) {
  return e.value();
}
template <Number N>
constexpr Value value_of(N n) {
  return Value(static_cast<double>(n));
}

template <class... S>
inline constexpr bool any_unknown = (is_any_space<S> || ...);

/// What Op's shape rule says of these Spaces; `Args` select the variant of the op.
template <class Op, Attr A, class... S>
consteval ShapeResult rule() {
  const Shape in[] = {S::known...};
  return Op::shape(in, static_cast<int>(sizeof...(S)), A);
}

template <class Op, Attr A, class... S>
consteval bool rule_holds() {
  if constexpr (any_unknown<S...>)
    return true;
  else
    return rule<Op, A, S...>().ok();
}

template <class Op, Attr A, class... S>
struct ResultOf {
  using type = space_from<rule<Op, A, S...>().shape, S...>;
};
template <class Op, Attr A, class... S>
  requires(any_unknown<S...>)
struct ResultOf<Op, A, S...> {
  using type = AnySpace;
};

/// The Space of Op's result.
template <class Op, class... S>
using result_space = typename ResultOf<Op, Attr{}, S...>::type;
template <class Op, Attr A, class... S>
using result_space_with = typename ResultOf<Op, A, S...>::type;

}  // namespace ir

namespace ir {

template <class First, class... S>
consteval bool shapes_broadcast() {
  if constexpr (any_unknown<First, S...>) {
    return true;
  } else {
    ShapeResult r{First::known};
    ((r = r.ok() ? broadcast(r.shape, S::known) : r), ...);
    return r.ok();
  }
}

}  // namespace ir

/// What must hold for an elementwise op: NumPy's rule, with batches aligned by their extent.
template <class... S>
concept ShapesBroadcast = ir::shapes_broadcast<S...>();

namespace ir {

// Of what are no operands nothing is said: clang 16 looks at the result of a deleted twin before it
// looks at what the twin requires, and a twin whose result is looked at has refused.
template <class... T>
consteval bool operands_broadcast() {
  if constexpr (!Operands<T...>)
    return true;
  else if constexpr (!(ExprOrNumber<T> && ...))
    return false;
  else
    return shapes_broadcast<space_of<T>...>();
}

}  // namespace ir

/// The same for operands, each an expression or a number.
template <class... T>
concept OperandsBroadcast = ir::operands_broadcast<T...>();

/// The type of op(operands...). Functions on expressions name it as their result, so that a
/// derivative rule may use an op whose own rule is not known yet.
template <class Op, class... T>
using Applied = Expr<ir::result_space<Op, ir::space_of<T>...>>;

/// op(operands...), its shape checked; what every function on expressions ends in.
template <class Op, class... T>
constexpr Applied<Op, T...> apply(const T&... operands) {
  return Applied<Op, T...>(ir::make(ir::info_of<Op>, ir::Attr{}, ir::value_of(operands)...));
}
template <class Op, class... T>
constexpr Applied<Op, T...> apply_at(ir::CallSite at, const T&... operands) {
  return Applied<Op, T...>(ir::make_at(at, ir::info_of<Op>, ir::Attr{}, ir::value_of(operands)...));
}

namespace ir {
/// An argument that an overload for the first few of a pack was not given.
struct NotGiven {};
template <class T>
inline constexpr bool is_given = !std::is_same_v<T, NotGiven>;
}  // namespace ir

/// The same for an op with attributes that its Space depends on.
template <class Op, ir::Attr A, class... T>
using AppliedWith = Expr<ir::result_space_with<Op, A, ir::space_of<T>...>>;

// ---------------------------------------------------------------------------- leaves

namespace ir {

constexpr Value make_leaf(const OpInfo* op, const Shape& shape, DType type, const char* name,
                          const Attr& attr = {}, const char* extent = nullptr) {
  const bool stored = op == info_of<ops::Parameter> || op == info_of<ops::State>;
  int extents = 0;
  for (int i = 0; i < shape.rank; ++i) {
    if (shape[i] == any) graph_error("a dimension is `any` but no size was given for it");
    if (!is_extent(shape[i])) continue;
    if (++extents > 1) graph_error_shape(op->name, one_extent, &shape, 1);
    if (stored && i > 0)
      graph_error_shape(op->name, "only the first dimension may be known at run time", &shape, 1);
  }
  if (stored && type == DType::index)
    graph_error_shape(op->name, "what is stored must be numbers, not labels", &shape, 1);
  Term* t = new Term;
  Value v(t);
  t->op = op;
  t->type = type;
  t->shape = shape;
  t->attr = attr;
  t->extent = extent;
  if (name) {
    while (*name) t->name.push_back(*name++);
    t->name.push_back(0);
  }
  return v;
}

// The name of the extent that v has: of the leaf that v has it from, which may stand nowhere else
// in the graph that is made of v's shape. Null when there is none.
constexpr const char* extent_name_of(const Value& v) {
  const auto has = [](const Shape& s, int code) {
    for (int k = 0; k < s.rank; ++k)
      if (s[k] == code) return true;
    return false;
  };
  const Shape shape = v.shape();
  int code = 0;
  for (int k = 0; k < shape.rank; ++k)
    if (is_extent(shape[k])) code = shape[k];
  Term* t = code ? v.term() : nullptr;
  while (t && !(t->extent && extent_code(t->extent) == code)) {
    Term* below = nullptr;
    for (const Value& operand : t->in)
      if (!below && has(operand.shape(), code)) below = operand.term();
    t = below;
  }
  // Remembered, so that a chain of random ops is not walked to its beginning from each of them.
  if (t && (!shape.batched() || shape[0] == code)) v.term()->extent = t->extent;
  return t ? t->extent : nullptr;
}

// The run-time size of an extent, as a number.
constexpr Value make_extent(int code) {
  Attr attr;
  attr.i[0] = code;
  return make_leaf(info_of<ops::Extent>, {}, DType::real, nullptr, attr);
}

template <class S>
constexpr int labels_of(const S& space) {
  if constexpr (requires { space.label_count(); })
    return space.label_count();
  else
    return S::labels;
}

template <class S>
constexpr Value make_placeholder(const OpInfo* op, const S& space, const char* name) {
  Attr attr;
  attr.i[0] = labels_of(space) < 0 ? 0 : labels_of(space);
  if constexpr (requires { typename S::extent; })
    return make_leaf(op, space.shape(), S::dtype, name, attr, S::extent::name);
  else
    return make_leaf(op, space.shape(), S::dtype, name, attr);
}

template <class S>
consteval bool sizes_known() {
  if constexpr (requires { S::known; }) {
    for (int k = 0; k < S::known.rank; ++k)
      if (S::known[k] == any) return false;
    return true;
  } else {
    return false;
  }
}

}  // namespace ir

/// What must hold for an input, parameter or state whose Space is only named: the type says all
/// its sizes. Otherwise they are given: `input("x", VectorSpace(n))`.
template <class S>
concept SizesKnown = ir::sizes_known<S>();

/// What must hold for a parameter or state: it stores numbers, in the program's precision. Labels
/// are an input, or computed.
template <class S>
concept StoresNumbers = S::dtype == ir::DType::real;

/// What must hold for the Space of an input: it is that of one example, which `input` makes a batch
/// of. `input<Pixels>("x")` is a batch, `shared_input` is none.
template <class S>
concept OneExample = !requires { typename S::extent; };

/// A batch of examples given at every call, by name. Shape [examples, S...].
/// `input<Pixels>("x")`, or at run time `input("x", VectorSpace(n))`; another extent than
/// `examples` is the second template argument.
template <class S, class E = examples>
constexpr Expr<Batch<S, E>> input(const char* name, S space) {
  return Expr<Batch<S, E>>(ir::make_placeholder(ir::info_of<ops::Input>, Batch<S, E>(space), name));
}
template <class S, class E = examples>
constexpr Expr<Batch<S, E>> input(const char* name) {
  return input<S, E>(name, S());
}
template <class S, class E = examples>
  requires(!SizesKnown<S> || !OneExample<S>)
constexpr Refused<SizesKnown<S> && OneExample<S>> input(const char*) = delete;
template <class S, class E = examples>
  requires(!OneExample<S>)
constexpr Refused<OneExample<S>> input(const char*, S) = delete;

/// An input without a batch axis: the same for all examples.
template <class S>
constexpr Expr<S> shared_input(const char* name, S space) {
  return Expr<S>(ir::make_placeholder(ir::info_of<ops::Input>, space, name));
}
template <class S>
constexpr Expr<S> shared_input(const char* name) {
  return shared_input<S>(name, S());
}
template <class S>
  requires(!SizesKnown<S>)
constexpr Refused<SizesKnown<S>> shared_input(const char*) = delete;

/// A parameter: kept in the store under its name, changed by updates, zero unless set.
/// `parameter<Matrix<784, 10>>("W")`, or `parameter("W", Matrix(rows, columns))`.
template <class S>
constexpr Expr<S> parameter(const char* name, S space) {
  return Expr<S>(ir::make_placeholder(ir::info_of<ops::Parameter>, space, name));
}
template <class S>
constexpr Expr<S> parameter(const char* name) {
  return parameter<S>(name, S());
}
template <class S>
  requires(!SizesKnown<S> || !StoresNumbers<S>)
constexpr Refused<SizesKnown<S> && StoresNumbers<S>> parameter(const char*) = delete;
template <class S>
  requires(!StoresNumbers<S>)
constexpr Refused<StoresNumbers<S>> parameter(const char*, S) = delete;

/// State: like a parameter, but nothing that is learnt: momenta, averages, Markov chains.
/// `state<Batch<VectorSpace<500>, chains>>("h")` has a run-time number of rows.
template <class S>
constexpr Expr<S> state(const char* name, S space) {
  return Expr<S>(ir::make_placeholder(ir::info_of<ops::State>, space, name));
}
template <class S>
constexpr Expr<S> state(const char* name) {
  return state<S>(name, S());
}
template <class S>
  requires(!SizesKnown<S> || !StoresNumbers<S>)
constexpr Refused<SizesKnown<S> && StoresNumbers<S>> state(const char*) = delete;
template <class S>
  requires(!StoresNumbers<S>)
constexpr Refused<StoresNumbers<S>> state(const char*, S) = delete;

/// A number given at run time by name, such as a learning rate. Without a default it must be given.
constexpr Expr<Scalar> scalar(const char* name) {
  ir::Attr attr;
  attr.x = __builtin_nan("");
  return Expr<Scalar>(
      ir::make_leaf(ir::info_of<ops::NamedScalar>, {}, ir::DType::real, name, attr));
}
constexpr Expr<Scalar> scalar(const char* name, double by_default) {
  ir::Attr attr;
  attr.x = by_default;
  return Expr<Scalar>(
      ir::make_leaf(ir::info_of<ops::NamedScalar>, {}, ir::DType::real, name, attr));
}

namespace ir {
template <class A, class B>
consteval bool same_spaces() {
  if constexpr (any_unknown<A, B>)
    return true;
  else
    return A::known == B::known && A::dtype == B::dtype;
}
}  // namespace ir

/// What must hold for the two sides of `select`.
template <class A, class B>
concept SpacesAgree = ir::same_spaces<A, B>();

/// a where the flag is set while the graph is made, or b: what `flag ? a : b` would be, which g++
/// 12 cannot evaluate ("use of allocated storage after deallocation"). A choice for each element is
/// `where`. The result has a's Space.
template <class A, class B>
constexpr Expr<A> select(bool flag, const Expr<A>& a, const Expr<B>& b) {
  if (flag) return a;
  return Expr<A>(b.value());
}
template <class A, class B>
  requires(!SpacesAgree<A, B>)
constexpr Refused<SpacesAgree<A, B>> select(bool, const Expr<A>&, const Expr<B>&) = delete;

/// A number as an expression; needed only where no operand is one yet.
constexpr Expr<Scalar> constant(double x) {
  ir::Attr attr;
  attr.x = x;
  return Expr<Scalar>(ir::make_leaf(ir::info_of<ops::Literal>, {}, ir::DType::real, nullptr, attr));
}

}  // namespace ansatz
