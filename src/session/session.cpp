#include <ansatz/session/session.hpp>

#include <ansatz/data/sets/table_set.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/serial/environment.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/origin.hpp>
#include <ansatz/session/resume.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>
#include <dsl/threads.hpp>

#include <ansatz/model/parameter_names.hpp>
#include <ansatz/model/values_from_file.hpp>
#include "../base/say.hpp"
#include "data_facts.hpp"
#include "default_threads.hpp"
#include "first_values.hpp"
#include "learned_scope.hpp"
#include "placed_source.hpp"
#include "state_archive.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <new>

namespace ansatz {

namespace {

constexpr std::int64_t most_epochs_by_heart = 500;

template <class T>
bool all_finite(const T* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i])) return false;
  return true;
}

// A model that was trained before brings its records: old monitors, and the current one's, which
// go on.
void take_records(const std::vector<MonitorRecords>& before, std::vector<MonitorRecords>& old,
                  MonitorRecords& current) {
  for (const MonitorRecords& each : before)
    if (each.name == current.name)
      current = each;
    else
      old.push_back(each);
  current.copy_history = true;
  current.training_succeeded = current.time_budget_exceeded = false;
}

int usual_batch(const Train& job) {
  int size = job.algorithm ? job.algorithm->batch_size : 0;
  if (size == 0) size = job.model->batch_size();
  return size == 0 ? 100 : size;
}

}  // namespace

Session::Session(const Train& job, JobPrograms programs, const RunOptions& options)
    : job_(job),
      options_(options),
      programs_(std::move(programs)),
      settings_(programs_),
      outputs_(job),
      state_(job),
      preprocessors_(job) {
  if (!options_.origin.empty()) files_read_ = FilesRead(job_);
  if (!job_.model) throw ValueError("the job has no model");
  if (!programs_.empty()) precision_ = programs_.front().program->precision();
  for (const ModelParameter& p : job_.model->parameters()) parameters_.push_back(p);
  require_names_once(parameters_);
  for (const ModelParameter& p : parameters_) {
    Dims dims;
    for (int i = 0; i < p.shape().rank; ++i) dims.push_back(p.shape()[i]);
    if (precision_ == ElementType::float64)
      store_.add<double>(p.name.view(), dims);
    else
      store_.add<float>(p.name.view(), dims);
  }
  for (JobProgram& each : programs_) {
    each.program->bind(store_);
    each.program->seed(static_cast<std::uint64_t>(seed()));
    each.program->threads(std::max(options_.threads, 1));
    each.program->check(options_.check);
  }
  state_.make(store_, precision_);
  monitor_ = std::make_unique<Monitor>(MonitorRecords{});
}

Session::~Session() = default;

AnyProgram* Session::find_program(std::string_view name) {
  for (JobProgram& each : programs_)
    if (each.name == name) return each.program.get();
  return nullptr;
}

AnyProgram& Session::program(std::string_view name) {
  if (AnyProgram* found = find_program(name)) return *found;
  std::vector<std::string_view> known;
  for (const JobProgram& each : programs_) known.emplace_back(each.name);
  throw NameError(
      fmt::format("the job has no function \"{}\"{}", name, allowed_names(name, known)));
}

std::vector<const JobProgram*> Session::programs() const {
  std::vector<const JobProgram*> list;
  for (const JobProgram& each : programs_) list.push_back(&each);
  return list;
}

void Session::warn(const std::string& text) {
  if (options_.observer)
    options_.observer->on_warning(*this, text);
  else
    say(stderr, "warning: {}\n", text);
}

void Session::tell_fault(const std::string& text) {
  if (options_.observer)
    options_.observer->on_fault(*this, text);
  else
    say(stderr, "warning: {}\n", text);
}

void Session::note(const std::string& text) {
  if (options_.observer)
    options_.observer->on_note(*this, text);
  else
    say(stderr, "{}\n", text);
}

bool Session::interrupted() const {
  return options_.interrupt && options_.interrupt->load(std::memory_order_relaxed);
}

