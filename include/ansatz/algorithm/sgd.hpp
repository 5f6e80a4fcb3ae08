// SGD: stochastic gradient descent.
#pragma once

#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/algorithm.hpp>
#include <ansatz/job/schedule.hpp>
#include <ansatz/job/train.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// One update a batch: the learning rule's, then the model's constraints. The learning rate is
/// the named scalar "learning_rate", which schedules change. Examples are shuffled anew each
/// epoch by NumPy's RandomState([2012, 10, 5]), as Pylearn2's. Channels: learning_rate and those
/// of the rule.
class SGD : public TrainingAlgorithm {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.SGD";
  static constexpr const char* doc = "stochastic gradient descent";
  double learning_rate = 0;
  String monitor_iteration_mode = "sequential";
  ir::List<Shared<UpdateCallback>> update_callbacks;
  Shared<LearningRule> learning_rule;
  bool set_batch_size = false;
  String train_iteration_mode = "shuffled_sequential";
  int batches_per_iter = 0;
  double clip_norm = 0;
  Seed seed;

  constexpr SGD() {}
  /// Keys by name; a LearningRule, a Cost, a TerminationCriterion or an UpdateCallback by itself.
  template <class... O>
  constexpr explicit SGD(const O&... options) {
    (take(options), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("learning_rate", &SGD::learning_rate, "step of the parameters, above 0").above(0);
    key("cost", &SGD::cost, "what to make small; default: the model's own cost");
    key("batch_size", &SGD::batch_size, "examples of an update; default: what the model wants")
        .at_least(1);
    key("monitoring_batch_size", &SGD::monitoring_batch_size, "examples of a monitoring batch")
        .at_least(1)
        .only_with("monitoring_dataset");
    key("monitoring_batches", &SGD::monitoring_batches, "how many; 0: the whole data set")
        .at_least(0);
    key("monitoring_dataset", &SGD::monitoring_datasets, "data set to watch, or several by name");
    key("monitor_iteration_mode", &SGD::monitor_iteration_mode, "order of monitoring batches")
        .only_with("monitoring_dataset");
    key("termination_criterion", &SGD::termination_criterion, "when to stop; default: never");
    key("update_callbacks", &SGD::update_callbacks, "called after every update");
    key("learning_rule", &SGD::learning_rule, "default: p <- p - learning_rate * gradient");
    key("set_batch_size", &SGD::set_batch_size, "take batch_size although the model has another");
    key("train_iteration_mode", &SGD::train_iteration_mode, "order of training batches");
    key("batches_per_iter", &SGD::batches_per_iter, "batches an epoch; 0: the whole data set")
        .at_least(0);
    key("monitoring_costs", &SGD::monitoring_costs, "further costs to watch, by name")
        .only_with("monitoring_dataset");
    key("clip_norm", &SGD::clip_norm,
        "gradients together longer than this are shortened to it; 0: never (Pascanu et al. 2013)")
        .length()
        .or_infinity();
    key("seed", &SGD::seed, "of the order of examples; default [2012, 10, 5]");
  }

  constexpr void states(const Model& model, StateList& list) const override {
    if (learning_rule) learning_rule->states(trained_among(model.parameters()), list);
  }
  constexpr void functions(const Train& train, FunctionList& list) const override {
    list.add("step", [&] { return step(train); });
  }
  constexpr int epoch_batches() const override { return batches_per_iter; }
  constexpr void channels(const Model& model, ChannelList& list) const override {
    list.add("learning_rate", AnyExpr(setting("learning_rate", learning_rate).value()));
    if (learning_rule) learning_rule->channels(model.parameters(), list);
  }
  constexpr const char* monitor_mode() const override { return monitor_iteration_mode.c_str(); }
  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<AlgorithmRun> start(Session& session) const override;

  /// The update of a batch: output "objective" where the cost has a value.
  constexpr Function step(const Model& model, const Cost& the_cost, const Data& read) const {
    Function f;
    const Data data = read.for_training();
    GradientList g = the_cost.gradients(model, data);
    if (!g.value) g.value = the_cost.expr(model, data);
    if (g.value) f.add(output("objective", *g.value));
    const ir::List<ModelParameter> parameters = model.parameters();
    if (clip_norm > 0) clip(parameters, g);
    Shared<LearningRule> rule = learning_rule;
    if (!rule) rule = PlainGradient();
    const AnyExpr rate(setting("learning_rate", learning_rate).value());
    UpdateList updates = g.updates;
    for (int i = 0; i < parameters.size(); ++i) {
      const ModelParameter& p = parameters[i];
      if (p.frozen) continue;
      AnyExpr scaled = rate;
      if (p.scaled) scaled = rate * setting(p.name + ".lr_scale", p.lr_scale);
      rule->updates({p, g.of[i], scaled}, updates);
    }
    model.state_updates(data, updates);
    model.modify_updates(updates);
    updates.give_to(f);
    return f;
  }

 private:
  constexpr Function step(const Train& train) const;
  // Frozen parameters do not move, so that their gradients shorten no other's.
  constexpr void clip(const ir::List<ModelParameter>& parameters, GradientList& g) const {
    AnyExpr total(ir::Value(0.));
    for (int i = 0; i < parameters.size(); ++i)
      if (!parameters[i].frozen) total = total + sum(square(g.of[i]));
    const AnyExpr limit(setting("clip_norm", clip_norm).value());
    const AnyExpr factor = limit / maximum(sqrt(total), limit);
    for (int i = 0; i < parameters.size(); ++i)
      if (!parameters[i].frozen) g.of[i] = g.of[i] * factor;
  }
  template <class O>
  constexpr void take(const O& o) {
    if constexpr (std::is_base_of_v<LearningRule, O>)
      learning_rule = Shared<LearningRule>(o);
    else if constexpr (std::is_base_of_v<Cost, O>)
      cost = Shared<Cost>(o);
    else if constexpr (std::is_base_of_v<TerminationCriterion, O>)
      termination_criterion = Shared<TerminationCriterion>(o);
    else if constexpr (std::is_base_of_v<UpdateCallback, O>)
      update_callbacks.push_back(Shared<UpdateCallback>(o));
    else
      take_key(o);
  }
  template <KeyOf<SGD> O>
  constexpr void take_key(const O& o) {
    give(*this, o);
  }
};

constexpr Function SGD::step(const Train& train) const {
  const Shared<Cost> c = cost_of(*train.model);
  if (!c) {
    graph_error("SGD: the model has no cost of its own; name one");
    return {};
  }
  return step(*train.model, *c, train.data());
}

}  // namespace ansatz
