// function(outputs(...), update(...), ...): what a program computes and what it changes.
#pragma once

#include <dsl/expr.hpp>

namespace ansatz {

namespace ir {

struct NamedOutput {
  List<char> name;
  Value value;
};
struct Update {
  Value target, value;
};

constexpr List<char> text_of(const char* text) {
  List<char> t;
  for (; *text; ++text) t.push_back(*text);
  t.push_back(0);
  return t;
}

}  // namespace ir

/// The outputs of a function, with their names.
struct Outputs {
  ir::List<ir::NamedOutput> list;
};

/// An output under a name: output("cost", cost).
template <class S>
constexpr Outputs output(const char* name, const Expr<S>& value) {
  Outputs o;
  o.list.push_back({ir::text_of(name), value.value()});
  return o;
}

/// Outputs read by their position: r[0], r[1]; their names are "0", "1", ….
template <class... S>
constexpr Outputs outputs(const Expr<S>&... value) {
  Outputs o;
  int i = 0;
  auto put = [&](const ir::Value& v) {
    ir::List<char> name;
    if (i >= 10) name.push_back(static_cast<char>('0' + i / 10));
    name.push_back(static_cast<char>('0' + i % 10));
    name.push_back(0);
    ++i;
    o.list.push_back({name, v});
  };
  (put(value.value()), ...);
  return o;
}

namespace ir {

// Whether a value of shape `v`, repeated if need be, is one of shape `t`, as far as is known.
constexpr bool fits_target(const Shape& t, const Shape& v) {
  const ShapeResult r = broadcast(t, v);
  if (!r.ok() || r.shape.rank != t.rank) return false;
  for (int k = 0; k < t.rank; ++k)
    if (!dims_agree(t[k], r.shape[k])) return false;
  return true;
}

template <class T, class V>
consteval bool value_fits() {
  if constexpr (any_unknown<T, V>)
    return true;
  else
    return fits_target(T::known, V::known);
}

constexpr bool is_stored(const Value& v) {
  return v.term() &&
         (v.term()->op == info_of<ops::Parameter> || v.term()->op == info_of<ops::State>);
}

}  // namespace ir

/// What must hold for an update: the value has the target's shape, or is repeated to it.
template <class T, class V>
concept ValueFits = ir::value_fits<T, V>();

/// target <- value, after everything else was computed from old values: updates read each other's
/// old values, as in Theano. The target is a parameter or a state.
template <class T, class V>
  requires ir::Operands<Expr<T>, V>
constexpr ir::Update update(const Expr<T>& target, const V& value) {
  const ir::Value to = ir::seen_through(target.value()), from = ir::value_of(value);
  if (!ir::is_stored(to)) graph_error("update: the target must be a parameter or a state");
  const ir::Shape both[] = {to.shape(), from.shape()};
  if (!ir::fits_target(both[0], both[1]))
    graph_error_shape("update", "the new value must have the target's shape", both, 2);
  return {to, from};
}
template <class T, class V>
  requires(ir::Operands<Expr<T>, V> && !ValueFits<T, ir::space_of<V>>)
constexpr Refused<ValueFits<T, ir::space_of<V>>, ir::Update> update(const Expr<T>&,
                                                                    const V&) = delete;

/// What `function` returns: an expression graph with named results and updates.
class Function {
 public:
  ir::List<ir::NamedOutput> outputs;
  ir::List<ir::Update> updates;
  bool across_ranks = false;  ///< whether its all_reduces sum over ranks, or are their operands

  constexpr Function& add(const Outputs& o) {
    for (const auto& each : o.list) outputs.push_back(each);
    return *this;
  }
  constexpr Function& add(const ir::Update& u) {
    updates.push_back(u);
    return *this;
  }
};

/// What a function is made of: what `output`, `outputs` and `update` return.
template <class P>
concept FunctionPart = std::is_same_v<P, Outputs> || std::is_same_v<P, ir::Update>;

/// A function of several outputs and updates, in any order.
template <class... Part>
constexpr Function function(const Part&... part) {
  Function f;
  (f.add(part), ...);
  return f;
}
template <class... Part>
  requires(!(FunctionPart<Part> && ...))
constexpr Refused<(FunctionPart<Part> && ...), Function> function(const Part&...) = delete;

/// The function for several ranks, each of which calls it on examples of its own: its all_reduces
/// are steps that sum over them. The program needs a Communicator before it is called.
constexpr Function across_ranks(Function f) {
  f.across_ranks = true;
  return f;
}

}  // namespace ansatz
