#include <ansatz/registry/job.hpp>

#include "earlier_forms.hpp"
#include "graft.hpp"
#include "loader.hpp"
#include "train_cv.hpp"

#include <ansatz/data/sets/table_set.hpp>
#include <ansatz/files/held_folder.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <ansatz/yaml/write.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace ansatz {

namespace {

// What an MLP reads whose file says neither nvis nor input_space: a row of the table. Nobody counts
// the numbers that its categories become.
void take_width(Train& job) {
  auto* const mlp = dynamic_cast<MLPBase*>(job.model.get());
  if (!mlp || mlp->input_space().kind != SpaceKind::null || mlp->input_source().several()) return;
  if (!dynamic_cast<const TableDataset*>(job.dataset.get())) return;
  const SpaceInfo row = job.dataset->read_space(mlp->input_source().name.view());
  if (row.kind == SpaceKind::vector) mlp->nvis = row.total_dimension();
}

std::string default_save_path(const Loader& loader, const std::string& phase) {
  std::string path = loader.environment.find("PYLEARN2_TRAIN_FILE_FULL_STEM").value_or("job");
  if (!phase.empty()) path += "." + phase;
  return path + ".pkl";
}

// Puts the model as it was made into the place of one that names model files or variables.
void read_made_model(yaml::Node& model, const Loader& loader) {
  if (!needs_more(model)) return;
  yaml::Errors none;
  yaml::Reading reading;
  reading.fill = false;
  const yaml::NodePtr made = yaml::read_text(fmt::format("{} (its model)", loader.options.model_of),
                                             loader.options.model_yaml, none, reading);
  if (made && none.size() == 0) model = *made;
}

yaml::Reading reading_of(const LoadOptions& options) {
  yaml::Reading reading;
  reading.definitions = options.defines;
  reading.overrides = options.overrides;
  reading.fill = options.fill;
  return reading;
}

// Names taken twice before `main`, or by a shared object, cannot have been told there.
void raise_registration_faults() {
  const std::vector<std::string>& faults = registry().faults();
  if (!faults.empty()) throw NameError(faults.front());
}

yaml::Environment environment_of(const std::string& path, const LoadOptions& options) {
  yaml::Environment environment;
  // The text of a model file is not the job's file.
  if (options.fill)
    environment = yaml::Environment::of_job(path);
  else
    environment.stored(options.stored_variables);
  for (const auto& [name, value] : options.environment) environment.set(name, value);
  return environment;
}

// What the ${NAME}s of a text stand for.
std::map<std::string, std::string> variables_of(const std::string& text,
                                                const yaml::Environment& environment) {
  std::map<std::string, std::string> variables;
  for (std::size_t open = text.find("${"); open != text.npos; open = text.find("${", open + 2)) {
    const std::size_t close = text.find('}', open);
    if (close == text.npos) break;
    const std::string name = text.substr(open + 2, close - open - 2);
    if (const auto value = environment.find(name)) variables[name] = *value;
  }
  return variables;
}

// The file that a job saves to, "" where it saves to none.
std::string save_path_of(const yaml::Place& place, const Loader& loader, const std::string& phase) {
  yaml::Errors told_later;
  if (const auto key = place.find("save_path"); key && !yaml::is_null(*key->node))
    return loader.moved(yaml::as_path(*key, loader.environment, told_later).value_or(""));
  const auto freq = place.find("save_freq");
  if (!freq || yaml::as_int(*freq, told_later).value_or(0) <= 0) return "";
  return default_save_path(loader, phase);
}

// With --resume: whether the file at `save_path` is of this run. What comes from files that are not
// there any more, or from that file itself, is then as the run had it.
bool take_up(const yaml::Place& job, const Loader& loader, const std::string& save_path) {
  std::error_code none;
  if (!std::filesystem::exists(save_path, none)) return true;
  const auto lost = [&](const yaml::Node& pickle) {
    const std::string path = loader.pickle_path(pickle);
    return !std::filesystem::exists(path, none) ||
           std::filesystem::equivalent(path, save_path, none);
  };
  if (!has_pickle(*job.node, lost)) return true;
  ModelFile saved;
  try {
    saved = read_model_file(save_path);
  } catch (const Error&) {
    return true;  // told when it is resumed
  }
  yaml::Errors told_later;
  yaml::Reading reading;
  reading.fill = false;
  const auto tree_of = [&](const std::string& text) {
    return text.empty() ? nullptr : yaml::read_text(save_path, text, told_later, reading);
  };
  // The stage before, whose file this job begins from, named none.
  const yaml::NodePtr before = tree_of(saved.job_yaml);
  if (!before || !has_pickle(*before, [](const yaml::Node&) { return true; })) return false;
  if (const yaml::NodePtr made = tree_of(saved.made_job_yaml))
    for (const yaml::Child& child : job.node->children) {
      const yaml::Child* const other = made->find(child.key);
      if (child.key == "model" || !other) continue;
      if (!graft(*child.node, *other->node, lost)) *child.node = *other->node;
    }
  const auto model = job.find("model");
  const yaml::NodePtr made_model = tree_of(saved.model_yaml);
  if (!model || (made_model && graft(*model->node, *made_model, lost))) return true;
  // All of the model is from a file: now from this one, which has the records of earlier stages.
  yaml::Node& whole = *model->node;
  whole.kind = yaml::Kind::scalar;
  whole.tag = "!pkl:";
  whole.text = save_path;
  whole.quoted = true;
  whole.children.clear();
  return true;
}

Phase phase_of(const yaml::Place& place, Loader& loader, const std::string& name) {
  Phase phase;
  phase.name = name;
  phase.where = place.position.text();
  phase.job_yaml = yaml::to_yaml(*place.node);
  phase.variables = variables_of(phase.job_yaml, loader.environment);
  if (loader.options.resume)
    phase.begun = take_up(place, loader, save_path_of(place, loader, name));
  if (const auto model = place.find("model"); model && !loader.options.model_yaml.empty())
    read_made_model(*model->node, loader);
  const Value value(place, loader);
  if (!value.is_object()) {
    value.refuse("a job, written as !obj:pylearn2.train.Train {…}, or a list of jobs");
    return phase;
  }
  const Shared<Object> made = value.object("job");
  if (!made) return phase;
  auto* const job = dynamic_cast<TrainObject*>(made.get());
  if (!job) {
    value.refuse_kind("job (pylearn2.train.Train)");
    return phase;
  }
  phase.train = std::make_unique<Train>(job->train);
  if (phase.train->save_freq > 0 && phase.train->save_path.empty())
    phase.train->save_path = default_save_path(loader, name).c_str();
  take_width(*phase.train);
  if (!check_job(*phase.train, loader, place)) phase.train.reset();
  if (phase.train && phase.train->model) phase.model_yaml = to_yaml(*phase.train->model);
  return phase;
}

// What is at fault in one fold is so in all.
void add_folds(const yaml::Place& job, Loader& loader, const std::string& name,
               std::vector<Phase>& phases) {
  const std::vector<yaml::Place> folds = fold_jobs(job, loader);
  const int errors = loader.errors.size();
  for (std::size_t i = 0; i < folds.size() && loader.errors.size() == errors; ++i) {
    phases.push_back(phase_of(folds[i], loader, name));
    phases.back().fold = static_cast<int>(i);
    phases.back().folds = static_cast<int>(folds.size());
  }
}

// A later job that reads the file which this one saves means the model as it was trained, whether
// there is such a file already or not. A model that trains itself is not taken from another job.
void remember_model(const Phase& phase, Loader& loader) {
  if (!phase.train || phase.folds > 0 || phase.train->save_path.empty()) return;
  const Shared<Model>& model = phase.train->model;
  if (!model || model->trains_itself()) return;
  loader.saved_models[serial::file_named(std::string(phase.train->save_path.view()))] = model;
}

// The data set that a file holds in the place of a job, for programs that show data.
Shared<Dataset> dataset_alone(const yaml::Place& root, Loader& loader) {
  const ClassInfo* const info = registry().find(yaml::object_name(*root.node));
  if (!info || info->kind != Dataset::kind_name) return nullptr;
  const Shared<Dataset> set = Value(root, loader).object_of<Dataset>();
  if (set) check_files(*set, root, loader);
  return set;
}

Job job_of(const std::string& path, const yaml::NodePtr& root, yaml::Errors& errors,
           const LoadOptions& options) {
  Job job;
  job.path = path;
  if (root) {
    bring_up_to_date(root, errors);
    yaml::Environment environment = environment_of(path, options);
    const std::vector<yaml::Place> places = yaml::jobs(root);
    if (places.empty()) errors.add(yaml::Place(root), "the file holds no job");
    // One loader for all, so that an anchor is one object in the whole file.
    Loader loader(errors, environment, options);
    loader.job_file = path;
    if (options.check_only) job.dataset = dataset_alone(yaml::Place(root), loader);
    for (std::size_t i = 0; !job.dataset && i < places.size(); ++i) {
      const bool list = root->kind == yaml::Kind::sequence;
      const std::string name = list ? fmt::format("phase{}", i + 1) : "";
      if (list) loader.environment.set("PYLEARN2_TRAIN_PHASE", name);
      if (is_cross_validation(*places[i].node))
        add_folds(places[i], loader, name, job.phases);
      else
        job.phases.push_back(phase_of(places[i], loader, name));
      if (list) remember_model(job.phases.back(), loader);
    }
    const auto of_objects =
        std::make_shared<const std::map<const Object*, std::string>>(loader.object_places());
    for (Phase& phase : job.phases) phase.places = of_objects;
    for (const auto& input : loader.inputs) job.reads.push_back(input.second.path);
  }
  errors.raise();
  for (const yaml::Issue& issue : errors.sorted()) job.warnings.push_back(issue.text());
  return job;
}

}  // namespace

