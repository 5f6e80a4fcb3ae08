#include "trained_model.hpp"

#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/table_set.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/files/csv.hpp>
#include <ansatz/files/held_folder.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/session/declared_state.hpp>
#include <ansatz/session/origin.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace ansatz::app {

namespace {

// Data is read when it is asked for, not while the job is looked at.
LoadOptions only_look() {
  LoadOptions options;
  options.check_only = true;
  return options;
}

// Of text that a model file holds: it is read without what the run had around it.
LoadOptions as_stored(const TrainedModel& model) {
  LoadOptions options = only_look();
  options.fill = false;
  options.stored_variables = model.file.variables;
  options.model_yaml = model.file.model_yaml;
  options.model_of = model.path;
  options.inside = {file_id(model.path)};
  return options;
}

template <class T>
Shared<T> object_of(const std::string& what, const std::string& yaml, const LoadOptions& options) {
  const Shared<Object> object = load_object(what, yaml, options);
  T* found = dynamic_cast<T*>(object.get());
  if (!found) throw FileError(fmt::format("{} is not what is needed here: {}", what, yaml));
  return Shared<T>(found);
}

// The data set that the model was trained on; null where its file does not say.
Shared<Dataset> trained_on(const TrainedModel& model) {
  if (model.train->dataset) return model.train->dataset;
  if (model.file.dataset_yaml.empty()) return nullptr;
  return object_of<Dataset>(model.path + " (its data set)", model.file.dataset_yaml,
                            as_stored(model));
}

// Rows as they are, whose columns are found by their names.
TableDataset table_of(const DataArguments& given, const TrainedModel& model) {
  TableDataset table;
  table.path = given.data.c_str();
  if (given.first_line != "auto") table.header = given.first_line == "names";
  table.take(model.columns);
  table.read_targets(given.targets);
  return table;
}

bool holds_names(const DataArguments& given, const CsvFirstLine& first, bool expected) {
  if (given.first_line != "auto") return given.first_line == "names";
  return expected && !first.numbers;
}

CSVDataset csv_of(const DataArguments& given, const TrainedModel& model) {
  const Shared<Dataset> known = trained_on(model);
  const auto* const own = dynamic_cast<const CSVDataset*>(known.get());
  CSVDataset csv;
  if (own) {
    csv.task = own->task;
    csv.delimiter = own->delimiter;
    csv.num_outputs = own->num_outputs;
  }
  csv.path = given.data.c_str();
  CsvOptions options;
  options.comment = '#';
  options.separator = csv.separator();
  const CsvFirstLine first = read_csv_first_line(given.data, options);
  csv.expect_headers = holds_names(given, first, !own || own->expect_headers);
  const int inputs = model.train->model->input_space().total_dimension();
  if (own) {
    // What is to be predicted need not bring its targets.
    csv.expect_labels = given.targets
                            ? own->expect_labels || first.fields != inputs
                            : own->expect_labels && first.fields == inputs + own->num_outputs;
    return csv;
  }
  csv.expect_labels = given.targets;
  const SpaceInfo targets = model.train->model->target_space();
  if (targets.kind == SpaceKind::vector && first.fields == inputs + targets.total_dimension()) {
    csv.task = "regression";
    csv.num_outputs = targets.total_dimension();
  }
  return csv;
}

// What was learned of the columns of a table must be known, and where each column stands.
void refuse_columns(const std::string& data, const TrainedModel& model) {
  const bool array = data.ends_with(".npy") || data.ends_with(".npz");
  if (model.columns && array)
    throw ValueError(
        fmt::format("--data {}: the model of {} reads the columns of a table by their names; give "
                    "a text file, or a data set in YAML",
                    data, model.path));
  // Others need not be made, for which a plugin might be missing.
  if (model.columns || model.file.dataset_yaml.find("Table") == std::string::npos) return;
  if (!table_within(trained_on(model).get())) return;
  Shared<Dataset> other;
  if (data.starts_with("!obj")) other = object_of<Dataset>("--data", data, only_look());
  if (!other || table_within(other.get()))
    throw ValueError(
        fmt::format("--data {}: the model of {} was trained on a Table inside another data set, "
                    "and its file does not hold what was learned of the columns: it reads no other "
                    "rows of tables",
                    data, model.path));
}

Shared<Dataset> described(const DataArguments& given, const TrainedModel& model) {
  const std::string& data = given.data;
  if (data.empty()) {
    if (const Shared<Dataset> found = trained_on(model)) return found;
    throw ValueError(
        fmt::format("{} does not name its data set; give one with --data", model.path));
  }
  refuse_columns(data, model);
  if (data.ends_with(".npy")) return Shared<Dataset>(NpyDataset(data.c_str()));
  if (data.ends_with(".npz")) return Shared<Dataset>(NpzDataset(data.c_str(), "features"));
  if (data.starts_with("!obj")) return object_of<Dataset>("--data", data, only_look());
  if (model.columns) return Shared<Dataset>(table_of(given, model));
  if (data.ends_with(".csv")) return Shared<Dataset>(csv_of(given, model));
  throw ValueError(
      fmt::format("--data {}: give a .csv, .npy or .npz file, or YAML such as "
                  "\"!obj:MNIST {{which_set: 'test'}}\"",
                  data));
}

// Where `--data` is not given, the model's own data set is at fault, which was checked before.
void require_inputs(const DataArguments& given, const TrainedModel& model, std::int64_t numbers) {
  const SpaceInfo wanted = model.train->model->input_space();
  if (given.data.empty() || wanted.total_dimension() == numbers) return;
  throw ShapeError(fmt::format(
      "--data {}: its examples have {} numbers, but the model of {} takes "
      "{}, which are {}",
      given.data, numbers, model.path, to_text(wanted).view(), wanted.total_dimension()));
}

}  // namespace