void Session::report_loss(double loss) {
  has_loss_ = true;
  batch_loss_ = loss;
  if (std::isfinite(loss)) return;
  const bool first = lost_.empty();
  if (first)
    lost_ = fmt::format("batch {} of epoch {} has the loss {}",
                        records().batches_seen - epoch_first_batch_ + 1, records().epochs_seen + 1,
                        without_sign_of_nan(loss));
  require_finite_parameters();
  // The gradient may have passed it by, as at the logarithm of a negative number.
  if (first)
    warn(fmt::format("{}, though the parameters are finite{}", lost_,
                     options_.check ? "" : "; --check-numbers names the op that it begins with"));
}

std::optional<double> Session::loss() const {
  if (loss_examples_ == 0) return {};
  return without_sign_of_nan(loss_sum_ / static_cast<double>(loss_examples_));
}

std::string Session::why_ended() const {
  if (options_.overfit > 0 && !stopped_)
    return learned_by_heart() ? "learned by heart"
                              : fmt::format("{} epochs", records().epochs_seen);
  if (stopped_) return "an extension ended it";
  const CriterionRun* const criterion = algorithm_ ? algorithm_->criterion() : nullptr;
  return criterion ? criterion->why() : "";
}

std::int64_t Session::epochs_left() const {
  if (options_.overfit > 0) return -1;
  const CriterionRun* const criterion = algorithm_ ? algorithm_->criterion() : nullptr;
  return criterion ? criterion->epochs_left(*this) : -1;
}

void Session::report_batch(int examples) {
  monitor_->report_batch(examples);
  if (has_loss_) {
    loss_sum_ += batch_loss_ * examples;
    loss_examples_ += examples;
    has_loss_ = false;
  }
  for (auto& each : extensions_) each->on_batch(*this);
  if (options_.observer) options_.observer->on_batch(*this, examples);
}

void Session::begin_epoch(std::int64_t examples) {
  epoch_examples_ = examples;
  epoch_first_batch_ = records().batches_seen;
  loss_sum_ = 0;
  loss_examples_ = 0;
  has_loss_ = false;
  if (options_.observer) options_.observer->on_epoch_start(*this, examples);
}

// What is known of it, and what people do about it.
std::string Session::advice_for_nan() const {
  std::string text = lost_.empty() ? "" : ": " + lost_;
  if (has_setting("learning_rate"))
    text += fmt::format("{}a lower learning_rate (it is {:g}) or clip_norm may help",
                        text.empty() ? ": " : "; ", setting("learning_rate"));
  if (!options_.check)
    text += fmt::format("{}--check-numbers names the op that it begins with",
                        text.empty() ? ": " : "; ");
  return text;
}

void Session::require_finite_parameters() const {
  for (const ModelParameter& p : parameters_) {
    const std::int64_t count = store_.shape(p.name.view()).count();
    const bool finite = precision_ == ElementType::float64
                            ? all_finite(store_.data<double>(p.name.view()), count)
                            : all_finite(store_.data<float>(p.name.view()), count);
    if (!finite) throw ValueError(fmt::format("NaN in {}{}", p.name.view(), advice_for_nan()));
  }
}

void Session::initialize_parameters(JobValues& values) {
  if (const ModelFile* const learned = values.learned(*job_.model)) {
    set_from_file(*learned, "the job before", *job_.model, values);
    take_records(learned->monitors, old_monitors_, monitor_->records());
  } else {
    job_.model->initialize(values);
    if (const auto* loaded = dynamic_cast<const LoadedModel*>(job_.model.get()))
      take_records(loaded->monitors(), old_monitors_, monitor_->records());
  }
  if (!job_.init_from.empty()) init_from(job_, store_, *this, values);
}

void Session::initialize_state(const JobValues& values) {
  state_.initialize(store_, static_cast<std::uint64_t>(seed()));
  state_.take(store_, values.states(), "the model");
  state_.resize(store_, static_cast<std::uint64_t>(seed()),
                [&](const std::string& text) { note(text); });
}

void Session::enforce_constraints() {
  UpdateList updates;
  for (const ModelParameter& p : parameters_) updates.add(p.name, p.value, p.value);
  job_.model->modify_updates(updates);
  Function f;
  for (const UpdateList::Entry& e : updates.entries())
    if (e.value.value().term() != e.target.value().term()) f.add(update(e.target, e.value));
  if (f.updates.empty()) return;
  const auto program =
      precision_ == ElementType::float64 ? erase(build<double>(f)) : erase(build<float>(f));
  program->bind(store_);
  program->call(nullptr, 0);
}

JobFacts Session::facts() const { return {job_, settings_.all()}; }

