// Session: a job at work.
#pragma once

#include <ansatz/job/any_program.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/monitor/monitor.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/archive.hpp>
#include <ansatz/session/clock.hpp>
#include <ansatz/session/declared_state.hpp>
#include <ansatz/session/origin.hpp>
#include <ansatz/session/outputs.hpp>
#include <ansatz/session/preprocessors.hpp>
#include <ansatz/session/run_options.hpp>
#include <ansatz/session/settings.hpp>

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
class JobValues;
class ModelRun;

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
  /// What the parts of the job declare to be kept beside them.
  const StateList& states() const { return state_.list(); }
  ElementType precision() const { return precision_; }

  /// A function of the job. NameError when there is none of the name.
  AnyProgram& program(std::string_view name);
  AnyProgram* find_program(std::string_view name);
  std::vector<const JobProgram*> programs() const;

  /// A named scalar of the job, such as "learning_rate" or "momentum"; `set_setting` changes it in
  /// all programs. NameError with the nearest name.
  double setting(std::string_view name) const { return settings_.get(name); }
  void set_setting(std::string_view name, double value) { settings_.set(name, value); }
  /// As `set_setting`, for what the user gave: see `check_setting`.
  void take(const std::map<std::string, double>& given) { settings_.take(given); }
  bool has_setting(std::string_view name) const { return settings_.has(name); }
  /// A named number that no program reads, such as BGD's scale_step: extensions may change it.
  void add_setting(std::string_view name, double value) { settings_.add(name, value); }

  /// The job, with the named numbers as they are now.
  JobFacts facts() const;
  /// Opens a data set, preprocessed as it says. Errors, also those of reading it later, begin with
  /// its place, where that is known.
  std::shared_ptr<const BatchSource> read(const Dataset& set);
  /// The training data.
  const std::shared_ptr<const BatchSource>& data() const { return data_; }
  /// All of the training data in memory, for a model that trains itself.
  const Table& table();
  /// What the cost of the next batch to be counted was before it was trained on. A loss that is no
  /// number ends the training at once where the parameters are none any more.
  void report_loss(double loss);
  /// Mean loss of the examples of the epoch in progress, or of the last one; none where the cost
  /// has no value.
  std::optional<double> loss() const;
  /// A batch has been trained on: counts it and tells the observer. Algorithms call it.
  void report_batch(int examples);
  /// @param examples  0: not known before the end
  void begin_epoch(std::int64_t examples);
  /// Examples of the epoch in progress, or of the last one; 0 before the first, and where that is
  /// not known.
  std::int64_t epoch_examples() const { return epoch_examples_; }
  /// Whether the run was asked to end: algorithms test it between batches.
  bool interrupted() const;
  /// Of a run that overfits: whether its batches are learned by heart: no error of a class is left,
  /// or, where none is counted, less than a twentieth of the first epoch's loss.
  bool learned_by_heart() const;
  /// Why the training ended, as a clause; "" where nobody knows.
  std::string why_ended() const;
  /// Why steps have as many threads as they have, behind their number: ", as …"; "" where they were
  /// given, or are all there are.
  const std::string& why_threads() const { return why_threads_; }
  /// The most epochs that are still to come; -1: nobody knows.
  std::int64_t epochs_left() const;
  /// Ends the run after this epoch, as StopIteration from an extension in Pylearn2.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  void warn(const std::string& text);
  /// As `warn`, told whatever is told: see RunObserver::on_fault.
  void tell_fault(const std::string& text);
  void note(const std::string& text);

  /// Throws ValueError "NaN in h0_W" when a parameter is not finite.
  void require_finite_parameters() const;

  /// Whether it writes files at all.
  bool saves() const { return options_.save && options_.overfit == 0; }
  /// Saves the model now: to save_path, or to another file.
  void save();
  void save_to(const std::string& path);
  ModelFile model_file();
  /// Pylearn2's model.tag: values kept with the model.
  StateValues& tags() { return tags_; }
  double seconds() const { return clock_.seconds(); }  ///< since the run began

 private:
  /// The data set, or what the program gives in its place; as they are.
  std::shared_ptr<const BatchSource> open(const Dataset& set) const;
  /// Of a source, the batches that a run overfits.
  std::shared_ptr<const BatchSource> few_batches_of(std::shared_ptr<const BatchSource> whole) const;
  void initialize_parameters(JobValues& values);
  void initialize_state(const JobValues& values);
  /// The first values meet the model's constraints, too, as in Pylearn2's Train.setup.
  void enforce_constraints();
  /// Of the extensions that change data.
  void start_data_runs();
  void load_data();
  void setup_monitor();
  void start_parts();
  void take_seed(const ModelFile& file);
  void restore(const ModelFile& file);
  void visit_state(Archive& archive);
  std::string advice_for_nan() const;
  bool continue_learning();
  void monitor_now();
  void train_epoch();

  // What `run` does, in its order.
  void check_saving();
  /// What a run before saved, where there is one to go on with.
  std::optional<ModelFile> saved_run();
  /// Where the options leave it open, how many threads programs have.
  void settle_threads(const ModelFile* saved);
  /// Refuses a file of another machine or program; returns whether its job is written otherwise.
  bool take_up(const ModelFile& saved);
  /// Loads the data, sets or restores all values, starts the parts.
  void begin(const ModelFile* saved);
  /// Whether there is something left to do.
  bool goes_on(const ModelFile& saved, bool other_job);
  RunEnd train_epochs(bool& go_on);

  const Train& job_;
  RunOptions options_;
  JobPrograms programs_;
  Settings settings_;
  OutputFiles outputs_;
  ElementType precision_ = ElementType::float32;
  Store store_;
  std::vector<ModelParameter> parameters_;
  DeclaredState state_;
  Preprocessors preprocessors_;
  FilesRead files_read_;  // nothing where the model file has no origin
  std::shared_ptr<const BatchSource> data_;
  std::shared_ptr<const Table> table_;  // data_ in memory, where it is not and is wanted so
  std::vector<MonitorRecords> old_monitors_;
  std::unique_ptr<Monitor> monitor_;
  std::unique_ptr<AlgorithmRun> algorithm_;
  std::unique_ptr<ModelRun> model_run_;
  std::vector<std::shared_ptr<ExtensionRun>> extensions_;
  std::map<int, std::shared_ptr<ExtensionRun>> data_runs_;  // of those among them, by their place
  StateValues tags_;
  std::map<std::string, std::string> data_facts_;  // of each data set, as the file says it
  std::string why_threads_;
  bool stopped_ = false;
  std::int64_t epoch_examples_ = 0, epoch_first_batch_ = 0;
  // Of the epoch: losses weighted by the examples they are means of, and how many these are.
  double batch_loss_ = 0, loss_sum_ = 0;
  std::int64_t loss_examples_ = 0;
  bool has_loss_ = false;
  std::optional<double> first_loss_;  // of the first epoch of this run
  std::string lost_;                  // the first batch whose loss was no number
  Clock clock_;
};

}  // namespace ansatz
