// TrainingAlgorithm: how a model is trained.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/criterion.hpp>
#include <ansatz/job/dataset.hpp>

#include <memory>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Archive;
struct JobFacts;
class Session;
class Train;

/// A data set to watch, under the name its channels begin with; empty when it is the only one.
struct MonitoringDataset {
  String name;
  Shared<Dataset> dataset;
};

/// What `monitoring_dataset` takes: one data set, or several under names:
///
///     monitoring_dataset({{"train", train}, {"valid", valid}})
struct MonitoringDatasets {
  ir::List<MonitoringDataset> list;
  constexpr MonitoringDatasets() {}
  template <class D>
    requires std::is_base_of_v<Dataset, D>
  constexpr MonitoringDatasets(const D& only) {
    list.push_back({"", Shared<Dataset>(only)});
  }
  constexpr MonitoringDatasets(std::initializer_list<MonitoringDataset> several) {
    for (const MonitoringDataset& each : several) list.push_back(each);
  }
};
bool read_value(const Value& from, MonitoringDatasets& to);
void write_value(Describer& to, const MonitoringDatasets& value);
inline const char* value_type(const MonitoringDatasets*) {
  return "data set, or mapping of names to data sets";
}
constexpr Given<"monitoring_dataset", MonitoringDatasets> monitoring_dataset(
    std::initializer_list<MonitoringDataset> several) {
  return {MonitoringDatasets(several)};
}

/// A further cost to watch, under its name.
struct NamedCost {
  String name;
  Shared<Cost> cost;
};
bool read_value(const Value& from, ir::List<NamedCost>& to);
void write_value(Describer& to, const ir::List<NamedCost>& value);
inline const char* value_type(const ir::List<NamedCost>*) { return "mapping of names to costs"; }

/// How a data set is divided; 0: not given.
struct BatchSizes {
  int batch_size = 0, num_batches = 0;
};

/// An algorithm at work.
class AlgorithmRun {
 public:
  virtual ~AlgorithmRun() = default;
  /// Before the first monitoring.
  virtual void setup(Session&) {}
  /// One epoch.
  virtual void train(Session& session) = 0;
  /// Whether the last call of `train` was interrupted before the end of its epoch; the next one
  /// goes on with it.
  virtual bool in_epoch() const { return false; }
  virtual bool continue_learning(Session& session) = 0;
  /// What it is that ends the training; null: nothing.
  virtual const CriterionRun* criterion() const { return nullptr; }
  virtual void state(Archive&) {}
};

/// The description of an algorithm. Its functions are expressions, compiled with the job.
class TrainingAlgorithm : public Object {
 public:
  static constexpr const char* kind_name = "training algorithm";
  static constexpr bool outlives_faults = true;

  Shared<Cost> cost;
  int batch_size = 0;
  int monitoring_batch_size = 0;
  int monitoring_batches = 0;
  MonitoringDatasets monitoring_datasets;
  Shared<TerminationCriterion> termination_criterion;
  ir::List<NamedCost> monitoring_costs;

  /// The cost, or else the model's own. Null when there is none.
  constexpr Shared<Cost> cost_of(const Model& model) const {
    if (cost) return cost;
    return model.default_cost();
  }

  /// Declares the state that its functions keep, such as that of a learning rule.
  constexpr virtual void states(const Model&, StateList&) const {}
  /// Contributes the functions the algorithm calls.
  constexpr virtual void functions(const Train&, FunctionList&) const {}
  /// Channels of the algorithm itself, such as the learning rate.
  constexpr virtual void channels(const Model&, ChannelList&) const {}
  /// Batches of an epoch, 0 for the whole data set. Where no size of a batch is given, they divide
  /// the whole data set, and the monitor's as well.
  constexpr virtual int epoch_batches() const { return 0; }
  /// How the monitor walks over its data sets.
  constexpr virtual const char* monitor_mode() const { return "sequential"; }

  /// What it demands of the rest of its job. Throws NameError, ValueError; asked before anything
  /// runs.
  virtual void check_job(const JobFacts&) const {}
  /// Adds the named numbers that its run keeps and no program reads.
  virtual void add_settings(JobFacts&) const {}
  virtual std::unique_ptr<AlgorithmRun> start(Session& session) const = 0;
};

}  // namespace ansatz
