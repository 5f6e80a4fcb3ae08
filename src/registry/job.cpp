#include <ansatz/registry/job.hpp>

#include "loader.hpp"

#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <ansatz/yaml/write.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

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
  yaml::Environment environment = yaml::Environment::of_job(path);
  for (const auto& [name, value] : options.environment) environment.set(name, value);
  return environment;
}

Phase phase_of(const yaml::Place& place, Loader& loader, const std::string& name) {
  Phase phase;
  phase.name = name;
  phase.where = place.position.text();
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
  if (phase.train->save_freq > 0 && phase.train->save_path.empty()) {
    std::string path = loader.environment.find("PYLEARN2_TRAIN_FILE_FULL_STEM").value_or("job");
    if (!name.empty()) path += "." + name;
    phase.train->save_path = (path + ".pkl").c_str();
  }
  check_job(*phase.train, loader, place);
  phase.places = loader.dataset_places();
  phase.job_yaml = yaml::to_yaml(*place.node);
  if (phase.train->model) phase.model_yaml = to_yaml(*phase.train->model);
  return phase;
}

Job job_of(const std::string& path, const yaml::NodePtr& root, yaml::Errors& errors,
           const LoadOptions& options) {
  Job job;
  job.path = path;
  if (root) {
    yaml::Environment environment = environment_of(path, options);
    const std::vector<yaml::Place> places = yaml::jobs(root);
    if (places.empty()) errors.add(yaml::Place(root), "the file holds no job");
    // One loader for all, so that an anchor is one object in the whole file.
    Loader loader(errors, environment, options);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const bool list = root->kind == yaml::Kind::sequence;
      const std::string name = list ? fmt::format("phase{}", i + 1) : "";
      if (list) loader.environment.set("PYLEARN2_TRAIN_PHASE", name);
      job.phases.push_back(phase_of(places[i], loader, name));
    }
  }
  errors.raise();
  for (const yaml::Issue& issue : errors.sorted()) job.warnings.push_back(issue.text());
  return job;
}

}  // namespace

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
                           const LoadOptions& options) {
  raise_registration_faults();
  yaml::Errors errors;
  const yaml::NodePtr root = yaml::read_text(name, text, errors, reading_of(options));
  Shared<Object> made;
  if (root) {
    const yaml::Environment environment = environment_of(name, options);
    Loader loader(errors, environment, options);
    made = Value(yaml::Place(root), loader).object("object");
  }
  errors.raise();
  return made;
}

namespace {

struct TrainFields {
  static void list(Object& object, FieldSink& sink) {
    registering::Fields<Train> fields{static_cast<TrainObject&>(object).train, sink};
    Train::keys(fields);
  }
};

}  // namespace

void add_jobs(Registry& to) {
  ClassInfo info;
  info.names = {Train::yaml};
  info.kind = "job";
  info.doc = "a job: a data set, a model, an algorithm";
  info.file = __FILE__;
  info.make = [] { return Shared<Object>(static_cast<Object*>(new TrainObject)); };
  info.fields = TrainFields::list;
  to.add(std::move(info));
}

}  // namespace ansatz
