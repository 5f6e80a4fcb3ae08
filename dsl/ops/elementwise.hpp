// The base of elementwise ops (no op): one number from one number of each operand.
//
// An op is a struct with a name, `value` (on a simd batch) and `vjp`, the derivative rule: an
// expression of the language, so it is fused and differentiated again like any other.
#pragma once

#include <dsl/expr.hpp>
#include <dsl/kernels/block.hpp>

namespace ansatz {

/// What a derivative rule of an op with several operands returns: dcost/da, dcost/db, …
struct Gradients {
  AnyExpr of[3];
};
template <class... G>
constexpr Gradients gradients(const G&... g) {
  return {{AnyExpr(ir::value_of(g))...}};
}

/// Said by an op that passes no gradient on, such as a comparison:
/// `static constexpr auto vjp = no_derivative;`
struct NoDerivative {};
inline constexpr NoDerivative no_derivative;

namespace ir {

template <class Op>
concept SaysNoDerivative =
    requires { requires std::is_same_v<std::remove_cv_t<decltype(Op::vjp)>, NoDerivative>; };

/// What a derivative rule is given: operands, result and the cost's gradient by the result; it
/// adds to `part` what each operand gets.
struct VjpContext {
  Graph* graph = nullptr;
  int node = -1;
  Value grad;
  int instead[2] = {-1, -1};  ///< nodes that the rule sees in place of the first operands
  bool unwanted[2] = {};      ///< whether no gradient depends on what the first operands get

  constexpr AnyExpr in(int k) const {
    if (k < 2 && instead[k] >= 0) return AnyExpr(graph->value(instead[k]));
    return AnyExpr(graph->value(graph->in(node, k)));
  }
  constexpr AnyExpr out() const { return AnyExpr(graph->value(node)); }
  constexpr AnyExpr g() const { return AnyExpr(grad); }
  constexpr const Attr& attr() const { return (*graph)[node].attr; }
  constexpr int count() const { return (*graph)[node].count; }
  constexpr void give(int k, const Value& v) {
    if (k < 8 && v.graph()) {
      node_[k] = v.id();
    } else {
      if (others_.size() <= k) others_.resize(k + 1);
      others_[k] = v;
      if (k < 8) node_[k] = -1;
    }
    given_ |= k < 32 ? 1u << k : 0u;
  }
  constexpr void give(int k, const AnyExpr& e) { give(k, e.value()); }
  constexpr bool has(int k) const { return k >= 32 || (given_ >> k & 1u); }
  /// The node of what operand k gets.
  constexpr int of(int k) const {
    return k < 8 && node_[k] >= 0 ? node_[k] : graph->import(others_[k]);
  }

 private:
  // Most parts are nodes, and Values are made and destroyed one by one in a constant evaluation.
  int node_[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
  List<Value> others_;
  std::uint32_t given_ = 0;
};

}  // namespace ir

namespace ir {

template <class S, class T>
consteval bool space_stays() {
  if constexpr (any_unknown<S, T>) {
    return true;
  } else {
    const ShapeResult r = broadcast(S::known, T::known);
    return S::dtype == DType::real && r.ok() && r.shape == S::known;
  }
}

// a becomes what was computed of it: `a += b`.
template <class S, class R>
constexpr Expr<S>& assign(const char* op, Expr<S>& a, const Expr<R>& result) {
  const Shape both[] = {a.shape(), result.shape()};
  if (!(both[0] == both[1])) graph_error_shape(op, "the Space must stay the same", both, 2);
  return a = Expr<S>(result.value());
}

}  // namespace ir

/// What must hold for `a += b` and its like: a + b has a's Space, for that is what the variable
/// holds.
template <class S, class T>
concept SpaceStays = ir::space_stays<S, ir::space_of<T>>();

template <class Op, int N>
struct Elementwise {
  static constexpr int arity = N;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int count, const ir::Attr&) {
    ir::ShapeResult r{in[0]};
    for (int k = 1; k < count && r.ok(); ++k) r = ir::broadcast(r.shape, in[k]);
    return r;
  }

  static constexpr ir::OpInfo make_info() {
    ir::OpInfo i{.name = Op::name,
                 .kind = ir::OpKind::elementwise,
                 .arity = N,
                 .id = ir::hash_text(Op::name),
                 .takes = ir::Elements::either,
                 .shape = &Elementwise::shape};
    if constexpr (requires { Op::version; }) i.version = Op::version;
    if constexpr (requires { Op::expensive; }) i.expensive = Op::expensive;
    i.vjp = vjp_or_null();
    i.block_float = &kernels::run_block<Op, float>;
    i.block_double = &kernels::run_block<Op, double>;
    return i;
  }

 private:
  // `vjp` takes the operands, the result and the gradient of the result, and returns an expression,
  // or gradients(…) of one for each operand; or it is `no_derivative`. An op that has `give_parts`
  // in its place gives each operand that is wanted its part.
  static constexpr auto vjp_or_null() -> void (*)(ir::VjpContext&) {
    if constexpr (N == 0 || ir::SaysNoDerivative<Op>)
      return nullptr;
    else if constexpr (requires(ir::VjpContext& c) { Op::give_parts(c); })
      return &Op::give_parts;
    else if constexpr (N == 1 && requires(AnyExpr e) { ir::value_of(Op::vjp(e, e, e)); })
      return [](ir::VjpContext& c) { c.give(0, ir::value_of(Op::vjp(c.in(0), c.out(), c.g()))); };
    else if constexpr (N == 2 && requires(AnyExpr e) { Gradients(Op::vjp(e, e, e, e)); })
      return [](ir::VjpContext& c) {
        const Gradients d = Op::vjp(c.in(0), c.in(1), c.out(), c.g());
        for (int k = 0; k < 2; ++k) c.give(k, d.of[k]);
      };
    else if constexpr (N == 3 && requires(AnyExpr e) { Gradients(Op::vjp(e, e, e, e, e)); })
      return [](ir::VjpContext& c) {
        const Gradients d = Op::vjp(c.in(0), c.in(1), c.in(2), c.out(), c.g());
        for (int k = 0; k < 3; ++k) c.give(k, d.of[k]);
      };
    else {
      static_assert(N == 0,
                    "an op has a rule vjp(operands..., result, gradient), of its number of "
                    "operands, or says that it has none: static constexpr auto vjp = "
                    "no_derivative;");
      return nullptr;
    }
  }
};

}  // namespace ansatz