std::string file_id(const std::string& path) {
  std::error_code unknown;
  const std::filesystem::path found = std::filesystem::canonical(path, unknown);
  return unknown ? path : found.string();
}

Job load_job(const std::string& path, const LoadOptions& options) {
  raise_registration_faults();
  yaml::Errors errors;
  const yaml::NodePtr root = yaml::read_file(path, errors, reading_of(options));
  return job_of(path, root, errors, options);
}

Job load_job_text(const std::string& name, const std::string& text, const LoadOptions& options) {
  raise_registration_faults();
  yaml::Errors errors;
  const yaml::NodePtr root = yaml::read_text(name, text, errors, reading_of(options));
  return job_of(name, root, errors, options);
}

Shared<Object> load_object(const std::string& name, const std::string& text,
                           const LoadOptions& options, std::vector<std::string>* reads) {
  raise_registration_faults();
  yaml::Errors errors;
  const yaml::NodePtr root = yaml::read_text(name, text, errors, reading_of(options));
  Shared<Object> made;
  if (root) {
    bring_up_to_date(root, errors);
    const yaml::Environment environment = environment_of(name, options);
    Loader loader(errors, environment, options);
    made = Value(yaml::Place(root), loader).object("object");
    for (const auto& input : loader.inputs)
      if (reads) reads->push_back(input.second.path);
  }
  errors.raise();
  return made;
}

namespace {

struct TrainFields {
  static void list(Object& object, std::vector<Field>& list) {
    registering::Fields<Train> fields{static_cast<TrainObject&>(object).train, list};
    Train::keys(fields);
  }
};

}  // namespace

void add_jobs(Registry& to) {
  ClassInfo info;
  info.names = {Train::yaml, "pylearn2.scripts.train.Train"};
  info.kind = "job";
  info.outlives_faults = true;
  info.doc = "a job: a data set, a model, an algorithm";
  info.file = __FILE__;
  info.make = [] { return Shared<Object>(static_cast<Object*>(new TrainObject)); };
  info.fields = TrainFields::list;
  to.add(std::move(info));
}

}  // namespace ansatz
