// parameters_of(cost), state_like(w, "velocity"): what learning rules are written with.
#pragma once

#include <dsl/expr.hpp>

namespace ansatz {

/// State of the Space of `x`, named after it: state_like(W, "velocity") is the state "W.velocity".
/// Error (or no compilation) when x has no name: it must be a parameter, state or input.
template <class S>
constexpr Expr<S> state_like(const Expr<S>& x, const char* what) {
  const ir::Value named = ir::seen_through(x.value());
  const ir::Term* t = named.term();
  if (!t || t->name.empty()) {
    graph_error("state_like: the operand must have a name");
    return Expr<S>(ir::Value());
  }
  ir::List<char> name;
  for (char c : t->name)
    if (c) name.push_back(c);
  name.push_back('.');
  for (; *what; ++what) name.push_back(*what);
  name.push_back(0);
  return Expr<S>(
      ir::make_leaf(ir::info_of<ops::State>, t->shape, t->type, name.data(), t->attr, t->extent));
}

namespace ir {

// Depth first by a stack of its own, operands in their order.
constexpr List<AnyExpr> parameters_below(const Value& root) {
  struct Visit {
    Term* term = nullptr;
    int next = 0;
  };
  List<AnyExpr> found;
  List<Term*> seen;
  List<Visit> stack;
  Graph mark;  // nothing is imported into it; whom it holds has been seen
  const auto visit = [&](Term* t) {
    if (!t || mark.holds(*t)) return;
    seen.push_back(t);
    mark.hold(*t, -1);
    stack.push_back({t, 0});
  };
  const TermsLock lock;
  List<std::uint64_t> hashes;  // of the names found
  const auto is_new = [&](const Term& t) {
    const std::uint64_t hash = hash_text(t.name.data());
    const std::uint64_t* known = hashes.data();
    const int count = hashes.size();
    for (int n = 0; n < count; ++n) {
      if (known[n] != hash) continue;
      const char *a = found[n].value().term()->name.data(), *b = t.name.data();
      for (; *a && *a == *b; ++a) ++b;
      if (*a == *b) return false;
    }
    hashes.push_back(hash);
    return true;
  };
  visit(root.term());
  while (!stack.empty()) {
    Visit& top = stack.back();
    Term* t = top.term;
    if (top.next < t->in.size()) {
      visit(t->in[top.next++].term());
      continue;
    }
    if (t->op == info_of<ops::Parameter> && is_new(*t)) found.push_back(AnyExpr(Value(t)));
    stack.pop_back();
  }
  for (Term* t : seen) t->home = nullptr;
  return found;
}

}  // namespace ir

/// The parameters that `x` is computed from, in the order in which a reader meets them: what a
/// learning rule goes over,
///
///     for (const AnyExpr& w : parameters_of(cost)) step.add(update(w, w - rate * grad(cost, w)));
template <class S>
constexpr ir::List<AnyExpr> parameters_of(const Expr<S>& x) {
  return ir::parameters_below(x.value());
}

}  // namespace ansatz
