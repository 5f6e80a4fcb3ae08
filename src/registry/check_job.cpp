// What holds between the parts of a job.
#include "loader.hpp"

#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/hdf5_set.hpp>
#include <ansatz/data/sets/table_set.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/preprocessors.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/base/several_errors.hpp>
#include <ansatz/files/csv.hpp>
#include <ansatz/files/npy_file.hpp>
#include <ansatz/model/unknown_name_error.hpp>
#include <ansatz/monitor/objective_channel.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace ansatz {

namespace {

void tell_missing(const yaml::Place& at, std::string what, Loader& loader) {
  if (loader.options.check_only)
    loader.errors.warn(at, std::move(what));
  else
    loader.errors.add(at, std::move(what));
}

class Checker {
 public:
  Checker(const Train& job, Loader& loader, const yaml::Place& place)
      : job_(job), loader_(loader), place_(place) {}

  void check() {
    // The job of a model file is not run again: where it began matters no more.
    if (loader_.options.fill) keys();
    datasets();
    if (!job_.model || width_unknown()) {
      if (loader_.options.fill) check_outputs(job_, loader_, place_, false);
      return;
    }
    if (!job_.algorithm && !given("algorithm") && !job_.model->trains_itself())
      error(place_, "algorithm is null, but the model cannot train itself; name an algorithm");
    const int before = loader_.errors.size();
    if (const Layered* const layered = job_.model->as_layered())
      layers(*layered, {layered->input_space(), ""}, place_of(job_.model.get(), "model"));
    const bool sound = loader_.errors.size() == before;
    // The job of a model file is not run again: it writes nothing.
    if (loader_.options.fill) check_outputs(job_, loader_, place_, sound && layers_there());
    // All else asks for the Spaces of the layers, and for their names.
    if (!sound || !layers_there()) return;
    sound_ = !loader_.hollow(job_.model.get()) && (job_.dataset || !given("dataset"));
    preprocessors();
    if (sound_) classes();
    if (sound_ && !memory()) return;
    if (sound_ && init_can_be_read_ && !loader_.options.resume)
      check_parameters(job_, loader_, place_);
    if (!job_.algorithm) return;
    sound_ = sound_ && !loader_.hollow(job_.algorithm.get());
    complete_ = sound_;
    functions();
    if (!loader_.options.fill) return;  // nor are its criteria and extensions asked
    monitored_data();
    weights();
    parts();
    channels();
  }

  bool whole() const {
    return (job_.dataset || !given("dataset")) && job_.model && layers_there() && !width_unknown();
  }

 private:
  void error(const yaml::Place& at, std::string what) { loader_.errors.add(at, std::move(what)); }

  // Where an object of the job stands, or else what of the job it is.
  yaml::Place place_of(const Object* object, std::string_view key) const {
    if (const yaml::Place* const found = loader_.place_of(object)) return *found;
    return place_.find(key).value_or(place_);
  }

  // Whether the file gives the key; a job that has nothing all the same has told why.
  bool given(std::string_view key) const {
    const auto value = place_.find(key);
    return value && (value->node->lost || !yaml::is_null(*value->node));
  }
  // Whether each layer of the file could be made.
  bool layers_there() const {
    const Layered* const layered = job_.model->as_layered();
    return !layered || layers_there(*layered, loader_.place_of(job_.model.get()));
  }
  bool layers_there(const Layered& model, const yaml::Place* at) const {
    const auto list = at ? at->find("layers") : std::nullopt;
    if (list && static_cast<int>(list->node->children.size()) != model.layer_count()) return false;
    for (int i = 0; i < model.layer_count(); ++i)
      if (const auto* const nested = dynamic_cast<const NestedMLP*>(&model.layer(i)))
        if (!layers_there(*nested->mlp, loader_.place_of(nested->mlp.get()))) return false;
    return true;
  }

