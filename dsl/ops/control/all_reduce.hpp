// y = sum of x over the ranks
#pragma once

#include <dsl/ops/kernel.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void all_reduce(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ops {

/// In a function that is not made `across_ranks`, x itself: lowering takes the node away before
/// any pass sees it. Where there are ranks it is a step of its own, at which products end.
struct AllReduce : KernelOp<AllReduce> {
  static constexpr const char* name = "all_reduce";
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr int arity = 1;
  // A rank that fails ends the run; there is nothing to go back to.
  static constexpr bool total = true;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::all_reduce<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    if (in[0].batched())
      return ir::refused("each rank has other examples; sum over the examples first");
    return {in[0]};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return ir::elements(in[0]);
  }
  static constexpr void vjp(ir::VjpContext& c) {
    c.give(0, ir::make(ir::info_of<AllReduce>, ir::Attr{}, c.g().value()));
  }
};

}  // namespace ops

/// The sum of x over the ranks that run the program together (MPI_Allreduce); x itself unless the
/// function is made `across_ranks`. x must not have the axis of examples.
///
///     across_ranks(function(update(W, W - rate * all_reduce(grad(cost, W)) / ranks)))
///
/// Its gradient is the gradient of the sum of all ranks' costs: all_reduce(g).
template <class S>
constexpr Expr<S> all_reduce(const Expr<S>& x) {
  ir::require_numbers("all_reduce", x.value());
  return Expr<S>(ir::make(ir::info_of<ops::AllReduce>, ir::Attr{}, x.value()));
}

}  // namespace ansatz
