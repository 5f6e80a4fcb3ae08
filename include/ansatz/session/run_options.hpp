// RunOptions: how a job is run, and who is told what happens.
#pragma once

#include <ansatz/base/object.hpp>
#include <ansatz/serial/model_file.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ansatz {

class Model;
class Session;
class BatchSource;

/// What a run came to.
enum class RunEnd { finished, time_budget_exceeded, interrupted };

/// Told what happens, to show it: progress bars, lines, events for programs.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_start(Session&) {}
  /// @param examples  of the epoch; 0 when that is not known
  virtual void on_epoch_start(Session&, std::int64_t /*examples*/) {}
  virtual void on_batch(Session&, int /*examples*/) {}
  virtual void on_monitor(Session&) {}
  virtual void on_save(Session&, const std::string& /*path*/) {}
  virtual void on_warning(Session&, const std::string& /*text*/) {}
  /// A warning that nobody wants silenced: a file that was asked for is not written.
  virtual void on_fault(Session& session, const std::string& text) { on_warning(session, text); }
  /// What is worth knowing, and nothing to worry about.
  virtual void on_note(Session&, const std::string& /*text*/) {}
  virtual void on_end(Session&, RunEnd) {}
};

/// What a model was trained to by an earlier job of a list.
struct LearnedModel {
  const Model* model;
  std::shared_ptr<const ModelFile> file;
};

/// How a job is run, beside what it says itself. Every member has a value, so that those which are
/// given by name leave no warning for the others.
struct RunOptions {
  bool resume = false;              ///< go on with the run saved at the job's save_path
  bool accept_differences = false;  ///< resume although bits may differ: another machine, say
  double time_budget = 0;           ///< seconds, tested before each epoch; 0: none
  /// Of the random numbers inside steps (dropout, sampling). Default: that of the run which is
  /// resumed, else 0.
  std::optional<std::int64_t> seed = {};
  /// Of a step. 0: those of the run that is resumed, else all processors that the process may use,
  /// where a step has work for them
  /// (docs/threads-and-reproducibility.md).
  int threads = 1;
  /// Trains on so many batches alone, watches these in the place of every data set, ends when they
  /// are learned by heart or after 500 epochs, and saves nothing; 0: an ordinary run.
  int overfit = 0;
  bool save = true;           ///< false: no model file is written, whatever the job says
  bool check = false;         ///< stop at the first value that is not finite, and name it
  std::string job_yaml = {};  ///< the job as text, for the model file
  std::string model_yaml = {};
  /// What the ${NAME}s of the job stood for, for the model file.
  std::map<std::string, std::string> variables = {};
  /// This run, for the model file: `origin_of_process()`. Without it a file does not say who
  /// trained it, and on which files.
  RunOrigins origin = {};
  /// Where data sets stand in the job file, "job.yaml:3:12: dataset", for messages.
  std::map<const Object*, std::string> places = {};
  /// Models that go on from where earlier jobs left them, with their values and records.
  std::vector<LearnedModel> learned = {};
  /// Named numbers, {{"learning_rate", .01}}, in place of those that the job says. NameError, with
  /// the nearest, for one that the job does not have; ValueError as `check_setting`.
  std::map<std::string, double> settings = {};
  /// The training data, in place of what the job's data set would load: a Table, or another source.
  std::shared_ptr<const BatchSource> data = {};
  RunObserver* observer = nullptr;
  const std::atomic<bool>* interrupt = nullptr;  ///< set by a signal: finish the batch, save, stop
};

}  // namespace ansatz
