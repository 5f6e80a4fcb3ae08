// Session: a job at work.
#pragma once

#include <ansatz/job/any_program.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/monitor/monitor.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/archive.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ansatz {

class AlgorithmRun;
class CriterionRun;
class ExtensionRun;
struct JobFacts;
class ModelRun;
class Session;

/// What a run came to.
enum class RunEnd { finished, time_budget_exceeded, interrupted };

/// Told what happens, to show it: progress bars, lines, events for programs.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_start(Session&) {}
  virtual void on_epoch_start(Session&, std::int64_t /*examples*/) {}
  virtual void on_batch(Session&, int /*examples*/) {}
  virtual void on_monitor(Session&) {}
  virtual void on_save(Session&, const std::string& /*path*/) {}
  virtual void on_warning(Session&, const std::string& /*text*/) {}
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
  int threads = 1;
  bool check = false;         ///< stop at the first value that is not finite, and name it
  std::string job_yaml = {};  ///< the job as text, for the model file
  std::string model_yaml = {};
  /// What the ${NAME}s of the job stood for, for the model file.
  std::map<std::string, std::string> variables = {};
  /// Where data sets stand in the job file, "job.yaml:3:12: dataset", for messages.
  std::map<const Object*, std::string> places = {};
  /// Models that go on from where earlier jobs left them, with their values and records.
  std::vector<LearnedModel> learned = {};
  /// Named numbers, {{"learning_rate", .01}}, in place of those that the job says. NameError, with
  /// the nearest, for one that the job does not have.
  std::map<std::string, double> settings = {};
  /// The training data, in place of what the job's data set would load.
  std::shared_ptr<const Table> data = {};
  RunObserver* observer = nullptr;
  const std::atomic<bool>* interrupt = nullptr;  ///< set by a signal: finish the batch, save, stop
};

/// A job at work: its parameters, programs, data and monitor. Extensions, criteria and schedules
/// read and change it.
class Session {
 public:
  Session(const Train& job, JobPrograms programs, const RunOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Trains until a criterion, an extension, the time budget or an interrupt ends it.
  RunEnd run();
  /// Trains nothing: records the channels of `data` once, with the parameters and the named numbers
  /// of the file. Those that extensions make are among them where they come from data alone;
  /// returns why some of these could not be computed.
  std::vector<std::string> measure(const ModelFile& file, const std::string& path,
                                   const Monitor::WatchedData& data);

  const Train& job() const { return job_; }
  const RunOptions& options() const { return options_; }
  std::int64_t seed() const { return options_.seed.value_or(0); }
  Store& store() { return store_; }
  Monitor& monitor() { return *monitor_; }
  const MonitorRecords& records() const { return monitor_->records(); }
  /// Monitors that were pushed away, and the current one's records.
  std::vector<MonitorRecords>& old_monitors() { return old_monitors_; }
  const std::vector<ModelParameter>& parameters() const { return parameters_; }
  ElementType precision() const { return precision_; }

  /// A function of the job. NameError when there is none of the name.
  AnyProgram& program(std::string_view name);
  AnyProgram* find_program(std::string_view name);
  std::vector<const JobProgram*> programs() const;

  /// A named scalar of the job, such as "learning_rate" or "momentum"; `set_setting` changes it in
  /// all programs. NameError with the nearest name.
  double setting(std::string_view name) const;
  void set_setting(std::string_view name, double value);
  bool has_setting(std::string_view name) const;
  /// A named number that no program reads, such as BGD's scale_step: extensions may change it.
  void add_setting(std::string_view name, double value);

  /// The job, with the named numbers as they are now.
  JobFacts facts() const;
  /// Loads a data set. Errors begin with its place, where that is known.
  std::shared_ptr<const Table> read(const Dataset& set) const;
  /// The training data.
  const std::shared_ptr<const Table>& data() const { return data_; }
  /// A batch has been trained on: counts it and tells the observer. Algorithms call it.
  void report_batch(int examples);
  void begin_epoch(std::int64_t examples);
  /// Examples of the epoch in progress, or of the last one; 0 before the first.
  std::int64_t epoch_examples() const { return epoch_examples_; }
  /// Whether the run was asked to end: algorithms test it between batches.
  bool interrupted() const;
  /// Ends the run after this epoch, as StopIteration from an extension in Pylearn2.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  void warn(const std::string& text);
  void note(const std::string& text);

  /// Throws ValueError "NaN in h0_W" when a parameter is not finite.
  void require_finite_parameters() const;

  /// Saves the model now: to save_path, or to another file.
  void save();
  void save_to(const std::string& path);
  ModelFile model_file();
  /// Pylearn2's model.tag: values kept with the model.
  StateValues& tags() { return tags_; }
  double seconds() const;  ///< since the run began

 private:
  void initialize_parameters();
  void initialize_from_file(const std::string& path);
  /// Refuses to go on with other data than the file was trained on.
  void require_same_data(const ModelFile& file) const;
  /// The first values meet the model's constraints, too, as in Pylearn2's Train.setup.
  void enforce_constraints();
  void load_data();
  void setup_monitor();
  void start_parts();
  /// Refuses a file of a run whose bits this one would not continue.
  void require_same_bits(const ModelFile& file) const;
  void take_seed(const ModelFile& file);
  /// Warns where the job is written otherwise than that of the file. Returns whether it is.
  bool job_differs(const ModelFile& file);
  void restore(const ModelFile& file);
  void visit_state(Archive& archive);
  bool continue_learning();
  void monitor_now();
  /// Of the first save: whether a file that is there may be replaced.
  Overwrite overwrite() const;
  /// Throws the FileError that a save would throw, before anything is read; then, when all that
  /// will be saved has a name, whether it can be saved, by trying.
  void look_at_outputs() const;
  void rehearse_saves();
  /// Saves to a file, or, where that fails, to another place, and throws an error that names it.
  void write(const std::string& path, Overwrite how);
  void write(const std::string& path, Overwrite how, const ModelFile& file) const;
  /// Where it was saved; "": nowhere.
  std::string save_elsewhere(const std::string& path, const ModelFile& file) const;
  void train_epoch();

  const Train& job_;
  RunOptions options_;
  JobPrograms programs_;
  ElementType precision_ = ElementType::float32;
  Store store_;
  std::vector<ModelParameter> parameters_;
  std::shared_ptr<const Table> data_;
  std::vector<MonitorRecords> old_monitors_;
  std::unique_ptr<Monitor> monitor_;
  std::unique_ptr<AlgorithmRun> algorithm_;
  std::unique_ptr<ModelRun> model_run_;
  std::vector<std::unique_ptr<ExtensionRun>> extensions_;
  StateValues tags_;
  std::map<std::string, std::string> data_facts_;        // of each data set, as the file says it
  std::map<std::string, double, std::less<>> settings_;  // that no program reads
  bool stopped_ = false, saved_once_ = false, resumed_ = false;
  std::int64_t epoch_examples_ = 0;
  double start_ = 0, seconds_before_ = 0;
  double training_seconds_ = 0, total_seconds_ = 0;
};

/// A model that trains itself at work.
class ModelRun {
 public:
  virtual ~ModelRun() = default;
  virtual void train_all(const Table& data) = 0;
  virtual bool continue_learning() = 0;
  /// What DefaultTrainingAlgorithm calls: one update on some of the data. Returns whether to go on.
  virtual bool train_batch(const Table& data, int batch_size);
  virtual void state(Archive&) {}
};

}  // namespace ansatz