void DataArguments::add_to(CLI::App& command) {
  command.add_option("data,--data", data,
                     "text, .npy or .npz file, or a data set in YAML; default: what it was "
                     "trained on");
  command
      .add_option("--first-line", first_line,
                  "of a .csv file: names, numbers, or auto: names, unless all of it is numbers")
      ->check(CLI::IsMember({"auto", "names", "numbers"}))
      ->capture_default_str();
}

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
  const DeclaredState state(*train);
  state.make(store, precision);
  state.initialize(store, 0);  // of what the file does not have
  state.take(store, file.state, "");
}

TrainedModel read_trained_model(const std::string& path) {
  TrainedModel model;
  model.path = path;
  model.file = read_model_file(path);
  model.precision = model.file.floatX == "float64" ? ElementType::float64 : ElementType::float32;
  // As it was written, for what is to be found in other folders on another machine; else as it was
  // made.
  if (const auto columns = model.file.data.find("columns"); columns != model.file.data.end())
    model.columns = std::make_shared<const TableColumns>(table_columns_of(columns->second, path));
  const KnownColumns known(model.columns);
  for (const std::string* text : {&model.file.job_yaml, &model.file.made_job_yaml}) {
    if (model.train || text->empty()) continue;
    try {
      Job job = load_job_text(path + " (its job)", *text, as_stored(model));
      // Of several jobs in one file, the one that saves to this path cannot be told from here.
      if (job.phases.size() == 1 && job.phases[0].train)
        model.train = std::move(job.phases[0].train);
      else if (!job.warnings.empty())
        model.without_job = job.warnings.front();
    } catch (const FileError& fault) {
      // The model may stand alone where its job does not.
      if (model.file.model_yaml.empty()) throw;
      model.without_job = fault.what();
    }
  }
  if (model.train) model.without_job.clear();
  if (!model.train) {
    if (model.file.model_yaml.empty())
      throw FileError(
          fmt::format("{}: the file does not describe its model, so that only its "
                      "parameters and records can be read",
                      path));
    model.train = std::make_unique<Train>();
    LoadOptions options = as_stored(model);
    options.model_yaml.clear();
    model.train->model = object_of<Model>(path + " (its model)", model.file.model_yaml, options);
    model.train->algorithm = SGD(learning_rate(1.));
  }
  model.preprocessors = std::make_shared<Preprocessors>(*model.train);
  model.preprocessors->take(model.file.state);
  add_data_files(*model.train, model.data_files);
  if (!model.train->dataset) {
    try {
      if (const Shared<Dataset> set = trained_on(model)) set->files(model.data_files);
    } catch (const MemoryError&) {
      throw;
    } catch (const Error&) {  // told by what needs it
    }
  }
  return model;
}

