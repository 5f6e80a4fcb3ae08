// grad(cost, x): the derivative as an expression, of any order.
#pragma once

#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace ops {

/// d operand 0 / d operand 1, carried out by passes/differentiate.hpp; attr.i[0]: 1 when a cost
/// that does not depend on operand 1 is an error.
struct Gradient {
  static constexpr const char* name = "grad";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    if (in[0].rank != 0) return ir::refused("a cost must be one number, such as a mean or sum");
    return {in[1]};
  }
  static constexpr ir::OpInfo make_info() {
    return {.name = name,
            .kind = ir::OpKind::gradient,
            .arity = 2,
            .id = ir::hash_text(name),
            .takes = ir::Elements::either,
            .shape = &shape};
  }
};

}  // namespace ops

/// What grad does when the cost does not depend on the variable.
enum class Disconnected { zeros, error };

namespace ir {
template <class S>
consteval bool is_one_number() {
  if constexpr (is_any_space<S>)
    return true;
  else
    return S::known.rank == 0;
}
}  // namespace ir

/// What must hold for a cost: one number, such as a mean or a sum.
template <class S>
concept OneNumber = ir::is_one_number<S>();

/// The derivative of `cost` with respect to `x`, which may be a parameter, an input or any
/// intermediate value; it has x's Space. Gradients of gradients are taken the same way. An
/// intermediate value is itself, as a variable of Theano is: what was computed from `x` (or a copy
/// of that handle) counts, an equal expression written elsewhere does not.
template <class C, class S>
constexpr Expr<S> grad(const Expr<C>& cost, const Expr<S>& x,
                       Disconnected disconnected = Disconnected::zeros) {
  ir::Attr attr;
  attr.i[0] = disconnected == Disconnected::error;
  if (x.value().term()) ir::want(x.value().term());
  return Expr<S>(ir::make(ir::info_of<ops::Gradient>, attr, cost.value(), x.value()));
}
template <class C, class S>
  requires(!OneNumber<C>)
constexpr Refused<OneNumber<C>> grad(const Expr<C>&, const Expr<S>&,
                                     Disconnected = Disconnected::zeros) = delete;

}  // namespace ansatz
