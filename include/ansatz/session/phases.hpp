// Phases: a list of jobs, of which later ones go on with what earlier ones trained.
#pragma once

#include <ansatz/session/session.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// One job of a list, such as the layers of a stack, which are trained one after the other. A model
/// to which an earlier job has a handle, too (in YAML an anchor), alone or inside a
/// PretrainedLayer, begins with what that job trained it to; the job's own model with its records.
struct Phase {
  std::string name;  ///< "phase1", … where the file is a list of jobs; else ""
  /// Null where it cannot be made because a file is missing; only of a file that is checked.
  std::unique_ptr<Train> train;
  std::string job_yaml;    ///< as it was written, %(name)s and overrides put in: RunOptions has it
  std::string model_yaml;  ///< the model as it was made
  std::map<std::string, std::string> variables;  ///< what the ${NAME}s of the job stand for
  /// False where the file at save_path is not of this run, but of the stage before it, from which
  /// it begins: then it is not resumed.
  bool begun = true;
  /// Of a job that is one fold of a cross-validation: which one, from 0, and of how many. It begins
  /// with first values of its own, whatever other folds have learned.
  int fold = 0, folds = 0;
  std::string where;  ///< file:line:column
  /// Of the objects of all jobs of the file: RunOptions has it. Null: none are known.
  std::shared_ptr<const std::map<const Object*, std::string>> places;

  Phase() = default;
  explicit Phase(const Train& job, std::string called = "")
      : name(std::move(called)), train(std::make_unique<Train>(job)) {}
};

/// How a list of jobs is run.
struct PhasesOptions {
  /// As every job is run. With `resume`, jobs that have finished are passed over, one that was
  /// interrupted goes on, and those behind it follow.
  RunOptions run;
  /// Called before each job: makes its programs, and may change how it is run (another observer,
  /// say). Default: build_programs in float32.
  std::function<JobPrograms(const Phase&, RunOptions&)> start;
};

/// What a list of jobs came to.
struct PhasesEnd {
  RunEnd end = RunEnd::finished;
  std::size_t last = 0;  ///< the job that ended it, from 0
  /// What each job that was run trained its model to, in their order.
  std::vector<LearnedModel> learned;
};

/// A channel over the folds of a cross-validation.
struct ChannelOfFolds {
  std::string channel;
  double mean = 0;
  double deviation = 0;        ///< standard deviation over the folds, n - 1 below; NaN of one fold
  std::vector<double> values;  ///< the last record of each fold
};
/// Of all channels that every fold has, but those of seconds, in the order of the first fold's.
std::vector<ChannelOfFolds> channels_of_folds(const std::vector<MonitorRecords>& folds);

/// Runs the jobs one after the other, until one does not finish.
///
///     const Shared<Model> rbm = …;
///     std::vector<Phase> phases;
///     phases.emplace_back(Train(data, rbm, SGD(…), save_path("rbm.ansatz"), save_freq(1)));
///     phases.emplace_back(Train(data, MLP(…, PretrainedLayer("h0", rbm), …), SGD(…)));
///     run_phases(phases);
///
/// Errors: those of the jobs.
PhasesEnd run_phases(const std::vector<Phase>& phases, const PhasesOptions& options = {});

}  // namespace ansatz