void spare_data_of(const TrainedModel& model, const std::string& out) {
  std::error_code none;
  for (const std::string& each : model.data_files)
    if (std::filesystem::exists(each, none) && serial::file_named(each) == serial::file_named(out))
      throw FileError(fmt::format(
          "cannot write '{}': the model of {} was trained on it; give another file with -o", out,
          model.path));
}

Shared<Dataset> dataset_of(const DataArguments& given, const TrainedModel& model) {
  const KnownColumns known(model.columns);  // for a Table in YAML
  const Shared<Dataset> found = described(given, model);
  const Sources source = model.train->model->input_source();
  if (source.several() || model.preprocessors->any()) return found;
  for (const Shared<Extension>& each : model.train->extensions)
    if (each->changes_data()) return found;
  const SpaceInfo space = found->source_space(source.name.view());
  // Labels may become vectors.
  if (space.kind == SpaceKind::vector || space.kind == SpaceKind::conv2d)
    require_inputs(given, model, space.total_dimension());
  return found;
}

std::shared_ptr<const BatchSource> load_data(const DataArguments& given, TrainedModel& model) {
  const Shared<Dataset> dataset = model.train->dataset;
  const KnownColumns known(model.columns);
  const auto* const table = dynamic_cast<const TableDataset*>(dataset.get());
  if (table && !given.targets) table->read_targets(false);
  const std::shared_ptr<const BatchSource> data = dataset->open();
  if (table && !given.data.empty())
    if (const std::string warning = table->warning(); !warning.empty())
      show_warning("warning: " + warning);
  const auto open = [](const Dataset& set) { return set.open(); };
  const Preprocessing* const how = dataset->preprocessing();
  std::shared_ptr<const BatchSource> source;
  if (!how || !how->preprocessor)
    source = model.preprocessors->apply_first(data, open);
  else if (given.data.empty())
    source = model.preprocessors->apply(*dataset, data, open);
  else  // a preprocessor of its own
    source = Preprocessors(*model.train).apply(*dataset, data, open);
  for (const Shared<Extension>& each : model.train->extensions)
    source = each->read_new(std::move(source));
  if (source != data) model.train->dataset = SourceDataset(source);
  const Sources wanted = model.train->model->input_source();
  const Column* const inputs = wanted.several() ? nullptr : source->find(wanted.name.view());
  if (inputs && !inputs->labels) require_inputs(given, model, inputs->width());
  return source;
}

bool tells_classes(const TrainedModel& model) {
  const Model& m = *model.train->model;
  if (model.columns) return model.columns->classifies();
  const Shared<Dataset> known = trained_on(model);
  // Of an autoencoder, say, labels of the data set are nothing that it knows of.
  if (m.target_space().kind == SpaceKind::null) return false;
  for (const DataSpecs& each : flatten(m.target_space(), m.target_source())) {
    if (each.space.kind == SpaceKind::index) return true;
    if (known && known->source_space(each.source.name).kind == SpaceKind::index) return true;
  }
  if (!known) return false;
  if (const auto* const csv = dynamic_cast<const CSVDataset*>(known.get()))
    return csv->expect_labels && csv->task == "classification";
  const auto* const npz = dynamic_cast<const NpzDataset*>(known.get());
  return npz && npz->target_labels > 0;
}

}  // namespace ansatz::app
