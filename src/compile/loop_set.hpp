// The distinct loops of plans.
#pragma once

#include <dsl/plan/plan.hpp>

#include <set>
#include <string>
#include <vector>

namespace ansatz::compiling {

/// Loops in an order that does not depend on where they were found. An instruction's `op_name` is
/// an index into `ops`; `first_instr` and `first_root` count through `code` and `roots`.
struct LoopSet {
  std::vector<ir::Loop> loops;
  std::vector<ir::Instr> code;
  std::vector<ir::Root> roots;
  std::vector<std::string> ops;  ///< "NAME/VERSION", sorted
  std::string canonical;         ///< all programs as text: numbers and names of ops
};

/// The loops of some plans that the process has and has not.
struct Census {
  int loops = 0;                      ///< distinct ones
  int missing = 0;                    ///< of them, those without code
  LoopSet to_compile;                 ///< missing ones whose ops are all the library's
  std::set<std::string> foreign_ops;  ///< ops of others that keep loops from being compiled
};

/// @param precision  sizeof the numbers: 4 or 8
Census census_of(const std::vector<ir::PlanView>& plans, unsigned long precision);

}  // namespace ansatz::compiling
