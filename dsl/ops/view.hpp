// reshape, transpose, slice, broadcast_to: the same memory, seen otherwise
//
// Views are not computed: loops and products read their operand's memory with other strides, and a
// copy is made only where neither can.
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ir {

// A shape in attributes: i[0] the rank, i[1..] the dimensions.
constexpr Attr shape_attr(const Shape& s) {
  Attr a;
  a.i[0] = s.rank;
  for (int k = 0; k < s.rank; ++k) a.i[1 + k] = s[k];
  return a;
}
constexpr Shape attr_shape(const Attr& a) {
  Shape s;
  s.rank = a.i[0];
  for (int k = 0; k < s.rank; ++k) s[k] = a.i[1 + k];
  return s;
}

constexpr bool same_extents(const Shape& a, const Shape& b) {
  int ea = 0, eb = 0, na = 0, nb = 0;
  for (int k = 0; k < a.rank; ++k)
    if (is_extent(a[k])) ea = a[k], ++na;
  for (int k = 0; k < b.rank; ++k)
    if (is_extent(b[k])) eb = b[k], ++nb;
  return na == nb && ea == eb;
}

// Sums what broadcasting repeated, so that the result has shape `s` again.
constexpr Value sum_to(const Value& v, const Shape& s);

}  // namespace ir

namespace ops {

template <class Op>
struct ViewOp {
  static constexpr ir::OpInfo make_info() {
    return {.name = Op::name,
            .kind = ir::OpKind::view,
            .arity = 1,
            .id = ir::hash_text(Op::name),
            .shape = &Op::shape,
            .vjp = &Op::vjp};
  }
};

/// attr: the new shape, with as many elements.
struct Reshape : ViewOp<Reshape> {
  static constexpr const char* name = "reshape";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::Shape s = ir::attr_shape(attr);
    const auto from = ir::fixed_size(in[0]), to = ir::fixed_size(s);
    if (!ir::same_extents(in[0], s) || (from != to && from != any && to != any))
      return ir::refused("the new shape must have as many elements");
    return {s};
  }
  static constexpr void vjp(ir::VjpContext& c) {
    const ir::Value g = c.g().value();
    c.give(0, ir::make(ir::info_of<Reshape>, ir::shape_attr(c.in(0).shape()), g));
  }
};

/// attr.i[k]: the operand's axis that becomes axis k.
struct Transpose : ViewOp<Transpose> {
  static constexpr const char* name = "transpose";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    ir::Shape s = in[0];
    for (int k = 0; k < s.rank; ++k) s[k] = in[0][attr.i[k]];
    return {s};
  }
  static constexpr void vjp(ir::VjpContext& c) {
    ir::Attr inverse;
    for (int k = 0; k < c.in(0).shape().rank; ++k) inverse.i[c.attr().i[k]] = k;
    c.give(0, ir::make(ir::info_of<Transpose>, inverse, c.g().value()));
  }
};

/// attr: the shape to repeat the operand to.
struct BroadcastTo : ViewOp<BroadcastTo> {
  static constexpr const char* name = "broadcast_to";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::Shape s = ir::attr_shape(attr);
    const ir::ShapeResult r = ir::broadcast(in[0], s);
    if (!r.ok()) return r;
    if (!(r.shape == s)) return ir::refused("the new shape must be one the operand repeats to");
    return {s};
  }
  static constexpr void vjp(ir::VjpContext& c) {
    c.give(0, ir::sum_to(c.g().value(), c.in(0).shape()));
  }
};

/// attr: i[0] axis, i[1] start, i[2] step, i[3] count: elements start, start + step, …
struct Slice : ViewOp<Slice> {
  static constexpr const char* name = "slice";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr);
  static constexpr void vjp(ir::VjpContext& c);
};

}  // namespace ops
}  // namespace ansatz
