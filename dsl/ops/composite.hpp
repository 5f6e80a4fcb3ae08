// The base of ops made of other ops (no op)
//
// A composite stays one node until differentiation is done, so that stability rewrites see it whole
// and its derivative rule can be the short one; then `expand` puts the expression in its place.
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {

template <class Op, int N>
struct Composite {
  static constexpr ir::OpInfo make_info() {
    ir::OpInfo i{.name = Op::name,
                 .kind = ir::OpKind::composite,
                 .arity = N,
                 .id = ir::hash_text(Op::name),
                 .takes = ir::Elements::either,  // what it is made of says what that takes
                 .shape = &Op::shape};
    i.vjp = &Op::vjp;
    i.expand = [](const ir::Value* in, int, const ir::Attr& attr) -> ir::Value {
      if constexpr (N == 1)
        return Op::expand(AnyExpr(in[0]), attr).value();
      else if constexpr (N == 2)
        return Op::expand(AnyExpr(in[0]), AnyExpr(in[1]), attr).value();
      else
        return Op::expand(AnyExpr(in[0]), AnyExpr(in[1]), AnyExpr(in[2]), attr).value();
    };
    return i;
  }
};

}  // namespace ansatz
