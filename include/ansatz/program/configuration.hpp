// Configurations: jobs whose programs were compiled into the process.
#pragma once

#include <dsl/plan/loops.hpp>

#include <string>
#include <vector>

namespace ansatz {

/// A function of such a job.
struct RegisteredFunction {
  ir::PlanView plan;
  const ir::LoopFn* loops = nullptr;  ///< null: they are those of other configurations
};

/// A job whose programs were compiled into the process.
struct Configuration {
  std::string name, doc;
  const char* file = "";
  int line = 0;
  unsigned long precision = 4;                ///< sizeof its numbers
  std::vector<RegisteredFunction> functions;  ///< in the job's order
};

/// Keeps it for the life of the process and lends its loops. NameError, naming both places, when
/// a configuration of its name and precision is known already.
void add_configuration(Configuration configuration);

/// Registers those of the library: defined beside them, in src/configurations.
void register_library_configurations();

/// Those of the library and of the program, in the order of their registration.
const std::vector<const Configuration*>& configurations();

/// Whether two plans are one program: all tables are equal, but for literals and for the values of
/// named numbers, which a job may change.
bool same_plan(const ir::PlanView& a, const ir::PlanView& b);

}  // namespace ansatz