std::shared_ptr<const BatchSource> Session::open(const Dataset& set) const {
  if (options_.data && &set == job_.dataset.get()) return options_.data;
  const LearnedScope learned(options_.learned);
  return at_place(options_.places, set, "", [&] { return set.open(); });
}

std::shared_ptr<const BatchSource> Session::read(const Dataset& set) {
  const auto open_other = [this](const Dataset& other) { return open(other); };
  const auto data = open(set);
  const LearnedScope learned(options_.learned);
  auto source = at_place(options_.places, set, "", [&] {
    auto made = preprocessors_.apply(set, data, open_other);
    for (const auto& [place, run] : data_runs_) made = run->read(set, std::move(made));
    return made;
  });
  if (std::dynamic_pointer_cast<const Table>(source) || source == options_.data) return source;
  return std::make_shared<PlacedSource>(std::move(source), options_.places, set);
}

const Table& Session::table() {
  if (const auto table = std::dynamic_pointer_cast<const Table>(data_)) return *table;
  if (!table_) table_ = std::make_shared<const Table>(in_memory(data_));
  return *table_;
}

void Session::start_data_runs() {
  for (int i = 0; i < job_.extensions.size(); ++i)
    if (const Extension& each = *job_.extensions[i]; each.changes_data())
      at_place(options_.places, each, "", [&] { data_runs_.emplace(i, each.start(*this)); });
}

std::shared_ptr<const BatchSource> Session::few_batches_of(
    std::shared_ptr<const BatchSource> whole) const {
  const std::int64_t examples = whole->examples();
  const std::int64_t few = std::int64_t{options_.overfit} * usual_batch(job_);
  if (examples == BatchSource::unknown || examples == BatchSource::endless)
    throw ValueError(
        "overfit: the first batches of data whose number of examples is not known would be others "
        "in every epoch");
  if (few >= examples) return whole;
  return part_of(std::move(whole), 0, few);
}

void Session::load_data() {
  if (!job_.dataset) return;
  data_ = read(*job_.dataset);
  if (options_.overfit > 0) data_ = few_batches_of(data_);
  // What does not fit is told here, where it is known which data set it is.
  for (const char* name : {"step", "objective"})
    if (const AnyProgram* const program = find_program(name))
      at_place(options_.places, *job_.dataset, "", [&] { BatchReader(*data_, *program); });
}

void Session::setup_monitor() {
  const TrainingAlgorithm* algorithm = job_.algorithm.get();
  if (!algorithm) return;
  monitor_->setup(find_program("monitor"), find_program("monitor_parameters"),
                  find_program("monitor_settings"));
  bool first = true;
  for (const MonitoringDataset& each : algorithm->monitoring_datasets.list) {
    Monitor::WatchedData watched;
    watched.name = each.name.c_str();
    watched.prefix = each.name.empty() ? "" : watched.name + "_";
    watched.source =
        options_.overfit > 0 || each.dataset == job_.dataset ? data_ : read(*each.dataset);
    watched.mode = algorithm->monitor_mode();
    const BatchSizes sizes = job_.monitoring_batches();
    watched.batch_size = sizes.batch_size;
    watched.num_batches = options_.overfit > 0 && sizes.batch_size ? 0 : sizes.num_batches;
    at_place(options_.places, *each.dataset, watched.name, [&] { monitor_->add_dataset(watched); });
    if (!job_.save_path.empty())
      data_facts_[watched.name.empty() ? "monitoring_dataset"
                                       : "monitoring_dataset." + watched.name] =
          watched.source == data_ ? data_facts_["dataset"] : facts_of(*watched.source);
    if (!first) continue;
    first = false;
    monitor_->add_channel(
        "training_seconds_this_epoch", [this] { return clock_.training; },
        "seconds this epoch spent in training", true);
    monitor_->add_channel(
        "total_seconds_last_epoch", [this] { return clock_.total; },
        "seconds the epoch before took, with monitoring and saving", true);
  }
}

void Session::start_parts() {
  if (job_.algorithm) {
    at_place(options_.places, *job_.algorithm, "", [this] {
      algorithm_ = job_.algorithm->start(*this);
      algorithm_->setup(*this);
    });
  } else {
    at_place(options_.places, *job_.model, "", [this] { model_run_ = job_.model->start(*this); });
  }
  for (int i = 0; i < job_.extensions.size(); ++i)
    at_place(options_.places, *job_.extensions[i], "", [&] {
      const auto begun = data_runs_.find(i);
      extensions_.push_back(begun == data_runs_.end() ? job_.extensions[i]->start(*this)
                                                      : begun->second);
      extensions_.back()->setup(*this);
    });
}