  void keys() {
    if (job_.init_from.empty()) {
      for (const char* key : {"init_from_include", "init_from_exclude"})
        if (const auto at = place_.find(key); at && given(key) && !at->node->children.empty())
          error(*at, "found patterns, but no init_from that they could choose from");
      return;
    }
    const yaml::Place at = place_.find("init_from").value_or(place_);
    const std::string path = job_.init_from.c_str();
    // A file that an earlier job of the list saves need not be there yet.
    init_can_be_read_ = comes_from_earlier_job(job_, loader_, place_);
    if (init_can_be_read_) return;
    std::error_code none;
    if (!std::filesystem::exists(path, none)) {
      // A run that goes on has taken from it what it needs.
      if (!loader_.options.resume || !std::filesystem::exists(job_.save_path.c_str(), none))
        missing(at, fmt::format("the file '{}' does not exist", path));
      return;
    }
    try {
      (void)read_parameters(path);
      init_can_be_read_ = true;
    } catch (const Error& problem) {
      error(at, problem.what());
    }
  }

  void missing(const yaml::Place& at, std::string what) {
    tell_missing(at, std::move(what), loader_);
  }

  void datasets() {
    dataset(job_.dataset);
    if (!job_.algorithm) return;
    for (const MonitoringDataset& each : job_.algorithm->monitoring_datasets.list)
      if (!(each.dataset == job_.dataset)) dataset(each.dataset);
  }
  void dataset(const Shared<Dataset>& set) {
    if (!set) return;
    check_files(*set, place_of(set.get(), "dataset"), loader_);
    if (const TableDataset* const table = table_within(set.get())) learns(*table);
  }
  static const TableDataset* table_of(const Shared<Dataset>& set) {
    return dynamic_cast<const TableDataset*>(set.get());
  }
  // The columns of a table are known from its file only. Those of others must become the numbers
  // that those of the training data become.
  void learns(const TableDataset& table) {
    try {
      if (table.learned_missing()) return;  // told before
      const auto learned = table.learned();
      const TableDataset* const training = table_within(job_.dataset.get());
      if (training && training->learned() != learned)
        error(place_of(&table, "algorithm"),
              "this Table would learn means and categories of its own; give it `like`, the Table "
              "that is trained on: like: *train");
    } catch (const Error& problem) {
      if (faults_.insert(problem.what()).second) error(place_of(&table, "dataset"), problem.what());
    }
  }
  // The width of an MLP without nvis is that of its table, which could not be read.
  bool width_unknown() const {
    const TableDataset* const table = table_of(job_.dataset);
    const auto* const mlp = dynamic_cast<const MLPBase*>(job_.model.get());
    return table && mlp && mlp->input_space().kind == SpaceKind::null && table->fails();
  }
  // Weights that nothing reads would be forgotten silently.
  void weights() {
    const TableDataset* const table = table_of(job_.dataset);
    if (!table || table->fails() || table->learned()->weight.empty()) return;
    try {
      if (job_.data().has(Sources("weights"))) return;
    } catch (const Error&) {
      return;  // told with the functions
    }
    error(place_of(table, "dataset"),
          fmt::format("weight: nothing reads the weights in {}; give the algorithm cost: "
                      "!obj:WeightedCost {{}}",
                      in_quotes(table->learned()->weight)));
  }

  // One layer after the other, so that the error stands at the layer that refuses its input.
  void layers(const Layered& model, const Place& from, const yaml::Place& at) {
    if (from.input.kind == SpaceKind::null && loader_.hollow(&model)) return;
    if (from.input.kind == SpaceKind::null) {
      error(at, "neither nvis nor input_space says what one example is");
      return;
    }
    SpaceInfo below = from.input;
    for (int i = 0; i < model.layer_count(); ++i) {
      const Layer& layer = model.layer(i);
      const yaml::Place* stands = loader_.place_of(&layer);
      if (loader_.hollow(&layer)) return;  // what follows from it is no fault of the file
      mask(stands);
      for (int k = 0; k < layer.inner_layers(); ++k) mask(loader_.place_of(&layer.inner_layer(k)));
      if (const auto* const nested = dynamic_cast<const NestedMLP*>(&layer)) {
        if (loader_.hollow(nested->mlp.get())) return;
        stands = loader_.place_of(nested->mlp.get());
        const int before = loader_.errors.size();
        layers(*nested->mlp, {below, ""}, stands ? *stands : at);
        if (loader_.errors.size() != before) return;
      }
      try {
        below = layer.output_space(below);
      } catch (const Error& problem) {
        error(stands ? *stands : at, problem.what());
        return;
      }
    }
  }

