// run(job): trains a job, compiled or at run time, and gives back what came of it.
#pragma once

#include <ansatz/session/session.hpp>
#include <dsl/compile.hpp>

namespace ansatz {

struct Trained;

namespace train {

/// Function `Index` of the job that the closure `Job` describes.
template <class Job, int Index>
struct FunctionOf {
  constexpr Function operator()() const { return Job{}().function(Index).function; }
};
template <class Job>
constexpr int count_functions() {
  return Job{}().function_count();
}
template <class Job>
inline constexpr int function_count = count_functions<Job>();

// A job whose body has an error may have no type of result.
template <class Job>
concept GivesTrain =
    requires { requires std::is_same_v<std::remove_cv_t<decltype(Job{}())>, Train>; };

template <class Job>
concept CountsFunctions = requires { typename ir::Holds<(count_functions<Job>() >= 0)>; };

template <class Job, int... Index>
consteval bool all_lower(kernels::Ints<Index...>) {
  return (ir::Lowers<FunctionOf<Job, Index>> && ...);
}

/// The job and its functions, until one has refused.
template <class Job>
struct LoweringOfJob {
  constexpr void operator()(const ir::RefusalNote& note) const {
    const Train job = Job{}();
    const int count = note.length ? 0 : job.function_count();
    for (int i = 0; i < count && !note.length; ++i) {
      const NamedFunction f = job.function(i);
      ir::lower_until_refused(f.function, note);
    }
  }
};

/// Why the job cannot be compiled: Accepted, or the words.
template <class Job>
consteval auto why_refused() {
  if constexpr (!ir::needs_nothing<Job>())
    return Accepted{};
  else if constexpr (ir::RefusedBefore<Job> || !GivesTrain<Job>)
    return Accepted{};
  else if constexpr (!CountsFunctions<Job>)
    return ir::words_of_refusal<LoweringOfJob<Job>>();
  else if constexpr (all_lower<Job>(kernels::MakeInts<function_count<Job>>{}))
    return Accepted{};
  else
    return ir::words_of_refusal<LoweringOfJob<Job>>();
}

template <class T, class Job, int... Index>
JobPrograms compile_all(const Train& job, kernels::Ints<Index...>) {
  JobPrograms programs;
  (programs.push_back(
       {job.function(Index).name.c_str(), erase<T>(compile<T>(FunctionOf<Job, Index>{}))}),
   ...);
  return programs;
}

/// A session of the job with these programs, from its beginning to its end.
Trained run_with(const Train& job, JobPrograms programs, const RunOptions& options);
/// The same with programs that are lowered now.
template <class T>
Trained run_lowered(const Train& job, const RunOptions& options);

/// The compiled programs of a job, in the order of its functions.
template <class T, class Job>
JobPrograms compiled_programs(const Train& job) {
  return compile_all<T, Job>(job, kernels::MakeInts<function_count<Job>>{});
}

}  // namespace train

/// What came of a run.
struct Trained {
  RunEnd end = RunEnd::finished;
  Store store;             ///< parameters and state: the tensors that were trained
  MonitorRecords records;  ///< of the monitor, by channel
  ModelFile model;         ///< what a save would write: `write_model_file(path, model)`

  operator RunEnd() const { return end; }
};

/// Trains the job that the captureless lambda `job` returns: in a constant expression it gives
/// graph and plan of every function, at run time data, first values and settings.
///
///     constexpr auto job = [] { return Train(MNIST("train"), MLP(…), SGD(…)); };
///     Trained r = run(job, {.settings = {{"learning_rate", .05}}, .observer = &lines});
///     r.store.save_npz("parameters.npz");
///
/// A Train, known at run time only, has its programs lowered as `build` lowers them.
///
/// T: float or double. Errors: what loading data, shapes and names can throw.
template <class T = float, class Job, auto Why = train::why_refused<Job>()>
Trained run(Job job, const RunOptions& options = {}) {
  if constexpr (std::is_same_v<Job, Train>) {
    return train::run_lowered<T>(job, options);
  } else {
    const Train train = job();
    return train::run_with(train, train::compiled_programs<T, Job>(train), options);
  }
}
template <class T = float, class Job, auto Why = train::why_refused<Job>()>
  requires(ir::NotAccepted<decltype(Why)>)
Trained run(Job, const RunOptions& = {}) = delete;

extern template Trained train::run_lowered<float>(const Train&, const RunOptions&);
extern template Trained train::run_lowered<double>(const Train&, const RunOptions&);

}  // namespace ansatz
