// y = a, b, … one after the other along an axis
#pragma once

#include <dsl/ops/slice.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void concatenate(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// attr.i[0]: the axis, the batch counted.
struct Concatenate : KernelOp<Concatenate> {
  static constexpr const char* name = "concatenate";
  static constexpr int arity = -1;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::concatenate<T>;

  static constexpr ir::ShapeResult shape(const ir::Shape* in, int count, const ir::Attr& attr) {
    const int at = attr.i[0];
    ir::Shape s = in[0];
    if (at < 0 || at >= s.rank || ir::is_extent(s[at]))
      return ir::refused("the axis must be a feature axis of the operands");
    for (int k = 1; k < count; ++k) {
      if (in[k].rank != s.rank || ir::is_extent(in[k][at]))
        return ir::refused("operands must have the same axes");
      for (int d = 0; d < s.rank; ++d) {
        if (d == at)
          s[d] = s[d] == any || in[k][d] == any ? any : s[d] + in[k][d];
        else if (ir::dims_agree(s[d], in[k][d]))
          s[d] = ir::known_of(s[d], in[k][d]);
        else
          return ir::refused("all dimensions but the concatenated one must agree");
      }
    }
    return {s};
  }
  static constexpr double flops(const ir::Shape* in, int count, const ir::Attr& attr) {
    return ir::elements(shape(in, count, attr).shape);
  }
  // Each operand gets its part of the gradient.
  static constexpr void vjp(ir::VjpContext& c) {
    ir::Attr part;
    part.i[0] = c.attr().i[0];
    part.i[2] = 1;
    const ir::Value g = c.g().value();
    const int count = c.count();
    for (int k = 0; k < count; ++k) {
      part.i[3] = c.in(k).shape()[part.i[0]];
      c.give(k, ir::make(ir::info_of<Slice>, part, g));
      part.i[1] += part.i[3];
    }
  }
};

}  // namespace ops

namespace ir {

constexpr Attr concatenate_attr(const Shape& first, int a) {
  Attr attr;
  attr.i[0] = feature_axis(first, a);
  return attr;
}

template <int A, class First, class... Rest>
consteval ShapeResult concatenated() {
  const Shape in[] = {First::known, Rest::known...};
  return ops::Concatenate::shape(in, 1 + sizeof...(Rest), concatenate_attr(First::known, A));
}
template <int A, class... X>
consteval bool concatenates() {
  if constexpr (any_unknown<X...>)
    return true;
  else
    return ((X::dtype == DType::real) && ...) && concatenated<A, X...>().ok();
}

template <int A, class First, class... Rest>
struct Concatenated {
  using type = AnySpace;
};
template <int A, class First, class... Rest>
  requires(!any_unknown<First, Rest...> && concatenates<A, First, Rest...>())
struct Concatenated<A, First, Rest...> {
  static constexpr Shape shape = concatenated<A, First, Rest...>().shape;
  using type = typename Resized<shape, First>::type;
};

template <class... V>
constexpr Value concatenate_values(int a, const V&... v) {
  const Value values[] = {v...};
  for (const Value& each : values) require_numbers("concatenate", each);
  return make(info_of<ops::Concatenate>, concatenate_attr(values[0].shape(), a), values,
              static_cast<int>(sizeof...(V)));
}

}  // namespace ir

/// What must hold for concatenate: all dimensions but that of axis A agree.
template <int A, class... X>
concept OtherDimensionsAgree = ir::concatenates<A, X...>();

/// The operands one after the other along feature axis A (0: the first after the batch; negative:
/// from the last), as numpy.concatenate: `concatenate(axis<0>, a, b, c)`.
template <int A, class First, class... Rest>
  requires OtherDimensionsAgree<A, First, Rest...>
constexpr Expr<typename ir::Concatenated<A, First, Rest...>::type> concatenate(
    OverAxis<A>, const Expr<First>& first, const Expr<Rest>&... rest) {
  return Expr<typename ir::Concatenated<A, First, Rest...>::type>(
      ir::concatenate_values(A, first.value(), rest.value()...));
}
template <int A, class First, class... Rest>
  requires(!OtherDimensionsAgree<A, First, Rest...>)
constexpr void concatenate(OverAxis<A>, const Expr<First>&, const Expr<Rest>&...) = delete;

/// The same along the last axis.
template <class First, class... Rest>
  requires OtherDimensionsAgree<-1, First, Rest...>
constexpr Expr<typename ir::Concatenated<-1, First, Rest...>::type> concatenate(
    const Expr<First>& first, const Expr<Rest>&... rest) {
  return concatenate(axis<-1>, first, rest...);
}
template <class First, class... Rest>
  requires(!OtherDimensionsAgree<-1, First, Rest...>)
constexpr void concatenate(const Expr<First>&, const Expr<Rest>&...) = delete;

}  // namespace ansatz