  // The weights' mask of a layer is read when the job runs.
  void mask(const yaml::Place* layer) {
    const auto key = layer ? layer->find("mask_weights") : std::nullopt;
    if (!key || yaml::is_null(*key->node)) return;
    yaml::Errors told_before;
    const auto written = yaml::as_path(*key, loader_.environment, told_before);
    std::error_code none;
    if (!written || written->empty()) return;
    const std::string path = loader_.moved(*written);
    if (!std::filesystem::exists(path, none))
      missing(*key, fmt::format("the file '{}' does not exist", path));
  }

  // Each is fitted on one data set.
  void preprocessors() {
    try {
      const Preprocessors all(job_);
      // Those of a run that is resumed, and of a model file, are brought back.
      if (loader_.options.fill && !loader_.options.resume) all.require_fitted();
    } catch (const Error& problem) {
      error(place_of(job_.dataset.get(), "dataset"), problem.what());
    }
  }

  void classes() {
    if (!job_.dataset) return;
    ir::List<DataSpecs> targets;
    try {
      targets = flatten(job_.model->target_space(), job_.model->target_source());
    } catch (const Error& problem) {
      return error(place_of(job_.model.get(), "model"), problem.what());
    }
    for (const DataSpecs& each : targets) classes(each.space, each.source.name);
  }
  void classes(const SpaceInfo& wanted, const String& source) {
    const SpaceInfo there = job_.dataset->read_space(source);
    if (table_target(wanted, there, source)) return;
    if (wanted.kind == SpaceKind::index && there.kind == SpaceKind::index &&
        wanted.labels != there.labels) {
      classes_agree_ = false;
      error(place_of(job_.model.get(), "model"),
            fmt::format("the data set has {} classes, but the model is made for {}", there.labels,
                        wanted.labels));
    }
  }

  // What a table of one's own predicts, and a last layer that does not; told by their names.
  bool table_target(const SpaceInfo& wanted, const SpaceInfo& there, const String& source) {
    const TableDataset* const table = table_of(job_.dataset);
    if (!table || source != "targets" || table->fails() || table->learned()->targets.empty())
      return false;
    const TableColumns& columns = *table->learned();
    const Layered* const layered = job_.model->as_layered();
    const Layer* const last = layered && layered->layer_count() > 0
                                  ? &layered->layer(layered->layer_count() - 1)
                                  : nullptr;
    const std::string target = in_quotes(columns.targets[0].name);
    const std::string name = last ? last->layer_name.c_str() : "y";
    std::string text;
    const int numbers = wanted.total_dimension();
    if (wanted.kind == SpaceKind::index && there.kind == SpaceKind::vector)
      text = fmt::format(
          "the target {} holds numbers, but the model tells classes; let its last layer be "
          "!obj:Linear {{ layer_name: {}, dim: {}, irange: .05 }}, or say task: classification in "
          "the Table, if each number is a class",
          target, name, columns.targets.size());
    else if (there.kind == SpaceKind::index && wanted.kind == SpaceKind::vector &&
             numbers != there.labels)
      text = fmt::format(
          "the target {} holds {} classes, but the model tells {}; let its last layer be "
          "!obj:Softmax {{ layer_name: {}, n_classes: {}, irange: 0. }}",
          target, there.labels, numbers == 1 ? "a number" : fmt::format("{} numbers", numbers),
          name, there.labels);
    else if (wanted.kind == SpaceKind::index && there.kind == SpaceKind::index &&
             wanted.labels != there.labels)
      text = fmt::format(
          "the target {} holds {} classes, but the model is made for {}; let its last layer be "
          "!obj:Softmax {{ layer_name: {}, n_classes: {}, irange: 0. }}",
          target, there.labels, wanted.labels, name, there.labels);
    else if (there.kind == SpaceKind::vector && wanted.kind == SpaceKind::vector &&
             numbers != there.total_dimension())
      text = fmt::format(
          "the model tells {} numbers, but there are {} to be predicted ({}{}); let its last layer "
          "be !obj:Linear {{ layer_name: {}, dim: {}, irange: .05 }}",
          numbers, there.total_dimension(), target, columns.targets.size() > 1 ? ", …" : "", name,
          there.total_dimension());
    if (text.empty()) return false;
    classes_agree_ = false;
    error(last && loader_.place_of(last) ? *loader_.place_of(last)
                                         : place_of(job_.model.get(), "model"),
          text);
    return true;
  }