void Session::visit_state(Archive& archive) {
  const auto visit = [&](const std::string& name, auto& part) {
    archive.enter(name);
    part.state(archive);
    archive.leave();
  };
  if (algorithm_) visit("algorithm", *algorithm_);
  if (model_run_) visit("model", *model_run_);
  for (std::size_t i = 0; i < extensions_.size(); ++i)
    visit(fmt::format("extensions[{}]", i), *extensions_[i]);
  settings_.state(archive);
}

ModelFile Session::model_file() {
  ModelFile file;
  file.floatX = precision_ == ElementType::float64 ? "float64" : "float32";
  file.job_yaml = options_.job_yaml.empty() ? to_yaml(job_) : options_.job_yaml;
  file.model_yaml = options_.model_yaml.empty() ? to_yaml(*job_.model) : options_.model_yaml;
  if (job_.dataset) file.dataset_yaml = to_yaml(*job_.dataset);
  if (file.job_yaml.find("!pkl") != std::string::npos) file.made_job_yaml = to_yaml(job_);
  file.variables = options_.variables;
  file.paths = paths_of_parameters(*job_.model);
  file.data = data_facts_;
  if (const auto* const set = dynamic_cast<const TableDataset*>(job_.dataset.get()))
    file.data["columns"] = to_json(*set->learned());
  file.environment = current_environment();
  file.environment["threads"] = std::to_string(options_.threads);
  file.runs = options_.origin;
  if (!file.runs.empty()) file.files = files_read_.hashes();
  file.parameters = stored_tensors(store_, StoreKind::parameter);
  file.state = stored_tensors(store_, StoreKind::state);
  for (NamedTensor& each : preprocessors_.learned()) file.state.push_back(std::move(each));
  StateArchive archive(file.values, file.random, true);
  visit_state(archive);
  file.values["seed"] = seed();
  file.values["stopped"] = stopped_;
  file.tags = tags_;
  file.monitors = old_monitors_;
  file.monitors.push_back(monitor_->records());
  clock_.save(file.wall_clock);
  return file;
}

void Session::save_to(const std::string& path) {
  if (!saves()) return;
  outputs_.write(path, [this] { return model_file(); });
  if (options_.observer) options_.observer->on_save(*this, path);
}

void Session::save() {
  if (!saves()) return;
  for (auto& each : extensions_) each->on_save(*this);
  if (!job_.save_path.empty()) save_to(job_.save_path.c_str());
}

void Session::take_seed(const ModelFile& file) {
  if (!options_.seed) options_.seed = state_value<std::int64_t>(file.values, "seed");
  for (JobProgram& each : programs_) each.program->seed(static_cast<std::uint64_t>(seed()));
}

void Session::restore(const ModelFile& file) {
  const std::string path = job_.save_path.c_str();
  restore_tensors(store_, StoreKind::parameter, file.parameters, path);
  std::vector<NamedTensor> declared = file.state;
  std::erase_if(declared, [](const NamedTensor& t) { return Preprocessors::owns(t.name); });
  restore_tensors(store_, StoreKind::state, declared, path);
  state_.resize(store_, static_cast<std::uint64_t>(seed()),
                [&](const std::string& text) { warn(text); });
  StateValues values = file.values;
  RandomStates random_states = file.random;
  StateArchive archive(values, random_states, false);
  visit_state(archive);
  tags_ = file.tags;
  old_monitors_ = file.monitors;
  if (!old_monitors_.empty() && old_monitors_.back().name == "monitor") old_monitors_.pop_back();
  clock_.restore(file.wall_clock);
}

bool Session::learned_by_heart() const {
  const MonitorRecords& records = monitor_->records();
  bool counted = false, none_left = true;
  for (const ChannelRecords& c : records.channels) {
    if (!c.name.ends_with("misclass") || c.val_record.empty()) continue;
    counted = true;
    none_left = none_left && c.val_record.back() == 0;
  }
  if (counted) return none_left;
  const std::optional<double> now = loss();
  return now && first_loss_ && *now < *first_loss_ / 20;
}

