#include "trained_model.hpp"

#include <ansatz/data/file_sets.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/training/sgd.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz::app {

namespace {

// Data is read when it is asked for, not while the job is looked at.
LoadOptions only_look() {
  LoadOptions options;
  options.check_only = true;
  return options;
}

template <class T>
Shared<T> object_of(const std::string& what, const std::string& yaml) {
  const Shared<Object> object = load_object(what, yaml, only_look());
  T* found = dynamic_cast<T*>(object.get());
  if (!found) throw FileError(fmt::format("{} is not what is needed here: {}", what, yaml));
  return Shared<T>(found);
}

}  // namespace

void TrainedModel::bind(AnyProgram& program) const {
  Store store;
  for (const ModelParameter& p : train->model->parameters()) {
    Dims dims;
    for (int i = 0; i < p.shape().rank; ++i) dims.push_back(p.shape()[i]);
    if (precision == ElementType::float64)
      store.add<double>(p.name.view(), dims);
    else
      store.add<float>(p.name.view(), dims);
  }
  restore_tensors(store, StoreKind::parameter, file.parameters, path);
  program.bind(store);
}

TrainedModel read_trained_model(const std::string& path) {
  TrainedModel model;
  model.path = path;
  model.file = read_model_file(path);
  model.precision =
      model.file.floatX == "float64" ? ElementType::float64 : ElementType::float32;
  if (!model.file.job_yaml.empty()) {
    Job job = load_job_text(path + " (its job)", model.file.job_yaml, only_look());
    // Of several jobs in one file, the one that saves to this path cannot be told from here.
    if (job.phases.size() == 1 && job.phases[0].train) model.train = std::move(job.phases[0].train);
  }
  if (!model.train) {
    if (model.file.model_yaml.empty())
      throw FileError(fmt::format("{}: the file does not describe its model, so that only its "
                                  "parameters and records can be read",
                                  path));
    model.train = std::make_unique<Train>();
    model.train->model = object_of<Model>(path + " (its model)", model.file.model_yaml);
    model.train->algorithm = SGD(learning_rate(1.));
  }
  return model;
}

Shared<Dataset> dataset_of(const std::string& given, const TrainedModel& model, bool labels) {
  if (given.empty()) {
    if (model.train->dataset) return model.train->dataset;
    if (!model.file.dataset_yaml.empty())
      return object_of<Dataset>(model.path + " (its data set)", model.file.dataset_yaml);
    throw ValueError(
        fmt::format("{} does not name its data set; give one with --data", model.path));
  }
  if (given.ends_with(".npy")) return Shared<Dataset>(NpyDataset(given.c_str()));
  if (given.ends_with(".npz")) return Shared<Dataset>(NpzDataset(given.c_str(), "features"));
  if (given.ends_with(".csv")) {
    CSVDataset csv(given.c_str());
    csv.expect_labels = labels;
    return Shared<Dataset>(csv);
  }
  if (given.starts_with("!obj")) return object_of<Dataset>("--data", given);
  throw ValueError(fmt::format("--data {}: give a .csv, .npy or .npz file, or YAML such as "
                               "\"!obj:MNIST {{which_set: 'test'}}\"",
                               given));
}

}  // namespace ansatz::app
