// A fused loop evaluated instruction by instruction: for plans made at run time whose loops were
// not compiled.
#pragma once

#include <dsl/plan/plan.hpp>

namespace ansatz::kernels {

/// Runs the loop `call.loop` of `call.code` and `call.roots` (both of the whole plan) over numbers
/// of type T (float or double). Gives the bits of kernels::run_loop. A few kilobytes of memory a
/// thread and loop are kept; after the first calls nothing is allocated.
template <class T>
void interpret_loop(const ir::LoopCall& call);

}  // namespace ansatz::kernels
