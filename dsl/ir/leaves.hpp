// The ops without operands: where values come from.
#pragma once

#include <dsl/ir/op.hpp>

namespace ansatz::ops {

template <class Op>
struct LeafOp {
  static constexpr ir::OpInfo make_info() {
    return {.name = Op::name,
            .kind = ir::OpKind::leaf,
            .id = ir::hash_text(Op::name),
            .takes = ir::Elements::either};
  }
};

/// attr.i[0]: labels of an index input (0: any).
struct Input : LeafOp<Input> {
  static constexpr const char* name = "input";
};
struct Parameter : LeafOp<Parameter> {
  static constexpr const char* name = "parameter";
};
/// What is kept from call to call but is no parameter: chains, momenta, averages.
struct State : LeafOp<State> {
  static constexpr const char* name = "state";
};
/// A number given at run time by its name; attr.x: its default, NaN when it must be given.
struct NamedScalar : LeafOp<NamedScalar> {
  static constexpr const char* name = "scalar";
};
/// attr.x: the number.
struct Literal : LeafOp<Literal> {
  static constexpr const char* name = "literal";
};
/// Numbers known when the graph is built; the name holds them, 16 hexadecimal digits each (the bits
/// of a double), so that equal arrays are one node.
struct ConstantArray : LeafOp<ConstantArray> {
  static constexpr const char* name = "constant";
};
/// The position along one axis of its shape, as a number: attr.i[0] is the axis.
struct Iota : LeafOp<Iota> {
  static constexpr const char* name = "iota";
};
/// Random numbers of its shape; attr.i[0]: site, i[1]: 0 uniform in [0, 1), 1 standard normal.
struct RandomSite : LeafOp<RandomSite> {
  static constexpr const char* name = "random";
};
/// The run-time size of an extent, as a number; attr.i[0]: its code.
struct Extent : LeafOp<Extent> {
  static constexpr const char* name = "extent";
};
/// Tells one `repeat` from another; attr.i[0] is its number. Operand: the tag of the repeat whose
/// body it stands in, if it is one's.
struct RepeatTag : LeafOp<RepeatTag> {
  static constexpr const char* name = "repeat";
};

/// A value as a gradient is taken by it; attr.i[0]: which. No leaf, but an identity like one: the
/// gradient by a handle counts what was computed from it, as by a variable of Theano, not from
/// equal expressions written elsewhere, which are the same node. Differentiation passes through
/// it; `simplify` takes it away. See passes/handles.hpp. Also what a view of all of a value is: a
/// variable of its own, of which no node comes where no gradient is taken by it.
struct Handle {
  static constexpr const char* name = "handle";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr ir::OpInfo make_info() {
    return {.name = name,
            .kind = ir::OpKind::view,
            .arity = 1,
            .id = ir::hash_text(name),
            .takes = ir::Elements::either,
            .shape = &shape};
  }
};

}  // namespace ansatz::ops