  // Whether the parameters fit into memory, told before there are any.
  bool memory() {
    double sum = 0, most = 0;
    std::string largest;
    ir::List<ModelParameter> parameters;
    try {
      parameters = job_.model->parameters();
    } catch (const Error&) {
      return true;  // told with the functions that have them
    }
    for (const ModelParameter& p : parameters) {
      double bytes = element_size(loader_.options.precision);
      std::string shape;
      for (int i = 0; i < p.shape().rank; ++i) {
        bytes *= p.shape()[i];
        shape += fmt::format("{}{}", i ? ", " : "", p.shape()[i]);
      }
      sum += bytes;
      if (bytes > most) largest = fmt::format("{} [{}]", p.name.view(), shape);
      most = std::max(most, bytes);
    }
    const double there = memory_there();
    if (sum <= there) return true;
    const double unit = sum >= 1e9 ? 1e9 : 1e6;
    error(place_of(job_.model.get(), "model"),
          fmt::format("the parameters need {:.1f} {unit}, of which {} {:.1f}; there are {:.1f} "
                      "{unit} of memory",
                      sum / unit, largest, most / unit, there / unit,
                      fmt::arg("unit", unit == 1e9 ? "GB" : "MB")));
    return false;
  }
  // Of the machine, or what a limit leaves of it.
  static double memory_there() {
    const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    double there = page * static_cast<double>(::sysconf(_SC_PHYS_PAGES));
    rlimit limit{};
    double used = 0;
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        std::ifstream("/proc/self/statm") >> used)
      there = std::min(there, static_cast<double>(limit.rlim_cur) - used * page);
    return there;
  }

