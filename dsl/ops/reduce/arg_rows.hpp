// y_i = the position of the largest or smallest x_ij of a row of more than 2^24
//
// In a loop a position is a number of the program's precision, and float has not all those above
// 2^24. Where a row is as long, a kernel counts in integers.
#pragma once

#include <dsl/ops/arithmetic/cast.hpp>
#include <dsl/ops/view/label_part.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void arg_rows(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// Over the last axis; attr.i[0]: 1 for the largest, 0 for the smallest. Of equal ones the first,
/// of NaNs the first NaN.
struct ArgRows : KernelOp<ArgRows> {
  static constexpr const char* name = "arg_rows";
  static constexpr int arity = 1;
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr ir::DType result = ir::DType::index;
  static constexpr bool total = true;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::arg_rows<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    if (in[0].rank < 1) return ir::refused("there must be rows");
    ir::Shape s = in[0];
    --s.rank;
    s[s.rank] = 0;
    return {s};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return ir::elements(in[0]);
  }
  static constexpr void vjp(ir::VjpContext&) {}
};

}  // namespace ops
}  // namespace ansatz
