// run(job): the specialised trainer of a job.
#pragma once

#include <ansatz/train/session.hpp>
#include <dsl/compile.hpp>

namespace ansatz {

namespace train {

/// Function `Index` of the job that the closure `Job` describes.
template <class Job, int Index>
struct FunctionOf {
  constexpr Function operator()() const { return Job{}().function(Index).function; }
};
template <class Job>
inline constexpr int function_count = Job{}().function_count();

template <class T, class Job, int... Index>
JobPrograms compile_all(const Train& job, kernels::Ints<Index...>) {
  JobPrograms programs;
  (programs.push_back({job.function(Index).name.c_str(),
                       erase<T>(compile<T>(FunctionOf<Job, Index>{}))}),
   ...);
  return programs;
}

/// The compiled programs of a job, in the order of its functions.
template <class T, class Job>
JobPrograms compiled_programs(const Train& job) {
  return compile_all<T, Job>(job, kernels::MakeInts<function_count<Job>>{});
}

}  // namespace train

/// Trains the job that the captureless lambda `job` returns: in a constant expression it gives
/// graph and plan of every function, at run time data, first values and settings.
///
///     constexpr auto job = [] { return Train(MNIST("train"), MLP(…), SGD(…)); };
///     run(job);
///
/// T: float or double. Errors: what loading data, shapes and names can throw.
template <class T = float, class Job>
RunEnd run(Job job, const RunOptions& options = {}) {
  const Train train = job();
  Session session(train, train::compiled_programs<T, Job>(train), options);
  return session.run();
}

}  // namespace ansatz