  // The graphs of the functions, whose ops check their shapes. Each fault is told once: what is
  // wrong with the cost is wrong in the step, and in the monitor as well.
  void functions() {
    // With targets of its own the model can be looked at where those of the data do not fit.
    Train job = job_;
    if (!classes_agree_) job.dataset = nullptr;
    bool failed = false;
    FunctionList names(FunctionList::none);
    try {
      names = job.functions(FunctionList::none);
    } catch (const Error& problem) {  // two of one name
      complete_ = false;
      error(place_, problem.what());
      return;
    }
    for (int i = 0; i < names.size(); ++i) {
      try {
        facts_.add_settings(job.function(i).function);
        settings_known_ = settings_known_ || i == 0;
      } catch (const Error& problem) {
        complete_ = false;
        const bool of_cost = names[i].owner == "the algorithm" && job_.algorithm->cost;
        if (of_cost && !std::exchange(failed, true)) terms(job);
        tell(problem, of_cost ? place_of(job_.algorithm->cost.get(), "algorithm")
                              : place_of(job_.model.get(), "model"));
      }
    }
    try {
      (void)job.states();
    } catch (const Error& problem) {  // declared twice, or with no Space that can be stored
      complete_ = false;
      tell(problem, place_of(job_.model.get(), "model"));
    }
    if (failed) settings_without_cost(job);
    job_.algorithm->add_settings(facts_);
  }
  // Of a sum each term alone, so that a fault of one hides none of another.
  void terms(const Train& job) {
    const auto* const sum = dynamic_cast<const SumOfCosts*>(job_.algorithm->cost.get());
    if (!sum) return;
    for (const CostTerm& term : sum->costs) {
      try {
        const Data data = job.data();
        if (!term.cost->expr(*job.model, data)) (void)term.cost->gradients(*job.model, data);
      } catch (const Error& problem) {
        tell(problem, place_of(term.cost.get(), "algorithm"));
      }
    }
  }
  // The named numbers of the algorithm and its rule, though its cost cannot be made.
  void settings_without_cost(const Train& job) {
    if (!job_.model->default_cost()) return;
    const Shared<Cost> own = std::exchange(job_.algorithm->cost, nullptr);
    FunctionList of_algorithm(FunctionList::none);
    job.algorithm->functions(job, of_algorithm);
    for (int i = 0; i < of_algorithm.size(); ++i) {
      try {
        facts_.add_settings(job.function(i).function);
        settings_known_ = settings_known_ || i == 0;
      } catch (const Error&) {
      }
    }
    job_.algorithm->cost = own;
  }
  // Tells each fault once: what is wrong with the cost is wrong in the step, and in the monitor as
  // well. Where parts are not what the file means, only names that are unknown are sure to be
  // wrong.
  void tell(const Error& problem, const yaml::Place& at) {
    const auto* const name = dynamic_cast<const UnknownName*>(&problem);
    if ((!sound_ && !name) || !faults_.insert(problem.what()).second) return;
    if (!name || !tell_names(at, *name)) error(at, problem.what());
  }
  // Tells an unknown name where it stands below a place, as a key or as a value, and those beside
  // it that are unknown as well. False where it does not stand there.
  bool tell_names(const yaml::Place& at, const UnknownName& unknown) {
    const bool mapping = at->kind == yaml::Kind::mapping;
    const auto name_at = [&](std::size_t i) -> std::string_view {
      const yaml::Child& child = at->children[i];
      if (mapping) return child.key;
      return child.node->kind == yaml::Kind::scalar ? std::string_view(child.node->text) : "";
    };
    bool here = false;
    for (std::size_t i = 0; i < at->children.size(); ++i) here = here || name_at(i) == unknown.name;
    for (std::size_t i = 0; i < at->children.size(); ++i) {
      yaml::Place child(at, i);
      const std::string name(name_at(i));
      if (!here) {
        if (child->kind == yaml::Kind::scalar && child->text == unknown.name) {
          error(child, unknown.what());
          return true;
        }
        if (tell_names(child, unknown)) return true;
        continue;
      }
      if (name.empty() ||
          std::find(unknown.known.begin(), unknown.known.end(), name) != unknown.known.end())
        continue;
      if (mapping) child.position = child.key_position;
      faults_.insert(unknown.text_of(name));
      error(child, unknown.text_of(name));
    }
    return here;
  }

