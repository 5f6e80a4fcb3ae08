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

/// target <- value, after everything else was computed from old values: updates read each other's
/// old values, as in Theano.
template <class T, class V>
  requires ir::Operands<Expr<T>, V>
constexpr ir::Update update(const Expr<T>& target, const V& value) {
  return {target.value(), ir::value_of(value)};
}

/// What `function` returns: an expression graph with named results and updates.
class Function {
 public:
  ir::List<ir::NamedOutput> outputs;
  ir::List<ir::Update> updates;

  constexpr Function& add(const Outputs& o) {
    for (const auto& each : o.list) outputs.push_back(each);
    return *this;
  }
  constexpr Function& add(const ir::Update& u) {
    updates.push_back(u);
    return *this;
  }
};

/// A function of several outputs and updates, in any order.
template <class... Part>
constexpr Function function(const Part&... part) {
  Function f;
  (f.add(part), ...);
  return f;
}

}  // namespace ansatz
