// DefaultTrainingAlgorithm: for models that know how to learn from a batch.
#pragma once

#include <ansatz/algorithm/schedules/decay.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/base/compiled_once.hpp>
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/job/algorithm.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/coding/s3c.hpp>
#include <ansatz/model/energy/rbm.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Calls the model's own `train_batch` batches_per_iter times an epoch, until it returns false or
/// the criterion says so. Channels: those of the model.
///
/// An RBM is trained by SGD and SML with the keys of the model: after t updates the learning rate
/// is base_lr, or with anneal_start the lesser of it and anneal_start / t. An S3C is trained by SGD
/// with its own cost, the learning rate of its m_step and the momentum of its keys. Batches are
/// then slices of the data from random places, and channels those of SGD as well.
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

  constexpr void states(const Model& model, StateList& list) const override {
    const std::optional<SGD> sgd = as_sgd(model);
    if (!sgd) return;
    if (sgd->cost) sgd->cost->states(model, list);
    sgd->states(model, list);
  }
  constexpr void functions(const Train& train, FunctionList& list) const override {
    if (const std::optional<SGD> sgd = as_sgd(*train.model)) sgd->functions(train, list);
  }
  constexpr void channels(const Model& model, ChannelList& list) const override {
    if (const std::optional<SGD> sgd = as_sgd(model)) sgd->channels(model, list);
  }
  /// What trains a model by gradients; none for one that trains itself.
  constexpr std::optional<SGD> as_sgd(const Model& model) const {
    const RBM* const rbm = model_as<RBM>(model);
    const S3C* const s3c = model_as<S3C>(model);
    if (!rbm && !s3c) return {};
    SGD sgd;
    sgd.batch_size = batch_size;
    sgd.set_batch_size = set_batch_size;
    sgd.batches_per_iter = batches_per_iter;
    sgd.train_iteration_mode = "random_slice";
    sgd.termination_criterion = termination_criterion;
    if (rbm) {
      sgd.cost = Shared<Cost>(SML(rbm->nchains, rbm->sml_gibbs_steps));
      sgd.learning_rate = rbm->base_lr;
      if (rbm->anneal_start)
        sgd.update_callbacks.push_back(
            Shared<UpdateCallback>(AnnealedLearningRate(*rbm->anneal_start / rbm->base_lr)));
      return sgd;
    }
    sgd.learning_rate = s3c->m_step->learning_rate.value_or(0);
    if (s3c->init_momentum) sgd.learning_rule = Shared<LearningRule>(Momentum(*s3c->init_momentum));
    if (s3c->final_momentum)
      sgd.update_callbacks.push_back(Shared<UpdateCallback>(
          MomentumOverExamples(*s3c->init_momentum, *s3c->final_momentum,
                               s3c->momentum_saturation_example.value_or(1))));
    return sgd;
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