  // Programs are made for the Spaces of the training data; other data must fit them.
  void monitored_data() {
    if (!sound_ || !classes_agree_) return;
    Data data;
    try {
      data = job_.data();
    } catch (const Error&) {
      return;  // told with the functions
    }
    if (job_.dataset) fits_file(*job_.dataset, data, "dataset");
    for (const MonitoringDataset& set : job_.algorithm->monitoring_datasets.list) {
      if (!(set.dataset == job_.dataset)) fits_file(*set.dataset, data, "algorithm");
      for (const Data::Entry& read : data.sources()) {
        const SpaceInfo there =
            train::read_space(*set.dataset, job_.extensions, read.source.view());
        const SpaceInfo& wanted = read.signal.space;
        if (there.kind == SpaceKind::null || fits(there, wanted)) continue;
        error(place_of(set.dataset.get(), "algorithm"),
              fmt::format("{} of this data set is {}, but the job reads {}", read.source.view(),
                          to_text(there).view(), to_text(wanted).view()));
      }
    }
  }
  // What an example of a file has, as far as the file's head tells.
  struct Head {
    std::string source, text;
    std::int64_t numbers;
  };
  static std::vector<Head> heads_of(const Dataset& set) {
    const Preprocessing* const with = set.preprocessing();
    if (with && with->preprocessor) return {};
    try {
      if (const auto* const csv = dynamic_cast<const CSVDataset*>(&set)) return heads_of(*csv);
      if (const auto* const npy = dynamic_cast<const NpyDataset*>(&set)) {
        const NpyFile file(npy->file.c_str());
        if (file.shape().size() < 2) return {};
        const std::int64_t n = file.row_bytes() / element_size(file.type());
        return {{"features", fmt::format("{} has {} features", npy->file.view(), n), n}};
      }
      const auto* const hdf5 = dynamic_cast<const HDF5Dataset*>(&set);
      if (!hdf5 || hdf5->load_all) return {};
      std::vector<Head> list;
      const std::shared_ptr<const BatchSource> source = hdf5->open();
      for (const Column& each : source->columns())
        if (each.labels == 0)
          list.push_back(
              {each.source,
               fmt::format("an example of \"{}\" in {} has {} number{}", each.source,
                           hdf5->filename.view(), each.width(), each.width() == 1 ? "" : "s"),
               each.width()});
      return list;
    } catch (const Error&) {
      return {};  // told when it is read
    }
  }
  static std::vector<Head> heads_of(const CSVDataset& csv) {
    // Names with blanks are more fields than there are numbers.
    if (csv.expect_headers && csv.separator() == any_blanks) return {};
    const int targets = csv.expect_labels ? csv.num_outputs : 0;
    CsvOptions options;
    options.comment = '#';
    options.separator = csv.separator();
    const int found = read_csv_first_line(csv.path.c_str(), options).fields - targets;
    if (found <= 0) return {};
    return {{"features",
             fmt::format("the first line of {} has {} features{}", csv.path.view(), found,
                         targets ? fmt::format(" behind {} column{} of targets", targets,
                                               targets == 1 ? "" : "s")
                                 : std::string()),
             found}};
  }
  void fits_file(const Dataset& set, const Data& data, std::string_view key) {
    for (const Shared<Extension>& each : job_.extensions)
      if (each->changes_data()) return;
    for (const Head& head : heads_of(set))
      for (const Data::Entry& read : data.sources()) {
        const SpaceInfo& wanted = read.signal.space;
        if (read.source != head.source || wanted.kind == SpaceKind::index ||
            wanted.kind == SpaceKind::null || head.numbers == wanted.total_dimension())
          continue;
        error(place_of(&set, key), fmt::format("{}, but examples of shape [{}] are needed",
                                               head.text, wanted.total_dimension()));
      }
  }
  static bool fits(const SpaceInfo& there, const SpaceInfo& wanted) {
    if (wanted.kind == SpaceKind::index)
      return there.kind == SpaceKind::index && there.labels <= wanted.labels &&
             there.total_dimension() == wanted.total_dimension();
    const int width = there.total_dimension() * (there.kind == SpaceKind::index ? there.labels : 1);
    return width == wanted.total_dimension() || there.total_dimension() == wanted.total_dimension();
  }

  // What the algorithm, its callbacks and criterion and the extensions ask of the job.
  void parts() {
    const TrainingAlgorithm& algorithm = *job_.algorithm;
    if (job_.dataset || !given("dataset")) part(algorithm, "algorithm");
    if (!settings_known_ && job_.function_count() > 0) return;
    // A learning rule that could not be made would have brought numbers of its own.
    const yaml::Place* const stands = loader_.place_of(&algorithm);
    const auto rule = stands ? stands->find("learning_rule") : std::nullopt;
    if (rule && loader_.lost(*rule)) return;
    if (algorithm.termination_criterion) part(*algorithm.termination_criterion, "algorithm");
    if (const auto* const sgd = dynamic_cast<const SGD*>(&algorithm))
      for (const Shared<UpdateCallback>& each : sgd->update_callbacks) part(*each, "algorithm");
    for (const Shared<Extension>& each : job_.extensions) part(*each, "extensions");
  }
  template <class Part>
  void part(const Part& asks, std::string_view key) {
    const auto tell = [&](const std::string& problem) {
      if (!loader_.follows(&asks, problem)) loader_.add_error(&asks, place_of(&asks, key), problem);
    };
    try {
      asks.check_job(facts_);
    } catch (const SeveralErrors& several) {
      for (const std::string& problem : several.all) tell(problem);
    } catch (const NameError& problem) {
      // Of a cost that cannot be made the named numbers are not known.
      if (complete_) tell(problem.what());
    } catch (const Error& problem) {
      tell(problem.what());
    }
  }

