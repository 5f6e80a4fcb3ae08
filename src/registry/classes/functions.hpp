// Functions of Pylearn2 that jobs call.
#pragma once

#include "../loader.hpp"

#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/call.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

namespace ansatz::named {

inline LoadedModel& loaded(const Shared<Model>& model, const char* function) {
  if (auto* const found = dynamic_cast<LoadedModel*>(model.get())) return *found;
  throw ValueError(std::string(function) +
                   ": the model has no records yet; it must come from a file (!pkl: \"…\")");
}

class PushMonitor : public Call {
 public:
  static constexpr const char* yaml = "pylearn2.monitor.push_monitor";
  static constexpr const char* doc = "a model whose records get another name; new ones begin";
  Shared<Model> model;
  String name;
  bool transfer_experience = false, save_records = false;
  template <class K>
  static constexpr void keys(K& key) {
    key.required("model", &PushMonitor::model, "a model from a file");
    key.required("name", &PushMonitor::name, "what its monitor is called from now on");
    key("transfer_experience", &PushMonitor::transfer_experience,
        "whether the new monitor starts with the counters of the old one");
    key("save_records", &PushMonitor::save_records, "whether it goes on with the old records");
  }
  Shared<Object> result(const Value&) const override {
    push_monitor(loaded(model, "push_monitor").monitors(), std::string(name.view()),
                 transfer_experience, save_records);
    return Shared<Object>(static_cast<Object*>(model.get()));
  }
};

class ReadChannel : public Call {
 public:
  static constexpr const char* yaml = "pylearn2.monitor.read_channel";
  static constexpr const char* doc = "the last record of a channel of a trained model";
  Shared<Model> model;
  String channel_name, monitor_name = "monitor";
  template <class K>
  static constexpr void keys(K& key) {
    key.required("model", &ReadChannel::model, "a model from a file");
    key.required("channel_name", &ReadChannel::channel_name, "channel whose last value it is");
    key("monitor_name", &ReadChannel::monitor_name, "monitor that has it");
  }
  Shared<Object> result(const Value&) const override {
    const double x = read_channel(loaded(model, "read_channel").monitors(), channel_name.view(),
                                  monitor_name.view());
    return Shared<Object>(static_cast<Object*>(new NumberObject(x)));
  }
};

// The record that a monitor would make before any training.
inline double measured(const Shared<Model>& model, const Shared<Dataset>& dataset,
                       const Shared<Cost>& cost, int batch_size, const String& channel,
                       ElementType precision) {
  SGD watch;
  watch.learning_rate = 1;
  watch.cost = cost;
  // Nothing is trained: the model may want other batches to be trained on.
  watch.batch_size = 1;
  watch.set_batch_size = true;
  watch.monitoring_batch_size = batch_size;
  watch.monitoring_datasets.list.push_back({"", dataset});
  watch.termination_criterion = Shared<TerminationCriterion>(EpochCounter(0));
  Train job;
  job.dataset = dataset;
  job.model = model;
  job.algorithm = Shared<TrainingAlgorithm>(watch);
  Session session(job, build_programs(job, precision), {});
  session.run();
  return session.monitor().last(channel.view());
}

class GetChannel : public Call {
 public:
  static constexpr const char* yaml = "pylearn2.monitor.get_channel";
  static constexpr const char* doc = "the value of a channel of a model on a data set";
  Shared<Model> model;
  Shared<Dataset> dataset;
  String channel;
  Shared<Cost> cost;
  int batch_size = 0;
  template <class K>
  static constexpr void keys(K& key) {
    key.required("model", &GetChannel::model, "the model, with the values it begins with");
    key.required("dataset", &GetChannel::dataset, "the data to measure it on");
    key.required("channel", &GetChannel::channel, "name of the channel");
    key("cost", &GetChannel::cost, "what objective is; default: the model's own cost");
    key.required("batch_size", &GetChannel::batch_size, "examples of a batch").at_least(1);
  }
  Shared<Object> result(const Value& from) const override {
    NumberObject made;
    made.known = !from.loader().options.check_only;
    if (!made.known)
      from.loader().errors.warn(from.place(), "what get_channel gives is not computed by a check");
    else
      made.value =
          measured(model, dataset, cost, batch_size, channel, from.loader().options.precision);
    return Shared<Object>(static_cast<Object*>(new NumberObject(made)));
  }
};

}  // namespace ansatz::named
