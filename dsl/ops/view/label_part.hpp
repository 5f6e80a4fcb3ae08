// y = the upper or the lower 16 bits of a label: numbers that float has, whatever the label
//
// In a loop a label is a number of the program's precision, and float has not all those above 2^24.
// Where labels may be as large, they are compared by parts, both of which it has.
#pragma once

#include <dsl/ir/labels.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/floor.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/kernel.hpp>
#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void label_part(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// attr.i[0]: 1 for floor(label / 65536), 0 for what is left.
struct LabelPart : KernelOp<LabelPart> {
  static constexpr const char* name = "label_part";
  static constexpr int arity = 1;
  static constexpr ir::Takes takes = ir::Elements::labels;
  static constexpr bool total = true;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::label_part<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return ir::elements(in[0]);
  }
  static constexpr void vjp(ir::VjpContext&) {}
};

}  // namespace ops

namespace ir {

inline constexpr std::int64_t exact_in_float = std::int64_t{1} << 24;

constexpr bool has_large_labels(const Value& v) {
  if (v.type() != DType::index) return false;
  const std::int64_t limit = label_limit(v);
  return limit == 0 || limit > exact_in_float;
}

constexpr AnyExpr part_of(const Value& v, bool upper) {
  if (v.type() == DType::index) {
    Attr attr;
    attr.i[0] = upper;
    return AnyExpr(make(info_of<ops::LabelPart>, attr, v));
  }
  // Of a literal in double: it may be a label itself.
  const bool literal = v.is_literal();
  if (literal && v.literal() >= -0x1p31 && v.literal() < 0x1p31) {
    std::int64_t whole = static_cast<std::int64_t>(v.literal()) >> 16;
    if (static_cast<double>(whole) * 65536 > v.literal()) --whole;
    const double high = static_cast<double>(whole);
    if (upper) return AnyExpr(Value(high));
    return AnyExpr(Value(v.literal() - high * 65536));
  }
  const AnyExpr x(v), high = floor(x * (1.0 / 65536));
  if (upper) return high;
  return x - high * 65536;
}

/// Op, a comparison, of values of which one may hold labels above 2^24. Strict: Less or Greater for
/// Op or its equal, Equal for itself.
template <class Op, class Strict, class Equal>
constexpr Value compare(const Value& a, const Value& b) {
  if (!has_large_labels(a) && !has_large_labels(b)) return make(info_of<Op>, Attr{}, a, b);
  const Value high_a = part_of(a, true).value(), high_b = part_of(b, true).value();
  const Value low_a = part_of(a, false).value(), low_b = part_of(b, false).value();
  const AnyExpr same(make(info_of<Equal>, Attr{}, high_a, high_b));
  const AnyExpr low(make(info_of<Op>, Attr{}, low_a, low_b));
  if (std::is_same_v<Strict, Equal>) return (same * low).value();
  return (AnyExpr(make(info_of<Strict>, Attr{}, high_a, high_b)) + same * low).value();
}

}  // namespace ir
}  // namespace ansatz