bool Session::continue_learning() {
  if (options_.overfit > 0)
    return !stopped_ && records().epochs_seen < most_epochs_by_heart && !learned_by_heart();
  if (stopped_) return false;
  if (algorithm_) return algorithm_->continue_learning(*this);
  return model_run_->continue_learning();
}

void Session::monitor_now() {
  (*monitor_)(seconds());
  for (auto& each : extensions_) each->on_monitor(*this);
  if (options_.observer) options_.observer->on_monitor(*this);
}

void Session::train_epoch() {
  const double begin = Clock::now();
  if (algorithm_)
    algorithm_->train(*this);
  else if (data_)
    model_run_->train_all(table());
  else
    throw ValueError("the job has no dataset");
  clock_.training = Clock::now() - begin;
}

std::vector<std::string> Session::measure(const ModelFile& file, const std::string& path,
                                          const Monitor::WatchedData& data) {
  restore_tensors(store_, StoreKind::parameter, file.parameters, path);
  state_.initialize(store_, static_cast<std::uint64_t>(seed()));
  state_.take(store_, file.state, "");
  bool knows_settings = true;  // a model whose file has no job has none
  for (JobProgram& each : programs_)
    for (const std::string& name : settings_of(each.program->plan())) {
      const auto saved = file.values.find(fmt::format("programs.{}.{}", each.name, name));
      const double* const value =
          saved == file.values.end() ? nullptr : std::get_if<double>(&saved->second);
      if (value)
        each.program->set(name, *value);
      else if (each.name == "monitor_settings")
        knows_settings = false;
    }
  preprocessors_.take(file.state);
  data_ = data.source;
  monitor_->setup(find_program("monitor"), find_program("monitor_parameters"),
                  knows_settings ? find_program("monitor_settings") : nullptr);
  monitor_->add_dataset(data);
  std::vector<std::string> faults;
  for (const Shared<Extension>& each : job_.extensions) {
    if (!each->measures_data()) continue;
    try {
      std::shared_ptr<ExtensionRun> run = each->start(*this);
      run->setup(*this);
      extensions_.push_back(std::move(run));
    } catch (const Error& fault) {
      faults.emplace_back(fault.what());
    }
  }
  (*monitor_)(0);
  return faults;
}

void Session::check_saving() {
  if (!saves()) return;
  const bool path = !job_.save_path.empty();
  if (path && job_.save_freq == 0)
    warn("save_path is given, but save_freq is 0: nothing will be saved");
  if (job_.save_freq < 0)
    throw ValueError(fmt::format("save_freq must not be negative, but is {}", job_.save_freq));
  if (!path && job_.save_freq > 0)
    throw ValueError("save_freq is given, but no save_path to save to");
}

std::optional<ModelFile> Session::saved_run() {
  if (!options_.resume) return {};
  const std::string path = job_.save_path.c_str();
  if (path.empty()) throw ValueError("nothing to resume: the job has no save_path");
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) return read_model_file(path);
  warn(fmt::format("--resume: there is no file {}; the run starts anew", path));
  return {};
}

// Bits depend on it: a run goes on with as many as it had.
void Session::settle_threads(const ModelFile* saved) {
  if (options_.threads > 0) return;
  if (saved && saved->environment.contains("threads")) {
    options_.threads = std::clamp(std::atoi(saved->environment.at("threads").c_str()), 1, 1024);
    why_threads_ = ", as the run had that goes on";
    if (const std::string fewer = thread_warning(options_.threads); !fewer.empty()) warn(fewer);
  } else {
    const AnyProgram* step = find_program("step");
    if (!step) step = find_program("objective");
    const double work = step ? work_of(step->plan(), usual_batch(job_)) : 0;
    options_.threads = threads_for(work);
    if (options_.threads == 1 && step) why_threads_ = ", as " + why_one_thread(work);
  }
  for (JobProgram& each : programs_) each.program->threads(options_.threads);
}

