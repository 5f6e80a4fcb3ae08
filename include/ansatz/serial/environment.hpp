// What the bits of a result depend on besides the job.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ansatz {

/// This program and machine: `binary` (the linker's build id of the program; "" without one),
/// `compiler`, `instruction_set`, `blas_kernels`, `threads`.
std::map<std::string, std::string> current_environment();

/// A line for each difference, "threads: 2 in the file, 1 now".
std::vector<std::string> environment_differences(const std::map<std::string, std::string>& saved,
                                                 const std::map<std::string, std::string>& now);

}  // namespace ansatz