  // Criteria and extensions may only watch channels there are.
  void channels() {
    const TrainingAlgorithm& algorithm = *job_.algorithm;
    add_channels(known_, [&](ChannelList& list) { algorithm.channels(*job_.model, list); });
    const std::vector<std::string> of_data = channels_of_data();
    for (const MonitoringDataset& set : algorithm.monitoring_datasets.list)
      for (const std::string& each : of_data)
        known_.push_back((set.name.empty() ? "" : std::string(set.name.view()) + "_") + each);
    // Of a data set that could not be made, too: what is watched of it is no fault.
    std::unordered_set<std::string> seen(known_.begin(), known_.end());
    if (const yaml::Place* const stands = loader_.place_of(&algorithm))
      if (const auto sets = stands->find("monitoring_dataset");
          sets && yaml::object_name(*sets->node).empty())
        for (const yaml::Child& set : sets->node->children)
          for (const std::string& each : of_data)
            if (const std::string name = set.key + "_" + each; seen.insert(name).second)
              known_.push_back(name);
    if (!algorithm.monitoring_datasets.list.empty())
      known_.insert(known_.end(), {"training_seconds_this_epoch", "total_seconds_last_epoch"});
    if (!published()) return;

    std::vector<WatchedChannel> list;
    if (algorithm.termination_criterion) algorithm.termination_criterion->watched(list);
    for (const Shared<Extension>& each : job_.extensions) each->watched(list);
    for (const WatchedChannel& each : list) watched(each);
    // A user's own classes need not tell: of them the key that most have is looked at.
    for (const char* key : {"algorithm", "extensions"})
      if (const auto at = place_.find(key)) watched(*at);
  }

  // Adds the names of the channels that `make` gives. A fault is told unless one was before, which
  // may be the same.
  template <class F>
  void add_channels(std::vector<std::string>& names, F make) {
    try {
      ChannelList list;
      make(list);
      for (const Channel& each : list) names.emplace_back(each.name.view());
    } catch (const Error& problem) {
      complete_ = false;
      tell(problem, place_of(job_.model.get(), "model"));
    }
  }

  // Of a cost that cannot be made the fault is told; that its channel is missing is none.
  static bool has_value(const Cost& cost, const Model& model, const Data& data) {
    try {
      return cost.expr(model, data).has_value();
    } catch (const Error&) {
      return true;
    }
  }

  // Without the name of the data set. Where a part cannot tell, others still do.
  std::vector<std::string> channels_of_data() {
    std::vector<std::string> names;
    Train job = job_;
    if (!classes_agree_) job.dataset = nullptr;
    Data data;
    const auto add = [&](auto make) { add_channels(names, make); };
    add([&](ChannelList&) { data = job.data(); });
    add([&](ChannelList& list) {
      const Shared<Cost> cost = job.cost();
      if (!cost) return;
      if (has_value(*cost, *job.model, data)) names.emplace_back("objective");
      cost->channels(*job.model, data, list);
    });
    for (const NamedCost& each : job.algorithm->monitoring_costs)
      add([&](ChannelList& list) {
        if (has_value(*each.cost, *job.model, data)) names.emplace_back(each.name.view());
        ChannelList own;
        each.cost->channels(*job.model, data, own);
        list.add(each.name + "_", own);
      });
    add([&](ChannelList& list) { job.model->channels(data, list); });
    for (const Shared<Extension>& each : job.extensions)
      add([&](ChannelList& list) { each->channels(*job.model, data, list); });
    return names;
  }

  // Adds the channels that extensions make while the job runs. Returns false where there may be
  // some of which nothing is told.
  bool published() {
    bool told = true;
    for (const Shared<Extension>& each : job_.extensions) {
      std::vector<std::string> own;
      each->published(job_, own);
      for (const std::string& name : own) {
        if (complete_ && std::find(known_.begin(), known_.end(), name) != known_.end())
          error(loader_.place_of(each.get()) ? loader_.key_place(each.get(), "channel_to_publish")
                                             : place_,
                fmt::format("it makes the channel '{}', but the job has one of that name", name));
        known_.push_back(name);
      }
      const yaml::Place* const stands = loader_.place_of(each.get());
      const ClassInfo* const info =
          stands ? registry().find(yaml::object_name(*stands->node)) : nullptr;
      // What a part at fault would have made is not known.
      if (loader_.hollow(each.get())) complete_ = false;
      told = told && (!own.empty() || (info && info->of_library));
    }
    return told;
  }