bool Session::take_up(const ModelFile& saved) {
  const std::string path = job_.save_path.c_str();
  // The runs before this one: the first, and the last of many.
  constexpr std::ptrdiff_t most_runs = 10;
  if (!options_.origin.empty())
    options_.origin.insert(options_.origin.begin(), saved.runs.begin(), saved.runs.end());
  if (const auto more = std::ssize(options_.origin) - most_runs; more > 0)
    options_.origin.erase(options_.origin.begin() + 1, options_.origin.begin() + 1 + more);
  if (!options_.accept_differences) require_same_bits(saved, options_, path);
  take_seed(saved);
  const std::string other =
      other_job(saved, options_.job_yaml.empty() ? to_yaml(job_) : options_.job_yaml, path);
  if (!other.empty()) warn(other);
  return !other.empty();
}

void Session::begin(const ModelFile* saved) {
  if (saved) preprocessors_.take(saved->state);
  if (const auto* const set = dynamic_cast<const TableDataset*>(job_.dataset.get());
      set && saved && saved->data.contains("columns"))
    set->take(std::make_shared<const TableColumns>(
        table_columns_of(saved->data.at("columns"), std::string(job_.save_path.view()))));
  preprocessors_.require_fitted();
  start_data_runs();
  load_data();
  if (data_ && !job_.save_path.empty()) data_facts_["dataset"] = facts_of(*data_);
  bool copied = false;
  if (saved) {
    const MonitorRecords* records = find_monitor(saved->monitors);
    if (records) monitor_ = std::make_unique<Monitor>(*records);
    copied = monitor_->records().copy_history;
    monitor_->records().copy_history = true;
  } else {
    JobValues values(store_, job_.dataset.get(), options_.learned);
    at_place(options_.places, *job_.model, "", [&] { initialize_parameters(values); });
    enforce_constraints();
    initialize_state(values);
  }
  setup_monitor();
  if (saved && !options_.accept_differences)
    require_same_data(*saved, data_facts_, job_.save_path.c_str());
  start_parts();
  if (saved) {
    monitor_->records().copy_history = copied;
    restore(*saved);
  }
  if (saves()) outputs_.rehearse([this] { return model_file(); });
  if (options_.observer) options_.observer->on_start(*this);
}

bool Session::goes_on(const ModelFile& saved, bool other_job) {
  stopped_ = state_value<bool>(saved.values, "stopped");
  monitor_->records().time_budget_exceeded = false;
  bool go_on = !stopped_;
  // A finished job may have been given a later end.
  if (monitor_->records().training_succeeded) go_on = other_job && continue_learning();
  if (!go_on)
    warn(fmt::format("nothing to resume: the run that saved {} has finished",
                     job_.save_path.view()));
  monitor_->records().training_succeeded = false;
  return go_on;
}

RunEnd Session::train_epochs(bool& go_on) {
  while (go_on) {
    if (interrupted()) return RunEnd::interrupted;
    if (options_.time_budget > 0 && clock_.since_start() >= options_.time_budget) {
      warn("Time budget exceeded");
      monitor_->records().time_budget_exceeded = true;
      return RunEnd::time_budget_exceeded;
    }
    const double begin = Clock::now();
    train_epoch();
    if (algorithm_ && algorithm_->in_epoch()) return RunEnd::interrupted;
    if (!first_loss_) first_loss_ = loss();
    monitor_->report_epoch();
    monitor_now();
    go_on = continue_learning();
    if (job_.save_freq > 0 && go_on && records().epochs_seen % job_.save_freq == 0) save();
    clock_.total = Clock::now() - begin;
  }
  return RunEnd::finished;
}

RunEnd Session::run() {
  check_saving();
  clock_.start();
  const std::optional<ModelFile> saved = saved_run();
  if (saved) outputs_.resumed();
  if (saves()) outputs_.look();
  settle_threads(saved ? &*saved : nullptr);
  const bool other = saved && take_up(*saved);
  begin(saved ? &*saved : nullptr);
  // As Pylearn2's main loop: a record before the first epoch, and monitoring before saving.
  if (!saved) monitor_now();
  bool go_on = saved ? goes_on(*saved, other) : continue_learning();
  const RunEnd end = train_epochs(go_on);
  if (end != RunEnd::interrupted) monitor_->records().training_succeeded = !go_on;
  if (end == RunEnd::finished && records().training_succeeded)
    for (auto& each : extensions_) each->on_end(*this);
  // An interrupted run is worth keeping even where the job saves nothing.
  if (job_.save_freq > 0 || end == RunEnd::interrupted) save();
  if (options_.observer) options_.observer->on_end(*this, end);
  return end;
}

}  // namespace ansatz
