// y = a, b, … one after the other along an axis
#pragma once

#include <dsl/ops/view/slice.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void concatenate(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// attr.i[0]: the axis, the batch counted.
struct Concatenate : KernelOp<Concatenate> {
  static constexpr const char* name = "concatenate";
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
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
struct Join {
  static consteval ShapeResult shape() {
    const Shape in[] = {First::known, Rest::known...};
    return ops::Concatenate::shape(in, 1 + sizeof...(Rest), concatenate_attr(First::known, A));
  }
  static consteval bool fits() {
    if constexpr (any_unknown<First, Rest...>)
      return true;
    else
      return First::dtype == DType::real && ((Rest::dtype == DType::real) && ...) && shape().ok();
  }
  static consteval auto space() {
    if constexpr (any_unknown<First, Rest...> || !fits()) {
      return static_cast<AnySpace*>(nullptr);
    } else {
      constexpr Shape result = shape().shape;
      return static_cast<typename Resized<result, First>::type*>(nullptr);
    }
  }
};

// What concatenate is called with: values, of which the first may be preceded by an axis.
template <class... T>
struct Parts {
  static consteval bool fits() { return false; }
  static consteval AnySpace* space() { return nullptr; }
};
template <class First, class... Rest>
struct Parts<Expr<First>, Expr<Rest>...> : Join<-1, First, Rest...> {};
template <int A, class First, class... Rest>
struct Parts<OverAxis<A>, Expr<First>, Expr<Rest>...> : Join<A, First, Rest...> {};
template <class A, class B>
struct Parts<A, B, NotGiven> : Parts<A, B> {};

template <class... T>
struct Concatenated {
  using type = std::remove_pointer_t<decltype(Parts<T...>::space())>;
};

template <class... S>
constexpr Value concatenate_values(CallSite at, int a, const Expr<S>&... parts) {
  const Value values[] = {parts.value()...};
  for (const Value& each : values) require_numbers("concatenate", each, at);
  return make(info_of<ops::Concatenate>, concatenate_attr(values[0].shape(), a), values,
              static_cast<int>(sizeof...(S)), at);
}
template <int A, class... S>
constexpr Value concatenate_values(CallSite at, int, OverAxis<A>, const Expr<S>&... parts) {
  return concatenate_values(at, A, parts...);
}

}  // namespace ir

/// What must hold for concatenate: all dimensions but that of the axis agree.
template <class... T>
concept OtherDimensionsAgree = ir::Parts<T...>::fits();

/// The operands one after the other along the last axis, as numpy.concatenate, or along feature
/// axis A (0: the first after the batch; negative: from the last) where that comes first:
/// `concatenate(a, b, c)`, `concatenate(axis<0>, a, b, c)`.
template <class... T>
constexpr Expr<typename ir::Concatenated<T...>::type> concatenate(const T&... parts) {
  return Expr<typename ir::Concatenated<T...>::type>(ir::concatenate_values({}, -1, parts...));
}
template <class A, class B, class C = ir::NotGiven>
  requires(ir::Parts<A, B, C>::fits())
constexpr Expr<typename ir::Concatenated<A, B, C>::type> concatenate(
    const A& a, const B& b, const C& c = {}, ir::CallSite at = ir::CallSite::here()) {
  using Result = Expr<typename ir::Concatenated<A, B, C>::type>;
  if constexpr (ir::is_given<C>)
    return Result(ir::concatenate_values(at, -1, a, b, c));
  else
    return Result(ir::concatenate_values(at, -1, a, b));
}
template <class... T>
  requires(!OtherDimensionsAgree<T...>)
constexpr Refused<OtherDimensionsAgree<T...>> concatenate(const T&...) = delete;

}  // namespace ansatz
