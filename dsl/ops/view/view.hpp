// Reshape, Transpose, Slice, BroadcastTo: the same memory, seen otherwise
//
// Views are not computed: loops and products read their operand's memory with other strides, and a
// copy is made only where neither can.
#pragma once

#include <dsl/ops/kernel.hpp>

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

// Whether the elements of `a`, in order, can be read as a `b`: as many of them, and each run-time
// extent at the same place, so that an example's numbers stay its own.
constexpr bool same_order(const Shape& a, const Shape& b) {
  int i = 0, j = 0;
  for (;;) {
    Shape run_a, run_b;
    while (i < a.rank && !is_extent(a[i])) run_a[run_a.rank++] = a[i++];
    while (j < b.rank && !is_extent(b[j])) run_b[run_b.rank++] = b[j++];
    if (fixed_size(run_a) != fixed_size(run_b) && fixed_size(run_a) != any &&
        fixed_size(run_b) != any)
      return false;
    if (i == a.rank || j == b.rank) return i == a.rank && j == b.rank;
    if (a[i++] != b[j++]) return false;
  }
}

// A view that is all of x, as it is.
constexpr Value whole_view(const Value& x) {
  if (x.term()) return make(info_of<ops::Handle>, {}, x);
  return x;
}

}  // namespace ir

namespace ops {

template <class Op>
struct ViewOp {
  static constexpr ir::OpInfo make_info() {
    return {.name = Op::name,
            .kind = ir::OpKind::view,
            .arity = 1,
            .id = ir::hash_text(Op::name),
            .takes = ir::Elements::either,
            .shape = &Op::shape,
            .vjp = &Op::vjp};
  }
};

/// attr: the new shape, with as many elements.
struct Reshape : ViewOp<Reshape> {
  static constexpr const char* name = "reshape";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const ir::Shape s = ir::attr_shape(attr);
    if (!ir::same_order(in[0], s))
      return ir::refused("the new shape must have as many elements, and the batch where it was");
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
  static constexpr void vjp(ir::VjpContext& c);  // a sum; defined there
};

/// attr: i[0] axis, i[1] start, i[2] step, i[3] count: elements start, start + step, …
struct Slice : ViewOp<Slice> {
  static constexpr const char* name = "slice";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    const int at = attr.i[0], start = attr.i[1], step = attr.i[2], count = attr.i[3];
    if (at < 0 || at >= in[0].rank) return ir::refused("the axis must be there");
    if (ir::is_extent(in[0][at])) return ir::refused("the axis must not be the batch");
    const bool inside = start >= 0 && step >= 1 && count >= 0 &&
                        start + std::int64_t{step} * (count - 1) < in[0][at];
    if (!inside && count != any && in[0][at] != any)
      return ir::refused("the slice must lie within the axis");
    ir::Shape s = in[0];
    s[at] = count;
    return {s};
  }
  static constexpr void vjp(ir::VjpContext& c);
};

}  // namespace ops

namespace kernels {
template <class T>
void unslice(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// Zeros with the operand where Slice would read it: the transpose of Slice.
/// attr: i[0] axis, i[1] start, i[2] step, i[3] size of the axis.
struct Unslice : KernelOp<Unslice> {
  static constexpr const char* name = "unslice";
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
  static constexpr int arity = 1;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::unslice<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    ir::Shape s = in[0];
    s[attr.i[0]] = attr.i[3];
    return {s};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr& attr) {
    return ir::elements(shape(in, 1, attr).shape);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    ir::Attr slice = c.attr();
    slice.i[3] = c.in(0).shape()[slice.i[0]];
    c.give(0, ir::make(ir::info_of<Slice>, slice, c.g().value()));
  }
};

constexpr void Slice::vjp(ir::VjpContext& c) {
  ir::Attr unslice = c.attr();
  unslice.i[3] = c.in(0).shape()[unslice.i[0]];
  c.give(0, ir::make(ir::info_of<Unslice>, unslice, c.g().value()));
}

}  // namespace ops
}  // namespace ansatz