  void watched(const WatchedChannel& channel) {
    if (loader_.follows(channel.by, channel.key)) return;
    const yaml::Place at =
        loader_.place_of(channel.by) ? loader_.key_place(channel.by, channel.key) : place_;
    told_.insert(at.node.get());
    if (!channel.name.empty()) return watched(at, channel.name);
    const yaml::Place* const stands = loader_.place_of(channel.by);
    const ClassInfo* const info =
        stands ? registry().find(yaml::object_name(*stands->node)) : nullptr;
    if (!complete_ || !info) return;
    try {
      (void)objective_channel({known_.begin(), known_.end()}, "", info->short_name());
    } catch (const Error& problem) {
      error(*stands, problem.what());
    }
  }
  void watched(const yaml::Place& at) {
    if (yaml::is_pickle(*at.node) || !seen_.insert(at.node.get()).second) return;
    for (const yaml::Place& each : at.children()) watched(each);
    const auto name = at.find("channel_name");
    if (!name || yaml::object_name(*at.node).empty() || yaml::is_null(*name->node)) return;
    if (yaml::object_name(*at.node).ends_with("read_channel")) return;
    yaml::Errors told_before;
    const auto channel = yaml::as_string(*name, loader_.environment, told_before);
    if (channel && !told_.contains(name->node.get())) watched(*name, *channel);
  }
  void watched(const yaml::Place& at, const std::string& channel) {
    if (std::find(known_.begin(), known_.end(), channel) != known_.end()) return;
    const std::string_view near = nearest_name(channel, {known_.begin(), known_.end()});
    // Next to a fault that hides channels, only what is like another name is sure to be wrong.
    if (near.empty() && !complete_) return;
    error(at, fmt::format("the job has no channel '{}'{}{}", channel,
                          near.empty() ? "; monitoring_dataset says what is watched, and each "
                                         "channel's name begins with the name of its data set"
                                       : "; nearest: ",
                          near));
  }

  const Train& job_;
  Loader& loader_;
  const yaml::Place& place_;
  std::vector<std::string> known_;
  JobFacts facts_{job_, {}};
  // Whether the classes of the data are those of the model; whether every graph can be made.
  bool classes_agree_ = true, complete_ = true;
  // Whether model, data and algorithm are what the file means; whether the step's named numbers are
  // known.
  bool sound_ = true, settings_known_ = false;
  bool init_can_be_read_ = false;
  std::set<std::string> faults_;
  std::set<const yaml::Node*> seen_, told_;  // places looked at; channels that an object named
};

}  // namespace

void check_files(const Dataset& set, const yaml::Place& place, Loader& loader) {
  const std::string file = set.missing_file();
  if (file.empty()) return;
  std::error_code why;
  const bool exists = std::filesystem::exists(file, why);
  if (!exists && why) {
    tell_missing(place, fmt::format("the data file '{}' cannot be read: {}", file, why.message()),
                 loader);
    return;
  }
  if (exists) {
    const bool folder = std::filesystem::is_directory(file, why);
    tell_missing(place,
                 fmt::format("'{}' is a {}, where a {} of data belongs", file,
                             folder ? "folder" : "file", folder ? "file" : "folder"),
                 loader);
    return;
  }
  const std::string name = set.fetched_as();
  const std::string remedy =
      name.empty() ? "fetch it with `ansatz data fetch`, or say where it is with --data"
                   : fmt::format(
                         "fetch it with `ansatz data fetch {}`, or let ANSATZ_DATA_PATH "
                         "name the folder that has it",
                         name);
  tell_missing(place, fmt::format("the data file '{}' does not exist; {}", file, remedy), loader);
}

bool check_job(const Train& job, Loader& loader, const yaml::Place& place) {
  Checker checker(job, loader, place);
  checker.check();
  return checker.whole();
}

}  // namespace ansatz
