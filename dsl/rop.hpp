// rop, lop: products of a Jacobian with a vector, and of a vector with it, as Theano's Rop and Lop
#pragma once

#include <dsl/grad.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/constant/full.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {

namespace ir {

// sum_i <f_i, v_i>, the v_i being no functions of anything.
constexpr AnyExpr inner_product(const List<AnyExpr>& f, const List<AnyExpr>& v) {
  AnyExpr total(Value(0.));
  for (int i = 0; i < f.size(); ++i) {
    const AnyExpr one = sum(f[i] * stop_gradient(v[i]));
    total = i == 0 ? one : total + one;
  }
  return total;
}

}  // namespace ir

/// J' v: what a change of each `wrt` changes of <f, v>. One sum over all f, in the shapes of `wrt`.
/// `eval_points` have the shapes of f and are no functions of anything.
constexpr ir::List<AnyExpr> lop(const ir::List<AnyExpr>& f, const ir::List<AnyExpr>& wrt,
                                const ir::List<AnyExpr>& eval_points) {
  const AnyExpr along = ir::inner_product(f, eval_points);
  ir::List<AnyExpr> g;
  for (const AnyExpr& each : wrt) g.push_back(grad(along, each));
  return g;
}
template <class F, class S, class V>
constexpr Expr<S> lop(const Expr<F>& f, const Expr<S>& wrt, const Expr<V>& eval_point) {
  return grad(sum(f * stop_gradient(eval_point)), wrt);
}

/// J v: how f changes where every `wrt` changes by its `eval_points`, in the shapes of f. By two
/// derivatives in reverse: J' u is linear in u, and its derivative by u along v is J v.
constexpr ir::List<AnyExpr> rop(const ir::List<AnyExpr>& f, const ir::List<AnyExpr>& wrt,
                                const ir::List<AnyExpr>& eval_points) {
  ir::List<AnyExpr> u, to_f;
  AnyExpr along(ir::Value(0.));
  for (int i = 0; i < f.size(); ++i) {
    u.push_back(AnyExpr(zeros_like(f[i]).value()));
    const AnyExpr one = sum(f[i] * u[i]);
    along = i == 0 ? one : along + one;
  }
  ir::List<AnyExpr> back;
  for (const AnyExpr& each : wrt) back.push_back(grad(along, each));
  const AnyExpr moved = ir::inner_product(back, eval_points);
  for (const AnyExpr& each : u) to_f.push_back(grad(moved, each));
  return to_f;
}
template <class F, class S, class V>
constexpr Expr<F> rop(const Expr<F>& f, const Expr<S>& wrt, const Expr<V>& eval_point) {
  const Expr<F> u(zeros_like(f).value());
  return grad(sum(grad(sum(f * u), wrt) * stop_gradient(eval_point)), u);
}

}  // namespace ansatz
