// C++ for loops.
#pragma once

#include "loop_set.hpp"

namespace ansatz::compiling {

/// A translation unit that instantiates the loops and exports them. It holds numbers and the names
/// of the library's ops, nothing else that was read or given.
/// @param precision  sizeof the numbers: 4 or 8
std::string generate(const LoopSet& loops, unsigned long precision);

}  // namespace ansatz::compiling
