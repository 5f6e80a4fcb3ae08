// An elementwise op over whole arrays: how the interpreter of loops calls it.
#pragma once

#include <dsl/ir/op.hpp>
#include <dsl/kernels/simd.hpp>

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

/// ir::BlockFn made from Op::value: out[j] = Op::value(in[0][j], …) for j < n, n a multiple of the
/// register's width. Any alignment; `out` may be one of the operands.
template <class Op, class T>
void run_block(const T* const* in, T* out, long n) {
  using S = simd<T>;
  constexpr int arity = ir::OpConstant<Op>::info.arity;
  static_assert(arity >= 0 && arity <= 3, "an elementwise op has at most three operands");
  const T* a = arity > 0 ? in[0] : nullptr;
  const T* b = arity > 1 ? in[1] : nullptr;
  const T* c = arity > 2 ? in[2] : nullptr;
  for (long j = 0; j < n; j += S::width) {
    if constexpr (arity == 0) Op::template value<S>().store(out + j);
    if constexpr (arity == 1) Op::value(S::load(a + j)).store(out + j);
    if constexpr (arity == 2) Op::value(S::load(a + j), S::load(b + j)).store(out + j);
    if constexpr (arity == 3) {
      Op::value(S::load(a + j), S::load(b + j), S::load(c + j)).store(out + j);
    }
  }
}

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
