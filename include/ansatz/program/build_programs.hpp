// The programs of a job that is known at run time only.
#pragma once

#include <ansatz/job/any_program.hpp>
#include <ansatz/job/train.hpp>

namespace ansatz {

/// Lowers every function of a job, at run time, as `build` does. Loops compiled into the process,
/// those of registered configurations among them, are used unless `compiled_loops` is false.
/// float32 or float64.
/// @param report  told what it came to: "program: precompiled NAME" where all plans are those of a
///                registered configuration, else "run-time plan: 15 of 17 loops precompiled"
JobPrograms build_programs(const Train& job, ElementType precision, bool compiled_loops = true,
                           std::string* report = nullptr);

}  // namespace ansatz
