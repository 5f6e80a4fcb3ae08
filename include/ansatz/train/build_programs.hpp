// The programs of a job that is known at run time only.
#pragma once

#include <ansatz/train/any_program.hpp>
#include <ansatz/train/train.hpp>

namespace ansatz {

/// Lowers every function of a job, at run time, as `build` does. Loops compiled into the process
/// are used unless `compiled_loops` is false. float32 or float64.
JobPrograms build_programs(const Train& job, ElementType precision, bool compiled_loops = true);

}  // namespace ansatz
