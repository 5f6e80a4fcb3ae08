// DefaultTrainingAlgorithm: for models that know how to learn from a batch.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/algorithm.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Calls the model's own `train_batch` batches_per_iter times an epoch, until it returns false or
/// the criterion says so. Channels: those of the model.
class DefaultTrainingAlgorithm : public TrainingAlgorithm {
 public:
  static constexpr const char* yaml =
      "pylearn2.training_algorithms.default.DefaultTrainingAlgorithm";
  static constexpr const char* doc = "training by the model's own method, batch by batch";
  int batches_per_iter = 1000;
  bool set_batch_size = false;

  constexpr DefaultTrainingAlgorithm() {}
  /// Keys by name; a TerminationCriterion by itself.
  template <class... O>
    requires(sizeof...(O) > 0)
  constexpr explicit DefaultTrainingAlgorithm(const O&... options) {
    (take(options), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using This = DefaultTrainingAlgorithm;
    key("batch_size", &This::batch_size, "examples of a batch; default: what the model wants")
        .at_least(1);
    key("batches_per_iter", &This::batches_per_iter, "batches of an epoch").at_least(0);
    key("monitoring_batch_size", &This::monitoring_batch_size, "examples of a monitoring batch")
        .at_least(1)
        .only_with("monitoring_dataset");
    key("monitoring_batches", &This::monitoring_batches, "how many; 0: the whole data set")
        .at_least(0);
    key("monitoring_dataset", &This::monitoring_datasets, "data set to watch, or several by name");
    key("termination_criterion", &This::termination_criterion, "when to stop; default: never");
    key("set_batch_size", &This::set_batch_size, "take batch_size although the model has another");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<AlgorithmRun> start(Session& session) const override;

 private:
  template <class O>
  constexpr void take(const O& o) {
    if constexpr (std::is_base_of_v<TerminationCriterion, O>)
      termination_criterion = Shared<TerminationCriterion>(o);
    else
      take_key(o);
  }
  template <KeyOf<DefaultTrainingAlgorithm> O>
  constexpr void take_key(const O& o) {
    give(*this, o);
  }
};

}  // namespace ansatz
