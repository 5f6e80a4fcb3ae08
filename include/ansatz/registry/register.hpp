// ANSATZ_REGISTER: a job compiled into the process, for job files of the same structure.
#pragma once

#include <ansatz/program/configuration.hpp>
#include <ansatz/registry/made_for.hpp>
#include <ansatz/session/run.hpp>

namespace ansatz {

/// What went wrong before `main`, where nothing can be thrown.
void add_registration_fault(std::string what);

namespace registering {

// The job's lambda is only evaluated by the compiler: called at run time it would bring the code
// of all its classes into the program, 7 s of g++'s time.
template <class T, class F, bool Lend>
RegisteredFunction function_of() {
  constexpr const auto& plan = ir::CompiledPlan<F>::plan;
  using Table = ir::LoopTable<F, T, kernels::MakeInts<plan.sizes.loops>>;
  if constexpr (Lend)
    return {plan.view(), Table::functions};
  else
    return {plan.view(), nullptr};
}

template <class T, unsigned Lent, class Job, int... Index>
void add_functions(Configuration& to, kernels::Ints<Index...>) {
  (to.functions.push_back(
       function_of<T, train::FunctionOf<Job, Index>, (Lent >> Index & 1) != 0>()),
   ...);
}

}  // namespace registering

/// Every function, as the last argument of register_configuration.
inline constexpr unsigned all_functions = ~0U;

/// Compiles all functions of the job that the captureless lambda `job` returns, and makes them
/// known under `name`: a job file of the same structure and sizes runs this program, and its loops
/// are lent to all jobs of the precision. T: float or double. Lent: bit i says whether the loops of
/// function i are compiled; without them they are those of other configurations. NameError, naming
/// both places, when a configuration of the name and precision is known already.
template <class T = float, unsigned Lent = all_functions, class Job>
void register_configuration(const char* name, Job, const char* doc, const char* file, int line) {
  Configuration made;
  registering::add_functions<T, Lent, Job>(made, kernels::MakeInts<train::function_count<Job>>{});
  made.precision = sizeof(T);
  made.name = name;
  made.doc = doc;
  made.file = file;
  made.line = line;
  add_configuration(std::move(made));
}

/// The same before `main`, where nothing can be thrown: load_job does it.
template <class T = float, class Job>
bool register_configuration_early(const char* name, Job job, const char* file, int line) {
  try {
    register_configuration<T>(name, job, "", file, line);
    return true;
  } catch (const std::exception& error) {
    add_registration_fault(error.what());
    return false;
  }
}

}  // namespace ansatz

// Registers the float program of a job before `main`, or while a shared object is loaded:
//
//     ANSATZ_REGISTER(my_digits, [] { return Train(MNIST("train"), MLP(…), SGD(…)); })
//
// A macro: it gives the place that is named when two configurations have one name.
#define ANSATZ_REGISTER(NAME, ...)                                                             \
  [[maybe_unused]] static const bool ansatz_registered_job_##NAME =                            \
      ::ansatz::registering::made_for_this_library(::ansatz::compiling::stamp,                 \
                                                   ::ansatz::registering::layout, __FILE__) && \
      ::ansatz::register_configuration_early(#NAME, __VA_ARGS__, __FILE__, __LINE__);
