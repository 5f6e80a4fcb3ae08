// Train: a job, made of a data set, a model and an algorithm.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/algorithm.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/extension.hpp>
#include <ansatz/job/functions.hpp>
#include <ansatz/job/model.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A job, as Pylearn2's Train. `run(job)` trains it (see run.hpp); in a constant expression it
/// gives the functions of which the trainer is compiled.
class Train {
 public:
  static constexpr const char* yaml = "pylearn2.train.Train";
  Shared<Dataset> dataset;
  Shared<Model> model;
  Shared<TrainingAlgorithm> algorithm;
  ir::List<Shared<Extension>> extensions;
  String save_path;
  int save_freq = 0;
  bool allow_overwrite = true;
  String init_from;
  ir::List<String> init_from_include, init_from_exclude;

  constexpr Train() {}
  /// A Dataset, a Model and a TrainingAlgorithm; Extensions; keys such as save_path("m.ansatz").
  template <class... Part>
  constexpr explicit Train(const Part&... parts) {
    (take(parts), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("dataset", &Train::dataset, "data set to train on");
    key.required("model", &Train::model, "what to train");
    key("algorithm", &Train::algorithm, "how; null for models that train themselves");
    key("save_path", &Train::save_path,
        "file the model is saved to; default, in a YAML job with save_freq: its name with .pkl")
        .is_output();
    key("save_freq", &Train::save_freq, "save every so many epochs and at the end; 0: never")
        .at_least(0);
    key("extensions", &Train::extensions, "what happens beside the training");
    key("allow_overwrite", &Train::allow_overwrite, "whether save_path may exist already");
    key("init_from", &Train::init_from, "model file whose parameters are the first values")
        .is_path();
    key("init_from_include", &Train::init_from_include,
        "patterns of the parameters that init_from gives values to, such as 'h*'; default: all");
    key("init_from_exclude", &Train::init_from_exclude,
        "patterns of those that keep their own first values");
  }

  /// The inputs of programs: what the cost and the model's channels read, each in the Space in
  /// which the data set has it, where that is known.
  constexpr Data data() const {
    Data wanted;
    if (const Shared<Cost> c = cost()) c->data_specs(*model, wanted);
    if (algorithm)
      for (const NamedCost& each : algorithm->monitoring_costs)
        each.cost->data_specs(*model, wanted);
    for (const Shared<Extension>& each : extensions) each->data_specs(*model, wanted);
    if (wanted.sources().empty()) wanted.add(model->input_source(), model->input_space());
    return train::as_in(wanted, dataset.get(), extensions);
  }
  /// Batches in which the monitor walks over a data set, 0 for what is not given: those of the
  /// algorithm's monitoring keys, or, where there are none, the whole data set in batches of the
  /// training's size. A number of batches alone is one of such batches, too, as in the tutorials'
  /// notebooks.
  constexpr BatchSizes monitoring_batches() const {
    BatchSizes sizes{algorithm->monitoring_batch_size, algorithm->monitoring_batches};
    if (!algorithm->monitoring_batch_size)
      sizes.batch_size = algorithm->batch_size ? algorithm->batch_size : model->batch_size();
    if (!sizes.batch_size && !sizes.num_batches) sizes.num_batches = algorithm->epoch_batches();
    return sizes;
  }
  constexpr Shared<Cost> cost() const {
    // not `?:`: g++ 12 destroys a temporary of it twice in a constant expression
    if (!algorithm) return nullptr;
    return algorithm->cost_of(*model);
  }

  /// All channels; those of a data set without its prefix.
  constexpr ChannelList channels(const Data& from) const {
    ChannelList list;
    if (const Shared<Cost> c = cost()) {
      if (const auto value = c->expr(*model, from))
        list.add("objective", *value, "the training cost");
      c->channels(*model, from, list);
    }
    for (const NamedCost& each : algorithm->monitoring_costs) {
      if (const auto value = each.cost->expr(*model, from)) list.add(each.name, *value);
      ChannelList own;
      each.cost->channels(*model, from, own);
      list.add(each.name + "_", own);
    }
    model->channels(from, list);
    for (const Shared<Extension>& each : extensions) each->channels(*model, from, list);
    return list;
  }

  /// The state of the job, as its parts declare it: the model, the cost, the costs that are only
  /// watched, the algorithm, the extensions. Error, naming both owners, when two have one name.
  constexpr StateList states() const {
    StateList list;
    if (!model) return list;
    list.owner("the model");
    model->states(list);
    list.owner("the cost");
    if (const Shared<Cost> c = cost()) c->states(*model, list);
    if (algorithm) {
      for (const NamedCost& each : algorithm->monitoring_costs) {
        list.owner("the monitoring cost " + each.name);
        each.cost->states(*model, list);
      }
      list.owner("the algorithm");
      algorithm->states(*model, list);
    }
    for (int i = 0; i < extensions.size(); ++i) {
      list.owner("extensions[" + to_text(i) + "]");
      extensions[i]->states(*model, list);
    }
    return list;
  }

  /// The functions of the job, as its parts contribute them: the algorithm, the cost, the monitor
  /// ("monitor", the channels that read data; "monitor_parameters", those that do not;
  /// "monitor_settings", the algorithm's own), the model ("predict" and its own), the extensions.
  /// Error, naming both owners, when two have one name.
  /// @param made  see FunctionList
  constexpr FunctionList functions(int made = FunctionList::all) const {
    FunctionList list(made);
    if (!model) return list;
    if (algorithm) {
      list.owner("the algorithm");
      algorithm->functions(*this, list);
    }
    Data from;  // where one that reads it is made
    if (made == FunctionList::all || made >= list.size()) from = data();
    list.owner("the cost");
    if (const Shared<Cost> c = cost()) c->functions(*model, from, list);
    if (algorithm) {
      list.owner("the monitor");
      list.add("monitor", [&] { return train::monitor_function(channels(from), true); });
      list.add("monitor_parameters",
               [&] { return train::monitor_function(channels(from), false); });
      list.add("monitor_settings", [&] { return train::settings_function(*model, *algorithm); });
    }
    list.owner("the model");
    model->functions(from, list);
    for (int i = 0; i < extensions.size(); ++i) {
      list.owner("extensions[" + to_text(i) + "]");
      extensions[i]->functions(*model, from, list);
    }
    return list;
  }
  constexpr int function_count() const { return functions(FunctionList::none).size(); }
  constexpr NamedFunction function(int index) const { return functions(index)[index]; }

 private:
  /// A model that the caller keeps a handle to.
  template <class M>
    requires std::is_base_of_v<Model, M>
  constexpr void take(const Shared<M>& part) {
    model = part;
  }
  template <class Part>
  constexpr void take(const Part& part) {
    if constexpr (std::is_base_of_v<Dataset, Part>)
      dataset = Shared<Dataset>(part);
    else if constexpr (requires { typename Part::erased_model; })
      model = Shared<Model>(typename Part::erased_model(part));
    else if constexpr (std::is_base_of_v<Model, Part>)
      model = Shared<Model>(part);
    else if constexpr (std::is_base_of_v<TrainingAlgorithm, Part>)
      algorithm = Shared<TrainingAlgorithm>(part);
    else if constexpr (std::is_base_of_v<Extension, Part>)
      extensions.push_back(Shared<Extension>(part));
    else
      take_key(part);
  }
  template <KeyOf<Train> O>
  constexpr void take_key(const O& o) {
    give(*this, o);
  }
};

}  // namespace ansatz
